"""Predictions of boxes of known quality: 3-D vehicles and pedestrians, from the true ones."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cityscapes.evaluation.boxes3d.projection import amodal_boxes, parse_camera
from cityscapes.sample.predictions import FilePrediction

EVALUATED = ("car", "truck", "bus", "train", "motorcycle", "bicycle")
PEDESTRIAN = "pedestrian"
# Length, width and height of a usual vehicle of each class, in metres.
USUAL_SIZES = {
    "car": (4.4, 1.8, 1.5), "truck": (8.0, 2.5, 3.2), "bus": (12.0, 2.5, 3.1),
    "train": (28.0, 2.6, 3.6), "motorcycle": (2.1, 0.8, 1.4), "bicycle": (1.7, 0.6, 1.1),
}  # fmt: skip


@dataclass(frozen=True)
class Detector:
    """The quality of a network that finds boxes."""

    noise: float  # of place and size, as a share of the size
    overlooked: float  # share of the objects that are not found
    duplicated: float  # share of those that are found twice
    ghosts: float  # false objects per frame, on average
    confused: float  # share of the vehicles whose class is wrong


GOOD = Detector(noise=0.02, overlooked=0.06, duplicated=0.1, ghosts=0.6, confused=0.02)
POOR = Detector(noise=0.09, overlooked=0.3, duplicated=0.3, ghosts=3, confused=0.15)


@dataclass(frozen=True)
class BoxPredictions:
    """The predictions of boxes for one frame."""

    files: list[FilePrediction]
    # x, y, width, height, score of the good network's pedestrians; None without a file of people
    people: list[list[float]] | None


def predict_boxes(
    frame: str, vehicles: bytes | None, people: bytes | None, size: tuple[int, int], seed: int,
    withheld: bool = False,
) -> BoxPredictions:  # fmt: skip
    """Predict every set for a frame, from its gtBbox3d and gtBboxCityPersons files.

    None stands for a missing file; `size` is (width, height) of the image. Where the
    true vehicles are `withheld` (split test), some are made up before the camera. They depend on
    the arguments alone.
    """
    city = frame.split("_")[0]
    good, poor = np.random.default_rng([seed, zlib.crc32(frame.encode()), 1]).spawn(2)
    files, found = [], None
    if vehicles is not None:
        document = json.loads(vehicles)
        if withheld:
            made_up = np.random.default_rng([seed, zlib.crc32(frame.encode()), 2])
            document["objects"] = _street(document, size, made_up)
        for name, detector, rng in (("good", GOOD, good), ("poor", POOR, poor)):
            content = {"objects": _vehicles(document, detector, size, rng)}
            path = f"boxes3d_{name}/{city}/{frame}_boxes3d.json"
            data = json.dumps(content, indent=1).encode()
            files.append(FilePrediction(f"boxes3d_{name}", frame, path, data))
    if people is not None:
        true = [one for one in json.loads(people)["objects"] if one["label"] == PEDESTRIAN]
        found = _people(true, GOOD, size, good)
        lines = "".join(
            " ".join(f"{value:.6g}" for value in row) + "\n"
            for row in _people(true, POOR, size, poor)
        )
        path = f"pedestrians_poor/{city}/{frame}.txt"
        files.append(FilePrediction("pedestrians_poor", frame, path, lines.encode()))
    return BoxPredictions(files, found)


def results_of_people(frames: Iterable[list[list[float]]]) -> FilePrediction:
    """Return the benchmark's results file of all frames, in order: image ids count from 1."""
    entries = [
        {"image_id": number, "category_id": 1, "bbox": row[:4], "score": row[4]}
        for number, rows in enumerate(frames, start=1)
        for row in rows
    ]
    path = "pedestrians_good/results.json"
    return FilePrediction("pedestrians_good", "", path, json.dumps(entries).encode())


