"""Reading the COCO panoptic format: the JSON file of a split, and the pictures that it names.

`ground_truth/segments.py` writes the ground truth in this format; predictions come from elsewhere,
so everything is checked here before a pixel is compared.
"""

import os
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import cv2
import numpy as np

from cityscapes.errors import DataError, quoted, short
from cityscapes.evaluation.classes import TRAIN_IDS
from cityscapes.evaluation.coco_images import CocoImages, category_numbers, frame_of_image
from cityscapes.evaluation.frame_names import frame_in
from cityscapes.files.json_document import is_name, read_document
from cityscapes.files.regular import read_file
from cityscapes.labels import VOID_TRAIN_ID, LabelTable
from cityscapes.png.decode import AS_RGB, decode
from cityscapes.png.header import MOST_BYTES, RGB, parse_header, refuse_too_large

VOID = 0  # the segment id of pixels that belong to no segment
MAX_SEGMENT_ID = (1 << 24) - 1
# ASSUME: no JSON file of a split is larger, in bytes; that of train has some 30 MB.
MOST_OF_A_FILE = 512_000_000

KITTI_STEP = (
    "the pictures seem to be in the two-channel format of KITTI-STEP and DeepLab2 (red is the "
    "class, 256 * green + blue the object), which has no JSON file; wanted is the COCO panoptic "
    "format: pictures of segment ids, and a JSON file with the category of each segment"
)

# Problems that a message lists; a wrong program writes every entry wrongly.
MAX_PROBLEMS = 20
# Checking stops at this many: millions would take half a minute.
MAX_COUNTED = 10_000


class Category(NamedTuple):
    """A class that is evaluated; `thing` if it has instances, else it is "stuff"."""

    id: int
    name: str
    thing: bool


class SegmentInfo(NamedTuple):
    """The JSON entry of a segment; of predictions only id and category are read."""

    id: int
    category: int
    crowd: int = 0  # 1: a group of things without outlines of their own
    area: int | None = None  # in pixels


class PanopticFrame(NamedTuple):
    """The JSON entry of one frame."""

    image_id: str  # <city>_<sequence>_<frame>
    file_name: str  # of the picture, below the folder of the pictures
    segments: list[SegmentInfo]


@dataclass(frozen=True)
class PanopticFile:
    """A JSON file of a split: its frames by image id, in the order of the file."""

    path: Path
    pictures: Path  # the folder that holds them
    categories: list[Category]  # none in predictions
    frames: dict[str, PanopticFrame]
    note: str = ""  # how it was read, if that is not obvious


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
    document = _document(path, TRUTH_FILE)
    frames, problems = _frames(document["annotations"], TRUE_ANNOTATION, TRUE_SEGMENT)
    problems += _problems_of_all("category", document["categories"], CATEGORY)
    _refuse(path, problems)
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
    _refuse(path, problems)
    return PanopticFile(path, path.with_suffix(""), list(categories.values()), frames)


class Reading(NamedTuple):
    """The meaning of ids in predictions."""

    frames: Collection[str]  # those of the split
    table: LabelTable
    encoding: str  # trainIds: so are the categories of the ground truth
    images: CocoImages | None = None  # what image and category ids are those of


def read_panoptic_predictions(path: Path, reading: Reading | None = None) -> PanopticFile:
    """Read the predictions for a split; of the JSON file only `annotations` is needed.

    With a `reading`, images are named by frame, whatever stands around its name, or by a number,
    and categories have the ids of the ground truth. Raises DataError that lists what is wrong with
    the file.
    """
    document = _document(path, PREDICTION_FILE)
    frames, problems = _frames(document["annotations"], PREDICTED_ANNOTATION, PREDICTED_SEGMENT)
    _refuse(path, problems)
    names = (frame.file_name for frame in frames.values())
    found = PanopticFile(path, _picture_folder(path, next(names, "")), [], frames)
    return found if reading is None else _resolved(found, reading)


def _resolved(file: PanopticFile, reading: Reading) -> PanopticFile:
    """Return the same with frames and categories as the ground truth has them."""
    frames: dict[str, PanopticFrame] = {}
    problems = []
    for frame in file.frames.values():
        name = _frame_of(frame, reading)
        if name in frames:
            problems.append(f"image {frame.image_id}: {name} has a prediction already")
        frames[name] = frame._replace(image_id=name)
    _refuse(file.path, problems)
    if not reading.images:
        return replace(file, frames=frames)
    found = {segment.category for frame in frames.values() for segment in frame.segments}
    numbers, note = category_numbers(found, reading.images, reading.table)
    if unknown := sorted(found - numbers.ids.keys()):
        listed = ", ".join(map(str, unknown))
        _refuse(file.path, [f"category_id {listed}: not {numbers.what}"])
    classes = reading.table.by_id
    as_train_ids = reading.encoding == TRAIN_IDS
    category = {
        number: classes[id_].train_id if as_train_ids else id_
        for number, id_ in numbers.ids.items()
    }
    frames = {
        name: frame._replace(
            segments=[one._replace(category=category[one.category]) for one in frame.segments]
        )
        for name, frame in frames.items()
    }
    return replace(file, frames=frames, note=note)


def _frame_of(frame: PanopticFrame, reading: Reading) -> str:
    """Return the frame of the split that is predicted, by image id, else by the picture's name.

    An image id that is none of the split is returned unchanged.
    """
    try:
        return frame_of_image(frame.image_id, reading.frames, reading.images)
    except DataError:
        return frame_in(frame.file_name, reading.frames) or str(frame.image_id)


