"""Write the reports of check_all, from the tables of all cities."""

import argparse
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cityscapes.checks import tables as reports
from cityscapes.checks.doctor import (
    Finding,
    as_finding,
    folder_finding,
    frames_nowhere,
    missing_files,
    mixed_names,
    odd_files,
    packaged_types,
    remedy,
    sorted_findings,
    unexpected_frames,
)
from cityscapes.checks.edits import new_of, without_lone_edits
from cityscapes.checks.folders import OddFolder, find_odd_folders
from cityscapes.checks.inventory import Found, Holding, Inventory, Missing
from cityscapes.checks.label_images import val_difference
from cityscapes.checks.odd_names import explain
from cityscapes.checks.problem import Problem
from cityscapes.command import run
from cityscapes.files.tables import csv_file, read_table, write_csv


def main(
    dataset: Path, tables: list[Path], types: list[str], splits: list[str], packages: Path,
    counts: Path | None, published: list[str], official: list[str], limits: list[float],
    output: Path,
) -> None:  # fmt: skip
    found = reports.Findings(tables)
    blur_limits = dict(
        zip(("max_share", "min_psnr_outside", "min_on_objects"), limits, strict=True)
    )
    seen = write_tables_of_frames(found, output)
    files = without_lone_edits(seen.files, seen.new) if seen.new else seen.files
    inventory = take_inventory(files, counts, published, packages, types, splits, official)
    missing = inventory.missing()
    odd_folders = find_odd_folders(dataset, types, splits, official)
    write_csv(output / "inventory.csv", Holding._fields, holdings(inventory, odd_folders))
    write_csv(output / "missing.csv", Missing._fields, missing)

    problems = seen.problems
    originals = seen.copies.paths(found.frames())
    for path, original in originals.items():
        problems[path] = [Problem("warning", "copy", f"the same content as {original}")]
    unexpected = inventory.unexpected()
    strange = [row.file for row in unexpected]
    odd, unexplained = explain(found.odd(), strange, missing, inventory.home)
    rows = [(path, *problem) for path in problems for problem in problems[path]]
    names = [(path, *row[:3]) for path, row in odd.items()]
    write_csv(output / "files.csv", ["file", *Problem._fields], sorted(rows + names))

    with_twins = {s for s in splits if "leftImg8bit_blurred" in inventory.types(s)}
    blurred = reports.blurred_rows(found.frames(), blur_limits, with_twins)
    write_csv(output / "blurred.csv", reports.BLURRED, blurred)

    packaged = packaged_types(packages)
    doubtful = {*problems, *odd, *originals.values()}
    lost = {path for folder in odd_folders for path in folder.lost}
    findings = [as_finding(Problem(*problem), path, packaged) for path, *problem in rows]
    findings += odd_files(odd)
    findings += missing_files(
        (row for row in unexplained if not is_in(row.file, lost)), packaged, inventory.lacking()
    )
    findings += unexpected_frames((u for u in unexpected if u.file not in odd), inventory)
    if inventory.has_frames() or not odd_folders:
        findings += frames_nowhere(inventory)
    findings += blurred_findings(found, doubtful, blur_limits, packaged)
    findings += val_findings(seen.val, inventory, packaged)
    findings += [folder_finding(folder) for folder in odd_folders]
    if counts:
        known = {(row["split"], row["city"]) for row in read_table(counts)}
        findings += mixed_names(seen.files, known, official)
    write_csv(output / "problems.csv", Finding._fields, sorted_findings(findings))


@dataclass(frozen=True)
class Seen:
    """The data of all frames kept in memory; the rest is in the tables."""

    files: Found
    problems: dict[str, list[Problem]]  # by path
    copies: reports.Copies
    val: reports.ValPixels
    new: dict[tuple[str, str, str], set[str]]  # split, city, frame -> slots of edits alone


