"""Metrics of boundaries: CPU milliseconds a frame of 2048 x 1024, without decoding.

Beside them the way of the public code, written anew: the whole image for each mask, eroded or
dilated once for each class and radius (boundary-iou-api, GSCNN). Single-threaded, in one run.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from evaluation import TABLE, prepare, truth

from cityscapes.evaluation.boundaries.counts import count_instances, count_segments
from cityscapes.evaluation.boundaries.f_score import RADII, count_frame, outline
from cityscapes.evaluation.boundaries.frames import train_ids_of_ids
from cityscapes.evaluation.boundaries.masks import boundary_distance
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.png.labels import read_instance_ids, read_label_ids

SHARE = 1 / 3


def main(frames: int, rounds: int) -> None:
    cv2.setNumThreads(1)
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    count = prepare(folder, frames)
    tasks = {
        "boundary F, 5 radii": (f_inputs(folder), f_ours, f_public),
        "Boundary AP, 30 masks": (mask_inputs(folder), masks_ours, masks_public),
        "Boundary PQ": (segment_inputs(folder), count_segments, segments_public),
    }
    print(f"{count} frames, best of {rounds} rounds, CPU ms a frame")
    for name, (inputs, ours, public) in tasks.items():
        spent = [
            min(cpu(function, inputs) for _ in range(n)) / len(inputs) * 1000
            for function, n in ((ours, rounds), (public, 1))
        ]
        verdict = "PASS" if spent[0] <= SHARE * spent[1] else "FAIL"
        print(f"{name:24}{spent[0]:8.1f}{spent[1]:10.1f} as public code"
              f"{spent[1] / spent[0]:8.1f} times {verdict}")  # fmt: skip
    shutil.rmtree(folder)


def cpu(function, inputs) -> float:
    begin = time.process_time()
    for arguments in inputs:
        function(*arguments)
    return time.process_time() - begin


def f_inputs(folder: Path) -> list[tuple]:
    lookup = train_ids_of_ids(TABLE)
    predicted = {
        "_".join(path.name.split("_")[:3]): path
        for path in (folder / "predictions/pixel_good").glob("*/*.png")
    }
    return [
        (lookup[read_label_ids(path)], lookup[read_label_ids(predicted[frame])])
        for frame, path in truth(folder, "labelIds").items()
    ]


def f_ours(true: np.ndarray, predicted: np.ndarray) -> None:
    count_frame(true, predicted, range(19), 255)


def f_public(true: np.ndarray, predicted: np.ndarray) -> None:
    predicted = np.where(true == 255, 255, predicted)
    for number in range(19):
        edges = [outline(image == number).astype(np.uint8) for image in (predicted, true)]
        for radius in RADII:
            y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
            disk = (x * x + y * y <= radius * radius).astype(np.uint8)
            wide = [cv2.dilate(edge, disk) for edge in edges]
            np.sum(edges[0] * wide[1]), np.sum(edges[1] * wide[0])


def mask_inputs(folder: Path) -> list[tuple]:
    found = []
    for frame, path in truth(folder, "instanceIds").items():
        ids, root = read_instance_ids(path), folder / "masks_30"
        masks = list(text_predictions(root / f"{frame}.txt", root, ids.shape, TABLE))
        found.append((ids, masks, boundary_distance(ids.shape)))
    return found


def masks_ours(ids: np.ndarray, masks: list, distance: int) -> None:
    count_instances(ids, masks, distance)


def masks_public(ids: np.ndarray, masks: list, distance: int) -> None:
    true = {
        value: whole_boundary((ids == value).astype(np.uint8), distance)
        for value in np.unique(ids).tolist()
        if value >= 24
    }
    for one in masks:
        height, width = one.mask.shape
        image = np.zeros(ids.shape, np.uint8)
        image[one.top : one.top + height, one.left : one.left + width] = one.mask
        edge = whole_boundary(image, distance)
        for value, other in true.items():
            label = value // 1000 if value >= 1000 else value
            if label == one.label_id:
                np.count_nonzero(np.logical_and(edge, other))


def whole_boundary(mask: np.ndarray, distance: int) -> np.ndarray:
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    eroded = cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=distance)
    return mask - eroded[1:-1, 1:-1]


def segment_inputs(folder: Path) -> list[tuple]:
    name = "cityscapes_panoptic_val"
    found = []
    for path in sorted((folder / f"results/gtFine/{name}").iterdir()):
        predicted = next((folder / f"predictions/panoptic_good/{name}").glob(
            "_".join(path.name.split("_")[:3]) + "*"
        ))  # fmt: skip
        pictures = read_panoptic_png(path), read_panoptic_png(predicted)
        found.append((*pictures, boundary_distance(pictures[0].shape)))
    return found


def segments_public(true: np.ndarray, predicted: np.ndarray, distance: int) -> None:
    for ids in (true, predicted):
        edges = np.zeros(ids.shape, np.uint8)
        for value in np.unique(ids).tolist():
            edges |= whole_boundary((ids == value).astype(np.uint8), distance)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=4, help="about so many of val")
    parser.add_argument("--rounds", type=int, default=3)
    main(**vars(parser.parse_args()))
