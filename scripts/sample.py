"""Draw a small synthetic dataset and write it as raw packages (zip files)."""

import argparse
import logging
from pathlib import Path

from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.labels import read_labels
from cityscapes.sample.frame_files import frame_files
from cityscapes.sample.frames import spread
from cityscapes.sample.packages import TYPES, PackageWriter, splits_of, types_of


def main(
    output: Path,
    labels: Path,
    frames: int,
    width: int,
    height: int,
    seed: int,
    types: list[str],
    jobs: int,
) -> None:
    table = read_labels(labels)
    chosen = spread(frames, splits_of(types))
    logging.info("drawing %d frames of %d x %d pixels", len(chosen), width, height)
    work = (
        delayed(frame_files)(frame, types_of(frame.split, types), table, width, height, seed)
        for frame in chosen
    )
    with (
        PackageWriter(output, types) as packages,
        Parallel(worker_count(jobs, len(chosen)), return_as="generator") as pool,
    ):
        for frame, files in zip(chosen, progress(pool(work), len(chosen), "sample"), strict=True):
            for kind, ending, content in files:
                packages.add(frame, kind, ending, content)


def _types(text: str) -> list[str]:
    """Return the types of a comma-separated list, in the order of the packages."""
    asked = text.split(",")
    unknown = [kind for kind in asked if kind not in TYPES]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"unknown type {', '.join(unknown)}; there are {', '.join(TYPES)}"
        )
    return [kind for kind in TYPES if kind in asked]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for the packages")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--frames", type=int, default=28, help="frames in all (28)")
    parser.add_argument("--width", type=int, default=2048, help="of an image, in pixels (2048)")
    parser.add_argument("--height", type=int, default=1024, help="of an image, in pixels (1024)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other streets (0)")
    parser.add_argument(
        "--types",
        type=_types,
        default=list(TYPES),
        help="what to make, e.g. gtFine,leftImg8bit (all types); "
        "the frames are spread over the splits that have any of them",
    )
    parser.add_argument("--jobs", type=int, default=1, help="worker processes (1)")
    run(main, parser)
