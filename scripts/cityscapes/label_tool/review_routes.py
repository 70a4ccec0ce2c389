"""The routes of review: status and correction boxes of a frame, and tables of all edits."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cityscapes.editing import corrections, review, table
from cityscapes.editing.history import version_of
from cityscapes.editing.object_changes import changes_of
from cityscapes.editing.stamp import last_stamp, stamp_now
from cityscapes.editing.store import Changed
from cityscapes.editing.table import EditedFrame
from cityscapes.errors import DataError, printable
from cityscapes.ground_truth.polygons import PolygonRules, listed_objects, read_document
from cityscapes.label_tool.frames import Frame, Frames
from cityscapes.label_tool.requests import Refused, told, version_asked, with_body
from cityscapes.label_tool.telling import corrections_of, review_of
from cityscapes.layout import (
    GROUND_TRUTH_TYPES,
    POLYGONS,
    Shard,
    is_city,
    list_files,
    list_folders,
)
from cityscapes.viewer.answers import answer
from cityscapes.viewer.catalogue import Place

PLACE = "{type}/{split}/{city}/{frame}"
REVIEWED = ".json"


def review_routes(frames: Frames) -> list[Route]:
    """Return the routes for status, correction boxes and the list of edits."""

    def save_review(request: Request, body: dict) -> Response:
        frame = frames.asked(request)
        found = review.asked(body, stamp_now())
        path = frames.store.edits.review(frame.shard, frame.place.frame)
        assert path is not None
        data = found.data()
        try:
            frames.store.write(path, version_asked(request), data)
        except Changed:
            error = "the review was changed by somebody else since this page read it"
            raise Refused(412, {"error": error, "current": review_of(frames, frame)}) from None
        return told({"review": found._asdict(), "review_version": version_of(data)})

    def save_corrections(request: Request, body: dict) -> Response:
        frame = frames.asked(request)
        found = corrections.asked(body.get("corrections"))
        width, height = frames.size(frame)
        data = corrections.data_of(found, frame.place.frame, frame.place.city, width, height)
        path = frames.store.edits.corrections(frame.shard, frame.place.frame)
        assert path is not None
        try:
            frames.store.write(path, version_asked(request), data)
        except Changed:
            error = "the correction boxes were changed by somebody else since this page read them"
            raise Refused(
                412, {"error": error, "current": corrections_of(frames, frame)}
            ) from None
        return told(corrections_of(frames, frame))

    def edits(request: Request) -> Response:
        return told([_listed(frames, one) for one in _all(frames)])

    def edits_csv(request: Request) -> Response:
        name = {"Content-Disposition": 'attachment; filename="edits.csv"'}
        return StreamingResponse(_table(frames), media_type="text/csv", headers=name)

    return [
        Route(f"/api/review/{PLACE}", with_body(save_review), methods=["PUT"]),
        Route(f"/api/corrections/{PLACE}", with_body(save_corrections), methods=["PUT"]),
        Route("/api/edits", answer(edits), methods=["GET"]),
        Route("/api/edits.csv", answer(edits_csv), methods=["GET"]),
    ]


def _all(frames: Frames) -> list[EditedFrame]:
    """Return all frames with an edit or a review, of the splits of the config."""
    edits, splits = frames.store.edits, frames.project.settings.config["splits"]
    return table.united(
        (
            EditedFrame(shard, entry.name.removesuffix(f"_{shard.type}{POLYGONS}"))
            for shard, entries in edits.find(GROUND_TRUTH_TYPES, splits).items()
            for entry in entries
        ),
        _reviewed(frames.store.root / "review", splits),
    )


def _reviewed(root: Path, splits: list[str]) -> Iterator[EditedFrame]:
    for kind in GROUND_TRUTH_TYPES:
        for split in splits:
            for city in filter(is_city, list_folders(root / kind / split)):
                for entry in list_files(root / kind / split / city, REVIEWED):
                    frame = entry.name.removesuffix(REVIEWED)
                    yield EditedFrame(Shard(kind, split, city), frame)


def _listed(frames: Frames, one: EditedFrame) -> dict[str, Any]:
    frame = _frame(one)
    found = review_of(frames, frame)["review"]
    listed = {
        **one.shard._asdict(), "frame": one.frame, "edited": False, "objects": 0, **found,
    }  # fmt: skip
    try:
        path = frames.store.path(one.shard, one.frame)
        status = path.stat()
        listed |= _summary(path, status.st_mtime_ns, status.st_size, frames.project.rules)
    except (DataError, OSError):
        pass
    return listed


@lru_cache(maxsize=1 << 15)
def _summary(path: Path, mtime_ns: int, size: int, rules: PolygonRules) -> dict[str, Any]:
    """Summarize an edit for the list: who changed it last, and how many objects it shows."""
    try:
        objects = listed_objects(read_document(path.read_bytes(), rules))
    except DataError as error:
        return {"edited": True, "problem": printable(str(error))}
    shown = sum(not (isinstance(one, dict) and one.get("deleted")) for one in objects)
    stamp = last_stamp(objects)
    return {"edited": True, "objects": shown, **(stamp._asdict() if stamp.date else {})}


def _table(frames: Frames) -> Iterator[str]:
    """Yield the lines of the CSV table; frame by frame, since each is painted twice."""
    yield table.header()
    fill, rules = frames.project.settings.config["fill"], frames.project.rules
    for one in _all(frames):
        frame = _frame(one)
        try:
            version = frames.current(frame)
            if version.source != "edit":
                continue
            raw = frames.raw_version(frame)
            before = frames.document(frame, raw) if raw.source == "raw" else None
            now = frames.document(frame, version)
            yield table.lines(one, changes_of(before, now, frames.project.table, fill, rules))
        except DataError as error:
            yield table.line_of_problem(one, printable(str(error)))


def _frame(one: EditedFrame) -> Frame:
    return Frame(one.shard, Place(one.shard.split, one.shard.city, one.frame))
