"""The label table (`config/labels.csv`): the classes, their ids, colours and roles."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cityscapes.errors import DataError, quoted
from cityscapes.files.regular import open_regular

COLUMNS = (
    "name", "id", "trainId", "category", "categoryId", "hasInstances", "ignoreInEval",
    "red", "green", "blue",
)  # fmt: skip
RGB = COLUMNS[-3:]
# A column that a table may have: with Shift, the key of a class in the label tool.
HOT_KEY = "hotKey"
HOT_KEYS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# With Shift they do something else there: outline a class, hide, lock, show alone.
TAKEN_KEYS = "CHLS"

# An instance is stored as class * 1000 + number in 16 bits, so class ids end at 64.
MAX_INSTANCES = 1000
# Smaller instance ids are ids of classes: regions without a number.
FIRST_INSTANCE = 1000
MAX_INSTANCE_CLASS = 64
VOID_TRAIN_ID = 255
BACKGROUND = "unlabeled"

# ASSUME: no label table is larger, in bytes; the official one has 2 kB.
MOST_OF_A_TABLE = 1_000_000
LONGEST_NAME = 100
# int() also takes 1_0, digits of other scripts, and numbers beyond 64 bits.
NUMBER = re.compile(r"\s*[+-]?[0-9]{1,9}\s*", re.ASCII)


class Label(NamedTuple):
    """One class of the label table; fields as in the reference's `labels.py`."""

    name: str
    id: int
    train_id: int
    category: str
    category_id: int
    has_instances: bool
    ignore_in_eval: bool
    color: tuple[int, int, int]
    hot_key: str = ""  # one of HOT_KEYS, or none


class LabelTable:
    """The classes in the order of the table, with lookups."""

    def __init__(self, labels: list[Label]):
        self.labels = tuple(labels)
        self.by_name = {label.name: label for label in labels}
        self.by_id = {label.id: label for label in labels}
        self.background = self.by_name[BACKGROUND]

    def __iter__(self):
        return iter(self.labels)

    def named(self, name: str) -> tuple[Label, bool]:
        """Return the class of an annotated object, and whether the object is a group.

        "cargroup" is a group of class "car"; "polegroup" is a class of its own and no group.
        Raises KeyError for a name that is neither. Source: reference, json2instanceImg.

        >>> table = read_labels(Path("config/labels.csv"))
        >>> label, is_group = table.named("cargroup")
        >>> label.name, label.id, label.train_id, is_group
        ('car', 26, 13, True)
        """
        if name not in self.by_name and name.endswith("group"):
            return self.by_name[name.removesuffix("group")], True
        return self.by_name[name], False

    def by_train_id(self) -> dict[int, tuple[Label, ...]]:
        """Map each trainId to the evaluated classes that have it, in the order of the table."""
        found: dict[int, tuple[Label, ...]] = {}
        for label in self.labels:
            if not label.ignore_in_eval:
                found[label.train_id] = (*found.get(label.train_id, ()), label)
        return found


def joint_name(labels: Iterable[Label]) -> str:
    """Return the name of classes that count as one, as for a common trainId: "car+truck+bus".

    >>> by_train_id = read_labels(Path("config/labels.csv")).by_train_id()
    >>> joint_name(by_train_id[13]), joint_name([*by_train_id[13], *by_train_id[15]])
    ('car', 'car+bus')
    """
    return "+".join(label.name for label in labels)


def read_labels(path: Path) -> LabelTable:
    """Read the label table from a CSV file with the columns of `COLUMNS`, in any order.

    It may also have `HOT_KEY`. Raises DataError that lists everything that is wrong with the
    table, with line numbers.
    """
    rows, problems = read_rows(path, COLUMNS, (HOT_KEY,))
    bad = {line for line, _ in problems}
    if 1 not in bad:
        problems += [
            (line, problem)
            for line, values in rows
            if line not in bad
            for problem in _problems_of(_label(values))
        ]
    problems += _problems_between(rows)
    if BACKGROUND not in (values.get("name") for _, values in rows):
        problems.append((1, f"no class {BACKGROUND!r}: it is the background of every image"))
    refuse(path, problems)
    return LabelTable([_label(values) for _, values in rows])


def read_rows(
    path: Path, columns: tuple[str, ...], optional: tuple[str, ...] = ()
) -> tuple[list[tuple[int, dict]], list[tuple[int, str]]]:
    """Return the lines of a CSV file of labels as (line, column -> value), and their problems.

    Columns may be in any order, and the optional ones may be missing; texts stay so, numbers are
    int. Lines with problems lack values that cannot be read; line 1 has those of the header.
    Raises DataError where it is no CSV file.
    """
    try:
        with open_regular(path) as file:
            data = file.read(MOST_OF_A_TABLE + 1)
        if len(data) > MOST_OF_A_TABLE:
            raise DataError(f"{path}: no label table: it is larger than {MOST_OF_A_TABLE} bytes")
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        found = list(reader.fieldnames or [])
        lines = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as a label table: {error}") from None
    problems = []
    missing = [column for column in columns if column not in found]
    if missing:
        listed = ", ".join(found) or "nothing"
        problems.append((1, f"missing column {', '.join(missing)}; found {listed}"))
    twice = sorted({one for one in (*columns, *optional) if found.count(one) > 1})
    if twice:
        problems.append((1, f"more than one column {', '.join(twice)}"))
    rows = []
    there = [column for column in (*columns, *optional) if column in found]
    for line, row in lines:
        values, wrong = _values(row, there)
        problems += [(line, problem) for problem in wrong]
        rows.append((line, values))
    return rows, problems


