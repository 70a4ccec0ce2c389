"""Predictions of known quality for each evaluator, made from the ground truth of a frame."""

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from pycocotools import mask as coco

from cityscapes.errors import DataError
from cityscapes.ground_truth.segments import class_of, panoptic_rgb, segments
from cityscapes.labels import MAX_INSTANCES, Label, LabelTable
from cityscapes.layout import list_files
from cityscapes.png.write import encode
from cityscapes.sample.network import (
    Network,
    Scene,
    coarse,
    moved,
    objects,
    recognized,
    scene_of,
    seen,
)

INSTANCE_IDS = "_gtFine_instanceIds.png"

GOOD = Network(shift=2.5, wave=32, faint=60, overlooked=0.03, confused=0.06)
POOR = Network(shift=12, wave=64, faint=1200, overlooked=0.15, confused=0.35)
FAIR = Network(shift=7, wave=40, faint=600, overlooked=0.12, confused=0.15)
COARSE = 8  # the poor network's pixels, in pixels

# ASSUME: like Panoptic-DeepLab, the panoptic network leaves small areas of stuff void; in pixels.
SMALL_STUFF = 1024


class Habits(NamedTuple):
    """Other errors of an instance network."""

    duplicated: float  # share of the objects that are found twice
    invented: float  # false objects per frame, on average


GOOD_HABITS = Habits(duplicated=0.12, invented=3)
FAIR_HABITS = Habits(duplicated=0.25, invented=7)


class FilePrediction(NamedTuple):
    """One file of a prediction set; `frame` is empty if it holds a whole split."""

    set: str
    frame: str
    path: str  # below the folder of all sets
    content: bytes


class FramePredictions(NamedTuple):
    """The predictions for one frame: files, and entries for the files of the split."""

    files: list[FilePrediction]
    results: list[dict]  # entries of the COCO results
    image: dict  # entries of the COCO panoptic JSON
    annotation: dict


class Mask(NamedTuple):
    """One predicted object: bool (height, width) from (left, top) on, inside the frame."""

    label: Label
    confidence: float
    left: int
    top: int
    pixels: np.ndarray


def find_frames(dataset: Path, split: str) -> dict[str, Path]:
    """Map `<city>_<sequence>_<frame>` to the instance id images of a split of gtFine.

    Raises DataError when there are none.
    """
    folder = dataset / "gtFine" / split
    cities = sorted(path.name for path in folder.glob("[!.]*") if path.is_dir())
    frames = {
        entry.name.removesuffix(INSTANCE_IDS): folder / city / entry.name
        for city in cities
        for entry in list_files(folder / city, INSTANCE_IDS)
        if re.fullmatch(rf"{re.escape(city)}_\d{{6}}_\d{{6}}{INSTANCE_IDS}", entry.name)
    }
    if not frames:
        raise DataError(
            f"dataset {dataset}: no frames found. Searched "
            f"{folder}/<city>/<city>_<6 digits>_<6 digits>{INSTANCE_IDS}"
        )
    return frames


def predict(
    frame: str, split: str, instance_ids: np.ndarray, table: LabelTable, seed: int
) -> FramePredictions:
    """Return the predictions of every set for a frame, from uint16 (height, width) instance ids.

    They depend on the arguments alone.
    """
    cv2.setNumThreads(1)  # frames are predicted in parallel already
    entropy = [seed, zlib.crc32(frame.encode())]
    good, poor, fair = np.random.default_rng(entropy).spawn(3)
    scene = scene_of(instance_ids, table)
    files = [_poor_pixels(frame, scene, table, poor)]

    classes = recognized(scene, GOOD, table, good)
    numbers = moved(seen(scene, classes), GOOD, good)
    files.append(_good_pixels(frame, numbers, classes, table))
    masks = _masks(numbers, scene, classes, GOOD, GOOD_HABITS, good)
    files += _instance_files(frame, masks, instance_ids.shape)
    picture, image, annotation = _panoptic(frame, split, numbers, classes, table)
    files.append(picture)

    classes = recognized(scene, FAIR, table, fair)
    numbers = moved(scene.numbers, FAIR, fair)
    masks = _masks(numbers, scene, classes, FAIR, FAIR_HABITS, fair)
    results = [_coco_entry(frame, mask, instance_ids.shape) for mask in masks]
    return FramePredictions(files, results, image, annotation)


