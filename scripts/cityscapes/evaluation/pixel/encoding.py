"""The meaning of values in predictions: ids of the label table, its trainIds, or nothing."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import IDS, TRAIN_IDS, class_groups, scored_table
from cityscapes.evaluation.pixel.errors import FIRST_INSTANCE
from cityscapes.evaluation.pixel.scores import mean
from cityscapes.labels import VOID_TRAIN_ID, LabelTable

ENCODINGS = (IDS, TRAIN_IDS)
UNKNOWN = -1
# The value of labelTrainIds and many networks for void.
VOID_VALUE = 255

# Predictions of which a smaller share is right are suspected to be of another encoding, if with it
# at least twice as many are.
FEW_RIGHT = 0.1


def predicted_values(counts: np.ndarray) -> np.ndarray:
    """int64 (256,): the number of pixels with each predicted value; frames add up.

    `counts` are those of `cityscapes.evaluation.pixel.counts.count`.
    """
    return raw_confusion(counts).sum(axis=0)


def raw_confusion(counts: np.ndarray) -> np.ndarray:
    """int64 (256, 256): pixels by true id and predicted value; frames add up."""
    confusion = np.zeros((256, 256), dtype=np.int64)
    np.add.at(confusion, (counts[:, 0], counts[:, 2]), counts[:, 3])
    return confusion


def decide_encoding(
    values: np.ndarray, table: LabelTable, void: Collection[int] = (),
    right: Mapping[str, float] | None = None,
) -> str:  # fmt: skip
    """Return the one of `ENCODINGS` that fits the predicted values of a whole prediction set.

    `values` is the sum of `predicted_values` over all frames: a single frame may show too few
    classes to decide. `void` are values that mean nothing. Where some values fit neither encoding,
    it is the one that most pixels fit; `in_ids` then finds the files that hold the others. `right`
    is the share of pixels that are right with either encoding: it decides where all values fit
    one only if those of `void_values` mean nothing.
    """
    ids = {encoding: ids_of_values(encoding, table, void) for encoding in ENCODINGS}
    unknown = {name: values[ids[name] == UNKNOWN].sum() for name in ENCODINGS}
    fitting = [name for name in ENCODINGS if unknown[name] == min(unknown.values())]

    # ASSUME: whoever predicts only values that fit both (0 to 18 in the official table) predicts
    # classes that are evaluated: with ids, most of them would be void. On a tie they are ids, as
    # the benchmark asks for.
    evaluated = np.zeros(256, dtype=bool)
    evaluated[[label.id for label in table if label.id >= 0 and not label.ignore_in_eval]] = True
    first = max(fitting, key=lambda name: values[evaluated[ids[name]]].sum())
    (other,) = {*ENCODINGS} - {first}
    nothing = values[void_values(other, table)].sum()
    fits_with_void = nothing and unknown[other] == nothing
    return other if right and fits_with_void and _better(right[other], right[first]) else first


def _better(other: float, now: float) -> bool:
    """Return True if the shares of right pixels indicate another encoding."""
    return now < FEW_RIGHT and other >= 2 * now and other > 0


def void_values(encoding: str, table: LabelTable) -> list[int]:
    """Return the values that mean nothing without being in the label table.

    255, and with trainIds the number of classes: networks have it as one more class, "nothing".
    """
    known = ids_of_values(encoding, table) != UNKNOWN
    values = [VOID_VALUE]
    if encoding == TRAIN_IDS:
        values.append(max(table.by_train_id().keys() - {VOID_TRAIN_ID}, default=-1) + 1)
    return [value for value in values if not known[value]]


class Fit(NamedTuple):
    """The quality of predictions under an assumed encoding."""

    right: float  # share of the evaluated pixels; nan where there are none
    mean_iou: float


def fit(confusion: np.ndarray, encoding: str, table: LabelTable) -> Fit:
    """Return the `Fit` of a whole prediction set, from the sum of its `raw_confusion`."""
    table = scored_table(table, encoding)
    ids = ids_of_values(encoding, table, void_values(encoding, table))
    groups = class_groups(table, encoding)
    evaluated = [group for group in groups if not group[0].ignore_in_eval]
    number = np.full(256, len(evaluated))  # not evaluated, or unknown
    for place, group in enumerate(evaluated):
        number[[label.id for label in group]] = place
    predicted = np.where(ids == UNKNOWN, len(evaluated), number[ids])
    counts = np.zeros((len(evaluated) + 1,) * 2, dtype=np.int64)
    np.add.at(counts, (number[:, np.newaxis], predicted), confusion)
    counts = counts[:-1]
    tp, total = np.diag(counts), counts.sum()
    union = counts.sum(axis=1) + counts.sum(axis=0)[:-1] - tp
    shown = union > 0
    right = tp.sum() / total if total else np.nan
    return Fit(float(right), mean((tp[shown] / union[shown]).tolist()))


def better_encoding(confusion: np.ndarray, encoding: str, table: LabelTable) -> str:
    """Return a warning if the predictions seem to have another encoding than this one; else ""."""
    fits = {name: fit(confusion, name, table) for name in ENCODINGS}
    other = max((name for name in ENCODINGS if name != encoding), key=lambda name: fits[name])
    of_other, now = fits[other], fits.get(encoding, Fit(0, 0))
    if not _better(of_other.right, now.right):
        return ""
    return (
        f"only {now.right:.1%} of the evaluated pixels are right as {encoding}; as {other} it "
        f"would be {of_other.right:.1%}, mIoU {of_other.mean_iou:.4f}: set `encoding: {other}`"
    )


def in_ids(
    counts: np.ndarray, encoding: str, table: LabelTable, void: Collection[int] = ()
) -> np.ndarray:
    """int64 (n, 4): the counts of a frame with ids in place of predicted values.

    `void` are values that mean nothing: they become the id of the background.
    Values that mean the same class keep rows of their own. Raises DataError that lists the values
    that the label table does not have, true or predicted, with their pixels.
    """
    truth, instances, predicted, pixels = counts.T
    known = ids_of_values("ids", table) != UNKNOWN
    _check("true ids that are not in the label table", truth, pixels, known)
    valid = _valid_instances(table)
    _check("true instance ids of classes without instances", instances, pixels, valid)
    ids = ids_of_values(encoding, table, void)
    known = ids != UNKNOWN
    right = ", ".join(map(str, np.flatnonzero(known)))
    what = f"predicted values that are no {encoding} of the label table ({right})"
    _check(what, predicted, pixels, known, "; values that mean nothing may be named as `void`")
    return np.column_stack([truth, instances, ids[predicted], pixels])


def ids_of_values(encoding: str, table: LabelTable, void: Collection[int] = ()) -> np.ndarray:
    """int64 (256,): the id of each predicted value, or `UNKNOWN`.

    >>> from pathlib import Path
    >>> from cityscapes.labels import read_labels
    >>> table = read_labels(Path("config/labels.csv"))
    >>> ids_of_values("trainIds", table)[[0, 13, 255]].tolist()  # road, car, void
    [7, 26, 0]
    """
    ids = np.full(256, UNKNOWN)
    labels = [label for label in table if label.id >= 0]
    if encoding != TRAIN_IDS:
        for label in labels:
            ids[label.id] = label.id
    else:
        # Of the classes that share a trainId, the first evaluated one is written last, and stays.
        for label in sorted(reversed(labels), key=lambda label: not label.ignore_in_eval):
            ids[label.train_id] = label.id
        ids[VOID_TRAIN_ID] = table.background.id
    ids[list(void)] = table.background.id
    return ids


def _valid_instances(table: LabelTable) -> np.ndarray:
    """bool (65536,): False for instances of unknown or evaluated classes that have none.

    The reference ignores what is below 1001 and of ignored classes, and crashes on these.
    """
    valid = np.zeros(1 << 16, dtype=bool)
    valid[:FIRST_INSTANCE] = True
    for label in table:
        if label.id >= 0 and (label.has_instances or label.ignore_in_eval):
            valid[1000 * label.id : 1000 * (label.id + 1)] = True
    return valid


def _check(
    what: str, values: np.ndarray, pixels: np.ndarray, known: np.ndarray, advice: str = ""
) -> None:
    unknown = ~known[values]
    if unknown.any():
        found = np.bincount(values[unknown], weights=pixels[unknown])
        raise DataError(f"{what}: {_listing(found)}{advice}")


def _listing(pixels: np.ndarray) -> str:
    found = np.flatnonzero(pixels)
    return ", ".join(f"{value} ({int(pixels[value])} pixels)" for value in found)