def refuse(path: Path, problems: list[tuple[int, str]]) -> None:
    """Raise DataError, which lists the problems of a label table, if there are any."""
    if problems:
        lines = "".join(f"\n  line {line}: {problem}" for line, problem in sorted(problems))
        raise DataError(f"{path}: the label table is wrong:{lines}")


def _values(row: dict, columns: list[str]) -> tuple[dict, list[str]]:
    """Return the readable fields of a line, as texts and numbers, and what is wrong with it."""
    values: dict = {}
    wrong = []
    surplus = row.get(None)
    if surplus:
        wrong.append(f"{len(surplus)} more fields than columns, from {quoted(surplus[0])} on")
    for column in columns:
        text = row.get(column) or ""
        if column == HOT_KEY:
            values[column], problem = _hot_key(text)
            wrong += problem
        elif not text.strip():
            wrong.append(f"no value for {column}")
        elif column in ("name", "category"):
            values[column] = text
            if text != text.strip():
                wrong.append(f"{column} {quoted(text)} begins or ends with a blank")
            elif len(text) > LONGEST_NAME:
                wrong.append(f"{column} {quoted(text)} is longer than {LONGEST_NAME} characters")
            elif not text.isprintable():
                wrong.append(f"{column} {quoted(text)} holds characters that cannot be shown")
        elif NUMBER.fullmatch(text):
            values[column] = int(text)
        else:
            wrong.append(f"{column} is {quoted(text)}, not a whole number (of up to 9 digits)")
    for column, most in (
        ("hasInstances", 1),
        ("ignoreInEval", 1),
        *dict.fromkeys(RGB, 255).items(),
    ):
        if not 0 <= values.get(column, 0) <= most:
            allowed = "0 or 1" if most == 1 else "0 to 255"
            wrong.append(f"{column} is {values[column]}, not {allowed}")
    if "trainId" in values and not -1 <= values["trainId"] <= 255:
        wrong.append(f"trainId is {values['trainId']}, not 0 to 255")
    return values, wrong


def _hot_key(text: str) -> tuple[str, list[str]]:
    """Return the hot key in a field, and what is wrong with it; empty fields have none."""
    key = text.strip().upper()
    if not key:
        return "", []
    if len(key) > 1 or key not in HOT_KEYS:
        return "", [
            f"{HOT_KEY} is {quoted(text)}, not one letter of A to Z or one digit of 1 to 9"
        ]
    if key in TAKEN_KEYS:
        return "", [f"{HOT_KEY} is {quoted(text)}: the label tool has Shift + {key} for itself"]
    return key, []


def _label(values: dict) -> Label:
    return Label(
        name=values["name"],
        id=values["id"],
        train_id=values["trainId"],
        category=values["category"],
        category_id=values["categoryId"],
        has_instances=bool(values["hasInstances"]),
        ignore_in_eval=bool(values["ignoreInEval"]),
        color=tuple(values[column] for column in RGB),
        hot_key=values.get(HOT_KEY, ""),
    )


def _problems_of(label: Label) -> list[str]:
    problems = []
    if label.id > 255:
        problems.append(f"id is {label.id}, at most 255 fits the 8-bit image")
    if label.id < 0 and label.name == BACKGROUND:
        problems.append(
            f"id of {BACKGROUND!r} is {label.id}: the background needs an id of at least 0"
        )
    if label.train_id == -1 and label.id >= 0:
        problems.append("trainId -1 is for negative ids only; 255 is the trainId of void")
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


def repeated(rows: list[tuple[int, dict]]) -> list[tuple[int, str]]:
    """(line, problem) for each name, id and hot key that an earlier line has already."""
    problems = []
    for what in ("name", "id", HOT_KEY):
        first: dict[object, int] = {}
        for line, values in rows:
            if values.get(what, "") != "":
                value = values[what]
                if value in first:
                    text = f"{what} {quoted(value)} is already that of line {first[value]}"
                    problems.append((line, text))
                first.setdefault(value, line)
    return problems


def _problems_between(labels: list[tuple[int, dict]]) -> list[tuple[int, str]]:
    problems = repeated(labels)
    category_of: dict[str, int] = {}
    for line, values in labels:
        if {"category", "categoryId"} <= values.keys():
            category, number = values["category"], values["categoryId"]
            above = category_of.setdefault(category, number)
            if above != number:
                problems.append(
                    (line, f"categoryId of {quoted(category)} is {number}, but {above} above")
                )
    return problems
