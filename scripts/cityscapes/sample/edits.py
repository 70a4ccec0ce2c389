"""The corrections in the sample: an edit, its review, and boxes with remarks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cityscapes.editing import document, entries
from cityscapes.editing.corrections import Correction, data_of
from cityscapes.editing.history import NONE
from cityscapes.editing.review import Review
from cityscapes.editing.stamp import Stamp
from cityscapes.editing.store import Store
from cityscapes.edits.folder import Edits
from cityscapes.errors import DataError
from cityscapes.labels import LabelTable
from cityscapes.layout import POLYGONS, Shard, list_files, list_folders

# Fixed, so that the files are the same each time.
STAMP = Stamp("annotator", "02-Jan-2026 10:00:00")
SPLIT = "val"


def write_edits(dataset: Path, edits: Edits, table: LabelTable) -> list[Path]:
    """Correct the first frame of val, review it, comment on the second; return the files.

    Raises DataError if the dataset has no such frames.
    """
    store = Store(edits, [dataset])
    (shard, edited), (other_shard, remarked) = _frames(dataset)
    before = document.parse(_raw(dataset, shard, edited).read_bytes())
    after = entries.apply(before, _corrected(before), table, STAMP)
    version = store.current(shard, edited, _raw(dataset, shard, edited)).version
    store.replace(shard, edited, _raw(dataset, shard, edited), version, lambda _: after.data())

    review = Review("to review", "car moved, traffic sign added", *STAMP)
    remark = Correction(4, "Is this one car or two?", _box(before))
    boxes = data_of([remark], remarked, other_shard.city, before.width, before.height)
    written = [edits.path(shard, edited)]
    for path, data in (
        (edits.review(shard, edited), review.data()),
        (edits.corrections(other_shard, remarked), boxes),
    ):
        assert path is not None
        store.write(path, NONE, data)
        written.append(path)
    return [path for path in written if path]


def _frames(dataset: Path) -> Sequence[tuple[Shard, str]]:
    """Return the first two annotated frames of the split."""
    ending = f"_gtFine{POLYGONS}"
    found = [
        (shard, entry.name.removesuffix(ending))
        for city in list_folders(dataset / "gtFine" / SPLIT)
        for shard in [Shard("gtFine", SPLIT, city)]
        for entry in list_files(dataset / shard.folder, ending)
    ]
    if len(found) < 2:
        raise DataError(f"{dataset}: {len(found)} frames in gtFine/{SPLIT}, two are needed")
    return found[:2]


def _raw(dataset: Path, shard: Shard, frame: str) -> Path:
    return dataset / shard.folder / f"{frame}_{shard.type}{POLYGONS}"


def _corrected(before: document.Document) -> list:
    """Return the entries of an edit: the largest car is moved a little, a traffic sign is new."""
    listed: list = list(range(len(before.objects)))
    car = _largest(before, "car")
    if car is not None:
        shift = max(before.width // 256, 1)
        moved = [[round(x) + shift, round(y)] for x, y in before.objects[car]["polygon"]]
        listed[car] = {"base": car, "label": before.objects[car]["label"], "polygon": moved}
    x, y, side = before.width // 2, before.height // 4, max(before.width // 64, 3)
    sign = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    return [*listed, {"base": None, "label": "traffic sign", "polygon": sign}]


def _largest(before: document.Document, label: str) -> int | None:
    """Return the object of a label with the largest bounding box; None if there is none."""
    found = {
        place: np.ptp(np.array(one["polygon"]), axis=0).prod()
        for place, one in enumerate(before.objects)
        if one["label"] == label and not one.get("deleted")
    }
    return max(found, key=found.__getitem__) if found else None


def _box(before: document.Document) -> tuple[int, int, int, int]:
    """Return a box of a quarter of the image, in its middle."""
    width, height = before.width // 4, before.height // 4
    return 3 * width // 2, 3 * height // 2, width, height
