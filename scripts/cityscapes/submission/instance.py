"""Instance-level submissions: a text file per frame, and a PNG per mask."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import ClassNumbers, class_numbers
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.predictions import Prediction, text_predictions
from cityscapes.labels import LabelTable
from cityscapes.png.write import encode
from cityscapes.submission.frame import Asked, Member, Packed, Task, row_of


def tasks(asked: Asked, workers: int) -> list[Task]:
    """Return the packing of each frame, of text files or of a COCO results file."""
    encoding = asked.set.encoding
    common = (asked.shape, asked.table, class_numbers(asked.table, encoding))
    if asked.set.path.suffix != ".json":
        root = asked.set.path
        return [Task(pack_text, (frame, p, root, *common)) for frame, p in asked.files.items()]
    images = read_coco_images(asked.set.images) if asked.set.images else None
    results = index_coco_results(asked.set.path, list(asked.files), asked.table, encoding, images)
    common = (asked.shape, asked.table, results.numbers)
    return [
        Task(pack_coco, (frame, path, results.of_frame[frame], *common))
        for frame, path in asked.files.items()
    ]


def pack_text(
    frame: str, path: Path, root: Path, shape: tuple[int, int], table: LabelTable,
    numbers: ClassNumbers,
) -> Packed:  # fmt: skip
    """Pack the masks that the text file of a frame names."""
    return _pack(frame, path, text_predictions(path, root, shape, numbers), shape, table)


def pack_coco(
    frame: str, path: Path, entries: list, shape: tuple[int, int], table: LabelTable,
    numbers: ClassNumbers,
) -> Packed:  # fmt: skip
    """Pack the masks of a frame in a COCO results file."""
    return _pack(frame, path, coco_predictions(path, entries, shape, numbers), shape, table)


def last(asked: Asked, packed: list[Packed]) -> list[Member]:
    """Return no members: there is no file for all frames."""
    return []


def _pack(
    frame: str, path: Path, masks: Iterator[Prediction], shape: tuple[int, int], table: LabelTable
) -> Packed:
    packed, lines, pictures, ids = Packed(frame), [], [], []
    try:
        for number, mask in enumerate(masks):
            label = table.by_id[mask.label_id]
            if not label.has_instances or label.ignore_in_eval:
                packed.problems.append(
                    f"{path}: mask {number}: {label.name} ({label.id}) is no class of the "
                    "instance task: leave it out"
                )
                continue
            height, width = mask.mask.shape
            image = np.zeros(shape, dtype=np.uint8)
            image[mask.top : mask.top + height, mask.left : mask.left + width] = 255 * mask.mask
            name = f"masks/{frame}_{number:04d}.png"
            # The fewest digits that give the same number.
            lines.append(f"{name} {mask.label_id} {float(mask.confidence)!r}\n")
            pictures.append(Member(name, encode(image)))
            ids.append(mask.label_id)
    except DataError as error:
        packed.problems.append(str(error))
    packed.members = [Member(f"{frame}.txt", "".join(lines).encode()), *pictures]
    packed.row = row_of(packed, path, shape, sorted(set(ids)), len(pictures))
    return packed
