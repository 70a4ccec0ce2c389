"""Reading the vehicles of a frame: ground truth (`*_gtBbox3d.json`) and predictions."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cityscapes.errors import DataError, short
from cityscapes.evaluation.boxes3d.projection import Camera3d, parse_camera
from cityscapes.evaluation.boxes3d.values import finite_number, finite_numbers
from cityscapes.files.json_document import parse_document

# More wrong objects of a file than this are counted, not listed.
MOST_LISTED = 20


@dataclass(frozen=True)
class Boxes3d:
    """The evaluated objects of a file, in its order; 2-D boxes are [x, y, width, height]."""

    index: list[int]  # place in the file's list of objects, from 0
    label: list[str]
    score: np.ndarray  # float64 (n,)
    amodal: np.ndarray  # float64 (n, 4): pixels, around the whole object
    modal: np.ndarray  # float64 (n, 4): pixels, around the visible part
    centre: np.ndarray  # float64 (n, 3): vehicle coordinates, metres
    size: np.ndarray  # float64 (n, 3): length, width, height, metres
    rotation: np.ndarray  # float64 (n, 4): quaternion (w, x, y, z)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def depth(self) -> np.ndarray:
        """int64 (n,): distance on the ground from the vehicle's origin, in whole metres, cut."""
        x, y, _ = self.centre.T
        return np.sqrt(x * x + y * y).astype(np.int64)


@dataclass(frozen=True)
class Truth3d:
    """The content of a `*_gtBbox3d.json` file for the evaluated classes."""

    boxes: Boxes3d
    camera: Camera3d
    ignored: np.ndarray  # float64 (n, 4): regions where predictions are no mistakes


@dataclass(frozen=True)
class Predictions3d:
    """The predictions of a frame, and the objects that are left out of the evaluation."""

    boxes: Boxes3d
    skipped: list[tuple[int, str]] = field(default_factory=list)  # place in the file, why


def parse_truth(data: bytes, labels: Collection[str]) -> Truth3d:
    """Parse the objects of the classes `labels` in the bytes of a `*_gtBbox3d.json` file.

    Objects of other classes are not looked at, as in the reference. Raises DataError that lists
    all that is wrong.
    """
    document = _document(data)
    wrong: list[str] = []
    camera = None
    try:
        camera = parse_camera(document.get("sensor"))
    except DataError as error:
        wrong.append(str(error))
    boxes, problems = _boxes(document, labels, wrong, [])
    wrong += [str(problem) for problem in problems]
    regions = []
    for index, region in enumerate(_list(document, "ignore", wrong)):
        try:
            box = region.get("2d") if isinstance(region, dict) else region
            regions.append(finite_numbers(box, "2d", 4))
        except DataError as error:
            wrong.append(f"ignore {index}: {error}")
    _refuse(wrong)
    assert camera
    return Truth3d(boxes, camera, _array(regions, 4))


def parse_predictions(
    data: bytes, labels: Collection[str], skip_incomplete: bool = False
) -> Predictions3d:
    """Parse the predictions of a frame for the classes `labels`, from the bytes of a JSON file.

    Objects of other classes are skipped and listed. Raises DataError that lists all objects that
    are wrong; with `skip_incomplete`, those that lack a key are skipped and listed instead, as the
    reference does.
    """
    document = _document(data)
    wrong: list[str] = []
    skipped: list[tuple[int, str]] = []
    boxes, problems = _boxes(document, labels, wrong, skipped)
    for problem in problems:
        if problem.incomplete and skip_incomplete:
            skipped.append((problem.index, problem.what))
        else:
            wrong.append(str(problem))
    _refuse(wrong)
    return Predictions3d(boxes, sorted(skipped))


def check_predictions(data: bytes, labels: Collection[str]) -> tuple[Boxes3d, list[str]]:
    """Return the predictions of a frame as `parse_predictions`, and a line for each other object.

    Objects of other classes have one, too: nothing is skipped. Raises DataError if the file is
    no JSON object.
    """
    document = _document(data)
    wrong: list[str] = []
    skipped: list[tuple[int, str]] = []
    boxes, problems = _boxes(document, labels, wrong, skipped)
    told = [(problem.index, problem.what) for problem in problems] + skipped
    return boxes, wrong + [f"object {index}: {what}" for index, what in sorted(told)]


