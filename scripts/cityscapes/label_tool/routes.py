"""The routes of the label tool for the objects of a frame."""

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cityscapes.editing import entries
from cityscapes.editing.difference import difference, label_image
from cityscapes.editing.entries import Wanted
from cityscapes.editing.history import NONE
from cityscapes.editing.stamp import stamp_now
from cityscapes.editing.store import Changed, Version
from cityscapes.errors import DataError, printable, short
from cityscapes.ground_truth.images import FrameImages, instance_ids
from cityscapes.ground_truth.polygons import parse_annotation, read_document
from cityscapes.label_tool.frames import Frame, Frames, Read
from cityscapes.label_tool.painting import Shape, paint, problems_of, shape_of
from cityscapes.label_tool.requests import Refused, told, version_asked, whole, with_body
from cityscapes.label_tool.telling import told_of
from cityscapes.viewer.answers import answer, packed
from cityscapes.viewer.project import Project

PLACE = "{type}/{split}/{city}/{frame}"
CHANGED = "the file was changed by somebody else since this page read it"


def edit_routes(frames: Frames) -> list[Route]:
    """Return the routes for reading, saving, painting and restoring."""
    project = frames.project
    fill = project.settings.config["fill"]

    def edit(request: Request) -> Response:
        frame = frames.asked(request)
        version = frames.current(frame)
        try:
            frames.stop_at_images(frame)
            return told(told_of(frames, frame, version))
        except DataError as error:
            # With what it takes to remove an edit that cannot be read.
            damaged = {"damaged": version.version} if version.source == "edit" else {}
            return told({"error": printable(str(error)), **damaged}, 422)

    def save(request: Request, body: dict) -> Response:
        frame = frames.asked(request)
        listed = body.get("objects")

        frames.stop_at_images(frame)

        def make(before: Version) -> bytes:
            base = frames.document(frame, before)
            raw = frames.raw_version(frame)
            of_raw = frames.document(frame, raw) if raw.source == "raw" else None
            document = entries.apply(base, listed, project.table, stamp_now(), of_raw)
            if document is base and before.source != NONE:
                return before.data
            data = document.data()
            _check_made(project, data, before)
            return data

        return _replaced(frames, frame, version_asked(request), make)

    def paint_objects(request: Request, body: dict) -> Response:
        frame = frames.asked(request)
        asked = body.get("version")
        version = frames.found(frame, asked) if isinstance(asked, str) else None
        if version is None:
            raise Refused(412, {"error": CHANGED, "current": told_of(frames, frame)})
        base = frames.read(frame, version)
        width, height = base.document.width, base.document.height
        left, top, right, bottom = _box(body.get("box"), width, height)
        shapes = _shapes(frames, base, body.get("objects"))
        painted = paint(shapes, width, height, fill)
        document = {
            "pixels": painted.pixels,
            "box": [left, top, right, bottom],
            "problems": problems_of(shapes),
        }
        return packed(request, document, numbers=painted.numbers[top:bottom, left:right])

    def revert(request: Request, body: dict) -> Response:
        frame, to = frames.asked(request), body.get("to")
        if to == "raw":
            return _replaced(frames, frame, version_asked(request), lambda before: None)
        past = frames.past(frame, to)
        return _replaced(frames, frame, version_asked(request), lambda before: past)

    def version(request: Request) -> Response:
        frame, name = frames.asked(request), request.path_params["name"]
        document = frames.parsed(frame, "history", frames.past(frame, name))
        return told(
            {
                "objects": list(document.objects),
                "width": document.width,
                "height": document.height,
            }
        )

    def difference_of(request: Request) -> Response:
        frame = frames.asked(request)
        versions = frames.raw_version(frame), frames.current(frame)
        size = frames.size(frame)
        before, now = (_label_image(frames, version, size) for version in versions)
        if before.shape != now.shape:
            raise DataError(f"{frame.name}: the edit and the file of the dataset differ in size")
        found = difference(before, now)
        names = {label.id: label.name for label in reversed(project.table.labels)}
        classes = [
            {"from": names[old], "to": names[new], "pixels": pixels}
            for old, new, pixels in found.changes
            if old is not None
        ]
        return packed(request, {"pixels": found.pixels, "classes": classes}, mask=found.mask)

    route = f"/api/edit/{PLACE}"
    return [
        Route(route, answer(edit), methods=["GET"]),
        Route(route, with_body(save), methods=["PUT"]),
        Route(f"{route}/paint", with_body(paint_objects), methods=["POST"]),
        Route(f"{route}/revert", with_body(revert), methods=["POST"]),
        Route(f"{route}/history/{{name}}", answer(version), methods=["GET"]),
        Route(f"{route}/difference", answer(difference_of), methods=["GET"]),
    ]


def _replaced(frames: Frames, frame: Frame, expected: str, make: Any) -> Response:
    """Replace the file of a frame; return what the page learns then, also after a conflict."""
    try:
        now = frames.store.replace(
            frame.shard, frame.place.frame, frames.raw(frame), expected, make
        )
    except Changed:
        raise Refused(412, {"error": CHANGED, "current": told_of(frames, frame)}) from None
    document = told_of(frames, frame, now)
    is_there = now.source != NONE
    if frames.viewer.catalogue.has(frame.place, frame.shard.type) != is_there:
        frames.viewer.list_frames()  # so that the routes of the viewer know the file, too
    return told(document)


def _check_made(project: Project, data: bytes, before: Version) -> None:
    """Raise DataError if the workflow could make the previous file but cannot make this one."""
    read_document(data, project.rules)
    table, fill = project.table, project.settings.config["fill"]

    def make(one: bytes) -> None:
        images = FrameImages(parse_annotation(one, table, project.rules), table, fill)
        images.painted_as(instance_ids)

    try:
        make(data)
    except DataError as error:
        if before.source == NONE:
            raise
        try:
            make(before.data)
        except DataError:
            return  # what was wrong before may be corrected step by step
        raise error


def _label_image(frames: Frames, version: Version, size: tuple[int, int]) -> np.ndarray:
    """uint8 (height, width): the labelIds of a version, as the workflow makes them."""
    project = frames.project
    annotation = None
    if version.source != NONE:
        annotation = parse_annotation(version.data, project.table, project.rules)
    return label_image(annotation, size, project.table, project.settings.config["fill"])


def _shapes(frames: Frames, base: Read, listed: Any) -> list[Shape]:
    """Return what is painted of each entry; its error for a wrong one."""
    table, rules = frames.project.table, frames.project.rules
    shapes: list[Shape] = []
    for one in entries.wanted(base.document, listed, table):
        if not isinstance(one, Wanted):
            shapes.append(str(one))
        elif one.kept and one.base is not None:
            shapes.append(base.shapes[one.base])
        else:
            shapes.append(shape_of(one.value, table, rules))
    return shapes


def _box(value: Any, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of a part of the image from a body; for null, all of it."""
    if value is None:
        return 0, 0, width, height
    if not isinstance(value, list) or len(value) != 4:
        raise DataError(f"box is {short(value)}, not [left, top, right, bottom]")
    right = whole(value[2], 1, width, "right of the box")
    bottom = whole(value[3], 1, height, "bottom of the box")
    left = whole(value[0], 0, right - 1, "left of the box")
    return left, whole(value[1], 0, bottom - 1, "top of the box"), right, bottom
