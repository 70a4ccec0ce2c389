"""The raw packages: their names, and the books on which of them were fetched and unpacked.

Pure standard library: the Snakefile imports it each time it is read.
"""

from pathlib import Path

from cityscapes.errors import DataError, nearest
from cityscapes.files import digest
from cityscapes.manifest import token
from cityscapes.tables import read_notes
from cityscapes.zips import directory_digest


def package_names(asked: list[str], known: list[str]) -> list[str]:
    """The packages of a config, without `.zip` and each once; DataError lists the unknown ones.

    `known` are the file names of all packages.
    """
    stems = [name.removesuffix(".zip") for name in known]
    names = list(dict.fromkeys(name.removesuffix(".zip") for name in asked))
    unknown = [f"{name}{nearest(name, stems)}" for name in names if name not in stems]
    if unknown:
        raise DataError(f"packages: unknown: {', '.join(unknown)}; config/packages.tsv lists all")
    return names


def zip_listing(package: Path) -> str:
    """How a zip file lies there: size and time in one word; `none` where it does not."""
    try:
        state = package.stat()
    except FileNotFoundError:
        return "none"
    return f"{state.st_size}:{state.st_mtime_ns}"


def unpacked_token(manifest: Path, package: Path, dataset: Path) -> str:
    """A token that changes when the content of a zip file that was unpacked does.

    One that was only touched changes nothing, nor one that was removed to save space. It changes,
    too, when the whole dataset is gone; single files are not looked for.
    """
    notes, listing = read_notes(manifest), zip_listing(package)
    if notes and not dataset.exists():
        return _later(notes["zip"], manifest)

    def as_known() -> bool:
        if listing == "none":
            return True
        try:
            return directory_digest(package) == notes["zip_directory"]
        except DataError:
            return False

    return token(notes, "zip", listing, as_known)


def fetched_token(receipt: Path, package: Path, manifest: Path) -> str:
    """A token that changes when a zip file that was fetched is gone before it was unpacked."""
    known = read_notes(receipt).get("zip")
    if known is None or package.exists() or manifest.exists():
        return known or "new"
    return _later(known, receipt)


def _later(known: str, table: Path) -> str:
    # The job that then runs writes it into the table: the same event later is another one.
    return digest(known, str(table.stat().st_mtime_ns))