def _picture_folder(path: Path, picture: str) -> Path:
    """Return the folder of the pictures of a JSON file, one of which is `picture`.

    It is named like the file; else it is the file's own folder or one in it.
    """
    named = path.with_suffix("")
    if named.is_dir() or not picture:
        return named
    beside = (folder for folder in sorted(path.parent.glob("*/")) if folder.is_dir())
    return next((one for one in (path.parent, *beside) if (one / picture).is_file()), named)


def kitti_step(picture: Path, table: LabelTable) -> str:
    """Return a note on pictures in the format of KITTI-STEP; "" if they are of another.

    Red is the class, 256 * green + blue the object. DeepLab2 writes such pictures, too.
    """
    try:
        red = _read_rgb(picture)[..., 0]
    except DataError:
        return ""
    classes = set(np.unique(red).tolist()) - {VOID_TRAIN_ID}
    labels = [label for label in table if label.id >= 0]
    fits = classes <= {label.id for label in labels} or classes <= {
        label.train_id for label in labels
    }
    return KITTI_STEP if fits and classes else ""


def pair_frames(
    truth: PanopticFile, predicted: PanopticFile, table: LabelTable
) -> list[tuple[PanopticFrame, PanopticFrame]]:
    """Pair each frame of the ground truth with its prediction; other predictions are left out.

    Raises DataError that lists frames without prediction, and segments of categories that the
    ground truth does not have.
    """
    pairs = [
        (frame, predicted.frames[image])
        for image, frame in truth.frames.items()
        if image in predicted.frames
    ]
    problems = _missing_frames(truth, predicted)
    problems += _unknown_categories(truth, [guess for _, guess in pairs], table)
    _refuse(predicted.path, problems)
    return pairs


def read_panoptic_png(path: Path) -> np.ndarray:
    """int32 (height, width): segment ids R + 256 G + 65536 B of an 8-bit RGB picture, 0 is void.

    Raises DataError when the file cannot be read, is damaged, too large, or another kind of image.
    """
    # With a fourth byte, a pixel is a little-endian number: seven times faster than arithmetic.
    ids = cv2.cvtColor(_read_rgb(path), cv2.COLOR_RGB2RGBA).view("<i4")[..., 0]
    ids &= MAX_SEGMENT_ID
    return ids


def leads_out(folder: Path, frame: PanopticFrame) -> str:
    """Return the error if links lead a picture out of the pictures' folder, or ""."""
    picture = Path(os.path.realpath(folder / frame.file_name))
    if picture.is_relative_to(os.path.realpath(folder)):
        return ""
    return f"picture {quoted(frame.file_name)} is {picture}, outside of the pictures {folder}"


def _read_rgb(path: Path) -> np.ndarray:
    data = read_file(path, MOST_BYTES)
    header = parse_header(data)
    if header is None:
        raise DataError(f"{path}: not a PNG file ({len(data)} bytes)")
    if (header.bits, header.color_type) != (8, RGB):
        raise DataError(
            f"{path}: a {header.bits}-bit {header.color} image; a panoptic picture is 8-bit RGB, "
            "with R + 256 G + 65536 B the segment id"
        )
    refuse_too_large(path, header)
    rgb = decode(data, header, AS_RGB)
    if rgb is None:
        raise DataError(f"{path}: damaged PNG ({len(data)} bytes; is the file truncated?)")
    return rgb


def _document(path: Path, checks: dict) -> dict:
    document = read_document(path, MOST_OF_A_FILE)
    _refuse(path, _problems(document, checks))
    return document


def _frames(
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


def _missing_frames(truth: PanopticFile, predicted: PanopticFile) -> list[str]:
    missing = [image for image in truth.frames if image not in predicted.frames]
    if missing and predicted.frames and len(missing) == len(truth.frames):
        first = next(iter(predicted.frames))
        return [
            f"no image_id is that of the ground truth: the first is {first}, right would be "
            f"{missing[0]}"
        ]
    return [f"no prediction for image {image}" for image in missing]


def mixed_up(known: set[int], found: set[int], table: LabelTable) -> list[str]:
    """Return the one problem that explains unknown categories, ids taken for trainIds, if any."""
    evaluated = [label for label in table if not label.ignore_in_eval]
    ids = {label.id for label in evaluated}
    train_ids = {label.train_id for label in evaluated}
    if known <= ids and found <= train_ids:
        return [
            "the category ids are trainIds, but those of the ground truth are ids: write ids, or "
            "compare with the ground truth cityscapes_panoptic_<split>_trainId.json"
        ]
    if known <= train_ids and found <= ids:
        return [
            "the category ids are ids, but those of the ground truth are trainIds: write "
            "trainIds, or compare with the ground truth cityscapes_panoptic_<split>.json"
        ]
    return []


def _unknown_categories(
    truth: PanopticFile, frames: list[PanopticFrame], table: LabelTable
) -> list[str]:
    known = {category.id for category in truth.categories}
    found = {segment.category for frame in frames for segment in frame.segments}
    if found <= known:
        return []
    return mixed_up(known, found, table) or [
        f"image {frame.image_id}: segment {segment.id}: category_id {segment.category} is none of "
        f"the ground truth's ({', '.join(map(str, sorted(known)))})"
        for frame in frames
        for segment in frame.segments
        if segment.category not in known
    ]


def _refuse(path: Path, problems: list[str]) -> None:
    """Raise DataError when there are problems."""
    if problems:
        lines = problems[:MAX_PROBLEMS]
        if len(problems) > MAX_PROBLEMS:
            at_least = "at least " if len(problems) >= MAX_COUNTED else ""
            lines.append(f"... and {at_least}{len(problems) - MAX_PROBLEMS} more")
        raise DataError(f"{path}: cannot be evaluated:\n  " + "\n  ".join(lines))
