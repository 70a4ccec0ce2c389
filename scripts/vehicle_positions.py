"""Read the positions at which the frames of a city were recorded, from the vehicle files."""

import argparse
import logging
import math
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.files.json_document import MOST_OF_A_FRAME, read_document
from cityscapes.incremental.tables import read_tracked
from cityscapes.statistics.city_table import write_city

# Key of a vehicle file -> the largest amount, in degrees.
DEGREES = {"gpsLatitude": 90, "gpsLongitude": 180}


def main(table: Path, vehicle: Path, output: Path) -> None:
    paths = {row["frame"]: vehicle / f"{row['frame']}_vehicle.json" for row in read_tracked(table)}
    found = {frame: read_position(path) for frame, path in paths.items() if path.exists()}
    rows = write_city(output, "position", found, "no position of this frame")
    logging.info("%s: positions of %d frames", vehicle, rows)


def read_position(path: Path) -> list | str:
    """Return latitude and longitude of a frame, or the error in its vehicle file."""
    try:
        return list(position(path))
    except DataError as error:
        return str(error)


def position(path: Path) -> tuple[float, float]:
    """Return latitude and longitude in degrees; DataError if a vehicle file has none."""
    document = read_document(path, MOST_OF_A_FRAME)
    try:
        latitude, longitude = (float(document[key]) for key in DEGREES)
    # OverflowError: a whole number of hundreds of digits.
    except (ValueError, KeyError, TypeError, OverflowError):
        raise DataError(f"{path}: no numbers gpsLatitude and gpsLongitude") from None
    limits = zip((latitude, longitude), DEGREES.values(), strict=True)
    if not all(math.isfinite(value) and abs(value) <= most for value, most in limits):
        raise DataError(f"{path}: {latitude}, {longitude} is no latitude and longitude")
    return latitude, longitude


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path, required=True, help="<city>.labels.tsv")
    parser.add_argument("--vehicle", type=Path, required=True, help="folder of vehicle files")
    parser.add_argument("--output", type=Path, required=True, help="table of positions")
    run(main, parser)
