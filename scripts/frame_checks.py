"""Check the frames of one city in one split whose raw files changed."""

import argparse
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from cityscapes.checks.edits import Replaced, absolute, told, with_edits
from cityscapes.checks.frame import Settings, check_frame
from cityscapes.checks.listing import list_raw
from cityscapes.checks.problem import Problem
from cityscapes.checks.tables import ODD
from cityscapes.command import run
from cityscapes.edits.flags import add_edits
from cityscapes.edits.folder import NO_EDITS, Edits
from cityscapes.files.whole import digest
from cityscapes.ground_truth.flags import add_polygon_rules
from cityscapes.ground_truth.polygons import PolygonRules
from cityscapes.ground_truth.recipes import settings_digest
from cityscapes.incremental.code import SCRIPTS, code_digests
from cityscapes.incremental.engine import update
from cityscapes.incremental.items import Frame, Item, Job
from cityscapes.incremental.manifest import Header, Manifest
from cityscapes.incremental.tables import write_tracked
from cityscapes.labels import LabelTable, read_labels
from cityscapes.layout import Entry, fingerprint
from cityscapes.person_labels import read_person_labels

NOT_CHECKED = "cannot be checked"


def main(
    dataset: Path, split: str, city: str, types: list[str], labels: Path, person_labels: Path,
    sizes: list[tuple[int, int]], official: bool, tolerance: int, degenerate: str,
    max_polygons_mb: float, manifest: Path, output: Path, jobs: int, forced: bool,
    edits: Edits = NO_EDITS,
) -> None:  # fmt: skip
    table = read_labels(labels)
    rules = PolygonRules(degenerate == "skip", max_polygons_mb)
    settings = Settings(
        tuple(sizes), tolerance, rules, tuple(read_person_labels(person_labels).by_name)
    )
    raw, replaced = with_edits(
        list_raw(dataset, types, split, city, official), edits, types, split, city
    )
    code = str(code_digests(SCRIPTS / "cityscapes/checks/frame.py"))
    recipe = digest(code, repr(settings), settings_digest("checks", table, ""))

    known = Manifest(manifest)
    for name in [name for name, row in known.rows.items() if is_unread(row.cells["found"].value)]:
        del known.rows[name]
    job = Job(
        manifest, (Item("found", (), recipe),), Checker(dataset, table, settings), forced=forced
    )
    frames = [
        Frame(name, {}, state_of(files, replaced.get(name, {})), (files, replaced.get(name, {})))
        for name, files in sorted(raw.frames.items())
    ]
    outcome = update(job, known, frames, {}, jobs, f"{split}/{city}")
    found = {name: row.cells["found"].value for name, row in outcome.rows.items()}
    unread = tuple(name for name, text in found.items() if is_unread(text))
    known.save(list(found), Header(problems=unread))
    found[ODD] = json.dumps([entry.name for entry in raw.odd])
    rows = [{"frame": name, "found": found[name]} for name in [ODD, *sorted(raw.frames)]]
    write_tracked(output, ["frame", "found"], rows)


def state_of(files: dict[str, Entry], replaced: Replaced) -> str:
    """Return a digest that changes when a file of a frame, or one replaced by its edits, does."""
    state = fingerprint(sorted(files.values()))
    return digest(state, *map(str, sorted(replaced.items()))) if replaced else state


@dataclass(frozen=True)
class Checker:
    """Checks a frame, for the engine."""

    dataset: Path
    table: LabelTable
    settings: Settings

    def __call__(self, frame: Frame, wanted: list[str], read: object) -> dict[str, str]:
        files, replaced = frame.payload
        found = try_frame(
            frame.name, self.dataset, absolute(files, replaced), self.table, self.settings
        )
        if replaced:
            document = told(json.loads(found), files, replaced)
            found = json.dumps(document, separators=(",", ":"))
        return {"found": found}


def is_unread(found: str) -> bool:
    """Return True if a frame must be checked again though its files look unchanged."""
    return any(f'["error","{check}"' in found for check in ("unreadable", NOT_CHECKED))


def try_frame(
    name: str, dataset: Path, files: dict[str, Entry], table: LabelTable, settings: Settings
) -> str:
    """Return the results for the files of a frame, as JSON.

    A bug of ours, or a lack of memory, is logged with its traceback; only this frame has no
    report.
    """
    try:
        found = check_frame(dataset, files, table, settings)
        return json.dumps(found, separators=(",", ":"))
    except Exception as error:
        logging.exception("%s cannot be checked", name)
        return json.dumps(not_checked(files, error), separators=(",", ":"))


def not_checked(files: dict[str, Entry], error: Exception) -> dict:
    """Return the report of a frame that cannot be checked, in the form of `check_frame`."""
    what = f"cannot be checked: {type(error).__name__}: {error}".rstrip(": ")
    first = min(files, key=lambda slot: files[slot].name)
    problem = Problem("error", NOT_CHECKED, " ".join(what.split()))
    listed = {
        slot: [entry.name, entry.size, "", [problem] if slot == first else []]
        for slot, entry in files.items()
    }
    return {"labels": {}, "boxes": {}, "metadata": {}, "blurred": None, "files": listed}


def size_of(text: str) -> tuple[int, int]:
    """Return width and height from a text such as 2048x1024; ValueError for others."""
    width, height = map(int, text.split("x"))
    return width, height


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root of the raw files")
    parser.add_argument("--split", required=True)
    parser.add_argument("--city", required=True)
    parser.add_argument("--types", nargs="+", required=True, help="types to check")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument(
        "--person-labels", type=Path, required=True, help="label table of CityPersons (CSV)"
    )
    parser.add_argument(
        "--sizes", type=size_of, nargs="*", default=[],
        help="allowed for images, such as 2048x1024; any if none is given",
    )  # fmt: skip
    parser.add_argument("--official", action="store_true", help="require official names of frames")
    parser.add_argument(
        "--tolerance", type=int, default=0, help="largest difference that does not count"
    )
    add_polygon_rules(parser)
    add_edits(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest of the frames")
    parser.add_argument("--output", type=Path, required=True, help="table of what was found")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument("--forced", action="store_true", help="check all frames again")
    run(main, parser)
