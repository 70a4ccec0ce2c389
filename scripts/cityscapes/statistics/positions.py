"""GPS positions of the frames of a split."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cityscapes.files.tables import table_rows
from cityscapes.labels import LabelTable
from cityscapes.statistics.tables import Table


class Position(NamedTuple):
    """The position at which a frame was recorded."""

    frame: str
    city: str
    latitude: float  # degrees
    longitude: float  # degrees


def read_frames(tables: Iterable[Path]) -> Iterator[Position]:
    """Read the position of each frame that has one, from the tables of cities, `<city>.tsv`."""
    for path in tables:
        for row in table_rows(path):
            yield Position(
                row["frame"], path.name.removesuffix(".tsv"), *json.loads(row["position"])
            )


def tables(
    frames: Iterable[Position], labels: LabelTable, problems: Sequence[str] = ()
) -> dict[str, Table]:
    """Return `positions`: a row per frame."""
    return {"positions": Table(list(Position._fields), [tuple(one) for one in frames])}
