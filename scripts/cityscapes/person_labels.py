"""The label table of CityPersons (`config/labels_cityPersons.csv`): the classes of people."""

from dataclasses import dataclass
from pathlib import Path

from cityscapes.labels import read_rows, refuse, repeated

COLUMNS = ("name", "id", "hasInstances", "ignoreInEval", "red", "green", "blue")
# The ids that the evaluation uses: people who have to be found, and groups of people.
PEDESTRIAN = 1
GROUP = 5


@dataclass(frozen=True)
class PersonLabel:
    """One class of people; fields as in the reference's labels_cityPersons."""

    name: str
    id: int
    has_instances: bool
    ignore_in_eval: bool
    color: tuple[int, int, int]


class PersonTable:
    """The classes in the order of the table."""

    def __init__(self, labels: list[PersonLabel]):
        self.labels = tuple(labels)
        self.by_name = {label.name: label for label in labels}


def read_person_labels(path: Path) -> PersonTable:
    """Read the label table from a CSV file with the columns of `COLUMNS`, in any order.

    Raises DataError that lists everything that is wrong with the table, with line numbers.
    """
    rows, problems = read_rows(path, COLUMNS)
    problems += repeated(rows)
    if PEDESTRIAN not in (values.get("id") for _, values in rows):
        problems.append((1, f"no class with id {PEDESTRIAN}: pedestrians have it"))
    refuse(path, problems)
    return PersonTable(
        [
            PersonLabel(
                values["name"],
                values["id"],
                bool(values["hasInstances"]),
                bool(values["ignoreInEval"]),
                (values["red"], values["green"], values["blue"]),
            )
            for _, values in rows
        ]
    )
