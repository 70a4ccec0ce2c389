"""Coarse annotations compared with fine ones, on the frames that have both."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from cityscapes.files.tables import table_rows
from cityscapes.labels import LabelTable
from cityscapes.statistics.tables import Table

MEAN = "all classes"


def read_frames(tables: Iterable[Path]) -> Iterator[np.ndarray]:
    """int64 (n, 3) of each frame: fine id, coarse id, pixels; from the tables of cities."""
    for path in tables:
        for row in table_rows(path):
            yield np.array(json.loads(row["pixels"]), dtype=np.int64).reshape(-1, 3)


def tables(
    frames: Iterable[np.ndarray], labels: LabelTable, problems: Sequence[str] = ()
) -> dict[str, Table]:
    """Return `coarse`: a row for all classes, and one for each evaluated class.

    `covered` is the share of the pixels of the fine annotation that the coarse one has any
    evaluated class for. On these, `agreement` is the share of the coarse pixels that the fine
    annotation has the same class for, and IoU that of the two; the first row has the mean IoU.
    """
    counts = np.zeros((256, 256), dtype=np.int64)  # fine, coarse
    number = 0
    for frame in frames:
        number += 1
        np.add.at(counts, (frame[:, 0], frame[:, 1]), frame[:, 2])
    classes = [label for label in labels if label.id >= 0 and not label.ignore_in_eval]
    ids = [label.id for label in classes]
    fine = counts[ids].sum(axis=1)
    both = counts[np.ix_(ids, ids)]  # pixels that both annotations have an evaluated class for
    of_fine, of_coarse, same = both.sum(axis=1), both.sum(axis=0), both.diagonal()
    covered, agreement = _ratio(of_fine, fine), _ratio(same, of_coarse)
    iou = _ratio(same, of_fine + of_coarse - same)
    there = iou[~np.isnan(iou)]
    every = (
        MEAN, int(fine.sum()), int(of_coarse.sum()),
        float(_ratio(of_fine.sum(), fine.sum())), float(_ratio(same.sum(), of_coarse.sum())),
        float(there.mean()) if len(there) else np.nan,
    )  # fmt: skip
    names = [label.name for label in classes]
    rows = zip(
        names, fine.tolist(), of_coarse.tolist(), covered.tolist(), agreement.tolist(),
        iou.tolist(), strict=True,
    )  # fmt: skip
    columns = [
        "name", "fine pixels", "coarse pixels", "covered", "agreement", "IoU", "frames with both",
        "frames left out",
    ]  # fmt: skip
    listed = [(*row, number, len(problems)) for row in (every, *rows)]
    return {"coarse": Table(columns, [tuple(map(_known, row)) for row in listed])}


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    shape = np.shape(whole)
    return np.divide(part, whole, out=np.full(shape, np.nan), where=np.asarray(whole) > 0)


def _known(value: object) -> object:
    return None if isinstance(value, float) and np.isnan(value) else value
