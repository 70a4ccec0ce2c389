"""The frames of a split and what was made of each: the input of every export.

Pure standard library, as all jobs of exports start with it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import KINDS
from cityscapes.ground_truth.shard_records import manifest_path
from cityscapes.incremental.manifest import Manifest
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard


@dataclass(frozen=True)
class FrameRecord:
    """What was made of a frame, by kind."""

    split: str
    city: str
    frame: str  # <city>_<sequence>_<frame>
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def image(self) -> str:
        """Return the path of the left image below its split."""
        return f"{self.city}/{self.frame}_leftImg8bit.png"


@dataclass(frozen=True)
class Split:
    """The frames of a split, or of several, in the order of their images' paths."""

    type: str
    name: str
    frames: list[FrameRecord]
    table: LabelTable
    options: Mapping[str, Any] = field(default_factory=dict)


def read_frames(tables: Iterable[Path], results: Path, kinds: Iterable[str]) -> list[FrameRecord]:
    """Read the frames that the tables of a split's shards name, and what was made of each.

    `tables` are `results/tables/<type>/<split>/<city>.<group>.tsv`. Values lie in the manifests;
    the tables hold their digests. Raises DataError if they disagree.
    """
    values: dict[tuple[str, str, str], dict[str, Any]] = {}
    for path in tables:
        shard, group = _shard_and_group(path)
        asked = [name for name in kinds if KINDS[name].group == group and not KINDS[name].ending]
        in_manifest = [name for name in asked if not KINDS[name].columns]
        rows = Manifest(manifest_path(results, shard)).rows if in_manifest else {}
        for row in read_tracked(path):
            of_frame = values.setdefault((shard.split, shard.city, row["frame"]), {})
            for name in asked:
                if columns := KINDS[name].columns:
                    of_frame[name] = {column: json.loads(row[column]) for column in columns}
                    continue
                cell = rows[row["frame"]].cells.get(name) if row["frame"] in rows else None
                if cell is None or cell.content != row[name]:
                    raise DataError(
                        f"{path}: tells of other {name} of {row['frame']} than the manifest of "
                        "the shard does: this machine does not see all of them yet. Run again"
                    )
                of_frame[name] = cell.value
    frames = [FrameRecord(*names, made) for names, made in values.items()]
    return sorted(frames, key=lambda frame: f"{frame.split}/{frame.image}")


def json_text(document: Mapping[str, Iterable[Any]]) -> Iterator[str]:
    """Yield a JSON object of lists in pieces, so that large ones are never one text in memory."""
    yield "{"
    for number, (key, items) in enumerate(document.items()):
        yield f"{', ' * bool(number)}{json.dumps(key)}: ["
        for index, item in enumerate(items):
            yield f"{', ' * bool(index)}{json.dumps(item)}"
        yield "]"
    yield "}\n"


def _shard_and_group(table: Path) -> tuple[Shard, str]:
    shard_type, split = table.parts[-3:-1]
    city, group, _ = table.name.split(".")
    return Shard(shard_type, split, city), group
