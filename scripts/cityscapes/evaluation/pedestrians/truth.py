"""The people of a frame (`*_gtBboxCityPersons.json`), and the benchmark's file of all frames."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cityscapes.errors import DataError, nearest, short
from cityscapes.evaluation.boxes3d.values import finite_numbers
from cityscapes.files.json_document import parse_document
from cityscapes.person_labels import GROUP, PEDESTRIAN, PersonTable

# Names as in the released val_gt.json.
CATEGORIES = {
    1: "pedestrian", 2: "rider", 3: "sitting person", 4: "other person", 5: "people group",
    0: "ignore region",
}  # fmt: skip


# Wrong objects of a file that a message lists.
MOST_LISTED = 20


@dataclass(frozen=True)
class People:
    """The people of a frame, in the order of its file; boxes are [x, y, width, height] pixels."""

    size: tuple[int, int]  # width and height of the image
    id: np.ndarray  # int64 (n,): classes of the label table
    box: np.ndarray  # float64 (n, 4): the whole person
    visible: np.ndarray  # float64 (n, 4): the visible part
    visibility: np.ndarray  # float64 (n,): visible share of the box

    def __len__(self) -> int:
        return len(self.id)


def parse_truth(data: bytes, table: PersonTable) -> People:
    """Parse the people in the bytes of a `*_gtBboxCityPersons.json` file.

    Raises DataError that lists the objects that are wrong, the first 20 of them.
    """
    document = parse_document(data)
    objects = document.get("objects") if isinstance(document, dict) else None
    if not isinstance(objects, list):
        raise DataError(f"objects is {short(objects)}, not a list")
    rows, wrong = [], []
    for index, drawn in enumerate(objects):
        try:
            rows.append(_person(drawn, table))
        except DataError as error:
            wrong.append(f"object {index}: {error}")
            if len(wrong) > MOST_LISTED:
                raise DataError("; ".join([*wrong[:-1], "and more"])) from None
    size = tuple(document.get(key) for key in ("imgWidth", "imgHeight"))
    if not all(type(side) is int and 0 < side < 1 << 16 for side in size):
        wrong.append(f"imgWidth, imgHeight are {short(list(size))}, not the size of an image")
    if wrong:
        raise DataError("; ".join(wrong))
    ids, boxes, visible = zip(*rows, strict=True) if rows else ((), (), ())
    return people(size, ids, boxes, visible)


def people(size: Any, ids: Any, boxes: Any, visible: Any) -> People:
    """Return the same from lists; the visible share is computed as in the released val_gt.json."""
    whole, seen = (np.array(b, dtype=float).reshape(-1, 4) for b in (boxes, visible))
    share = np.prod(seen[:, 2:], axis=1) / np.prod(whole[:, 2:], axis=1)
    # UPSTREAM: twelve digits are printed, and read again.
    rounded = np.array([float(f"{value:.12g}") for value in share])
    return People(size, np.array(ids, dtype=np.int64), whole, seen, rounded)


def ground_truth_json(frames: Mapping[str, People]) -> bytes:
    """Return the bytes of the benchmark's ground truth file of frames (name -> people).

    Images are numbered from 1 in the order given, and so are boxes. Source: released val_gt.json.
    """
    images: list[dict] = []
    annotations: list[dict] = []
    for number, (frame, one) in enumerate(frames.items(), start=1):
        name = f"{frame}_leftImg8bit.png"
        width, height = one.size
        images.append({"id": number, "im_name": name, "height": height, "width": width})
        for label, box, visible, share in zip(
            one.id.tolist(), one.box, one.visible, one.visibility.tolist(), strict=True
        ):
            annotations.append({
                "id": len(annotations) + 1,
                "image_id": number,
                "category_id": 1,
                "iscrowd": int(label == GROUP),
                "ignore": int(label != PEDESTRIAN),
                "bbox": [_plain(value) for value in box.tolist()],
                "vis_bbox": [_plain(value) for value in visible.tolist()],
                "height": _plain(float(box[3])),
                "vis_ratio": _plain(share),
            })  # fmt: skip
    document = {
        "categories": [{"id": id, "name": name} for id, name in CATEGORIES.items()],
        "images": images,
        "annotations": annotations,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _person(drawn: Any, table: PersonTable) -> tuple[int, list, list]:
    if not isinstance(drawn, dict):
        raise DataError(f"{short(drawn)} is not an object with label, bbox and bboxVis")
    label = drawn.get("label")
    if not isinstance(label, str) or label not in table.by_name:
        close = nearest(label, table.by_name) if isinstance(label, str) else ""
        known = ", ".join(table.by_name)
        raise DataError(f"label is {short(label)}{close}, not one of {known}")
    box = finite_numbers(drawn.get("bbox"), "bbox", 4)
    if min(box[2:]) <= 0:
        raise DataError(f"bbox is {short(box)}: its width and height must be above 0")
    return table.by_name[label].id, box, finite_numbers(drawn.get("bboxVis"), "bboxVis", 4)


def _plain(value: float) -> int | float:
    """Write whole numbers without a point."""
    return int(value) if value.is_integer() else value
