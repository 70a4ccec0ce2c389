"""The scored classes, and the meaning of class numbers in predictions.

Predictions in trainIds are scored by trainId: where several classes of the label table share one,
they are a single class, in predictions and ground truth alike.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from cityscapes.errors import DataError, nearest, quoted
from cityscapes.files.whole import digest
from cityscapes.labels import VOID_TRAIN_ID, Label, LabelTable, joint_name

IDS, TRAIN_IDS = "ids", "trainIds"


def scored_table(table: LabelTable, encoding: str, subset: Collection[str] = ()) -> LabelTable:
    """Return the label table in which every class that is not scored is ignored in evaluation.

    `subset` names the classes that are scored, if these are not all; with trainIds, a name
    stands for all classes of its trainId. Classes that predictions in trainIds cannot express,
    with the trainId 255 or -1, are not scored there. DataError lists unknown names.
    """
    scored = {label.id for label in table if not label.ignore_in_eval}
    if encoding == TRAIN_IDS:
        scored -= {label.id for label in table if label.train_id in (-1, VOID_TRAIN_ID)}
    if subset:
        groups = [group for group in class_groups(table, encoding) if group[0].id in scored]
        by_name = {joint_name(group): group for group in groups}
        by_name |= {label.name: group for group in groups for label in group}
        unknown = [name for name in subset if name not in by_name]
        if unknown:
            lines = "".join(f"\n  {quoted(name)}{nearest(name, by_name)}" for name in unknown)
            raise DataError(
                f"`classes` holds names that are no evaluated classes of the table:{lines}"
            )
        scored = {label.id for name in subset for label in by_name[name]}
    return LabelTable([label._replace(ignore_in_eval=label.id not in scored) for label in table])


def class_groups(table: LabelTable, encoding: str) -> list[tuple[Label, ...]]:
    """Return the classes with an id from 0, in order of the table, with those merged into each.

    With trainIds, the evaluated classes that share a trainId are together, at the place of the
    first; ignored ones stay by themselves.
    """
    labels = [label for label in table if label.id >= 0]
    if encoding != TRAIN_IDS:
        return [(label,) for label in labels]
    together = LabelTable(labels).by_train_id()
    groups = [(label,) if label.ignore_in_eval else together[label.train_id] for label in labels]
    return list(dict.fromkeys(groups))


class ClassNumbers(NamedTuple):
    """The meaning of the class numbers in instance predictions."""

    ids: Mapping[int, int]  # number -> label id
    what: str  # what a number has to be, for messages

    @property
    def digest(self) -> str:
        """Return the digest of the mapping, on which counts depend; "" if numbers are ids."""
        same = all(number == id_ for number, id_ in self.ids.items())
        return "" if same else digest(*(f"{pair}" for pair in sorted(self.ids.items())))


def class_numbers(table: LabelTable, encoding: str) -> ClassNumbers:
    """Return the numbers of predictions in ids or, as `encoding` may say, in trainIds.

    A trainId is the first class that has it, rather one that is evaluated and has instances.
    """
    if encoding != TRAIN_IDS:
        return ClassNumbers({label.id: label.id for label in table}, "an id of the label table")
    preferred = sorted(
        (label for label in table if label.train_id != VOID_TRAIN_ID),
        key=lambda label: (label.ignore_in_eval, not label.has_instances),
    )
    ids: dict[int, int] = {}
    for label in preferred:
        ids.setdefault(label.train_id, label.id)
    return ClassNumbers(ids, "a trainId of the label table")
