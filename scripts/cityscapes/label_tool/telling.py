"""What the page is told of a frame: its objects, its versions, its review and its boxes."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from cityscapes.editing import corrections, review
from cityscapes.editing.history import NONE, version_of
from cityscapes.editing.stamp import last_stamp
from cityscapes.editing.store import Version
from cityscapes.errors import DataError, printable
from cityscapes.ground_truth.polygons import (
    DEFAULT_RULES,
    PolygonRules,
    listed_objects,
    read_document,
)
from cityscapes.label_tool.frames import Frame, Frames


def told_of(frames: Frames, frame: Frame, version: Version | None = None) -> dict[str, Any]:
    """Return what the page is told of a frame: of its present version, or of another.

    `user` and `date` are those of the last change of an object.
    """
    version = version or frames.current(frame)
    document = frames.document(frame, version)
    return {
        "version": version.version,
        "source": version.source,
        "width": document.width,
        "height": document.height,
        "objects": list(document.objects),
        **last_stamp(document.objects)._asdict(),
        "history": history_of(frames, frame),
        "raw": frames.raw_version(frame).version,
        **review_of(frames, frame),
        **corrections_of(frames, frame),
    }


def review_of(frames: Frames, frame: Frame) -> dict[str, Any]:
    """`review`, status and note of a frame, and their `review_version`.

    `problem` in the review says why they cannot be read.
    """
    path = frames.store.edits.review(frame.shard, frame.place.frame)
    assert path is not None
    told, version = review.Review()._asdict(), NONE
    try:
        found = frames.store.read(frames.store.checked(path))
        if found:
            version = version_of(found[0])
            told = review.parse(found[0])._asdict()
    except DataError as error:
        told["problem"] = printable(f"{path}: {error}")
    return {"review": told, "review_version": version}


def corrections_of(frames: Frames, frame: Frame) -> dict[str, Any]:
    """Return the correction boxes of a frame and their version; a problem instead of the boxes."""
    path = frames.store.edits.corrections(frame.shard, frame.place.frame)
    assert path is not None
    version = NONE
    try:
        found = frames.store.read(frames.store.checked(path))
        if found is None:
            return {"corrections": [], "corrections_version": NONE}
        version = version_of(found[0])
        listed = [one.document() for one in corrections.parse(found[0])]
        return {"corrections": listed, "corrections_version": version}
    except DataError as error:
        told = {"corrections": [], "corrections_version": version}
        return {**told, "corrections_problem": printable(f"{path}: {error}")}


def history_of(frames: Frames, frame: Frame) -> list[dict[str, Any]]:
    """Return the versions before, newest first."""
    folder = frames.store.edits.history(frame.shard, frame.place.frame)
    assert folder is not None
    return [
        {"name": past.name, "date": past.written, **_summary(folder / past.name, rules)}
        for past in reversed(frames.store.history(frame.shard, frame.place.frame))
        for rules in [frames.project.rules]
    ]


# A file of the history never changes.
@lru_cache(maxsize=4096)
def _summary(path: Path, rules: PolygonRules = DEFAULT_RULES) -> dict[str, Any]:
    """Who changed a version last, and how many objects it shows; a message where it is damaged."""
    try:
        objects = listed_objects(read_document(path.read_bytes(), rules))
    except (OSError, DataError) as error:
        return {"user": "", "objects": 0, "problem": str(error)}
    shown = sum(not (isinstance(one, dict) and one.get("deleted")) for one in objects)
    return {"user": last_stamp(objects).user, "objects": shown}