def split_files(
    split: str, frames: list[FramePredictions], table: LabelTable
) -> list[FilePrediction]:
    """Return the files that hold a whole split: COCO results and COCO panoptic JSON."""
    results = [entry for frame in frames for entry in frame.results]
    panoptic = {
        "images": [frame.image for frame in frames],
        "annotations": [frame.annotation for frame in frames],
        "categories": [
            {"id": label.id, "name": label.name, "isthing": int(label.has_instances)}
            for label in table
            if not label.ignore_in_eval
        ],
    }
    return [
        _json_file("instance_coco", "results.json", results),
        _json_file("panoptic_good", f"{_panoptic_name(split)}.json", panoptic),
    ]


def _good_pixels(
    frame: str, numbers: np.ndarray, classes: list[Label | None], table: LabelTable
) -> FilePrediction:
    """Return the label ids that the network sees."""
    image = cv2.LUT(numbers, _class_ids(classes, table))
    return _pixel_file("pixel_good", frame, image)


def _poor_pixels(
    frame: str, scene: Scene, table: LabelTable, rng: np.random.Generator
) -> FilePrediction:
    """Return trainIds in large squares."""
    classes = recognized(scene, POOR, table, rng)
    numbers = moved(seen(scene, classes), POOR, rng)
    image = coarse(cv2.LUT(numbers, _class_ids(classes, table)), COARSE)
    train_ids = np.zeros(256, dtype=np.uint8)
    for label in _evaluated(table):
        train_ids[label.id] = label.train_id
    return _pixel_file("pixel_poor", frame, cv2.LUT(image, train_ids))


def _class_ids(classes: list[Label | None], table: LabelTable) -> np.ndarray:
    """uint8 (65536,): the predicted class of each number of a scene."""
    # ASSUME: in a frame without annotation (split test) everything is the first class, road.
    ids = np.full(1 << 16, _evaluated(table)[0].id, dtype=np.uint8)
    for number, label in enumerate(classes, start=1):
        if label is not None:
            ids[number] = label.id
    return ids


def _evaluated(table: LabelTable) -> list[Label]:
    return [label for label in table if label.id >= 0 and not label.ignore_in_eval]


def _pixel_file(set: str, frame: str, image: np.ndarray) -> FilePrediction:
    path = f"{set}/{frame.split('_')[0]}/{frame}_pred.png"
    return FilePrediction(set, frame, path, encode(image))


def _masks(
    numbers: np.ndarray,
    scene: Scene,
    classes: list[Label | None],
    network: Network,
    habits: Habits,
    rng: np.random.Generator,
) -> list[Mask]:
    """Return the predictions of an instance network, the most confident first."""
    found = [
        Mask(label, _confidence(pixels, rng), left, top, pixels)
        for label, left, top, pixels in objects(numbers, scene, classes, network)
    ]
    twice = [_duplicate(mask, rng) for mask in found if rng.random() < habits.duplicated]
    invented = rng.poisson(habits.invented) if found else 0
    ghosts = [_ghost(found, numbers.shape, rng) for _ in range(invented)]
    masks = [mask for mask in found + twice + ghosts if mask.pixels.any()]
    return sorted(masks, key=lambda mask: -mask.confidence)


def _confidence(pixels: np.ndarray, rng: np.random.Generator) -> float:
    """Return a confidence: high for large objects, with luck for small ones."""
    area = np.count_nonzero(pixels)
    return _rounded(area / (area + 150) * rng.uniform(0.75, 1))


def _area(mask: Mask) -> int:
    return int(np.count_nonzero(mask.pixels))


def _rounded(confidence: float) -> float:
    return round(min(max(float(confidence), 0.01), 0.999999), 6)


def _duplicate(mask: Mask, rng: np.random.Generator) -> Mask:
    """Return a part of the object's mask: the upper one, or the one on a side."""
    height, width = mask.pixels.shape
    kept = rng.uniform(0.6, 0.95)
    rows, columns = rng.permutation([kept, 1]) * (height, width)
    pixels = mask.pixels.copy()
    pixels[int(np.ceil(rows)) :] = False
    pixels[:, int(np.ceil(columns)) :] = False
    confidence = _rounded(mask.confidence * rng.uniform(0.3, 0.85))
    return mask._replace(confidence=confidence, pixels=pixels)


