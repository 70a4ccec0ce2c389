"""Validated 2-D boxes (`*_gtBboxValidated.json`), labelled by several annotators each.

An object has a probability for each of the file's classes, its soft label. The class of the
largest is its hard label. Source: reference 2.3.0, CsBbox2dSoftLabel.
"""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from cityscapes.checks.annotations import size_problems
from cityscapes.checks.boxes import BoxCheck
from cityscapes.checks.problem import Problem
from cityscapes.checks.wording import joined, shown_name
from cityscapes.errors import DataError, short
from cityscapes.evaluation.boxes3d.values import finite_numbers
from cityscapes.files.json_document import parse_document

CANTSOLVE = "cantsolve"  # the class of objects that no annotator could tell
# ASSUME: probabilities that are written with two digits add up to 1 within this.
SLACK = 0.05


@dataclass(frozen=True)
class ValidatedBox:
    """One object of a file."""

    corners: tuple[float, float, float, float]  # x1, y1, x2, y2, pixels
    soft_label: tuple[float, ...]  # a probability for each class of the file
    labels: tuple[str, ...]  # the classes of the largest probability; the first is the hard label
    votes: dict[str, int]  # class -> number of annotators; empty if the file does not tell
    added: bool  # taken over from the original annotation

    @property
    def label(self) -> str:
        """Return the hard label."""
        return self.labels[0]

    @property
    def score(self) -> float:
        """Return the probability of the hard label."""
        return max(self.soft_label)


def parse_validated(data: bytes) -> list[ValidatedBox]:
    """Parse the objects in the bytes of a file; DataError lists all that are wrong."""
    boxes, _, broken = _parse(data)
    if broken:
        raise DataError(joined(broken))
    return list(boxes.values())


def check_validated(data: bytes, size: tuple[int, int], instances: set | None) -> BoxCheck:
    """Check the bytes of a file, as `check_city_persons` does; objects name no instances.

    Objects are counted by hard label, and those taken over from the original annotation as
    "(added)", too.
    """
    try:
        boxes, document, broken = _parse(data)
    except DataError as error:
        return BoxCheck(0, {}, 0, 0, 0, 0, [Problem("error", "wrong shape", str(error))])
    outside = [index for index, box in boxes.items() if _outside(box, size)]
    uneven = [
        index
        for index, box in boxes.items()
        if not math.isclose(sum(box.soft_label), 1, abs_tol=SLACK)
    ]
    image = f"the image of {size[0]} x {size[1]}"
    problems = size_problems(document, size)
    if broken:
        problems.append(Problem("error", "wrong shape", joined(broken)))
    for check, found, what in (
        ("outside the image", outside, f"a box is entirely outside of {image}"),
        ("uneven soft label", uneven, "the probabilities do not add up to 1"),
    ):
        if found:
            text = joined((what, "object", index) for index in found)
            problems.append(Problem("warning", check, text))
    labels = Counter(shown_name(box.label) for box in boxes.values())
    labels["(added)"] += sum(box.added for box in boxes.values())
    return BoxCheck(len(boxes), dict(sorted((+labels).items())), len(outside), 0, 0, 0, problems)


def _parse(
    data: bytes,
) -> tuple[dict[int, ValidatedBox], dict, list[tuple[str, str, int]]]:
    """Return place -> object, the document, and what is wrong with other objects."""
    document = parse_document(data)
    if not isinstance(document, dict):
        raise DataError(f"the file holds {short(document)}, not an object with objects")
    classes, objects = document.get("classes"), document.get("objects")
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise DataError(f"classes is {short(classes)}, not a list of names")
    if not isinstance(objects, list):
        raise DataError(f"objects is {short(objects)}, not a list")
    boxes, broken = {}, []
    for index, drawn in enumerate(objects):
        try:
            boxes[index] = _box(drawn, classes)
        except DataError as error:
            broken.append((str(error), "object", index))
    return boxes, document, broken


def _box(drawn: Any, classes: list[str]) -> ValidatedBox:
    if not isinstance(drawn, dict):
        raise DataError(f"it is {short(drawn)}, not an object with bbox")
    x1, y1, x2, y2 = finite_numbers(drawn.get("bbox"), "bbox", 4)
    if x2 < x1 or y2 < y1:
        raise DataError(f"bbox is {short(drawn['bbox'])}, not [x1, y1, x2, y2] of two corners")
    soft = finite_numbers(drawn.get("soft_label"), "soft_label", len(classes))
    if not soft or min(soft) < 0 or max(soft) > 1:
        raise DataError(f"soft_label is {short(soft)}: a probability for each class is needed")
    votes = drawn.get("vote_counts", {})
    if not isinstance(votes, dict) or not all(
        name in classes and type(count) is int and count >= 0 for name, count in votes.items()
    ):
        raise DataError(f"vote_counts is {short(votes)}, not a number of people for classes")
    added = drawn.get("added_from_original_annotations", False)
    if not isinstance(added, bool):
        raise DataError(f"added_from_original_annotations is {short(added)}, not true or false")
    most = max(soft)
    labels = tuple(name for name, share in zip(classes, soft, strict=True) if share == most)
    return ValidatedBox((x1, y1, x2, y2), tuple(soft), labels, votes, added)


def _outside(box: ValidatedBox, size: tuple[int, int]) -> bool:
    x1, y1, x2, y2 = box.corners
    return x1 >= size[0] or y1 >= size[1] or x2 < 0 or y2 < 0
