"""Bring the label images of one shard (type, split, city) up to date with its polygon files."""

import argparse
import logging
from pathlib import Path

import cv2
from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.dataset import Shard, kinds_of
from cityscapes.derived import Frame, Made, Recipe, is_current, make_frame
from cityscapes.errors import DataError, OutputError
from cityscapes.files import digest
from cityscapes.images import KINDS
from cityscapes.labels import read_labels
from cityscapes.paint import FILLS
from cityscapes.progress import progress
from cityscapes.provenance import pixel_code, settings_digest
from cityscapes.shard import ShardBooks
from cityscapes.workers import worker_count


def main(
    dataset: Path,
    results: Path,
    shard: Shard,
    kinds: list[str],
    labels: Path,
    fill: str,
    manifest: Path,
    raw: str | None,
    derived: str | None,
    jobs: int,
    keep_going: bool,
) -> None:
    recipe = Recipe(shard, dataset, results, read_labels(labels), fill, {})
    code = pixel_code()
    for kind in kinds_of(recipe.shard, kinds):
        # A link depends on where it leads, an image on the code that painted it.
        recipe.kinds[kind] = (
            digest(str(dataset))
            if kind == "polygons"
            else digest(settings_digest(kind, recipe.table, fill), code)
        )

    books = ShardBooks(recipe, manifest)
    if books.unheard_of:
        raise DataError(f"{dataset / shard.folder}: no polygon files there")
    orphans = books.tidy_up()
    todo = [frame for frame in books.frames if not is_current(frame, recipe)]
    logging.info("%s: %d frames, %d to look into", shard.folder, len(books.frames), len(todo))

    problems, written = books.problems, 0
    work = Parallel(worker_count(jobs, len(todo)), return_as="generator_unordered")(
        delayed(try_frame)(frame, recipe) for frame in todo
    )
    for outcome in progress(work, len(todo), shard.folder):
        if isinstance(outcome, Made):
            books.put(outcome)
            written += outcome.written
        else:
            problems.append(outcome)

    logging.info("%s: %d files written, %d orphans removed", shard.folder, written, orphans)
    books.save(raw, derived)
    if problems:
        lines = "".join(f"\n  {problem}" for problem in sorted(problems))
        message = (
            f"{len(problems)} of {books.found} polygon files of {shard.folder} are wrong:{lines}"
        )
        if not keep_going:
            raise DataError(message)
        logging.warning(message)


def try_frame(frame: Frame, recipe: Recipe) -> Made | str:
    """The frame made, or the line that says what is wrong with its polygon file."""
    cv2.setNumThreads(1)  # the workers are the parallelism
    try:
        return make_frame(frame, recipe)
    except OutputError:
        raise
    except DataError as error:
        return f"{recipe.dataset / recipe.shard.folder / frame.raw.name}: {error}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    parser.add_argument("--results", type=Path, required=True, help="root of what is made")
    parser.add_argument(
        "--shard", type=Shard.parse, required=True, help="such as gtFine/val/frankfurt"
    )
    parser.add_argument("--kinds", nargs="+", choices=["polygons", *KINDS], required=True)
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--fill", choices=FILLS, default="released", help="polygon fill rule")
    parser.add_argument("--manifest", type=Path, required=True, help="table of what was made")
    parser.add_argument("--raw", help="the workflow's token for the raw files")
    parser.add_argument("--derived", help="the workflow's token for the files already made")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument(
        "--keep-going", action="store_true", help="wrong polygon files stand in the manifest only"
    )
    run(main, parser)
