"""Checks of boxes around people (CityPersons) and vehicles (3-D) against image and polygons."""

import math
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from cityscapes.checks.annotations import size_problems
from cityscapes.checks.box_objects import (
    IGNORED,
    Box,
    listed,
    number,
    numbers,
    read_person,
    read_region,
    read_vehicle,
    value_of,
)
from cityscapes.checks.problem import Problem
from cityscapes.checks.wording import joined
from cityscapes.errors import DataError, short
from cityscapes.files.json_document import parse_document
from cityscapes.labels import FIRST_INSTANCE

# Tolerance of boxes in pixels: their ends are rounded in several ways.
SLACK = 1
# Tolerance of the length of a rotation's quaternion, 1.
QUATERNION_SLACK = 1e-3
# The camera parameters that project 3-D boxes.
SENSOR = ("fx", "fy", "u0", "v0")
POSE = "sensor_T_ISO_8855"


class BoxCheck(NamedTuple):
    """The contents and problems of a file of boxes. All counts are of objects."""

    boxes: int  # regions to ignore included
    labels: dict  # label -> number of objects; the regions of a 3-D file count as "ignore"
    out_of_image: int  # the visible box leaves the image, or the full one is entirely outside
    visible_outside_full: int  # the visible box is not inside the full one
    unmatched: int  # the instance is not among those of the polygons
    bad_quaternions: int  # the rotation is not of length 1
    problems: list  # of Problem, at most one of a sort


def check_city_persons(
    data: bytes, size: tuple[int, int], instances: set | None, labels: Collection[str] = ()
) -> BoxCheck:
    """Check the bytes of a `*_gtBboxCityPersons.json` file.

    The image is of `size` (width, height); `instances` are the instance ids of the frame's
    polygons, None if these are not known; `labels` are the classes of people, if known.
    """
    return _check(data, size, instances, {"objects": ("object", read_person)}, labels=labels)


def check_boxes3d(data: bytes, size: tuple[int, int], instances: set | None) -> BoxCheck:
    """Check the bytes of a `*_gtBbox3d.json` file, as `check_city_persons` does."""
    lists = {"objects": ("object", read_vehicle), IGNORED: ("ignored region", read_region)}
    return _check(data, size, instances, lists, _sensor_problems)


def _check(
    data: bytes,
    size: tuple[int, int],
    instances: set | None,
    lists: dict[str, tuple[str, Callable]],
    more: Callable[[dict], list[Problem]] = lambda document: [],
    labels: Collection[str] = (),
) -> BoxCheck:
    """Check a file with one or two lists, each with the name and reader of its objects.

    `more` finds what is wrong with the rest of the document; `labels` are the known ones, if any.
    """
    try:
        document = parse_document(data)
        if not isinstance(document, dict):
            raise DataError(f"the file holds {short(document)}, not an object with objects")
        found = {key: listed(document, key) for key in lists}
    except DataError as error:
        return BoxCheck(0, {}, 0, 0, 0, 0, [Problem("error", "wrong shape", str(error))])
    boxes, broken = {}, []
    for key, (noun, read) in lists.items():
        for index, drawn in enumerate(found[key]):
            try:
                boxes[noun, index] = read(drawn)
            except DataError as error:
                broken.append((str(error), noun, index))

    def places(is_wrong: Callable, *arguments: Any) -> list[tuple[str, int]]:
        return [place for place, box in boxes.items() if is_wrong(box, *arguments)]

    outside = places(_outside, size)
    leaving = [place for place in places(_leaves, size) if place not in outside]
    loose = places(_loose)
    unmatched = places(_unmatched, instances) if instances is not None else []
    crooked = places(_crooked)
    unknown = [place for place, box in boxes.items() if labels and box.label not in labels]
    image = f"the image of {size[0]} x {size[1]}"
    findings = (
        ("warning", "outside the image", outside, f"a box is entirely outside of {image}"),
        # The released CityPersons boxes do: 51 of 33,565, by up to 78 pixels to the right.
        ("note", "leaves the image", leaving, f"the visible box leaves {image}"),
        ("warning", "visible outside full", loose, "the visible box is not in the full"),
        ("warning", "unmatched instance", unmatched, "no such instance in the polygons"),
        ("warning", "same instance", _repeated(boxes), "the instance has a box already"),
        ("warning", "unknown person", unknown, f"the label is none of {', '.join(labels)}"),
        ("warning", "bad quaternion", crooked, "the rotation is not of length 1"),
    )
    problems = size_problems(document, size) + more(document)
    if broken:
        problems.append(Problem("error", "wrong shape", joined(broken)))
    problems += [
        Problem(severity, check, joined((what, *place) for place in found))
        for severity, check, found, what in findings
        if found
    ]
    return BoxCheck(
        len(boxes),
        dict(sorted(Counter(box.label for box in boxes.values()).items())),
        len(outside) + len(leaving),
        len(loose),
        len(unmatched),
        len(crooked),
        problems,
    )


def _sensor_problems(document: dict) -> list[Problem]:
    """Return problems of the camera of a 3-D file."""
    sensor = document.get("sensor")
    if sensor is None:
        # ASSUME: without objects to be projected (test), no camera is needed.
        what = "the camera is missing (sensor): the boxes cannot be projected into the image"
        return [Problem("warning", "no sensor", what)] if document["objects"] else []
    try:
        for key in SENSOR:
            number(sensor, key)
        pose = value_of(sensor, POSE)
        if not isinstance(pose, list) or len(pose) not in (3, 4):
            raise DataError(f"{POSE} is {short(pose)}, not a list of 3 or 4 rows")
        for row in pose:
            numbers({POSE: row}, POSE, 4)
    except DataError as error:
        return [Problem("error", "wrong sensor", f"sensor: {error}")]
    return []


def _repeated(boxes: dict[tuple[str, int], "Box"]) -> list[tuple[str, int]]:
    """Return places of the 3-D boxes that are not the first of their instance."""
    seen, repeated = set(), []
    for place, box in boxes.items():
        if box.rotation is not None and box.instance >= FIRST_INSTANCE:
            if box.instance in seen:
                repeated.append(place)
            seen.add(box.instance)
    return repeated


def _outside(box: Box, size: tuple[int, int]) -> bool:
    """Return True if the full or the visible box does not touch the image."""
    return any(
        start >= end or start + length <= 0
        for x, y, width, height in (box.full, *[box.visible] * _is_seen(box))
        for start, length, end in ((x, width, size[0]), (y, height, size[1]))
    )


def _leaves(box: Box, size: tuple[int, int]) -> bool:
    """Return True if a part of the visible box is not in the image."""
    return _is_seen(box) and not _within(box.visible, (0, 0, *size))


def _loose(box: Box) -> bool:
    """Return True if a part of the visible box is not in the full one."""
    return _is_seen(box) and not _within(box.visible, box.full)


def _unmatched(box: Box, instances: set) -> bool:
    return box.instance >= FIRST_INSTANCE and box.instance not in instances


def _crooked(box: Box) -> bool:
    return box.rotation is not None and abs(math.hypot(*box.rotation) - 1) > QUATERNION_SLACK


def _is_seen(box: Box) -> bool:
    return min(box.visible[2:]) > 0


def _within(inner: list, outer: list | tuple) -> bool:
    """Return True if a box is inside another, up to `SLACK`."""
    return all(
        inner[side] >= outer[side] - SLACK
        and inner[side] + inner[side + 2] <= outer[side] + outer[side + 2] + SLACK
        for side in (0, 1)
    )
