"""The COCO panoptic format: segments and picture of a frame, and the JSON file of a split."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np

from cityscapes.labels import Label, LabelTable, joint_name
from cityscapes.pixel_runs import Changes, changes

# Segment 0 is void, so the class of id 0, which is stuff, has the first id that no class can have.
SEGMENT_OF_ID_0 = 256

_IDS = np.arange(1 << 16, dtype=np.int32)
_CLASS_OF_ID = np.where(_IDS >= 1000, _IDS // 1000, _IDS)
_SEGMENT_IDS = np.where(_IDS == 0, SEGMENT_OF_ID_0, _IDS).astype(np.int32)


class Segment(NamedTuple):
    """One segment of a panoptic image; the box is x, y, width, height in pixels."""

    id: int
    area: int
    x: int
    y: int
    width: int
    height: int


class FrameSegments(NamedTuple):
    """The entry of one frame in the JSON file."""

    city: str
    frame: str  # its name among all of its split: <city>_<sequence>_<frame>
    width: int
    height: int
    segments: list[Segment]


def class_of(segment_id: int, table: LabelTable) -> Label:
    """Return the class of a segment: its id is that of instanceIds, unless the class has id 0."""
    if segment_id == SEGMENT_OF_ID_0:
        return table.by_id[0]
    return table.by_id[segment_id // 1000 if segment_id >= 1000 else segment_id]


def panoptic_rgb(instance_ids: np.ndarray, table: LabelTable) -> np.ndarray:
    """uint8 (height, width, 3): R + 256 G + 65536 B is the segment id, 0 where it is ignored.

    The segment id is the instance id, but for a class of id 0 that is evaluated. `instance_ids`
    is uint16 (height, width). Source: reference, csCreatePanopticImgs.

    >>> from pathlib import Path
    >>> from cityscapes.labels import read_labels
    >>> table = read_labels(Path("config/labels.csv"))
    >>> rgb = panoptic_rgb(np.array([[7, 26001, 1]], dtype=np.uint16), table)
    >>> (rgb.astype(int) @ [1, 256, 65536]).tolist()  # 1, the ego vehicle, is ignored
    [[7, 26001, 0]]
    """
    kept = np.where(_evaluated(table), _SEGMENT_IDS, 0)
    rgba = cv2.LUT(instance_ids, kept).view(np.uint8)
    return cv2.cvtColor(rgba.reshape(*instance_ids.shape, 4), cv2.COLOR_RGBA2RGB)


def segments(instance_ids: np.ndarray, table: LabelTable) -> list[Segment]:
    """Return the segments of a uint16 (height, width) image of instance ids, in ascending id.

    Ids whose class is ignored in evaluation are left out.

    >>> from pathlib import Path
    >>> from cityscapes.labels import read_labels
    >>> table = read_labels(Path("config/labels.csv"))
    >>> found = segments(np.array([[7, 7, 26001], [7, 1, 26001]], dtype=np.uint16), table)
    >>> [(one.id, one.area, (one.x, one.y, one.width, one.height)) for one in found]
    [(7, 3, (0, 0, 2, 2)), (26001, 2, (2, 0, 1, 2))]
    """
    return segments_of_lookup(_IDS, instance_ids, changes(instance_ids), table)


def segments_of_lookup(
    instance_ids: np.ndarray, numbers: np.ndarray, bands: Iterable[Changes], table: LabelTable
) -> list[Segment]:
    """Return the segments of the image `instance_ids[numbers]`, without making that image.

    `instance_ids` is uint16 or int32 (n,), `numbers` uint8 or uint16 (height, width), and `bands`
    are its changes. What begins in row y is one pixel in each row from there on, until it ends:
    some 20,000 changes a frame hold as much as two million pixels.
    """
    height = len(numbers)
    ids, code = np.unique(instance_ids, return_inverse=True)
    # Beyond the ids: pixels left out, such as -1, the row above the image.
    out = len(ids)
    code = np.append(np.where(_evaluated(table)[ids][code], code, out), out)
    area, right, bottom = np.zeros((3, out + 1), dtype=np.int64)
    left, top = np.full((2, out + 1), np.iinfo(np.int64).max)
    for band in bands:
        begun, ended = code[band.now], code[band.above]
        rows_below = height - band.row
        pixels = np.bincount(begun, rows_below, out + 1) - np.bincount(ended, rows_below, out + 1)
        area += pixels.astype(np.int64)  # exact below 2**53
        np.minimum.at(left, begun, band.column)
        np.maximum.at(right, begun, band.column + 1)
        np.minimum.at(top, begun, band.row)
        np.maximum.at(bottom, ended, band.row)
    bottom[code[numbers[-1]]] = height
    return sorted(
        Segment(id_, pixels, x, y, end_x - x, end_y - y)
        for id_, pixels, x, y, end_x, end_y in zip(
            _SEGMENT_IDS[ids].tolist(),
            *(column[:out].tolist() for column in (area, left, top, right, bottom)),
            strict=True,
        )
        if pixels
    )


def panoptic_json(frames: list[FrameSegments], table: LabelTable, train_ids: bool) -> str:
    """Return the text of `cityscapes_panoptic_<split>.json`, byte for byte as the reference's.

    `train_ids` makes the category ids trainIds, as in `cityscapes_panoptic_<split>_trainId.json`.
    """
    return json.dumps(panoptic_document(frames, table, train_ids), sort_keys=True, indent=4)


def panoptic_document(
    frames: list[FrameSegments], table: LabelTable, train_ids: bool
) -> dict[str, list[dict]]:
    """Return the content of that file as an object."""
    # UPSTREAM: images stand in the order of the sorted paths of their instanceIds files, where
    # "bad-honnef/" comes before "bad/".
    frames = sorted(frames, key=lambda one: f"{one.city}/{one.frame}_gtFine_instanceIds.png")
    return {
        "images": [_image(frame) for frame in frames],
        "annotations": [_annotation(frame, table, train_ids) for frame in frames],
        "categories": [_category(group, train_ids) for group in _groups(table, train_ids)],
    }


def _groups(table: LabelTable, train_ids: bool) -> Iterable[tuple[Label, ...]]:
    """Return the evaluated classes; grouped by trainId if those are the categories."""
    # UPSTREAM: there, each class is a category of its own, and several have one id. Where the
    # trainIds of a table differ, as in the official one, the two are the same.
    if train_ids:
        return table.by_train_id().values()
    return [(label,) for label in table if not label.ignore_in_eval]


def _category(group: tuple[Label, ...], train_ids: bool) -> dict:
    first = group[0]
    return {
        "id": _category_id(first, train_ids),
        "name": joint_name(group),
        "color": first.color,
        "supercategory": first.category,
        "isthing": int(any(label.has_instances for label in group)),
    }


def _image(frame: FrameSegments) -> dict:
    return {
        "id": frame.frame,
        "width": frame.width,
        "height": frame.height,
        # UPSTREAM: no file has this name; the reference builds it from that of instanceIds.
        "file_name": f"{frame.frame}_gtFine_leftImg8bit.png",
    }


def _annotation(frame: FrameSegments, table: LabelTable, train_ids: bool) -> dict:
    infos = []
    for segment in frame.segments:
        label = class_of(segment.id, table)
        infos.append(
            {
                "id": segment.id,
                "category_id": _category_id(label, train_ids),
                "area": segment.area,
                "bbox": [segment.x, segment.y, segment.width, segment.height],
                "iscrowd": int(segment.id < 1000 and label.has_instances),
            }
        )
    return {
        "image_id": frame.frame,
        "file_name": f"{frame.frame}_gtFine_panoptic.png",
        "segments_info": infos,
    }


def _category_id(label: Label, train_ids: bool) -> int:
    return label.train_id if train_ids else label.id


def _evaluated(table: LabelTable) -> np.ndarray:
    """bool (65536,): the class of an instance id is not ignored in evaluation."""
    evaluated = np.zeros(1000, dtype=bool)
    evaluated[[label.id for label in table if label.id >= 0 and not label.ignore_in_eval]] = True
    return evaluated[_CLASS_OF_ID]
