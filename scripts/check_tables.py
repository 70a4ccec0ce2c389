"""Write the reports of check_all, from the tables of what was found city by city."""

import argparse
from pathlib import Path

from cityscapes.checks import tables
from cityscapes.checks.annotations import val_difference
from cityscapes.checks.doctor import (
    REMEDIES,
    Finding,
    as_finding,
    frames_nowhere,
    missing_files,
    packaged_types,
    remedy,
    sorted_findings,
    unexpected_frames,
)
from cityscapes.checks.inventory import Holding, Inventory, Missing
from cityscapes.checks.listing import broken_links, misplaced_types, odd_folders
from cityscapes.checks.odd_names import explain
from cityscapes.checks.problem import Problem
from cityscapes.command import run
from cityscapes.tables import read_table, write_csv


def main(
    dataset: Path, manifests: list[Path], types: list[str], splits: list[str], packages: Path,
    counts: Path | None, limits: list[float], output: Path,
) -> None:  # fmt: skip
    found = tables.Findings(manifests)
    blur_limits = dict(
        zip(("max_share", "min_psnr_outside", "min_on_objects"), limits, strict=True)
    )
    inventory = take_inventory(found, counts, packages, types, splits)
    missing = inventory.missing()
    write_csv(output / "inventory.csv", Holding._fields, inventory.holdings())
    write_csv(output / "missing.csv", Missing._fields, missing)

    problems = {
        frame.path(slot): of_file
        for frame in found.frames()
        for slot, of_file in frame.problems().items()
    }
    originals = tables.copies(found.frames())
    for path, original in originals.items():
        problems[path] = [Problem("warning", "copy", f"the same content as {original}")]
    unexpected = inventory.unexpected()
    odd, unexplained = explain(found.odd(), [row.file for row in unexpected], missing)
    for path, problem in odd.items():
        problems.setdefault(path, []).append(problem)
    rows = [(path, *problem) for path in sorted(problems) for problem in problems[path]]
    write_csv(output / "files.csv", ["file", *Problem._fields], rows)

    with_twins = {s for s in splits if "leftImg8bit_blurred" in inventory.types(s)}
    blurred = tables.blurred_rows(found.frames(), blur_limits, with_twins)
    write_csv(output / "blurred.csv", tables.BLURRED, blurred)
    write_csv(output / "labels.csv", tables.LABELS, tables.label_rows(found.frames()))
    write_csv(output / "frames.csv", tables.FRAMES, tables.frame_rows(found.frames()))
    write_csv(output / "boxes.csv", tables.BOXES, tables.box_rows(found.frames()))

    packaged = packaged_types(packages)
    doubtful = problems.keys() | originals.values()
    broken = broken_links(dataset, types, splits)
    findings = [as_finding(Problem(*problem), path, packaged) for path, *problem in rows]
    findings += missing_files((m for m in unexplained if not is_below(m.file, broken)), packaged)
    findings += unexpected_frames((u for u in unexpected if u.file not in odd), inventory)
    findings += frames_nowhere(inventory)
    findings += blurred_findings(found, doubtful, blur_limits, packaged)
    findings += val_findings(found, inventory, packaged)
    findings += folder_findings(dataset, types, splits)
    findings += link_findings(broken)
    write_csv(output / "problems.csv", Finding._fields, sorted_findings(findings))


def take_inventory(
    found: tables.Findings,
    counts: Path | None,
    packages: Path,
    types: list[str],
    splits: list[str],
) -> Inventory:
    files = {}
    for frame in found.frames():
        slots = frozenset(frame.found["files"])
        files.setdefault((frame.split, frame.city), {})[frame.name] = slots
    published = {
        (row["split"], row["city"]): int(row["frames"])
        for row in (read_table(counts) if counts else [])
        if row["split"] in splits
    }
    packaged = {
        (kind, split): package
        for (kind, split), package in packaged_types(packages).items()
        if kind in types and split in splits
    }
    return Inventory(files, published, packaged)


def blurred_findings(
    found: tables.Findings, doubtful: set[str], limits: dict, packaged: dict
) -> list[Finding]:
    """Blurred images that are not as they should be, where no file of the pair is doubtful."""
    findings = []
    for frame in found.frames():
        pair = {"leftImg8bit", "leftImg8bit_blurred"} & frame.found["files"].keys()
        if any(frame.path(slot) in doubtful for slot in pair):
            continue  # one problem is told once
        if problem := tables.blurred_problem(frame, limits):
            findings.append(as_finding(problem, frame.path("leftImg8bit_blurred"), packaged))
    return findings


def val_findings(found: tables.Findings, inventory: Inventory, packaged: dict) -> list[Finding]:
    """Whether the label images of a complete val split are those that were released."""
    frames, pixels = tables.val_pixels(found.frames())
    if not frames or frames != inventory.published("val"):
        return []
    if not (differing := val_difference(pixels)):
        return []
    listed = ", ".join(f"id {d.id}: {d.found} for {d.published}" for d in differing[:5])
    what = f"the pixels of {len(differing)} ids are not as published: {listed}"
    to_do = remedy("val pixel counts", "gtFine", "val", packaged)
    return [Finding("error", "val pixel counts", "gtFine/val", what, to_do)]


def folder_findings(dataset: Path, types: list[str], splits: list[str]) -> list[Finding]:
    """Folders that are left out, as they lie at the wrong level or have a strange name."""
    strange, low = "not named like a city", "too low"
    findings = [
        Finding("warning", strange, folder, "the folder is no city's", REMEDIES[strange])
        for folder in odd_folders(dataset, types, splits)
    ]
    for folder in misplaced_types(dataset):
        what = f"{Path(folder).name} lies one level below the dataset root"
        findings.append(Finding("error", low, folder, what, REMEDIES[low]))
    return findings


def link_findings(broken: list[str]) -> list[Finding]:
    """Links to nothing in the place of folders; what should be below them is not told again."""
    check, what = "broken link", "the folder is a link that leads to nothing"
    return [Finding("error", check, path, what, REMEDIES[check]) for path in broken]


def is_below(file: str, folders: list[str]) -> bool:
    """Whether a path lies below one of these folders."""
    return any(file.startswith(f"{folder}/") for folder in folders)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root of the raw files")
    parser.add_argument(
        "--manifests", type=Path, nargs="*", required=True, help="<split>/<city>.tsv"
    )
    parser.add_argument("--types", nargs="+", required=True, help="types that were checked")
    parser.add_argument("--splits", nargs="+", required=True, help="splits that were checked")
    parser.add_argument("--packages", type=Path, required=True, help="table of the packages")
    parser.add_argument("--counts", type=Path, help="table of the published number of frames")
    parser.add_argument(
        "--limits", type=float, nargs=3, required=True,
        help="for blurred images: largest share, least PSNR outside, least share on objects",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, help="folder for the tables")
    run(main, parser)
