"""All checks of one frame: each file is read once, each image decoded once."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cityscapes.checks.annotations import AnnotationCheck, check_annotation
from cityscapes.checks.blurred import change
from cityscapes.checks.boxes import check_boxes3d, check_city_persons
from cityscapes.checks.formats import COPY_GROUPS, SLOTS
from cityscapes.checks.image_file import inspect_image
from cityscapes.checks.label_images import check_label_images
from cityscapes.checks.problem import Problem
from cityscapes.checks.records import (
    camera_record,
    disparity_record,
    problems_of_camera,
    problems_of_vehicle,
    timestamp_record,
    vehicle_record,
)
from cityscapes.checks.validated import check_validated
from cityscapes.errors import DataError
from cityscapes.files.regular import read_regular, read_start
from cityscapes.files.whole import digest
from cityscapes.ground_truth import polygons
from cityscapes.labels import LabelTable
from cityscapes.layout import GROUND_TRUTH_TYPES, Entry
from cityscapes.png.header import parse_header

# What the polygon files of test hold: the car itself and the edges of the picture.
NOT_OF_THE_STREET = {"ego vehicle", "rectification border", "out of roi"}
# ASSUME: no file of the dataset comes near this; the released ones are below 15 MB.
MOST_BYTES = 1 << 28
# Size of a frame if no file tells it.
DEFAULT_SIZE = (2048, 1024)


class Settings(NamedTuple):
    """The settings that the checks of a frame depend on."""

    sizes: tuple[tuple[int, int], ...]  # (width, height) that images may have; none: any
    tolerance: int  # the largest difference of a channel that does not count as blurring
    rules: polygons.PolygonRules = polygons.DEFAULT_RULES
    people: tuple[str, ...] = ()  # the classes of CityPersons; none where they are not known


def check_frame(
    root: Path, files: dict[str, Entry], table: LabelTable, settings: Settings
) -> dict:
    """Return all results for a frame that reports need, as a document for JSON.

    `files` maps slots (`leftImg8bit`, `gtFine_polygons`) to paths below `root`. Nothing is
    raised for bad files: `files` in the result lists what is wrong with each.
    """
    frame = _Frame(root, files, settings.sizes, settings.rules)
    annotations = {
        kind: frame.parse(f"{kind}_polygons", check_annotation, table, frame.size, settings.rules)
        for kind in GROUND_TRUTH_TYPES
    }
    checked = {
        "labels": {
            kind: _labels(frame, kind, annotation, table)
            for kind, annotation in annotations.items()
        },
        "boxes": _boxes(frame, annotations["gtFine"], frame.size, settings.people),
        "metadata": _metadata(frame),
        "blurred": _blurred(frame, annotations["gtFine"], settings.tolerance),
    }
    for slot in files:
        frame.look_at(slot)
    return {**checked, "files": frame.findings()}


class _Frame:
    """The files of a frame, and the results of each so far."""

    def __init__(
        self, root: Path, files: dict[str, Entry], sizes: tuple[tuple[int, int], ...],
        rules: polygons.PolygonRules,
    ):  # fmt: skip
        self._root = root
        self._files = files
        self._rules = rules
        self._problems: dict[str, list[Problem]] = {slot: [] for slot in files}
        self._contents: dict[str, str] = {}
        self._read: set[str] = set()
        self.size = sizes[0] if len(sizes) == 1 else self._size_of_files(sizes)

    def _size_of_files(self, sizes: tuple[tuple[int, int], ...]) -> tuple[int, int]:
        """Return width and height that all files of the frame should have, if several are allowed.

        That of the first image, else of the first polygons; a problem if it is not in `sizes`.
        """
        images = [slot for slot in SLOTS if slot in self._files and SLOTS[slot].format]
        for slot in sorted(images, key=lambda slot: slot != "leftImg8bit"):
            header = parse_header(self._start(slot, 64))
            if header and header.intact:
                size = (header.width, header.height)
                if sizes and size not in sizes:
                    right = " or ".join(f"{width} x {height}" for width, height in sizes)
                    what = f"the image is {header.width} x {header.height}, not {right}"
                    self.add(slot, Problem("error", "wrong size", what))
                return size
        for kind in GROUND_TRUTH_TYPES:
            with suppress(DataError):
                data = self._start(f"{kind}_polygons", int(self._rules.max_mb * polygons.MB))
                return polygons.image_size(polygons.read_document(data, self._rules))
        return sizes[0] if sizes else DEFAULT_SIZE

    def _start(self, slot: str, length: int) -> bytes:
        """Read the first bytes of a file; none if it cannot be read."""
        if slot not in self._files:
            return b""
        with suppress(OSError):
            return read_start(self._root / self._files[slot].name, length)
        return b""

    def read(self, slot: str) -> bytes | None:
        """Read a file; None if it is missing or cannot be read."""
        if slot not in self._files:
            return None
        self._read.add(slot)
        try:
            data = read_regular(self._root / self._files[slot].name, MOST_BYTES)
        except OSError as error:
            self.add(slot, Problem("error", "unreadable", f"cannot be read: {error.strerror}"))
            return None
        if not data:
            self.add(slot, Problem("error", "empty file", "the file has no bytes"))
        return data or None

    def image(self, slot: str) -> np.ndarray | None:
        """Return the pixels of an image; None if it is missing or damaged."""
        data, expected = self.read(slot), SLOTS[slot].format
        if data is None or expected is None:  # text
            return None
        found = inspect_image(data, expected, self.size)
        self._contents[slot] = found.content
        self._problems[slot] += found.problems
        return found.pixels

    def parse(self, slot: str, parser, *arguments):
        """Return the result of a parser for a file; None if it is missing or cannot be parsed."""
        data = self.read(slot)
        if data is None:
            return None
        self._contents[slot] = digest(data)
        try:
            parsed = parser(data, *arguments)
        except DataError as error:
            self.add(slot, Problem("error", "wrong shape", str(error)))
            return None
        except RecursionError:  # nesting that json can still read may be too deep for a message
            self.add(slot, Problem("error", "wrong shape", "JSON nested too deeply"))
            return None
        self.add(slot, *getattr(parsed, "problems", []))
        return parsed

    def add(self, slot: str, *problems: Problem) -> None:
        """Add a problem of a file."""
        self._problems[slot] += problems

    def look_at(self, slot: str) -> None:
        """Check an image that no other check has asked for."""
        if slot not in self._read and SLOTS[slot].format:
            self.image(slot)

    def findings(self) -> dict[str, list]:
        """Return slot -> path, size in bytes, content (for possible copies), problems."""
        return {
            slot: [
                entry.name,
                entry.size,
                self._contents.get(slot, "") if slot in COPY_GROUPS else "",
                self._problems[slot],
            ]
            for slot, entry in self._files.items()
        }


def _labels(
    frame: _Frame, kind: str, annotation: AnnotationCheck | None, table: LabelTable
) -> dict:
    """Count polygons by label; for gtFine, whose counts are published, also pixels by id."""
    names = ("labelIds", "instanceIds", "color")
    label_ids, instance_ids, color = (frame.image(f"{kind}_{name}") for name in names)
    found = check_label_images(label_ids, instance_ids, color, table)
    for name, problems in found.problems.items():
        frame.add(f"{kind}_{name}", *problems)
    return {
        "counts": annotation.counts if annotation else [],
        "pixels": found.pixels if kind == "gtFine" else None,
    }


def _boxes(
    frame: _Frame, annotation: AnnotationCheck | None, size: tuple[int, int],
    people: tuple[str, ...],
) -> dict:  # fmt: skip
    """Return the results of the checks of boxes, by type."""
    instances = annotation.instances if annotation else None
    checked = {
        kind: frame.parse(kind, check, size, instances, *more)
        for kind, check, *more in (
            ("gtBboxCityPersons", check_city_persons, people),
            ("gtBbox3d", check_boxes3d),
            ("gtBboxValidated", check_validated),
        )
    }
    return {
        kind: boxes._replace(problems=[])._asdict() for kind, boxes in checked.items() if boxes
    }


def _metadata(frame: _Frame) -> dict:
    """Return a row of the table of frames: camera, vehicle, time, depth from disparity."""
    row: dict = {}
    camera = frame.parse("camera", camera_record)
    if camera:
        row |= camera
        frame.add("camera", *problems_of_camera(camera))
    for slot in ("vehicle_sequence", "vehicle"):
        if vehicle := frame.parse(slot, vehicle_record):
            row |= vehicle
            frame.add(slot, *problems_of_vehicle(vehicle))
    for slot in ("timestamp_sequence", "timestamp"):
        if (time := frame.parse(slot, timestamp_record)) is not None:
            row["timestamp"] = time
    for slot in ("disparity_sequence", "disparity"):
        if (disparity := frame.image(slot)) is not None:
            row |= disparity_record(disparity, camera)
    return row


def _blurred(frame: _Frame, annotation: AnnotationCheck | None, tolerance: int) -> dict | None:
    """Compare the left image with its blurred twin, if both are intact."""
    left = frame.image("leftImg8bit")
    twin = frame.image("leftImg8bit_blurred")
    if left is None or twin is None or left.shape != twin.shape:
        return None
    moving = annotation.moving if annotation and not _is_withheld(annotation) else None
    seen = None if moving is None else bool(moving.any())
    return {**change(left, twin, moving, tolerance)._asdict(), "moving": seen}


def _is_withheld(annotation: AnnotationCheck) -> bool:
    """Return True if the polygons show only what every frame has, like those of test."""
    return {count.label for count in annotation.counts} <= NOT_OF_THE_STREET