class _IncompleteError(DataError):
    """A key is missing: the reference leaves such an object out."""


@dataclass(frozen=True)
class _Problem:
    """An error in an object of a file."""

    index: int
    what: str
    incomplete: bool

    def __str__(self) -> str:
        return f"object {self.index}: {self.what}"


def _document(data: bytes) -> dict:
    document = parse_document(data)
    if not isinstance(document, dict):
        raise DataError(f"the file holds {short(document)}, not an object with objects")
    return document


def _list(document: dict, key: str, wrong: list[str]) -> list:
    listed = document.get(key)
    if isinstance(listed, list):
        return listed
    wrong.append(f"{key} is {short(listed)}, not a list")
    return []


def _boxes(
    document: dict, labels: Collection[str], wrong: list[str], skipped: list[tuple[int, str]]
) -> tuple[Boxes3d, list[_Problem]]:
    """Return the objects of a file, and the errors of others.

    `wrong` collects errors, `skipped` the places of objects of other classes.
    """
    rows, problems = [], []
    for index, drawn in enumerate(_list(document, "objects", wrong)):
        try:
            if not isinstance(drawn, dict):
                raise DataError(f"{short(drawn)} is not an object with label, score, 2d and 3d")
            label = drawn.get("label")
            # A label may be anything in JSON, also a list, which is in no set.
            if not isinstance(label, str) or label not in labels:
                what = "label is missing" if label is None else f"label {short(label)}"
                skipped.append((index, f"{what}: not evaluated"))
                continue
            rows.append((index, label, *_object(drawn)))
        except DataError as error:
            problems.append(_Problem(index, str(error), isinstance(error, _IncompleteError)))
    columns = list(zip(*rows, strict=True)) or [()] * 8
    index, label, score, amodal, modal, centre, size, rotation = columns
    boxes = Boxes3d(
        list(index), list(label), np.array(score, dtype=float), _array(amodal, 4),
        _array(modal, 4), _array(centre, 3), _array(size, 3), _array(rotation, 4),
    )  # fmt: skip
    return boxes, problems


def _object(drawn: dict) -> tuple[float, list, list, list, list, list]:
    """Return score, amodal and modal box, centre, size and rotation of an object."""
    flat, solid = _part(drawn, "2d"), _part(drawn, "3d")
    amodal, modal = _flat_boxes(flat)
    centre = finite_numbers(_needed(solid, "center", "3d"), "center", 3)
    size = finite_numbers(_needed(solid, "dimensions", "3d"), "dimensions", 3)
    rotation = finite_numbers(_needed(solid, "rotation", "3d"), "rotation", 4)
    # UPSTREAM: ground truth needs a score, too, which is not used.
    if "score" not in drawn:
        raise _IncompleteError("score is missing: a number from 0 to 1 belongs there")
    return finite_number(drawn["score"], "score"), amodal, modal, centre, size, rotation


def _flat_boxes(flat: dict) -> tuple[list, list]:
    """Return the amodal and the modal box, by the first pair of keys present."""
    for keys in (("bbox", "bboxVis"), ("amodal", "modal"), ("amodal", "amodal")):
        if keys[0] in flat and keys[1] in flat:
            amodal, modal = (finite_numbers(flat[key], key, 4) for key in keys)
            return amodal, modal
    raise _IncompleteError("amodal is missing in 2d")


def _part(drawn: dict, key: str) -> dict:
    part = _needed(drawn, key, "the object")
    if not isinstance(part, dict):
        raise DataError(f"{key} is {short(part)}, not an object")
    return part


def _needed(drawn: dict, key: str, where: str) -> Any:
    if key not in drawn:
        raise _IncompleteError(f"{key} is missing in {where}")
    return drawn[key]


def _array(rows: list | tuple, width: int) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(-1, width)


def _refuse(wrong: list[str]) -> None:
    if wrong:
        more = len(wrong) - MOST_LISTED
        listed = wrong[:MOST_LISTED] + [f"{more} more of the file"] * (more > 0)
        raise DataError("; ".join(listed))
