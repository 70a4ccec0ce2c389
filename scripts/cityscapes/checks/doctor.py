"""The summary of all problems of a dataset, each listed once, with a remedy."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cityscapes.checks.edits import CHECK as EDITED
from cityscapes.checks.folders import OddFolder
from cityscapes.checks.inventory import Inventory, Missing, Unexpected
from cityscapes.checks.odd_names import OddName
from cityscapes.checks.problem import SEVERITIES, Problem
from cityscapes.files.tables import read_table


class Finding(NamedTuple):
    """A row of problems.csv."""

    severity: str
    check: str
    where: str  # file or folder below the dataset root
    what: str
    to_do: str


# Remedies by the name of the check; {package} is the file's package.
AGAIN = "unpack {package} again (snakemake --forcerun unpack_package -- unpack, or by hand)"
AS_RELEASED = "nothing: some released boxes have this problem, too"
REMEDIES = {
    "unknown label": "correct the label in the file, or add the class to the label table",
    "too few points": "remove the object from the file, or mark it as deleted; "
    "`degenerate: skip` in the config leaves such objects out",
    "wrong size": f"{AGAIN}; if images are meant to have this size, set it, or any, as "
    "`checks: {image_size: ...}` in the config",
    "outside the image": "look at the object: nothing of it is painted",
    "labelIds not of instanceIds": f"{AGAIN}, or take the images that prepare_all makes",
    "color not of labelIds": f"{AGAIN}, or take the images that prepare_all makes",
    "unknown id": f"{AGAIN}: trainIds or another dataset's ids may have been saved over it",
    "no sensor": f"{AGAIN}; 3-D boxes cannot be projected without their camera",
    "unknown person": "correct the label, or add the class to config/labels_cityPersons.csv",
    "uneven soft label": "nothing, if they are shares of votes; else divide each by their sum",
    "same instance": "find out which of the boxes belongs to the instance",
    "trailing data": f"nothing, because the image itself is complete; or {AGAIN}",
    "copy": f"find out which of the two is right, and {AGAIN}",
    "too different": f"{AGAIN}, and the package of leftImg8bit: these are not the same picture",
    "nothing blurred": f"nothing, if no face or licence plate can be recognised; else {AGAIN}",
    "blurred outside people and vehicles": "look at the picture: posters may be blurred, too",
    EDITED: "nothing, if the edit is wanted; remove it to have the dataset's own polygons again",
    "unexpected frame": "unpack the packages of the other types, or move the frame elsewhere",
    "unreadable": f"check the file and its permissions; or {AGAIN}",
    "cannot be checked": "this is a bug, or there was too little memory: see the log of the "
    "frame's city in logs/frame_checks/",
    "leaves the image": AS_RELEASED,
    "unmatched instance": AS_RELEASED,
    "visible outside full": AS_RELEASED,
    "val pixel counts": f"{AGAIN}: its label images are not those that were released",
    "no frames": "name the folder that holds gtFine, leftImg8bit and so on as the dataset",
    "frames not there": "unpack the packages of the split again; for a dataset that is smaller on "
    "purpose set `checks: {counts: any}` in the config",
}


def packaged_types(packages: Path) -> dict[tuple[str, str], str]:
    """(type, split) -> name of the package, from the column `holds` of the table of packages."""
    held: dict[tuple[str, str], str] = {}
    for row in read_table(packages):
        kind, splits = row["holds"].split(": ")
        held |= {(kind, split): row["name"] for split in splits.split(", ")}
    return held


def remedy(check: str, kind: str, split: str, packaged: dict[tuple[str, str], str]) -> str:
    """Return the remedy for a problem of a file of this type and split."""
    package = packaged.get((kind, split), f"the package of {kind}")
    return REMEDIES.get(check, AGAIN).replace("{package}", package)


def missing_files(
    missing: Iterable[Missing],
    packaged: dict[tuple[str, str], str],
    lacking: Collection[tuple[str, str, str]] = (),
) -> Iterator[Finding]:
    """Yield one finding for all files that are missing in a folder.

    For files that no frame of a split has, it is the split's: `lacking` holds their type, split
    and ending.
    """
    folders = defaultdict(list)
    for row in missing:
        ending = row.file.rsplit("_", 1)[1]
        of_all = (row.type, row.split, f"_{ending}") in lacking
        folders[row.type, row.split, "" if of_all else row.city].append(row.file)
    for (kind, split, city), files in folders.items():
        if not city:
            where = f"{kind}/{split}"
            endings = sorted({file.rsplit("_", 1)[1] for file in files})
            what = f"no frame of the split has its {', '.join(f'*_{e}' for e in endings)}"
        elif len(files) == 1:
            where, what = files[0], "the file is missing; others of its frame are there"
        else:
            where = f"{kind}/{split}/{city}"
            counts = Counter(file.rsplit("_", 1)[1] for file in files)
            listed = ", ".join(f"{count} *_{ending}" for ending, count in counts.items())
            first = PurePosixPath(files[0]).name
            what = f"{len(files)} files are missing, {first} first: {listed}"
        yield Finding("error", "missing", where, what, remedy("missing", kind, split, packaged))


def unexpected_frames(unexpected: Iterable[Unexpected], inventory: Inventory) -> Iterator[Finding]:
    """Yield one finding for each frame that hardly any type has, at the first of its files."""
    frames = defaultdict(list)
    for row in unexpected:
        frames[row.split, row.frame].append(row)
    for (split, _), rows in frames.items():
        kinds = sorted({row.type for row in rows})
        others = len(inventory.types(split, video=False)) - len(kinds)
        what = f"the frame is in {', '.join(kinds)} and not in the {others} other types"
        to_do = REMEDIES["unexpected frame"]
        yield Finding("warning", "unexpected frame", rows[0].file, what, to_do)


def odd_files(odd: dict[str, OddName]) -> Iterator[Finding]:
    """Yield a finding for each file, or one for all files that belong in one other folder."""
    moves: dict[tuple[PurePosixPath, PurePosixPath | str], list[str]] = defaultdict(list)
    for file, problem in odd.items():
        folder, right = PurePosixPath(file).parent, PurePosixPath(problem.right).parent
        moves[folder, right if problem.right and right != folder else file].append(file)
    for (folder, target), files in moves.items():
        if len(files) == 1:
            severity, check, what, to_do, _ = odd[files[0]]
            yield Finding(severity, check, files[0], what, to_do)
        else:
            first = PurePosixPath(files[0]).name
            what = f"{len(files)} files belong to {target}, {first} first"
            yield Finding("error", "name", str(folder), what, f"move them to {target}/")


def frames_nowhere(inventory: Inventory) -> Iterator[Finding]:
    """Yield a finding for each split smaller than published, or one for an empty dataset."""
    if not inventory.has_frames():
        what = "no file in {type}/{split}/{city} is named like one of a frame"
        yield Finding("error", "no frames", ".", what, REMEDIES["no frames"])
    for split, (lacking, published) in inventory.nowhere().items():
        what = f"{lacking} of {published} published frames are in no type; see inventory.csv"
        yield Finding("warning", "frames not there", split, what, REMEDIES["frames not there"])


def mixed_names(
    cities: Iterable[tuple[str, str]],
    published: Collection[tuple[str, str]],
    official: Collection[str],
) -> Iterator[Finding]:
    """Yield a note for each split that has official cities, but is treated as another dataset.

    `cities` and the `published` ones are (split, city); `official` are the other splits.
    """
    of_split = defaultdict(list)
    for split, city in cities:
        of_split[split].append(city)
    for split, names in of_split.items():
        strange = sorted(city for city in names if (split, city) not in published)
        if split in official or not strange or len(strange) == len(names):
            continue
        what = (
            f"{len(strange)} of {len(names)} folders, {strange[0]} first, are no cities of "
            "Cityscapes: the split is treated as another dataset, and not held against the "
            "published names and numbers"
        )
        to_do = "nothing, if it is another dataset; else rename or remove what is not Cityscapes"
        to_do += ", or set `checks: {counts: published}` in the config"
        yield Finding("note", "names of two datasets", split, what, to_do)


def sorted_findings(findings: list[Finding]) -> list[Finding]:
    """Return the findings sorted by severity, then by path."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.where, f.check))


def as_finding(problem: Problem, where: str, packaged: dict[tuple[str, str], str]) -> Finding:
    """Return the finding for a problem of one file."""
    # An edit does not lie below the dataset, but its folder has the same types and splits.
    kind, split = PurePosixPath(where).parts[-4:-2] or ("", "")
    to_do = remedy(problem.check, kind, split, packaged)
    return Finding(problem.severity, problem.check, where, problem.what, to_do)


def folder_finding(folder: OddFolder) -> Finding:
    """Return the finding for a folder under a wrong name or in a wrong place."""
    return Finding(folder.severity, folder.check, folder.where, folder.what, folder.to_do)
