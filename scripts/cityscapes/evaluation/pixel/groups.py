"""The classes and categories of pixel-level scores, as groups of ids."""

from typing import NamedTuple

import numpy as np

from cityscapes.evaluation.classes import class_groups
from cityscapes.labels import Label, LabelTable, joint_name


class Groups(NamedTuple):
    """The classes, or the categories, as groups of ids."""

    names: list[str]
    members: np.ndarray  # bool (groups, ids)
    has_iiou: np.ndarray  # bool (groups,)


def classes_of(table: LabelTable, encoding: str) -> Groups:
    """Return a group per class; with trainIds, evaluated classes of one trainId are joined."""
    groups = class_groups(table, encoding)
    members = np.zeros((len(groups), size_of(table)), dtype=bool)
    for row, group in zip(members, groups, strict=True):
        row[[label.id for label in group]] = True
    has_iiou = [all(map(is_weighted, group)) for group in groups]
    return Groups([joint_name(group) for group in groups], members, np.array(has_iiou))


def categories_of(table: LabelTable) -> Groups:
    """Return a group per category."""
    names = list(dict.fromkeys(label.category for label in table))
    members = np.zeros((len(names), size_of(table)), dtype=bool)
    # UPSTREAM: unlike a class, a category has an iIoU even if all of it is ignored in evaluation.
    has_iiou = np.ones(len(names), dtype=bool)
    for label in labels_of(table):
        category = names.index(label.category)
        members[category, label.id] = True
        has_iiou[category] &= label.has_instances
    return Groups(names, members, has_iiou)


def is_weighted(label: Label) -> bool:
    """Return True if the instances of a class count in iIoU."""
    return label.has_instances and not label.ignore_in_eval


def unweighted(groups: Groups, table: LabelTable, average_sizes: dict) -> np.ndarray:
    """bool (groups,): the group has a class whose instances cannot be weighted."""
    missing = [table.by_name[name].id for name in without_average_size(table, average_sizes)]
    return np.asarray(groups.members[:, missing].any(axis=1))


def labels_of(table: LabelTable) -> list[Label]:
    """Return the classes with an id from 0."""
    return [label for label in table if label.id >= 0]


def size_of(table: LabelTable) -> int:
    """Return the number of ids, from 0 to the largest one."""
    return max(label.id for label in table) + 1


def evaluated_mask(table: LabelTable) -> np.ndarray:
    """bool (ids,): the ids whose true pixels count."""
    evaluated = np.zeros(size_of(table), dtype=bool)
    evaluated[[label.id for label in labels_of(table) if not label.ignore_in_eval]] = True
    return evaluated


def without_average_size(table: LabelTable, average_sizes: dict) -> list[str]:
    """Return the evaluated classes with instances whose average size is not known."""
    return [
        label.name
        for label in labels_of(table)
        if is_weighted(label) and label.name not in average_sizes
    ]
