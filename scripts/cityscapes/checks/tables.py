"""The rows of the reports, from what was found frame by frame."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from cityscapes.checks.blurred import Change, problem, verdict
from cityscapes.checks.formats import COPY_GROUPS
from cityscapes.checks.problem import Problem
from cityscapes.errors import DataError
from cityscapes.files.tables import table_rows
from cityscapes.files.whole import digest

T = TypeVar("T", dict, list)

# The row of a city's table that lists the files whose names fit no frame.
ODD = "-"


class Frame(NamedTuple):
    """The results for the files of one frame (`cityscapes.checks.frame.check_frame`)."""

    split: str
    city: str
    name: str
    found: dict

    def problems(self) -> dict[str, list[Problem]]:
        """Map slots to the problems of their files, if they have any."""
        files = self.found["files"].items()
        return {slot: [Problem(*p) for p in file[3]] for slot, file in files if file[3]}

    def path(self, slot: str) -> str:
        """Return the path of a file of the frame, relative to the dataset root."""
        return self.found["files"][slot][0]


class Findings:
    """The tables that were written city by city, read as often as a report needs them."""

    def __init__(self, tables: list[Path]):
        """Take `tables`, which are `<split>/<city>.tsv`."""
        self._tables = tables

    def frames(self) -> Iterator[Frame]:
        """Yield all frames; no more than one is in memory at a time."""
        for table in self._tables:
            for row in table_rows(table):
                if row.get("frame") != ODD:
                    found = _parsed(row, table, dict)
                    yield Frame(table.parent.name, table.stem, row["frame"], found)

    def odd(self) -> list[str]:
        """Return paths of all files whose names fit no frame."""
        return [
            path
            for table in self._tables
            for row in table_rows(table)
            if row.get("frame") == ODD
            for path in _parsed(row, table, list)
        ]


def _parsed(row: dict[str, str], table: Path, kind: type[T]) -> T:
    """Parse the result for a frame; raise DataError if the table was cut or edited."""
    try:
        found = json.loads(row["found"])
    except (KeyError, ValueError):
        found = None
    if not isinstance(found, kind):
        frame = row.get("frame", "?")
        raise DataError(f"{table}: the row of {frame} is damaged; remove this table and run again")
    return found


BLURRED = [
    "split", "city", "frame", "verdict", "changed_pixels", "share", "regions", "psnr_inside",
    "psnr_outside", "on_people_and_vehicles", "boxes",
]  # fmt: skip


def blurred_rows(frames: Iterable[Frame], limits: dict, splits: set[str]) -> Iterator[tuple]:
    """Yield a row per frame of the splits with blurred images, with its verdict by `limits`."""
    for frame in frames:
        slots = {"leftImg8bit", "leftImg8bit_blurred"} & frame.found["files"].keys()
        if frame.split not in splits or not slots:
            continue
        key = (frame.split, frame.city, frame.name)
        measured = frame.found["blurred"]
        if measured:
            change = _change(measured)
            pixels, share, regions, boxes, inside, outside, on_objects = change
            yield (
                *key, verdict(change, limits), pixels, share, regions, inside, outside, on_objects,
                json.dumps(boxes),
            )  # fmt: skip
        else:
            yield (*key, _why_not_compared(frame, slots), *[None] * 7)


def blurred_problem(frame: Frame, limits: dict) -> Problem | None:
    """Return the problem of a frame's blurred image, apart from those of its file."""
    measured = frame.found["blurred"]
    if not measured:
        return None
    change = _change(measured)
    return problem(verdict(change, limits), change, measured["moving"])


def _change(measured: dict) -> Change:
    return Change(**{key: value for key, value in measured.items() if key != "moving"})


def _why_not_compared(frame: Frame, slots: set[str]) -> str:
    if len(slots) == 1:
        return "missing"
    checks = {p.check for slot in slots for p in frame.problems().get(slot, ())}
    return "size differs" if "wrong size" in checks else "unreadable"


LABELS = [
    "split", "city", "frame", "type", "label", "known", "polygons", "groups", "deleted",
    "few_points", "outside", "hidden",
]  # fmt: skip


def label_rows(frames: Iterable[Frame]) -> Iterator[tuple]:
    """Yield a row per frame, annotation type and label."""
    for frame in frames:
        for kind, labels in frame.found["labels"].items():
            for counts in labels["counts"]:
                yield (frame.split, frame.city, frame.name, kind, *counts)


METADATA = [
    "fx", "fy", "u0", "v0", "baseline", "pitch", "roll", "yaw", "x", "y", "z", "speed", "yawRate",
    "gpsLatitude", "gpsLongitude", "gpsHeading", "outsideTemperature", "timestamp", "valid_share",
    "nearest_m", "median_m",
]  # fmt: skip
FRAMES = ["split", "city", "frame", *METADATA]


def frame_rows(frames: Iterable[Frame]) -> Iterator[tuple]:
    """Yield a row per frame: camera, vehicle, time and depth, empty if the file is missing."""
    for frame in frames:
        metadata = frame.found["metadata"]
        yield (frame.split, frame.city, frame.name, *map(metadata.get, METADATA))


BOXES = [
    "split", "city", "frame", "type", "boxes", "labels", "out_of_image", "visible_outside_full",
    "unmatched", "bad_quaternions",
]  # fmt: skip


def box_rows(frames: Iterable[Frame]) -> Iterator[tuple]:
    """Yield a row per frame and type of boxes."""
    for frame in frames:
        for kind, boxes in frame.found["boxes"].items():
            values = boxes | {"labels": json.dumps(boxes["labels"])}
            key = (frame.split, frame.city, frame.name, kind)
            yield (*key, *(values[column] for column in BOXES[4:]))


class Copies:
    """Files of the same content under different names.

    For a file without a copy, one number is kept, as there are hundreds of thousands:
    the frames are gone through twice, first to `note` all of them and then to name the `paths`.
    """

    def __init__(self):
        self._seen: set[int] = set()
        self._doubled: set[int] = set()

    def note(self, frame: Frame) -> None:
        """Add the files of a frame."""
        for key, _ in _contents(frame):
            (self._doubled if key in self._seen else self._seen).add(key)

    def paths(self, frames: Iterable[Frame]) -> dict[str, str]:
        """Map paths to the first file of the same content, if this has another name."""
        first: dict[int, str] = {}
        originals: dict[str, str] = {}
        for frame in frames if self._doubled else ():
            for key, path in _contents(frame):
                if key in self._doubled and (original := first.setdefault(key, path)) != path:
                    originals[path] = original
        return originals


def _contents(frame: Frame) -> Iterator[tuple[int, str]]:
    """Yield a number for the content, and the path, of each file that might be a copy."""
    for slot, (path, size, content, problems) in frame.found["files"].items():
        # The annotations of test are withheld: what is left is alike in many frames.
        withheld = frame.split == "test" and slot.startswith("gt")
        if content and not problems and not withheld:
            yield int(digest(COPY_GROUPS[slot], str(size), content), 16), path


class ValPixels:
    """The frames of val that have a labelIds image, and the sum of their pixels by id."""

    def __init__(self):
        self.frames = 0
        self._total: Counter[int] = Counter()

    def note(self, frame: Frame) -> None:
        """Add a frame."""
        labels = frame.found["labels"].get("gtFine", {})
        if frame.split == "val" and labels.get("pixels"):
            self.frames += 1
            self._total.update(dict(enumerate(labels["pixels"])))

    def by_id(self) -> list[int]:
        """Return the number of pixels of each id from 0 to 255."""
        return [self._total[value] for value in range(256)]
