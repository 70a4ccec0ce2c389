"""The COCO panoptic format: segments and picture of a frame, and the JSON file of a split."""

import json
from typing import NamedTuple

import cv2
import numpy as np

from cityscapes.labels import Label, LabelTable

_IDS = np.arange(1 << 16, dtype=np.int32)
_CLASS_OF_ID = np.where(_IDS >= 1000, _IDS // 1000, _IDS)


class Segment(NamedTuple):
    """One segment of a panoptic image; the box is x, y, width, height in pixels."""

    id: int
    area: int
    x: int
    y: int
    width: int
    height: int


class FrameSegments(NamedTuple):
    """What the JSON file says of one frame."""

    city: str
    frame: str  # <city>_<sequence>_<frame>
    width: int
    height: int
    segments: list[Segment]


def class_of(instance_id: int, table: LabelTable) -> Label:
    """The class of an instanceIds value: id * 1000 + n, or the id itself below 1000."""
    return table.by_id[instance_id // 1000 if instance_id >= 1000 else instance_id]


def panoptic_rgb(instance_ids: np.ndarray, table: LabelTable) -> np.ndarray:
    """uint8 (height, width, 3): R + 256 G + 65536 B is the instance id, 0 where it is ignored.

    `instance_ids` is uint16 (height, width). Source: reference, csCreatePanopticImgs.
    """
    rgba = cv2.LUT(instance_ids, _kept_ids(table)).view(np.uint8)
    return cv2.cvtColor(rgba.reshape(*instance_ids.shape, 4), cv2.COLOR_RGBA2RGB)


def segments(instance_ids: np.ndarray, table: LabelTable) -> list[Segment]:
    """The segments of a uint16 (height, width) image of instance ids, in ascending id.

    Ids whose class is ignored in evaluation are left out. Works on the runs of equal pixels in a
    row: some 30,000 a frame in place of two million pixels.
    """
    width = instance_ids.shape[1]
    flat = instance_ids.ravel()
    begins = np.empty(flat.size, dtype=bool)
    np.not_equal(flat[1:], flat[:-1], out=begins[1:])
    begins[::width] = True
    start = np.flatnonzero(begins)
    length = np.diff(start, append=flat.size)
    ids = flat[start]

    order = np.argsort(ids, kind="stable")  # stable: the runs of an id stay in order of rows
    ids, start, length = ids[order], start[order], length[order]
    row, column = np.divmod(start, width)
    first = np.flatnonzero(np.diff(ids.astype(np.int32), prepend=-1))
    last = np.append(first[1:], len(ids)) - 1
    left = np.minimum.reduceat(column, first)
    right = np.maximum.reduceat(column + length, first)
    found = zip(
        ids[first].tolist(),
        np.add.reduceat(length, first).tolist(),
        left.tolist(),
        row[first].tolist(),
        (right - left).tolist(),
        (row[last] + 1 - row[first]).tolist(),
        strict=True,
    )
    return [Segment(*values) for values in found if not class_of(values[0], table).ignore_in_eval]


def panoptic_json(frames: list[FrameSegments], table: LabelTable, train_ids: bool) -> str:
    """The text of `cityscapes_panoptic_<split>.json`, byte for byte as the reference writes it.

    `train_ids` makes the category ids trainIds, as in `cityscapes_panoptic_<split>_trainId.json`.
    """
    # UPSTREAM: images stand in the order of the sorted paths of their instanceIds files, where
    # "bad-honnef/" comes before "bad/".
    frames = sorted(frames, key=lambda of: f"{of.city}/{of.frame}_gtFine_instanceIds.png")
    document = {
        "images": [_image(frame) for frame in frames],
        "annotations": [_annotation(frame, table, train_ids) for frame in frames],
        "categories": [
            {
                "id": _category_id(label, train_ids),
                "name": label.name,
                "color": label.color,
                "supercategory": label.category,
                "isthing": int(label.has_instances),
            }
            for label in table
            if not label.ignore_in_eval
        ],
    }
    return json.dumps(document, sort_keys=True, indent=4)


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


def _kept_ids(table: LabelTable) -> np.ndarray:
    """int32 (65536,): an instance id, or 0 where its class is ignored in evaluation."""
    kept = np.zeros(1000, dtype=bool)
    kept[[label.id for label in table if label.id >= 0 and not label.ignore_in_eval]] = True
    return np.where(kept[_CLASS_OF_ID], _IDS, 0)
