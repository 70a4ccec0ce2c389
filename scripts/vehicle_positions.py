"""Read where the frames of a city were recorded, from the vehicle files."""

import argparse
import logging
import math
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.files.json_document import MOST_OF_A_FRAME, read_document
from cityscapes.incremental.tables import read_tracked, write_tracked
from cityscapes.jobs.command import run

# Key of a vehicle file -> the largest amount, in degrees.
DEGREES = {"gpsLatitude": 90, "gpsLongitude": 180}


def main(table: Path, vehicle: Path, output: Path) -> None:
    rows, problems = [], []
    for row in read_tracked(table):
        path = vehicle / f"{row['frame']}_vehicle.json"
        if not path.exists():
            continue
        try:
            latitude, longitude = position(path)
        except DataError as error:
            problems.append(str(error))
        else:
            rows.append({"frame": row["frame"], "latitude": latitude, "longitude": longitude})
    for problem in problems:
        print(f"WARNING {problem}: no position of this frame", flush=True)
    write_tracked(output, ["frame", "latitude", "longitude"], rows, problems)
    logging.info("%s: positions of %d frames", vehicle, len(rows))


def position(path: Path) -> tuple[float, float]:
    """Latitude and longitude in degrees; DataError where a vehicle file has none."""
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
