"""Boxes around people (CityPersons), vehicles (3-D) and voted objects, from the scene."""

import cv2
import numpy as np

from cityscapes.sample.camera import Camera
from cityscapes.sample.labelling import Labelled, Visible
from cityscapes.sample.records import as_json
from cityscapes.sample.shapes import Box

PEOPLE = {"person": "pedestrian", "rider": "rider", "persongroup": "person group"}
# The models recorded for vehicles of a label.
MODELS = {
    "car": "Mid Size Car",
    "truck": "Truck",
    "bus": "Bus",
    "train": "Train",
    "caravan": "Caravan",
    "trailer": "Trailer",
    "motorcycle": "Motorcycle",
    "bicycle": "Bicycle",
}

# The classes of validated boxes; minimum size in pixels of an object to be voted on.
VOTED = ("person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle", "cantsolve")
SMALLEST_VOTED = 40


def people_file(labelled: Labelled, camera: Camera) -> bytes:
    """Return the bytes of a `*_gtBboxCityPersons.json` file: people with a visible pixel."""
    objects = [
        {
            "instanceId": seen.instance_id,
            "bbox": _x_y_w_h(_union(extent, seen.extent)),
            "bboxVis": _x_y_w_h(seen.extent),
            "label": thing.kind or PEOPLE[seen.drawn.label],
        }
        for seen in labelled.visible
        if seen.drawn.label in PEOPLE
        and (thing := seen.drawn.thing) is not None
        and (extent := seen.drawn.extent) is not None
    ]
    return as_json({"imgHeight": camera.height, "imgWidth": camera.width, "objects": objects})


def vehicles_file(labelled: Labelled, camera: Camera) -> bytes:
    """Return the bytes of a `*_gtBbox3d.json` file: visible vehicles; groups are ignored."""
    objects, ignored = [], []
    for seen in labelled.visible:
        label = seen.drawn.label.removesuffix("group")
        box = seen.drawn.thing.box if seen.drawn.thing else None
        if label in MODELS and box:
            objects.append(_vehicle(seen, box, camera))
        elif label in MODELS:
            ignored.append({"2d": _x_y_w_h(seen.extent), "label": label})
    sensor = {key: getattr(camera, key) for key in ("baseline", "fx", "fy", "u0", "v0")}
    sensor["sensor_T_ISO_8855"] = camera.sensor_from_vehicle().tolist()
    return as_json(
        {
            "imgHeight": camera.height,
            "imgWidth": camera.width,
            "sensor": sensor,
            "objects": objects,
            "ignore": ignored,
        }
    )


def validated_file(labelled: Labelled, camera: Camera, rng: np.random.Generator) -> bytes:
    """Return the bytes of a `*_gtBboxValidated.json` file: votes on the visible objects."""
    objects = []
    for seen in labelled.visible:
        label = seen.drawn.label.removesuffix("group")
        if label not in VOTED or seen.pixels < SMALLEST_VOTED:
            continue
        (x1, y1), (x2, y2) = np.rint(seen.extent).astype(int).tolist()
        # Annotators confuse small objects more often.
        doubt = min(0.6, 60 / seen.pixels + 0.02)
        chances = [doubt / (len(VOTED) - 1)] * len(VOTED)
        chances[VOTED.index(label)] = 1 - doubt
        votes = rng.multinomial(rng.integers(5, 11), chances)
        shown = {name: int(count) for name, count in zip(VOTED, votes, strict=True) if count}
        voted = {
            "bbox": [x1, y1, x2, y2],
            "soft_label": [round(float(count / votes.sum()), 4) for count in votes],
            "vote_counts": shown,
        }
        added = {"added_from_original_annotations": True} if rng.random() < 0.1 else {}
        objects.append(voted | added)
    document = {"imgHeight": camera.height, "imgWidth": camera.width}
    return as_json(document | {"classes": list(VOTED), "objects": objects})


def _vehicle(seen: Visible, box: Box, camera: Camera) -> dict:
    corners = camera.project(_corners(box))
    whole = np.stack([corners.min(axis=0), corners.max(axis=0)])
    inside = _union(np.clip(whole, 0, (camera.width - 1, camera.height - 1)), seen.extent)
    half = box.yaw / 2
    return {
        "2d": {"amodal": _x_y_w_h(inside), "modal": _x_y_w_h(seen.extent)},
        "3d": {
            "center": [round(value, 4) for value in box.centre],
            "dimensions": [round(value, 4) for value in box.size],
            "rotation": [float(np.cos(half)), 0.0, 0.0, float(np.sin(half))],
            "type": MODELS[seen.drawn.label],
            "format": "CRS_ISO8855",
        },
        "occlusion": _occlusion(seen, camera),
        "truncation": round(1 - _area(inside) / max(_area(whole), _area(inside)), 2),
        "instanceId": seen.instance_id,
        "label": seen.drawn.label,
        "score": 1.0,
    }


def _corners(box: Box) -> np.ndarray:
    """float (8, 3): the corners of a box, in vehicle coordinates."""
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
    local = signs * box.size
    cos, sin = np.cos(box.yaw), np.sin(box.yaw)
    turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    return local @ turn + box.centre


def _occlusion(seen: Visible, camera: Camera) -> float:
    """Return the share of the object's own polygon, within the image, that others cover."""
    polygon = seen.drawn.polygon
    ends = [polygon.min(axis=0), polygon.max(axis=0)]
    low, high = np.clip(ends, 0, (camera.width - 1, camera.height - 1))
    alone = np.zeros((high - low + 1)[::-1], np.uint8)
    cv2.fillPoly(alone, [(polygon - low).astype(np.int32)], 1)
    return round(max(0.0, 1 - seen.pixels / max(1, int(np.count_nonzero(alone)))), 2)


def _union(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the extent (2, 2) that holds both extents."""
    return np.stack([np.minimum(a[0], b[0]), np.maximum(a[1], b[1])])


def _area(extent: np.ndarray) -> float:
    return float(np.prod(extent[1] - extent[0] + 1))


def _x_y_w_h(extent: np.ndarray) -> list[int]:
    x0, y0 = np.floor(extent[0]).astype(int).tolist()
    x1, y1 = np.ceil(extent[1]).astype(int).tolist()
    return [x0, y0, x1 - x0 + 1, y1 - y0 + 1]
