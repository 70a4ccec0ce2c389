"""Make a dataset in the layout of Cityscapes from a flat folder of images and lists of splits.

A list is a text file named after its split (train.txt, val.txt), with the name of an image on
each line. Annotations have the names of their images, in separate folders. PNG files are linked,
or copied with --copy; JPEG files, and PNG files other than 8-bit RGB, are converted.
"""

import argparse
import logging
from pathlib import Path

from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.layout import is_city
from cityscapes.own.flat_folder import FlatFolder, images_in, make, place, read_list

MOST_LISTED = 50


def main(
    images: Path, lists: list[Path], polygons: Path | None, label_ids: Path | None,
    instance_ids: Path | None, city: str, copy: bool, output: Path, jobs: int,
) -> None:  # fmt: skip
    if not is_city(city) or "/" in city or city.startswith("."):
        raise DataError(f"--city {city}: no folder of a city can be named so")
    names = [(split, name) for split, of_split in map(read_list, lists) for name in of_split]
    folders = [images_in(images)]
    for folder, ending, there in (
        (polygons, "_polygons.json", ".json"),
        (label_ids, "_labelIds.png", ".png"),
        (instance_ids, "_instanceIds.png", ".png"),
    ):
        if folder:
            folders.append(FlatFolder(folder, "gtFine", ending, (there,)))
    for flat in folders:
        if not flat.folder.is_dir():
            raise DataError(f"{flat.folder}: no such folder")
    placed, problems = [], []
    for flat in folders:
        found, wrong = place(flat, names, city, output)
        placed += found
        problems += [problem for problem in wrong if problem not in problems]
    work = Parallel(worker_count(jobs, len(placed)), return_as="generator")(
        delayed(make)(one, copy) for one in placed
    )
    problems += filter(None, progress(work, len(placed), str(output)))
    logging.info("%s: %d files of %d names in the lists", output, len(placed), len(names))
    if problems:
        more = [f"and {len(problems) - MOST_LISTED} more"] * (len(problems) > MOST_LISTED)
        lines = "".join(f"\n  {line}" for line in [*problems[:MOST_LISTED], *more])
        raise DataError(
            f"{output}: {len(problems)} files are missing, all others were placed:{lines}"
        )
    print(
        f"{output}: a dataset of {len(names)} images; name it as `dataset`, or CITYSCAPES_DATASET"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="folder of PNG or JPEG files")
    parser.add_argument(
        "--lists", type=Path, nargs="+", required=True, help="such as train.txt val.txt"
    )
    parser.add_argument("--polygons", type=Path, help="folder of *.json in Cityscapes' format")
    parser.add_argument("--label-ids", type=Path, help="folder of 8-bit PNG files of class ids")
    parser.add_argument("--instance-ids", type=Path, help="folder of PNG files of instance ids")
    parser.add_argument("--city", default="city", help="name of the city of all frames")
    parser.add_argument("--copy", action="store_true", help="copy files that could be linked")
    parser.add_argument("--output", type=Path, required=True, help="root of the new dataset")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    run(main, parser)
