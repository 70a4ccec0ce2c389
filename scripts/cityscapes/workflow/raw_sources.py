"""The splits with raw files for kinds that are not made from polygons."""

from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.ground_truth.kinds import KINDS, SOURCES
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


def without_sources(settings: Settings, shards: Shards) -> list[str]:
    """Return a line for each kind, polygons apart, with the splits that lack its sources."""
    root, lines = Path(settings.dataset), []
    for name in settings.kinds:
        splits = list(dict.fromkeys(shard.split for shard in shards.raw))
        for source in KINDS[name].sources:
            if source == "polygons" or source not in SOURCES:
                continue
            without = [split for split in splits if not has_source(root, split, source)]
            if without:
                files = _source_files(root, dataset.braced(without), source)
                lines.append(f"no {name} is made of {', '.join(without)}: no files {files}")
            splits = [split for split in splits if split not in without]
    return lines


def has_source(root: Path, split: str, source: str) -> bool:
    """Return True if a split of the dataset has a file of a source; not for polygons."""
    pattern = Path(_source_files(root, split, source))
    return any(
        dataset.list_files(pattern.parents[1] / city, pattern.name.removeprefix("*"))
        for city in dataset.list_folders(pattern.parents[1])
    )


def _source_files(root: Path, split: str, source: str) -> str:
    """Return a pattern of a source's files in a split; not for polygons, which have types."""
    folder, ending = SOURCES[source]
    return f"{root}/{folder.format(split=split, city='<city>')}/*_{ending}"
