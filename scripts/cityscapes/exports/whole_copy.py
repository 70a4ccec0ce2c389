"""A dataset root without links: a copy of the results and of the raw files that they lead to."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from cityscapes.edits.folder import UNEDITED
from cityscapes.errors import DataError, OutputError
from cityscapes.files.tables import known_rows, write_table
from cityscapes.files.whole import stop_if_too_small
from cityscapes.incremental.outputs import PRIVATE

# What we wrote, in the folder of the copy: only these files are ever replaced or removed.
LIST = ".copied.tsv"
COLUMNS = ["path", "size", "mtime_ns"]
State = tuple[int, int]  # size in bytes, time of writing in ns


def copy_root(results: Path, target: Path) -> tuple[int, int]:
    """Update a copy; return how many files were copied, and how many removed.

    A file is copied if its size or time differs. Raises DataError if a file that we
    did not write stands in the place of one, and OutputError if the disk is too small.
    """
    _check_apart(results, target)
    sources = dict(files_of(results))
    known = _known(target)
    there = {name: _state(target / name) for name in {*sources, *known}}
    foreign = [name for name in sources if there[name] not in (None, known.get(name))]
    if foreign:
        lines = "".join(f"\n  {target / name}" for name in sorted(foreign)[:100])
        more = f"\n  and {len(foreign) - 100} more" * (len(foreign) > 100)
        raise DataError(
            f"these files were not copied here, or changed since: move them away and run again:"
            f"{lines}{more}"
        )
    stale = {name: path for name, path in sources.items() if there[name] != _state(path)}
    target.mkdir(parents=True, exist_ok=True)
    stop_if_too_small(target, sum(path.stat().st_size for path in stale.values()), "the copy")
    gone = [name for name in known if name not in sources and there[name] == known[name]]
    states = {name: state for name, state in known.items() if name in sources}
    try:
        for name, path in stale.items():
            states[name] = _copy(path, target / name)
        for name in gone:
            (target / name).unlink()
    except OSError as error:
        raise OutputError(f"{error.filename}: cannot be written: {error.strerror}") from None
    finally:  # also after a full disk: what is there is ours
        rows = [{"path": n, "size": s, "mtime_ns": t} for n, (s, t) in sorted(states.items())]
        write_table(target / LIST, COLUMNS, rows)
    return len(stale), len(gone)


def files_of(results: Path) -> Iterator[tuple[str, Path]]:
    """Yield (path below the results, file), links followed; our own records are left out.

    Broken links are left out, too.
    """
    for folder, folders, names in os.walk(results, followlinks=True):
        if Path(folder) == results:
            folders[:] = [name for name in folders if name not in (*PRIVATE, UNEDITED, "replaced")]
        for name in names:
            path = Path(folder, name)
            if not name.startswith(".") and path.is_file():
                yield str(path.relative_to(results)), path


def _check_apart(results: Path, target: Path) -> None:
    real = Path(os.path.realpath(target))
    linked = [path for path in results.iterdir() if path.is_symlink()] if results.is_dir() else []
    for other in (results, *linked):
        folder = Path(os.path.realpath(other))
        if real.is_relative_to(folder) or folder.is_relative_to(real):
            raise DataError(
                f"{target}: the copy has to lie apart from {folder}: name another folder"
            )


def _known(target: Path) -> dict[str, State]:
    rows = (row for row in known_rows(target / LIST) if {*COLUMNS} <= row.keys())
    return {row["path"]: (int(row["size"]), int(row["mtime_ns"])) for row in rows}


def _state(path: Path) -> State | None:
    """Return size and time of a file, or None if it does not exist."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _copy(source: Path, target: Path) -> State:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.copy.tmp")
    try:
        shutil.copy2(source, temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    status = target.stat()
    return status.st_size, status.st_mtime_ns
