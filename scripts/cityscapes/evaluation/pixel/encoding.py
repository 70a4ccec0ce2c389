"""What the values of predictions mean: ids of the label table, or its trainIds."""

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.pixel.scores import FIRST_INSTANCE
from cityscapes.labels import VOID_TRAIN_ID, LabelTable

ENCODINGS = ("ids", "trainIds")
UNKNOWN = -1


def predicted_values(counts: np.ndarray) -> np.ndarray:
    """int64 (256,): how many pixels of a frame have each predicted value; frames add up.

    `counts` are those of `cityscapes.evaluation.pixel.counts.count`.
    """
    return np.bincount(counts[:, 2], weights=counts[:, 3], minlength=256).astype(np.int64)


def decide_encoding(values: np.ndarray, table: LabelTable) -> str:
    """The encoding, of `ENCODINGS`, that fits the predicted values of a whole prediction set.

    `values` is the sum of `predicted_values` over all frames: a single frame may show too few
    classes to decide. Where some values fit neither encoding, it is the one that most pixels fit;
    `in_ids` then finds the files that hold the others.
    """
    ids = {encoding: ids_of_values(encoding, table) for encoding in ENCODINGS}
    unknown = {name: values[ids[name] == UNKNOWN].sum() for name in ENCODINGS}
    fitting = [name for name in ENCODINGS if unknown[name] == min(unknown.values())]

    # ASSUME: whoever predicts only values that fit both (0 to 18 in the official table) predicts
    # classes that are evaluated: with ids, most of them would be void. On a tie they are ids, as
    # the benchmark asks for.
    evaluated = np.zeros(256, dtype=bool)
    evaluated[[label.id for label in table if label.id >= 0 and not label.ignore_in_eval]] = True
    return max(fitting, key=lambda name: values[evaluated[ids[name]]].sum())


def in_ids(counts: np.ndarray, encoding: str, table: LabelTable) -> np.ndarray:
    """int64 (n, 4): the counts of a frame with ids in place of predicted values.

    Values that mean the same class keep rows of their own. Raises DataError that lists the values
    that the label table does not have, true or predicted, with their pixels.
    """
    truth, instances, predicted, pixels = counts.T
    known = ids_of_values("ids", table) != UNKNOWN
    _check("true ids that are not in the label table", truth, pixels, known)
    valid = _valid_instances(table)
    _check("true instance ids of classes without instances", instances, pixels, valid)
    ids = ids_of_values(encoding, table)
    known = ids != UNKNOWN
    right = ", ".join(map(str, np.flatnonzero(known)))
    what = f"predicted values that are no {encoding} of the label table ({right})"
    _check(what, predicted, pixels, known)
    return np.column_stack([truth, instances, ids[predicted], pixels])


def ids_of_values(encoding: str, table: LabelTable) -> np.ndarray:
    """int64 (256,): the id that each predicted value means, or `UNKNOWN`."""
    ids = np.full(256, UNKNOWN)
    labels = [label for label in table if label.id >= 0]
    if encoding == "ids":
        for label in labels:
            ids[label.id] = label.id
        return ids
    # Of the classes that share a trainId, the first one that is evaluated has the last word.
    for label in sorted(reversed(labels), key=lambda label: not label.ignore_in_eval):
        ids[label.train_id] = label.id
    ids[VOID_TRAIN_ID] = table.background.id
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


def _check(what: str, values: np.ndarray, pixels: np.ndarray, known: np.ndarray) -> None:
    unknown = ~known[values]
    if unknown.any():
        found = np.bincount(values[unknown], weights=pixels[unknown])
        raise DataError(f"{what}: {_listing(found)}")


def _listing(pixels: np.ndarray) -> str:
    found = np.flatnonzero(pixels)
    return ", ".join(f"{value} ({int(pixels[value])} pixels)" for value in found)
