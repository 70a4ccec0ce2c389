"""Random 3-D vehicles for tests: files of ground truth, and predictions that nearly fit them."""

import json
from pathlib import Path

import numpy as np

from cityscapes.evaluation.boxes3d.projection import amodal_boxes, parse_camera

LABELS = ["car", "truck", "bus", "train", "motorcycle", "bicycle"]
SIZES = {
    "car": (4.5, 1.9, 1.5), "truck": (8.5, 2.6, 3.2), "bus": (12.0, 2.6, 3.1),
    "train": (30.0, 2.7, 3.6), "motorcycle": (2.1, 0.8, 1.5), "bicycle": (1.8, 0.6, 1.6),
}  # fmt: skip
MATCHING = ["Amodal", "Modal"]


def make_frame(rng, vehicles, habits):
    """Documents of the ground truth and of the predictions of a frame."""
    camera = make_camera(rng)
    truth, predictions = [], []
    for _ in range(vehicles):
        label = str(rng.choice(LABELS, p=[0.6, 0.08, 0.08, 0.04, 0.08, 0.12]))
        one = make_vehicle(rng, label, camera, habits["far"])
        truth.append(rounded(one))
        for _ in range(rng.choice([0, 1, 1, 1, 1, 1, 1, 2, 3])):
            predictions.append(make_prediction(rng, one, camera, habits))
    for _ in range(rng.poisson(vehicles / 8)):
        label = str(rng.choice(LABELS))
        ghost = make_vehicle(rng, label, camera, habits["far"])
        predictions.append(make_prediction(rng, ghost, camera, habits))
    ignored = [region(rng, truth) for _ in range(rng.integers(0, 4)) if truth]
    sensor = {
        "sensor_T_ISO_8855": camera.sensor_from_vehicle.tolist(), "baseline": 0.209313,
        "fx": camera.fx, "fy": camera.fy, "u0": camera.u0, "v0": camera.v0,
    }  # fmt: skip
    document = {"imgWidth": 2048, "imgHeight": 1024, "sensor": sensor}
    document |= {"objects": truth, "ignore": ignored}
    order = rng.permutation(len(predictions))
    return document, {"objects": [predictions[k] for k in order]}


def make_habits(rng):
    """What the predictions of a case are like."""
    return {
        "noise": rng.choice([0, 0.02, 0.1, 0.4]),
        "far": rng.choice([30.0, 80.0, 130.0]),
        "digits": rng.choice([1, 2, 17]),  # of scores: few digits make ties and meet thresholds
        "other": rng.choice([0, 0.05, 0.2]),
    }


def make_camera(rng):
    pitch, yaw = rng.normal(0, 0.02, 2)
    turn = np.array([
        [np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)],
        [-np.sin(yaw), np.cos(yaw), 0],
        [np.cos(yaw) * np.sin(pitch), np.sin(yaw) * np.sin(pitch), np.cos(pitch)],
    ])  # fmt: skip
    pose = np.column_stack([turn, turn @ [-1.7, -0.05, -1.22]])
    sensor = {"fx": 2262.52, "fy": 2265.3, "u0": 1096.98, "v0": 513.137}
    return parse_camera(sensor | {"sensor_T_ISO_8855": pose.tolist()})


def make_vehicle(rng, label, camera, far):
    size = np.array(SIZES[label]) * rng.uniform(0.8, 1.2, 3)
    x = rng.uniform(-8, 3) if rng.random() < 0.05 else rng.uniform(3, far)
    centre = np.array([x, rng.normal(0, 3 + abs(x) / 5), size[2] / 2 + rng.normal(0, 0.2)])
    half = rng.uniform(-np.pi, np.pi) / 2 if rng.random() < 0.4 else rng.normal(0, 0.05)
    rotation = np.array([np.cos(half), *rng.normal(0, 0.01, 2), np.sin(half)])
    return vehicle(label, centre, size, rotation, camera)


def make_prediction(rng, one, camera, habits):
    solid = one["3d"]
    centre, size, rotation = (np.array(solid[k]) for k in ("center", "dimensions", "rotation"))
    noise = habits["noise"] * rng.random()
    centre = centre + rng.normal(0, noise, 3) * (1 + np.hypot(*centre[:2]) / 40)
    size = size * np.exp(rng.normal(0, noise / 2, 3))
    rotation = rotation + rng.normal(0, noise / 4, 4)
    rotation *= rng.choice([1, 1, 1, 0.5, 3])
    awkward = rng.random()
    if awkward < 0.01:
        size[rng.integers(3)] = 0
    elif awkward < 0.02:
        rotation[:] = 0
    label = one["label"]
    if rng.random() < habits["other"]:
        label = str(rng.choice([*LABELS, "caravan"]))
    guess = vehicle(label, centre, size, rotation, camera)
    flat = guess["2d"]["amodal"]
    if rng.random() < 0.5:
        shrunk = [flat[0] + rng.normal(0, 1), flat[1], flat[2] * rng.uniform(0.6, 1), flat[3]]
        guess["2d"]["modal"] = shrunk
    guess["score"] = float(np.round(rng.beta(2, 1.2), habits["digits"]))
    return guess


def vehicle(label, centre, size, rotation, camera):
    box = amodal_boxes(centre[None], size[None], rotation[None], camera)[0]
    solid = {"center": centre.tolist(), "dimensions": size.tolist(), "rotation": rotation.tolist()}
    return {"2d": {"amodal": box.tolist()}, "3d": solid, "label": label, "score": 1.0}


def rounded(one):
    """As annotated: whole pixels, and a modal box."""
    box = [round(value) for value in one["2d"]["amodal"]]
    return one | {"2d": {"amodal": box, "modal": [*box[:2], box[2] * 9 // 10, box[3]]}}


def region(rng, truth):
    if rng.random() < 0.2:
        return {"2d": [0, 0, 2047, 1023] if rng.random() < 0.2 else [500, 300, 600, 300]}
    x, y, width, height = truth[rng.integers(len(truth))]["2d"]["modal"]
    return {"2d": [x - 3, y - 3, width + 6, height + 6], "label": "car"}


def make_case(seed):
    """Options, ground truth and predictions of a random case, as the vectors have them."""
    rng = np.random.default_rng(seed)
    options = {
        "labels": LABELS if rng.random() < 0.7 else ["bicycle", "car", "unknown", "car"],
        "min_iou": float(rng.choice([0.7, 0.7, 0.5, 0.3, 0.05, 0.0])),
        "max_depth": int(rng.choice([100, 100, 50, 37])),
        "step_size": int(rng.choice([5, 5, 10, 7, 20])),
        "matching": MATCHING[rng.integers(2)],
        "cw": float(rng.choice([-1, -1, -1, 0.0, 0.5, 0.7, 0.555, 1.7, -3])),
    }
    habits = make_habits(rng)
    gt, predictions = {}, {}
    for number in range(rng.integers(1, 9)):
        key = f"bonn_{seed:06d}_{number:06d}"
        gt[key], guess = make_frame(rng, rng.integers(0, 21), habits)
        if rng.random() < 0.9:
            predictions[key] = guess
    return {"options": options, "gt": gt, "predictions": predictions}


def write_files(frames, folder, ending):
    """Write documents, frame -> document, as files of a folder."""
    Path(folder).mkdir(parents=True)
    for frame, document in frames.items():
        Path(folder, f"{frame}_{ending}.json").write_text(json.dumps(document))
