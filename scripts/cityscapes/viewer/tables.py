"""The reports of the workflow by frame: the findings of check_all, the scores of evaluate_all."""

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from cityscapes.labels import LabelTable

# Task -> column of the score that ranks frames, 1 being best.
HEADLINES = {"pixel": "mIoU", "instance": "AP", "panoptic": "PQ"}


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Read the rows of a CSV file as column -> text; none if there is no file or no table."""
    try:
        status = path.stat()
    except OSError:
        return []
    return _rows(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _rows(path: Path, mtime_ns: int, size: int) -> list[dict[str, str]]:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def problems_of_frames(results: Path) -> dict[str, list[dict[str, str]]]:
    """Map frames to what check_all found in them; findings of no single frame are under ""."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv_rows(results / "checks/problems.csv"):
        found.setdefault(_frame_of(row.get("where", "")), []).append(row)
    return found


def _frame_of(path: str) -> str:
    """Return the frame of a file `.../type/split/city/<frame>_<type>...`; "" if it is of none.

    An edit lies in a folder of the same types, splits and cities, elsewhere than the dataset.
    """
    parts = path.split("/")[-4:]
    frame, _, rest = parts[-1].partition(f"_{parts[0]}")
    return frame if len(parts) == 4 and rest else ""


def classes_of_frames(results: Path, table: LabelTable) -> dict[str, Any]:
    """Return the classes that frames show, in both types of annotations, from check_all.

    `classes` are names; `frames` is frame -> their places in that list. `made` is False if
    there is no such table.
    """
    path = results / "checks/labels.csv"
    names = [label.name for label in table]
    place_of = {name: place for place, name in enumerate(names)}
    frames: dict[str, set[int]] = {}
    # Not by csv_rows, which would keep the half million rows of the whole dataset.
    try:
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name = row.get("label", "")
                if name not in place_of and name.endswith("group"):
                    name = name.removesuffix("group")
                if name in place_of and row.get("polygons", "0") != row.get("deleted"):
                    frames.setdefault(row["frame"], set()).add(place_of[name])
    except (OSError, UnicodeDecodeError, csv.Error, KeyError):
        pass
    return {
        "made": path.exists(),
        "classes": names,
        "frames": {frame: sorted(places) for frame, places in frames.items()},
    }


def number(text: str | None) -> float | None:
    """Return the number in a field; None for an empty one and for nan, which JSON lacks."""
    return float(text) if text and re.fullmatch(r"-?[\d.]+(e-?\d+)?", text) else None
