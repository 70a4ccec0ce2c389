"""The label table (`config/labels.csv`): the classes, their ids, colours and roles."""

import csv
from pathlib import Path
from typing import NamedTuple

from cityscapes.errors import DataError

COLUMNS = (
    "name", "id", "trainId", "category", "categoryId", "hasInstances", "ignoreInEval",
    "red", "green", "blue",
)  # fmt: skip

# An instance is stored as class * 1000 + number in 16 bits, so class ids end at 64.
MAX_INSTANCES = 1000
MAX_INSTANCE_CLASS = 64
VOID_TRAIN_ID = 255
BACKGROUND = "unlabeled"


class Label(NamedTuple):
    """One class of the label table; the fields have the meaning of the reference's `labels.py`."""

    name: str
    id: int
    train_id: int
    category: str
    category_id: int
    has_instances: bool
    ignore_in_eval: bool
    color: tuple[int, int, int]


class LabelTable:
    """The classes in the order of the table, and the ways to find one."""

    def __init__(self, labels: list[Label]):
        self.labels = tuple(labels)
        self.by_name = {label.name: label for label in labels}
        self.by_id = {label.id: label for label in labels}
        self.background = self.by_name[BACKGROUND]

    def __iter__(self):
        return iter(self.labels)

    def named(self, name: str) -> tuple[Label, bool]:
        """The class that an annotated object has, and whether the object is a group.

        "cargroup" is a group of class "car"; "polegroup" is a class of its own and no group.
        Raises KeyError for a name that is neither. Source: reference, json2instanceImg.
        """
        if name not in self.by_name and name.endswith("group"):
            return self.by_name[name.removesuffix("group")], True
        return self.by_name[name], False


def read_labels(path: Path) -> LabelTable:
    """The label table in a CSV file with the columns of `COLUMNS`, in any order.

    Raises DataError that lists everything that is wrong with the table, with line numbers.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            found = reader.fieldnames or []
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as a label table: {error}") from None
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise DataError(
            f"{path}: line 1: missing column {', '.join(missing)}; "
            f"found {', '.join(found) or 'nothing'}"
        )

    labels, problems = [], []
    for line, row in rows:
        try:
            label = _label(row)
        except DataError as error:
            problems.append((line, str(error)))
        else:
            labels.append((line, label))
            problems += [(line, problem) for problem in _problems_of(label)]
    problems += _problems_between(labels)
    if BACKGROUND not in (row["name"] for _, row in rows):
        problems.append((1, f"no class {BACKGROUND!r}: it is the background of every image"))
    if problems:
        lines = "".join(f"\n  line {line}: {problem}" for line, problem in sorted(problems))
        raise DataError(f"{path}: the label table is wrong:{lines}")
    return LabelTable([label for _, label in labels])


def _label(row: dict) -> Label:
    wrong = [column for column in COLUMNS if not (row[column] or "").strip()]
    if wrong:
        raise DataError(f"no value for {', '.join(wrong)}")
    numbers = {}
    for column in COLUMNS:
        if column not in ("name", "category"):
            try:
                numbers[column] = int(row[column])
            except ValueError:
                wrong.append(f"{column} is {row[column]!r}, not a whole number")
    for column in ("hasInstances", "ignoreInEval"):
        if numbers.get(column, 0) not in (0, 1):
            wrong.append(f"{column} is {numbers[column]}, not 0 or 1")
    for column in ("red", "green", "blue"):
        if not 0 <= numbers.get(column, 0) <= 255:
            wrong.append(f"{column} is {numbers[column]}, not 0 to 255")
    if wrong:
        raise DataError("; ".join(wrong))
    return Label(
        name=row["name"],
        id=numbers["id"],
        train_id=numbers["trainId"],
        category=row["category"],
        category_id=numbers["categoryId"],
        has_instances=bool(numbers["hasInstances"]),
        ignore_in_eval=bool(numbers["ignoreInEval"]),
        color=(numbers["red"], numbers["green"], numbers["blue"]),
    )


def _problems_of(label: Label) -> list[str]:
    problems = []
    if label.id > 255:
        problems.append(f"id is {label.id}, at most 255 fits the 8-bit image")
    if label.id < 0 and label.name == BACKGROUND:
        problems.append(f"id of {BACKGROUND!r} is {label.id}: the background needs an id from 0")
    if label.train_id == -1 and label.id >= 0:
        problems.append("trainId -1 is for negative ids only; 255 is the trainId of void")
    elif not -1 <= label.train_id <= 255:
        problems.append(f"trainId is {label.train_id}, not 0 to 255")
    if label.has_instances:
        if not (label.id < 0 or 1 <= label.id <= MAX_INSTANCE_CLASS):
            problems.append(
                f"id is {label.id}: a class with instances needs 1 to {MAX_INSTANCE_CLASS}, "
                "as instanceIds hold 1000 * id + number in 16 bits"
            )
        if MAX_INSTANCE_CLASS < label.train_id < VOID_TRAIN_ID:
            problems.append(
                f"trainId is {label.train_id}: a class with instances needs 0 to "
                f"{MAX_INSTANCE_CLASS} or 255, as instanceTrainIds hold 1000 * trainId + number"
            )
    return problems


def _problems_between(labels: list[tuple[int, Label]]) -> list[tuple[int, str]]:
    problems = []
    for what in ("name", "id"):
        first = {}
        for line, label in labels:
            value = getattr(label, what)
            if value in first:
                problems.append((line, f"{what} {value!r} is already that of line {first[value]}"))
            first.setdefault(value, line)
    category_of = {}
    for line, label in labels:
        number = category_of.setdefault(label.category, label.category_id)
        if number != label.category_id:
            text = f"categoryId of {label.category!r} is {label.category_id}, but {number} above"
            problems.append((line, text))
    return problems
