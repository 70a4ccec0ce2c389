"""Check all raw files of one city in one split, frame by frame: those that changed."""

import argparse
import json
import logging
from pathlib import Path

import cv2
from joblib import Parallel, delayed

from cityscapes.checks.frame import Settings, check_frame
from cityscapes.checks.listing import list_raw
from cityscapes.checks.problem import Problem
from cityscapes.checks.tables import ODD
from cityscapes.command import run
from cityscapes.dataset import Entry, fingerprint
from cityscapes.files import digest
from cityscapes.labels import LabelTable, read_labels
from cityscapes.progress import progress
from cityscapes.provenance import SCRIPTS, code_digests, settings_digest
from cityscapes.tables import JournaledTable
from cityscapes.workers import worker_count

COLUMNS = ["frame", "state", "found"]
NOT_CHECKED = "cannot be checked"


def main(
    dataset: Path, split: str, city: str, types: list[str], labels: Path, size: list[int],
    tolerance: int, output: Path, jobs: int,
) -> None:  # fmt: skip
    table = read_labels(labels)
    settings = Settings(tuple(size), tolerance)
    raw = list_raw(dataset, types, split, city)
    code = str(code_digests(SCRIPTS / "cityscapes/checks/frame.py"))
    common = digest(code, repr(settings), settings_digest("checks", table, ""))

    output.parent.mkdir(parents=True, exist_ok=True)
    checked = JournaledTable(output, COLUMNS)
    states = {
        name: digest(common, fingerprint(sorted(files.values())))
        for name, files in raw.frames.items()
    }
    stale = [
        name for name, state in states.items() if not is_known(checked.rows.get(name, {}), state)
    ]
    logging.info("%s/%s: %d frames, %d to check", split, city, len(states), len(stale))
    outcomes = Parallel(worker_count(jobs, len(stale)), return_as="generator_unordered")(
        delayed(try_frame)(name, dataset, raw.frames[name], table, settings) for name in stale
    )
    for name, found in progress(outcomes, len(stale), f"{split}/{city}"):
        checked.put({"frame": name, "state": states[name], "found": found})
    odd = json.dumps([entry.name for entry in raw.odd])
    checked.put({"frame": ODD, "state": fingerprint(raw.odd), "found": odd})
    unread = sum(is_unread(checked.rows[name]["found"]) for name in states)
    checked.save([ODD, *sorted(states)], **({"unread": unread} if unread else {}))


def is_known(row: dict[str, str], state: str) -> bool:
    """Whether the row of a frame tells of its files as they are."""
    found = row.get("found")  # missing where the table was cut
    return row.get("state") == state and bool(found) and not is_unread(found)


def is_unread(found: str) -> bool:
    """Whether a frame is to be checked again although its files look the same in a listing."""
    return any(f'["error","{check}"' in found for check in ("unreadable", NOT_CHECKED))


def try_frame(
    name: str, dataset: Path, files: dict[str, Entry], table: LabelTable, settings: Settings
) -> tuple[str, str]:
    """The name of a frame, and what was found in its files, as JSON.

    A bug of ours, or a lack of memory, is in the log with its traceback, and costs the report of
    this frame alone.
    """
    cv2.setNumThreads(1)  # the workers are the parallelism
    try:
        found = check_frame(dataset, files, table, settings)
        return name, json.dumps(found, separators=(",", ":"))
    except Exception as error:
        logging.exception("%s cannot be checked", name)
        return name, json.dumps(not_checked(files, error), separators=(",", ":"))


def not_checked(files: dict[str, Entry], error: Exception) -> dict:
    """What is known of a frame that cannot be checked, as `check_frame` would put it."""
    what = f"cannot be checked: {type(error).__name__}: {error}".rstrip(": ")
    listed = {slot: [entry.name, entry.size, "", []] for slot, entry in files.items()}
    first = min(files, key=lambda slot: files[slot].name)
    listed[first][3].append(Problem("error", NOT_CHECKED, " ".join(what.split())))
    return {"labels": {}, "boxes": {}, "metadata": {}, "blurred": None, "files": listed}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root of the raw files")
    parser.add_argument("--split", required=True)
    parser.add_argument("--city", required=True)
    parser.add_argument("--types", nargs="+", required=True, help="types to check")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--size", type=int, nargs=2, required=True, help="width and height")
    parser.add_argument("--tolerance", type=int, default=0, help="differences not to count")
    parser.add_argument("--output", type=Path, required=True, help="table of what was found")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    run(main, parser)