def _vehicles(
    document: dict, detector: Detector, size: tuple[int, int], rng: np.random.Generator
) -> list[dict]:
    camera = parse_camera(document["sensor"])
    objects = [one for one in document["objects"] if one["label"] in EVALUATED]
    found = [
        _vehicle(one, detector, rng)
        for one in objects
        if rng.random() >= detector.overlooked
        for _ in range(1 + (rng.random() < detector.duplicated))
    ]
    for _ in range(rng.poisson(detector.ghosts) if objects else 0):
        ghost = json.loads(json.dumps(objects[rng.integers(len(objects))]))
        ghost["3d"]["center"][0] *= rng.uniform(0.5, 1.5)
        ghost["3d"]["center"][1] += rng.normal(0, 4)
        found.append(_vehicle(ghost, detector, rng, most=0.6))
    for one in found:
        box = one["3d"]
        centre, dimensions, turn = (
            np.array([box[key]]) for key in ("center", "dimensions", "rotation")
        )
        amodal = amodal_boxes(centre, dimensions, turn, camera, size)[0]
        one["2d"]["amodal"] = [round(value, 2) for value in amodal.tolist()]
    return found


def _street(document: dict, size: tuple[int, int], rng: np.random.Generator) -> list[dict]:
    """Make up vehicles on both sides of a street, in the form of the ground truth."""
    camera = parse_camera(document["sensor"])
    made_up = []
    for _ in range(rng.integers(3, 8)):
        label = EVALUATED[rng.integers(len(EVALUATED))]
        dimensions = np.array(USUAL_SIZES[label])
        side = rng.choice([-1, 1]) * rng.uniform(3, 9)
        centre = np.array([rng.uniform(12, 60), side, dimensions[2] / 2])
        half = rng.normal(0, 0.05)
        turn = np.array([np.cos(half), 0, 0, np.sin(half)])
        (amodal,) = amodal_boxes(centre[None], dimensions[None], turn[None], camera, size)
        keys = {"center": centre, "dimensions": dimensions, "rotation": turn}
        solid = {key: value.tolist() for key, value in keys.items()}
        made_up.append({"2d": {"modal": amodal.tolist()}, "3d": solid, "label": label})
    return made_up


def _vehicle(true: dict, detector: Detector, rng: np.random.Generator, most: float = 1.0) -> dict:
    solid = true["3d"]
    _, width, height = solid["dimensions"]
    centre = np.array(solid["center"])
    # Distant objects are hard to place along the line of sight.
    centre = centre * (1 + rng.normal(0, detector.noise / 6))
    centre = centre + rng.normal(0, detector.noise, 3) * (width, width, height / 4)
    dimensions = np.array(solid["dimensions"]) * np.exp(rng.normal(0, detector.noise, 3))
    half = rng.normal(0, detector.noise)
    w, _, _, z = solid["rotation"]
    turn = (w * np.cos(half) - z * np.sin(half), 0, 0, w * np.sin(half) + z * np.cos(half))
    label = true["label"]
    if rng.random() < detector.confused:
        label = EVALUATED[rng.integers(len(EVALUATED))]
    far = np.hypot(centre[0], centre[1]) / 150
    return {
        "2d": {"modal": [float(value) for value in true["2d"]["modal"]]},
        "3d": {
            "center": [round(float(value), 4) for value in centre],
            "dimensions": [round(float(value), 4) for value in dimensions],
            "rotation": [round(float(value), 6) for value in turn],
        },
        "label": label,
        "score": _score(rng, far, most),
    }


def _people(
    true: list[dict], detector: Detector, size: tuple[int, int], rng: np.random.Generator
) -> list[list[float]]:
    found = []
    for one in true:
        box, seen = np.array(one["bbox"], dtype=float), one["bboxVis"]
        hidden = 1 - seen[2] * seen[3] / (box[2] * box[3])
        # Hidden people are overlooked more often.
        if rng.random() < detector.overlooked + hidden / 2:
            continue
        for _ in range(1 + (rng.random() < detector.duplicated)):
            moved = box + rng.normal(0, detector.noise, 4) * np.tile(box[2:], 2)
            found.append([*moved, _score(rng, hidden, 1.0)])
    for _ in range(rng.poisson(detector.ghosts)):
        height = size[1] * rng.uniform(0.05, 0.3)
        left, top = rng.uniform(0, size[0] * 0.95), size[1] * rng.uniform(0.35, 0.5)
        found.append([left, top, 0.41 * height, height, _score(rng, 0.2, 0.6)])
    return [[*(round(float(value), 2) for value in row[:4]), row[4]] for row in found]


def _score(rng: np.random.Generator, doubt: float, most: float) -> float:
    return round(float(np.clip(most * rng.beta(6, 1.5) * (1 - doubt / 2), 0.01, 0.9999)), 4)
