"""Records of the reports and other files that Snakemake tracks, one for each file.

A record holds digests of the last two contents, noted before the file gets its name, so that a
kill leaves no file of ours that we do not know. Pure standard library: the Snakefile imports it.
"""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.files.whole import content, digest, write_atomic
from cityscapes.incremental.ownership import is_as_written, is_whole, keep_copy, remove_if_ours
from cityscapes.incremental.state import token

# Folders below the results that hold our files only, and have records of their own.
PRIVATE = ("manifests", "tables")

# The reports of version e8501c2, which kept no records: they are taken for ours.
_OLD_CHECKS = (
    "inventory.csv", "missing.csv", "files.csv", "blurred.csv", "labels.csv", "frames.csv",
    "boxes.csv", "problems.csv", "frames.parquet", "summary.txt", "overview.jpg",
    "verify_release.txt", "release_differences.csv", "release_differences/*/*/*.csv",
)  # fmt: skip
_OLD_SCORES = (
    "comparison.csv", "*/classes.csv", "*/categories.csv", "*/confusion.csv", "*/images.csv",
    "*/summary.csv", "*/overlaps.csv", "*/groups.csv", "*/resultPixelLevelSemanticLabeling.json",
    "*/resultInstanceLevelSemanticLabeling.json", "*/resultPanopticSemanticLabeling.json",
)  # fmt: skip
_OLD_REPORTS = (
    *(f"checks/{name}" for name in _OLD_CHECKS),
    *(f"evaluation/{name}" for name in _OLD_SCORES),
    "gtFine/cityscapes_panoptic_*.json",
)


@dataclass(frozen=True)
class Record:
    """The record of a file: digests of its last contents, the newest first."""

    contents: tuple[str, ...] = ()
    state: str = ""  # the token under which Snakemake knows the file as it was written
    exists: bool = True  # a damaged record shows that the file is ours, but not what was written

    @classmethod
    def read(cls, path: Path, results: Path) -> "Record":
        """Read the record of a file; it has no contents if it is missing or damaged."""
        place = _folder(results) / f"{path_below(path, results)}.json"
        try:
            document = json.loads(place.read_text())
            return cls(tuple(document["contents"]), document["state"])
        except FileNotFoundError:
            return cls(exists=False)
        except (OSError, ValueError, KeyError, TypeError):
            return cls()


class Recorder:
    """Records what a script writes below the results; for `files.call_before_naming`."""

    def __init__(self, results: Path, state: str = ""):
        self._results = results
        self._state = state
        adopt_old_reports(results)

    def __call__(self, path: Path, temporary: Path) -> None:
        below = path_below(path, self._results)
        if below is None or below.parts[0] in PRIVATE:
            return
        known = Record.read(path, self._results).contents
        # Where writers were killed, what lies there may be older than the last content.
        there = [one for one in known if is_as_written(path, [one])]
        contents = dict.fromkeys([digest(temporary.read_bytes()), *there, *known])
        record = Record(tuple(contents)[:2], self._state)
        place = _folder(self._results) / f"{below}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(place, json.dumps(asdict(record)).encode())


def adopt_old_reports(results: Path) -> None:
    """Record the reports of the version that kept no records, once."""
    folder = _folder(results)
    if folder.exists():
        return
    old = (results / "manifests/raw_links.tsv").exists()
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    made.mkdir()
    for pattern in _OLD_REPORTS if old else ():
        for path in results.glob(pattern):
            if path.is_file() and not path.is_symlink():
                place = made / f"{path.relative_to(results)}.json"
                place.parent.mkdir(parents=True, exist_ok=True)
                record = Record((digest(path.read_bytes()),))
                place.write_text(json.dumps(asdict(record)))
    try:
        os.rename(made, folder)
    except OSError:  # another job was faster
        _remove_tree(made)


def state(path: Path, results: Path) -> str:
    """Return a token that changes when a file that we wrote was damaged or edited."""
    record = Record.read(path, results)
    saved = record.contents[0] if record.contents else ""
    # Snakemake itself notices that a file is missing.
    now = digest(content(path)) if path.is_file() else saved
    return token(record.state, saved, now)


def state_of_all(paths: Iterable[Path], results: Path) -> str:
    """Return the token shared by all files that one job writes, as in `state`."""
    states = list(dict.fromkeys(state(path, results) for path in paths))
    return states[0] if len(states) == 1 else digest(*states)


def check_free(paths: Iterable[str], results: Path) -> None:
    """Raise DataError, which lists the files, if some exist that we never wrote.

    `paths` are those that Snakemake would replace, results included.
    """
    if not _folder(results).exists() and (results / "manifests/raw_links.tsv").exists():
        return  # results of the version before records were kept: see `adopt_old_reports`
    foreign = [
        path
        for path in map(Path, paths)
        if (below := path_below(path, results)) is not None
        and below.parts[0] not in PRIVATE
        and os.path.lexists(path)
        and not Record.read(path, results).exists
    ]
    if foreign:
        lines = "".join(f"\n  {path}" for path in foreign)
        raise DataError(
            "these files were not made by this workflow, which would write others there: move "
            f"them away and run again:{lines}"
        )


def keep_copies(paths: Iterable[str], results: Path) -> list[str]:
    """Copy files of ours that somebody changed, and will be replaced; return a line for each."""
    lines = []
    for path in map(Path, paths):
        known = Record.read(path, results)
        changed = path.is_file() and not is_as_written(path, known.contents)
        if known.exists and changed and is_whole(path):
            lines.append(
                f"{path} was changed since it was made; a copy of it is {keep_copy(path, results)}"
            )
    return lines


def remove_output(path: Path, results: Path) -> bool:
    """Remove a file that is as we wrote it, and its record; return True if its path is free."""
    known = Record.read(path, results).contents
    free = remove_if_ours(path, known)
    below = path_below(path, results)
    if free and below is not None:
        (_folder(results) / f"{below}.json").unlink(missing_ok=True)
    return free


def recorded(results: Path) -> list[Path]:
    """Return the files that have records, with the results folder in their paths."""
    folder = _folder(results)
    names = (path.relative_to(folder) for path in sorted(folder.rglob("*.json")))
    return [results / str(name).removesuffix(".json") for name in names]


def _folder(results: Path) -> Path:
    return results / "manifests" / "written"


def path_below(path: Path, results: Path) -> Path | None:
    """Return the path of a file below the results; None for one that is elsewhere."""
    try:
        return Path(os.path.abspath(path)).relative_to(os.path.abspath(results))
    except ValueError:
        return None


def _remove_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
