"""YOLO: labels of instance segmentation, as ultralytics derives them from COCO, and yaml."""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from cityscapes.exports.class_weights import names
from cityscapes.exports.coco import categories
from cityscapes.exports.frame_values import instances_of_frame
from cityscapes.exports.instances import Instance
from cityscapes.exports.polygons import FEWEST_POINTS, is_whole
from cityscapes.exports.split import Split
from cityscapes.ground_truth.frame_files import FrameFiles

# Pairs of points whose distances are looked at together: 16 MB.
MOST_PAIRS = 1 << 20


def labels(kind: str, files: FrameFiles) -> bytes:
    """Return the label file of a frame: lines `class x1 y1 ...`, in shares of width and height.

    Classes are numbered from 0 as in `categories`. A frame without instances has an empty file.
    With `kind` yolo_labels, instances keep the parts that are large enough for a polygon; with
    yolo_labels_like_detectron, those are left out that the export coco_polygons leaves out.
    Source: ultralytics, convert_coco(use_segments=True, cls91to80=False).
    """
    numbers = {c["id"]: number for number, c in enumerate(categories(files.maker.table))}
    size = np.array([files.annotation.width, files.annotation.height])
    lines = []
    for instance in instances_of_frame(files):
        if kind == "yolo_labels_like_detectron" and not is_whole(instance):
            continue
        if outline := polygon(instance):
            values = (np.concatenate(outline) / size).ravel().tolist()
            lines.append(" ".join([str(numbers[instance.class_id]), *(f"{v:g}" for v in values)]))
    return "".join(f"{line}\n" for line in lines).encode()


def polygon(instance: Instance) -> list[np.ndarray]:
    """Return the parts of a single object as one polygon, in pieces of int (n, 2): x, y."""
    parts = [o.points() for o in instance.outlines if len(o) >= FEWEST_POINTS]
    return joined(parts) if len(parts) > 1 else parts


def joined(parts: list[np.ndarray]) -> list[np.ndarray]:
    """Join parts into one outline, there and back, each entered closest to the last one.

    From the first to the last, a part between is followed from its entry to its exit, and on the
    way back from its exit to its entry. `parts` are two or more int (n, 2) arrays. Source:
    ultralytics, merge_multi_segment.
    """
    pairs = [closest(one, other) for one, other in pairwise(parts)]
    exits = [leave for leave, _ in pairs]
    entries = [enter for _, enter in pairs]
    there = [_closed(parts[0], exits[0])]
    back = []
    for part, enter, leave in zip(parts[1:-1], entries, exits[1:], strict=False):
        if enter > leave:
            part, enter, leave = part[::-1], len(part) - 1 - enter, len(part) - 1 - leave
        ring = _closed(part, enter)
        there.append(ring[: leave - enter + 1])
        back.append(ring[leave - enter :])
    return [*there, _closed(parts[-1], entries[-1]), *back[::-1]]


def closest(one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """Return the indices of the closest points of two int (n, 2) arrays; the first such pair."""
    best, found = None, (0, 0)
    rows = max(1, MOST_PAIRS // len(other))
    for start in range(0, len(one), rows):
        steps = one[start : start + rows, np.newaxis] - other
        distances = np.square(steps).sum(axis=-1)
        place = int(distances.argmin())
        row, column = divmod(place, len(other))
        if best is None or distances[row, column] < best:
            best, found = distances[row, column], (start + row, column)
    return found


def instances_yaml(split: Split) -> list[Iterable[str]]:
    """Return the yaml for training with `labels`; paths start at its folder."""
    return [_yaml([category["name"] for category in categories(split.table)])]


def semantic_yaml(split: Split) -> list[Iterable[str]]:
    """Return the yaml of semantic segmentation: labelTrainIds need no mapping, 255 is left out."""
    found = dict(names(split.table))
    return [
        _yaml([found.get(n, f"unused {n}") for n in range(max(found) + 1)], "masks_dir: masks")
    ]


def _yaml(classes: list[str], *lines: str) -> Iterator[str]:
    for split in ("train", "val", "test"):
        yield f"{split}: images/{split}\n"
    yield from (f"{line}\n" for line in lines)
    yield "names:\n"
    yield from (f"  {number}: {json.dumps(name)}\n" for number, name in enumerate(classes))


def _closed(part: np.ndarray, first: int) -> np.ndarray:
    """Return a part as a closed outline that starts at one of its points."""
    return np.concatenate((part[first:], part[: first + 1]))