def _ghost(found: list[Mask], shape: tuple[int, int], rng: np.random.Generator) -> Mask:
    """Return the mirrored shape of some object as a false one, usually with low confidence."""
    # Small false objects are more frequent than large ones.
    mask = min((found[k] for k in rng.integers(len(found), size=2)), key=_area)
    height, width = mask.pixels.shape
    return mask._replace(
        confidence=_rounded(rng.beta(1.5, 4)),
        left=int(rng.integers(shape[1] - width + 1)),
        # Networks see false objects at the height of true ones.
        top=min(max(mask.top + int(rng.integers(-30, 31)), 0), shape[0] - height),
        pixels=mask.pixels[:, ::-1],
    )


def _instance_files(
    frame: str, masks: list[Mask], shape: tuple[int, int]
) -> Iterator[FilePrediction]:
    """Yield the benchmark's text file of a frame, and its masks."""
    lines = []
    for number, mask in enumerate(masks):
        path = f"masks/{frame}_{number:03d}.png"
        lines.append(f"{path} {mask.label.id} {mask.confidence:.6f}\n")
        image = np.zeros(shape, dtype=np.uint8)
        _part(image, mask)[:] = 255 * mask.pixels.astype(np.uint8)
        yield FilePrediction("instance_good", frame, f"instance_good/{path}", encode(image))
    path = f"instance_good/{frame}_pred.txt"
    yield FilePrediction("instance_good", frame, path, "".join(lines).encode())


def _coco_entry(frame: str, mask: Mask, shape: tuple[int, int]) -> dict:
    image = np.zeros(shape, dtype=np.uint8, order="F")
    _part(image, mask)[:] = mask.pixels
    rle = coco.encode(image)
    return {
        "image_id": frame,
        "category_id": mask.label.id,
        "score": mask.confidence,
        "segmentation": {"size": list(shape), "counts": rle["counts"].decode("ascii")},
    }


def _part(image: np.ndarray, mask: Mask) -> np.ndarray:
    """Return the part of a frame's image that a mask covers."""
    height, width = mask.pixels.shape
    return image[mask.top : mask.top + height, mask.left : mask.left + width]


def _panoptic(
    frame: str, split: str, numbers: np.ndarray, classes: list[Label | None], table: LabelTable
) -> tuple[FilePrediction, dict, dict]:
    """Return the picture of a frame, and its entries in `images` and `annotations`."""
    lookup = _segment_ids(classes)
    found = segments(cv2.LUT(numbers, lookup), table)
    small = [s.id for s in found if s.id < 1000 and s.area < SMALL_STUFF]
    lookup[np.isin(lookup, small)] = 0
    infos = [
        {
            "id": segment.id,
            "category_id": class_of(segment.id, table).id,
            "area": segment.area,
            "bbox": [segment.x, segment.y, segment.width, segment.height],
            "iscrowd": 0,
        }
        for segment in found
        if segment.id not in small
    ]
    name = f"{frame}_pred_panoptic.png"
    content = encode(panoptic_rgb(cv2.LUT(numbers, lookup), table))
    path = f"panoptic_good/{_panoptic_name(split)}/{name}"
    height, width = numbers.shape
    return (
        FilePrediction("panoptic_good", frame, path, content),
        {"id": frame, "width": width, "height": height, "file_name": f"{frame}_leftImg8bit.png"},
        {"image_id": frame, "file_name": name, "segments_info": infos},
    )


def _segment_ids(classes: list[Label | None]) -> np.ndarray:
    """uint16 (65536,): the segment of each number of a scene, 0 for none.

    Objects are segments of their own; the other regions of a class are one. The ids are like
    those of the ground truth: 1000 * id + n, or the id.
    """
    lookup = np.zeros(1 << 16, dtype=np.uint16)
    count: dict[int, int] = {}
    for number, label in enumerate(classes, start=1):
        if label is not None and label.has_instances:
            n = count.get(label.id, 0)
            count[label.id] = n + 1
            lookup[number] = label.id * 1000 + n % MAX_INSTANCES
        elif label is not None:
            lookup[number] = label.id
    return lookup


def _panoptic_name(split: str) -> str:
    return f"cityscapes_panoptic_{split}"


def _json_file(set: str, name: str, document: list | dict) -> FilePrediction:
    return FilePrediction(set, "", f"{set}/{name}", json.dumps(document).encode())
