"""Reading the JSON file of the COCO panoptic format, with every value checked.

`ground_truth/segments.py` writes the ground truth in this format; predictions come from elsewhere,
so everything is checked here before a pixel is compared.
"""

from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from cityscapes.errors import DataError, short
from cityscapes.evaluation.panoptic.records import (
    MAX_SEGMENT_ID,
    VOID,
    Category,
    PanopticFile,
    PanopticFrame,
    SegmentInfo,
)
from cityscapes.files.json_document import is_name, read_document

# ASSUME: no JSON file of a split is larger, in bytes; that of train has some 30 MB.
MOST_OF_A_FILE = 512_000_000

# Problems that a message lists; a wrong program writes every entry wrongly.
MAX_PROBLEMS = 20
# Checking stops at this many: millions would take half a minute.
MAX_COUNTED = 10_000


class Check(NamedTuple):
    """A condition on the value of a JSON key."""

    holds: Callable[[Any], bool]
    text: str


# Numbers beyond 64 bits are no ids and no areas, and NumPy cannot hold them.
WHOLE = Check(lambda value: type(value) is int and abs(value) < 1 << 63, "a whole number")
FLAG = Check(lambda value: type(value) is int and value in (0, 1), "0 or 1")
LIST = Check(lambda value: isinstance(value, list), "a list")
TEXT = Check(lambda value: isinstance(value, str) and value != "", "a text")
FILE_NAME = Check(
    lambda value: is_name(value) and _stays_below(PurePath(value)),
    "the name of a picture below the folder of the pictures",
)
TRUE_ID = Check(
    lambda value: type(value) is int and VOID < value <= MAX_SEGMENT_ID,
    f"a whole number from {VOID + 1} to {MAX_SEGMENT_ID}",
)
# UPSTREAM: a prediction may list a segment with the id 0; otherwise 0 is void.
PREDICTED_ID = Check(
    lambda value: type(value) is int and VOID <= value <= MAX_SEGMENT_ID,
    f"a whole number from {VOID} to {MAX_SEGMENT_ID}",
)

TRUTH_FILE = {"annotations": LIST, "categories": LIST}
PREDICTION_FILE = {"annotations": LIST}
CATEGORY = {"id": WHOLE, "name": TEXT, "isthing": FLAG}
IMAGE_ID = Check(lambda value: TEXT.holds(value) or WHOLE.holds(value), "a text or a whole number")
TRUE_ANNOTATION = {"image_id": TEXT, "file_name": FILE_NAME, "segments_info": LIST}
PREDICTED_ANNOTATION = TRUE_ANNOTATION | {"image_id": IMAGE_ID}
# The keys of a segment are in the order of the fields of SegmentInfo.
TRUE_SEGMENT = {"id": TRUE_ID, "category_id": WHOLE, "iscrowd": FLAG, "area": WHOLE}
PREDICTED_SEGMENT = {"id": PREDICTED_ID, "category_id": WHOLE}


def read_panoptic_truth(path: Path) -> PanopticFile:
    """Read the ground truth of a split, as the rule `panoptic` or the reference's tool writes it.

    Raises DataError that lists what is wrong with the file.
    """
    document = panoptic_document(path, TRUTH_FILE)
    frames, problems = frames_of(document["annotations"], TRUE_ANNOTATION, TRUE_SEGMENT)
    problems += _problems_of_all("category", document["categories"], CATEGORY)
    refuse(path, problems)
    # UPSTREAM: of several classes with one trainId, the last gives the name and the kind.
    categories = {
        category["id"]: Category(category["id"], category["name"], bool(category["isthing"]))
        for category in document["categories"]
    }
    problems = [
        f"image {frame.image_id}: segment {segment.id}: category_id {segment.category} is not "
        "among the file's categories"
        for frame in frames.values()
        for segment in frame.segments
        if segment.category not in categories
    ]
    refuse(path, problems)
    return PanopticFile(path, path.with_suffix(""), list(categories.values()), frames)


def panoptic_document(path: Path, checks: dict) -> dict:
    """Read the JSON object in a file, with the values that `checks` ask for; DataError."""
    document = read_document(path, MOST_OF_A_FILE)
    refuse(path, _problems(document, checks))
    return document


def frames_of(
    annotations: list, checks_of_frame: dict[str, Check], checks: dict[str, Check]
) -> tuple[dict[str, PanopticFrame], list[str]]:
    """Return the frames by image id, and their errors."""
    frames: dict[str, PanopticFrame] = {}
    problems: list[str] = []
    for index, annotation in enumerate(annotations):
        if len(problems) >= MAX_COUNTED:
            break
        wrong = _problems(annotation, checks_of_frame)
        if wrong:
            problems += [f"annotation {index}: {problem}" for problem in wrong]
            continue
        image, infos = annotation["image_id"], annotation["segments_info"]
        if image in frames:
            problems.append(f"annotation {index}: image {image} has one already")
        wrong = _problems_of_all("segment", infos, checks)
        if not wrong:
            times = Counter(info["id"] for info in infos)
            wrong = [f"id {id} is that of {n} segments" for id, n in times.items() if n > 1]
        problems += [f"image {image}: {problem}" for problem in wrong]
        segments = [] if wrong else [SegmentInfo(*map(info.get, checks)) for info in infos]
        frames[image] = PanopticFrame(image, annotation["file_name"], segments)
    return frames, problems


def _problems_of_all(what: str, values: list, checks: dict[str, Check]) -> list[str]:
    """Return the problems of the values of a list, counted from 0 as in the file."""
    found = (
        f"{what} {index}: {problem}"
        for index, value in enumerate(values)
        for problem in _problems(value, checks)
    )
    return list(islice(found, MAX_COUNTED))


def _problems(value: Any, checks: dict[str, Check]) -> list[str]:
    if not isinstance(value, dict):
        return [f"found {short(value)}, not an object with {', '.join(checks)}"]
    return [
        f"{key} is {short(value.get(key))}, not {check.text}"
        for key, check in checks.items()
        if not check.holds(value.get(key))
    ]


def _stays_below(path: PurePath) -> bool:
    return not path.is_absolute() and ".." not in path.parts


def refuse(path: Path, problems: list[str]) -> None:
    """Raise DataError when there are problems."""
    if problems:
        lines = problems[:MAX_PROBLEMS]
        if len(problems) > MAX_PROBLEMS:
            at_least = "at least " if len(problems) >= MAX_COUNTED else ""
            lines.append(f"... and {at_least}{len(problems) - MAX_PROBLEMS} more")
        raise DataError(f"{path}: cannot be evaluated:\n  " + "\n  ".join(lines))
