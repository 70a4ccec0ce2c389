"""Panoptic submissions: COCO panoptic format with regular ids."""

import json
from pathlib import Path

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.panoptic.pictures import leads_out, read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import Reading, read_panoptic_predictions
from cityscapes.evaluation.panoptic.records import VOID, PanopticFrame
from cityscapes.evaluation.pixel.encoding import UNKNOWN, ids_of_values
from cityscapes.evaluation.sets import one_json
from cityscapes.labels import LabelTable
from cityscapes.png.write import encode
from cityscapes.submission.frame import Asked, Member, Packed, Task, row_of, wrong_size


def tasks(asked: Asked, workers: int) -> list[Task]:
    """Return the packing of each frame's picture and JSON entry."""
    path = one_json(asked.set.path)
    encoding = "trainIds" if asked.set.encoding == "trainIds" else "ids"
    images = read_coco_images(asked.set.images) if asked.set.images else None
    file = read_panoptic_predictions(path, Reading(asked.files, asked.table, encoding, images))
    folder = folder_name(asked.set.split)
    return [
        Task(
            pack,
            (file.frames[frame], path, file.pictures, asked.shape, encoding, folder, asked.table),
        )
        for frame in asked.files
    ]


def pack(
    said: PanopticFrame, path: Path, pictures: Path, shape: tuple[int, int], encoding: str,
    folder: str, table: LabelTable,
) -> Packed:  # fmt: skip
    """Pack a frame whose PNG file and JSON entry agree, with ids as categories."""
    frame = said.image_id
    packed = Packed(frame)
    picture = pictures / said.file_name
    if problem := leads_out(pictures, said):
        packed.problems.append(f"{path}: image {frame}: {problem}")
        return packed
    try:
        ids = read_panoptic_png(picture)
    except DataError as error:
        packed.problems.append(str(error))
        return packed
    if ids.shape != shape:
        packed.problems.append(wrong_size(picture, ids.shape, shape))
    meant = ids_of_values(encoding, table)
    categories = {s.id: _category(s.category, meant) for s in said.segments}
    shown = set(np.unique(ids).tolist()) - {VOID}
    packed.problems += [
        f"{path}: image {frame}: segment {one} is in the picture, but not in the JSON file"
        for one in sorted(shown - categories.keys())
    ]
    packed.problems += [
        f"{path}: image {frame}: segment {one} is in the JSON file, but not in the picture"
        for one in sorted(categories.keys() - shown - {VOID})
    ]
    evaluated = {label.id for label in table if not label.ignore_in_eval}
    packed.problems += [
        f"{path}: image {frame}: segment {s.id}: category_id {s.category} is none of the "
        f"{encoding} that are evaluated"
        for s in said.segments
        if categories[s.id] not in evaluated
    ]
    if packed.problems:
        return packed
    name = f"{frame}_panoptic.png"
    rgb = np.stack([ids & 255, ids >> 8 & 255, ids >> 16], axis=-1).astype(np.uint8)
    packed.members.append(Member(f"{folder}/{name}", encode(rgb)))
    infos = [{"id": one, "category_id": categories[one]} for one in sorted(shown)]
    packed.annotation = {"image_id": frame, "file_name": name, "segments_info": infos}
    classes = sorted({info["category_id"] for info in infos})
    packed.row = row_of(packed, picture, shape, classes, len(infos))
    return packed


def last(asked: Asked, packed: list[Packed]) -> list[Member]:
    """Return the JSON file of all frames."""
    text = json.dumps({"annotations": [one.annotation for one in packed]})
    return [Member(f"{folder_name(asked.set.split)}.json", text.encode())]


def folder_name(split: str) -> str:
    """Return the name of the folder of the pictures; that of the JSON file is the same."""
    return f"cityscapes_panoptic_{split}"


def _category(value: int, meant: np.ndarray) -> int:
    """Return the id that a category means, or `UNKNOWN`."""
    return int(meant[value]) if 0 <= value < len(meant) else UNKNOWN
