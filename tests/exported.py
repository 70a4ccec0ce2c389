"""Exports of the stored dataset with every odd case, made without Snakemake."""

from importlib import import_module
from pathlib import Path

from cityscapes.exports.registry import EXPORTS
from cityscapes.exports.split import Split, read_frames
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.kinds import EXPORT_NAMES, GROUPS, KINDS, NAMES
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import ShardJob
from cityscapes.ground_truth.shard_records import table_path
from cityscapes.labels import read_labels
from cityscapes.layout import Shard
from tiny import CLONE

STORED = CLONE / "tests/stored/exports"
EXPECTED = STORED / "expected"
TABLE = read_labels(CLONE / "config/labels.csv")
SPLITS = ("train", "val", "test")
KINDS_MADE = [name for name in NAMES if KINDS[name].default]


def make_results(folder, dataset=STORED, table=TABLE):
    """Make all files of a dataset, and what exports are made of, below `folder/results`."""
    results = folder / "results"
    for city in sorted(dataset.glob("gt*/*/*")):
        shard = Shard(*city.parts[-3:])
        files = ShardFiles.of_config(shard, dataset, results, [*KINDS_MADE, *EXPORT_NAMES])
        folders = {kind.name: results / kind.folder_of(shard) for kind in files.kinds}
        job = ShardJob(files, KindMaker(table, "released", folders))
        outcome = job.run(1)
        assert not outcome.problems
        groups = [group for group in GROUPS if group != "depth"]
        job.save(outcome, None, [table_path(results, shard, group) for group in groups])
    return results


def tables_of(results, name, splits=("val",), shard_type="gtFine"):
    """The tables that an export of these splits is made from."""
    return [
        Path(path)
        for split in splits
        for group in EXPORTS[name].groups
        for path in sorted((results / "tables" / shard_type / split).glob(f"*.{group}.tsv"))
    ]


def split_of(results, name, split="val", splits=(), table=TABLE, **options):
    """What an export is made from."""
    tables = tables_of(results, name, splits or (split,))
    frames = read_frames(tables, results, EXPORTS[name].kinds)
    return Split("gtFine", split, frames, table, options)


def texts_of(results, name, split="val", **options):
    """The texts of the files of an export."""
    return _texts(EXPORTS[name].function, split_of(results, name, split, **options))


def shared_texts_of(results, name, **options):
    """The texts of the files of an export that all splits share."""
    split = split_of(results, name, "all", splits=SPLITS, **options)
    return _texts(EXPORTS[name].shared_function, split)


def _texts(function, split):
    module, _, function = function.partition(":")
    return ["".join(pieces) for pieces in getattr(import_module(module), function)(split)]
