"""The raw packages: their names, and the records of downloads and unpacking.

Pure standard library: the Snakefile imports it each time it is read.
"""

from pathlib import Path

from cityscapes.errors import DataError, nearest
from cityscapes.files.tables import known_notes, read_notes, read_table, write_table
from cityscapes.files.whole import digest
from cityscapes.incremental.state import token
from cityscapes.packages.zip_members import Member
from cityscapes.packages.zips import directory_digest

UNPACKED_NOTES = ("zip", "zip_listing", "zip_directory")


def package_names(asked: list[str], known: list[str]) -> list[str]:
    """Return the packages of a config, without `.zip`, each once; DataError lists unknown ones.

    `known` are the file names of all packages.
    """
    stems = [name.removesuffix(".zip") for name in known]
    names = list(dict.fromkeys(name.removesuffix(".zip") for name in asked))
    unknown = [f"{name}{_meant(name, stems)}" for name in names if name not in stems]
    if unknown:
        raise DataError(
            f"packages: unknown: {', '.join(unknown)}; `snakemake --cores 1 --config packages=[] "
            "packages_list` prints what there is"
        )
    return names


def missing_zips(names: list[str], folder: Path) -> str:
    """Return a line for each package whose zip file is missing, with similar names."""
    lines = []
    for name in names:
        others = [path.name for path in folder.glob("*.zip") if path.stem not in names]
        lines.append(f"{name}.zip is not in {folder}{nearest(f'{name}.zip', others)}\n")
    return "".join(lines)


def zip_listing(package: Path) -> str:
    """Return size and time of a zip file in one word; `none` if there is no such file."""
    try:
        state = package.stat()
    except FileNotFoundError:
        return "none"
    return f"{state.st_size}:{state.st_mtime_ns}"


def unfinished(manifest: Path) -> Path:
    """Return the file that marks an unfinished unpacking; it stays if that failed.

    The dataset may then hold files of two versions, whatever the manifest of the older one says.
    """
    return manifest.with_suffix(".unfinished")


def is_unpacked(manifest: Path, dataset: Path) -> bool:
    """Return True if an unpacked package is in the dataset; single files are not checked."""
    return (
        bool(_notes(manifest, *UNPACKED_NOTES))
        and dataset.exists()
        and not unfinished(manifest).exists()
    )


def write_unpacked(manifest: Path, members: list[Member], **notes: str) -> None:
    """Write the table of the files of a package, with the `UNPACKED_NOTES`."""
    rows = [member._asdict() for member in members]
    write_table(manifest, list(Member._fields), rows, **notes, files=str(len(members)))


def unpacked_members(manifest: Path) -> list[Member]:
    """Return the files of a package, as they were unpacked.

    Raises DataError if the table is not whole, as after a power cut: what it does not list
    would be taken for files of an earlier version.
    """
    try:
        rows = read_table(manifest)
        members = [Member(row["file"], int(row["size"]), row["crc"]) for row in rows]
        # Earlier versions did not note the number.
        number = read_notes(manifest).get("files", str(len(members) or None))
    except (KeyError, ValueError, DataError):
        members, number = [], "unknown"
    if number != str(len(members)) or any(len(member.crc) != 8 for member in members):
        raise DataError(
            f"{manifest}: an incomplete table of what was unpacked; remove it and run again, "
            "which unpacks the package again"
        )
    return members


def unpacked_token(manifest: Path, package: Path, dataset: Path) -> str:
    """Return a token that changes when the content of an unpacked zip file changes.

    A new time of the file does not change it, nor does its removal to save space. It also changes
    if the whole dataset is gone or the last try failed; single files are not checked.
    """
    notes, listing = _notes(manifest, *UNPACKED_NOTES), zip_listing(package)
    if notes and not is_unpacked(manifest, dataset):
        return _later(notes["zip"], manifest)

    def as_known() -> bool:
        if listing == "none":
            return True
        try:
            return directory_digest(package) == notes["zip_directory"]
        except DataError:
            return False

    return token(notes.get("zip", ""), notes.get("zip_listing", ""), listing, as_known)


def fetched_token(receipt: Path, package: Path, manifest: Path, dataset: Path) -> str:
    """Return a token that changes if a downloaded zip file is gone and was not unpacked."""
    known = _notes(receipt, "zip").get("zip")
    if known is None or package.exists() or is_unpacked(manifest, dataset):
        return known or "new"
    return _later(known, receipt)


def _notes(table: Path, *needed: str) -> dict[str, str]:
    """Read the notes of a table; none if it lacks some, as after a power cut."""
    notes = known_notes(table)
    return notes if notes.keys() >= {*needed} else {}


def _meant(name: str, stems: list[str]) -> str:
    # A name without its end, or in small letters, may stand for several packages.
    begin = [stem for stem in stems if stem.lower().startswith(name.lower())]
    return f" (did you mean {' or '.join(begin)}?)" if begin else nearest(name, stems)


def _later(known: str, table: Path) -> str:
    # The next job writes it into the table, so that the same event later gives another token.
    return digest(known, str(table.stat().st_mtime_ns))