def write_tables_of_frames(found: reports.Findings, output: Path) -> Seen:
    """Go through all frames once: write the rows of each, and keep little."""
    seen = Seen({}, {}, reports.Copies(), reports.ValPixels(), {})
    alike: dict[
        frozenset[str], frozenset[str]
    ] = {}  # many frames have the same slots: one set is enough
    with (
        csv_file(output / "labels.csv", reports.LABELS) as labels,
        csv_file(output / "frames.csv", reports.FRAMES) as frames,
        csv_file(output / "boxes.csv", reports.BOXES) as boxes,
    ):
        for frame in found.frames():
            labels.writerows(reports.label_rows([frame]))
            frames.writerows(reports.frame_rows([frame]))
            boxes.writerows(reports.box_rows([frame]))
            slots = frozenset(frame.found["files"])
            of_city = seen.files.setdefault((frame.split, frame.city), {})
            of_city[frame.name] = alike.setdefault(slots, slots)
            if new := new_of(frame.found):
                seen.new[frame.split, frame.city, frame.name] = new
            for slot, problems in frame.problems().items():
                seen.problems[frame.path(slot)] = problems
            seen.copies.note(frame)
            seen.val.note(frame)
    return seen


def take_inventory(
    files: Found, counts: Path | None, of_splits: list[str], packages: Path, types: list[str],
    splits: list[str], official: list[str],
) -> Inventory:  # fmt: skip
    """Return the existing frames, compared with the published counts of some splits."""
    published = {
        (row["split"], row["city"]): int(row["frames"])
        for row in (read_table(counts) if counts else [])
        if row["split"] in of_splits
    }
    packaged = {
        (kind, split): package
        for (kind, split), package in packaged_types(packages).items()
        if kind in types and split in splits
    }
    return Inventory(files, published, packaged, official)


def holdings(inventory: Inventory, odd_folders: list[OddFolder]) -> list[Holding]:
    """Return the rows of the inventory; a type with a folder is empty rather than absent."""
    empty = {folder.where for folder in odd_folders if folder.check == "no frames"}
    return [
        row._replace(status="empty")
        if row.type in empty and row.status == "absent" and inventory.types(row.split)
        else row
        for row in inventory.holdings()
    ]


def blurred_findings(
    found: reports.Findings, doubtful: set[str], limits: dict, packaged: dict
) -> list[Finding]:
    """Return bad blurred images, if no file of the pair has other problems."""
    findings = []
    for frame in found.frames():
        pair = {"leftImg8bit", "leftImg8bit_blurred"} & frame.found["files"].keys()
        if any(frame.path(slot) in doubtful for slot in pair):
            continue  # each problem is reported once
        if problem := reports.blurred_problem(frame, limits):
            findings.append(as_finding(problem, frame.path("leftImg8bit_blurred"), packaged))
    return findings


def val_findings(val: reports.ValPixels, inventory: Inventory, packaged: dict) -> list[Finding]:
    """Return a problem if a complete val split's label images differ from the released ones."""
    if not val.frames or val.frames != inventory.published("val"):
        return []
    if not (differing := val_difference(val.by_id())):
        return []
    listed = ", ".join(f"id {d.id}: {d.found} for {d.published}" for d in differing[:5])
    what = f"the pixels of {len(differing)} ids are not as published: {listed}"
    to_do = remedy("val pixel counts", "gtFine", "val", packaged)
    return [Finding("error", "val pixel counts", "gtFine/val", what, to_do)]


def is_in(file: str, places: set[str]) -> bool:
    """Return True if a path is one of these, or lies below one."""
    return file in places or any(str(p) in places for p in PurePosixPath(file).parents)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root of the raw files")
    parser.add_argument("--tables", type=Path, nargs="*", required=True, help="<split>/<city>.tsv")
    parser.add_argument("--types", nargs="+", required=True, help="types that were checked")
    parser.add_argument("--splits", nargs="+", required=True, help="splits that were checked")
    parser.add_argument("--packages", type=Path, required=True, help="table of the packages")
    parser.add_argument("--counts", type=Path, help="table of the published number of frames")
    parser.add_argument(
        "--published", nargs="*", default=[], help="splits that are to have these numbers"
    )
    parser.add_argument(
        "--official", nargs="*", default=[], help="splits that are to have the official names"
    )
    parser.add_argument(
        "--limits", type=float, nargs=3, required=True,
        help="for blurred images: largest share, least PSNR outside, least share on objects",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, help="folder for the tables")
    run(main, parser)
