"""The masks of a frame's instances, as run-length codes and outlines, from the painted image."""

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from pycocotools import mask as coco_masks

from cityscapes.exports.instances import Instance
from cityscapes.exports.outlines import Outline
from cityscapes.labels import LabelTable
from cityscapes.pixel_runs import Changes

coco: Any = coco_masks  # its type hints do not know lists of masks


def instances(
    instance_ids: np.ndarray, numbers: np.ndarray, bands: Iterable[Changes], table: LabelTable
) -> list[Instance]:
    """Return the instances in the image `instance_ids[numbers]`, in ascending value.

    `instance_ids` is uint16 (n,), `numbers` uint8 or uint16 (height, width), and `bands` are its
    changes. Those are listed whose class has instances and is not ignored in evaluation.

    >>> from pathlib import Path
    >>> from cityscapes.labels import read_labels
    >>> from cityscapes.pixel_runs import changes
    >>> table = read_labels(Path("config/labels.csv"))
    >>> numbers = np.array([[0, 1, 1], [0, 1, 1]], dtype=np.uint8)
    >>> (car,) = instances(np.array([7, 26001], dtype=np.uint16), numbers, changes(numbers), table)
    >>> car.value, car.area, car.box, len(car.outlines)
    (26001, 4, (1, 0, 2, 2), 1)
    """
    height, width = numbers.shape
    shown = [label.id for label in table if label.has_instances and not label.ignore_in_eval]
    class_ids = np.where(instance_ids >= 1000, instance_ids // 1000, instance_ids)
    listed = np.isin(class_ids, shown)
    values, codes = np.unique(instance_ids[listed], return_inverse=True)
    code = np.full(len(instance_ids), -1)
    code[listed] = codes
    codes_of_runs = _runs_by_code(code, height, bands)
    drawn = sorted(codes_of_runs)
    if not drawn:
        return []
    masks = coco.frPyObjects(
        [_uncompressed(*codes_of_runs[n], height, width) for n in drawn], height, width
    )
    found = []
    for n, rle, area, box in zip(drawn, masks, coco.area(masks), coco.toBbox(masks), strict=True):
        value, (x, y, w, h) = int(values[n]), box.astype(int).tolist()
        outlines: tuple[Outline, ...] = ()
        if value >= 1000:
            mask = _mask(numbers[y : y + h, x : x + w], np.flatnonzero(code == n))
            outlines = _outlines(mask, x, y)
        found.append(Instance(value, int(area), (x, y, w, h), rle["counts"].decode(), outlines))
    return found


def _runs_by_code(
    code: np.ndarray, height: int, bands: Iterable[Changes]
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Map each code to the starts and ends of its runs, down the columns; -1 is left out.

    A pixel that differs from the one above it begins a run; so does every column.
    """
    begins, now = [], []
    for band in bands:
        begins.append(band.column * height + band.row)
        now.append(code[band.now])
    begin = np.concatenate(begins)
    order = np.argsort(begin)
    begin, now_of = begin[order], np.concatenate(now)[order]
    kept = np.append(True, now_of[1:] != now_of[:-1])
    begin, now_of = begin[kept], now_of[kept]
    end = np.append(begin[1:], -1)
    runs = np.flatnonzero(now_of >= 0)
    runs = runs[np.argsort(now_of[runs], kind="stable")]
    of_code = now_of[runs]
    first = np.flatnonzero(np.diff(of_code, prepend=-1))
    parts = np.split(runs, first[1:])
    return {int(of_code[at]): (begin[p], end[p]) for at, p in zip(first, parts, strict=False)}


def _uncompressed(begin: np.ndarray, end: np.ndarray, height: int, width: int) -> dict:
    """Return COCO's run-length code: pixels outside and inside by turns, outside first."""
    edges = np.empty(2 * len(begin) + 1, dtype=np.int64)
    edges[0:-1:2], edges[1:-1:2], edges[-1] = begin, end, height * width
    edges[edges < 0] = height * width
    counts = np.diff(edges, prepend=0).tolist()
    return {"size": [height, width], "counts": counts if counts[-1] else counts[:-1]}


def _mask(crop: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """uint8 (height, width), 0 or 1: the pixels of a crop that have one of the numbers."""
    mask = crop == numbers[0]
    for number in numbers[1:]:
        mask |= crop == number
    return mask.view(np.uint8)


def _outlines(mask: np.ndarray, x: int, y: int) -> tuple[Outline, ...]:
    found, _ = cv2.findContours(
        mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=(x, y)
    )  # fmt: skip
    return tuple(Outline.of_points(points[:, 0]) for points in found)
