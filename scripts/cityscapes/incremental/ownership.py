"""Which files of the results are ours, and which belong to the user.

A file is replaced or removed only if a manifest or a record names it and its content is what was
written. Folders are compared by device and inode, so that nothing is written into the dataset
through a link or a mount. Pure standard library: the Snakefile imports it each time it is read.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from itertools import permutations
from pathlib import Path

from cityscapes.errors import DataError, OutputError
from cityscapes.files.whole import content, create, digest
from cityscapes.png.signature import END, SIGNATURE

Identity = tuple[int, int]  # device and inode: equal for all paths to one folder

KEPT = "replaced"  # next to the results: copies of users' files that were in the place of ours


def identity(folder: Path) -> Identity | None:
    """Return device and inode of a folder, links followed; None if it does not exist."""
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def dataset_folders(root: Path, depth: int = 3) -> dict[Identity, Path]:
    """Map the identities of a dataset's folders, down to its cities, to their paths."""
    found: dict[Identity, Path] = {}
    level = [root] if root.is_dir() else []
    for below in range(depth + 1):
        for folder in level:
            found.setdefault(identity(folder) or (0, 0), folder)
        if below < depth:
            level = [entry for folder in level for entry in _folders_in(folder)]
    return found


def check_roots(dataset: Path, results: Path, role: str = "folder of the results") -> None:
    """Raise DataError if the dataset and the results are the same folder, or one is in the other.

    Links are followed. `role` names the second folder, if it is not that of the results.
    """
    roles = {"dataset": dataset, role: results}
    for (inner_role, inner), (outer_role, outer) in permutations(roles.items()):
        known = identity(outer)
        real = Path(os.path.realpath(inner))
        for folder in [real, *real.parents]:
            if known and identity(folder) == known:
                where = "is" if folder == real else "lies in"
                raise DataError(
                    f"the {inner_role} {inner} ({real}) {where} the {outer_role} {outer} "
                    f"({os.path.realpath(outer)}): the raw files "
                    "would be overwritten. Keep the two apart: name another `dataset`, or work in "
                    "another folder (--directory)"
                )


def check_folders(results: Path, folders: Iterable[str], raw: Mapping[Identity, Path]) -> None:
    """Raise DataError if a folder below the results is a link or one of the dataset's folders.

    `folders` are paths below the results; the folders above each are looked at, too. `raw` are
    those of `dataset_folders`. The results themselves may be a link to another disk.
    """
    seen = set()
    for below in folders:
        for part in [*reversed(Path(below).parents), Path(below)]:
            folder = results / part
            if part == Path(".") or folder in seen:
                continue
            seen.add(folder)
            if folder.is_symlink():
                raise DataError(
                    f"{folder} is a link to {os.path.realpath(folder)}: files of the workflow "
                    "would be written there. Remove the link; the results themselves may be one"
                )
            found = identity(folder)
            if found is not None and found in raw:
                raise DataError(
                    f"{folder} is the folder {raw[found]} of the dataset (by a mount or a link): "
                    "its raw files would be overwritten. Unmount it, or work in another folder "
                    "(--directory)"
                )


def folders_below(root: Path, name: str) -> list[str]:
    """Return all folders below `root/name`, links to folders included, as paths below the root."""
    return [
        os.path.relpath(os.path.join(where, folder), root)
        for where, folders, _ in os.walk(root / name)
        for folder in folders
    ]


def make_folder(results: Path, below: str, raw: Mapping[Identity, Path]) -> None:
    """Make a folder below the results, after `check_folders`; raise OutputError if that fails."""
    check_folders(results, [below], raw)
    try:
        (results / below).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{error.filename}: cannot be made: {error.strerror}") from None


def is_as_written(path: Path, contents: Iterable[str]) -> bool:
    """Return True if a file or link exists and has one of these contents, given by digest."""
    try:
        # Anything else, such as a pipe, is never read.
        return (is_regular(path) or path.is_symlink()) and digest(content(path)) in contents
    except OSError:
        return False


def remove_if_ours(path: Path, contents: Iterable[str]) -> bool:
    """Remove a file or link that is as we wrote it; return True if its path is free afterwards."""
    if not os.path.lexists(path):
        return True
    if not is_as_written(path, contents):
        return False
    path.unlink(missing_ok=True)
    return True


def is_regular(path: Path) -> bool:
    """Return True if a path is a regular file, not a link, folder, pipe or device."""
    return stat.S_ISREG(path.lstat().st_mode)


def is_whole(path: Path) -> bool:
    """Return True if a file may be somebody's work, not one of ours that was cut or damaged."""
    data = path.read_bytes()
    if path.suffix == ".png":
        return data.startswith(SIGNATURE) and data.endswith(END)
    if path.suffix == ".json":
        try:
            json.loads(data)
        except (ValueError, RecursionError):
            return False
    return bool(data.strip())


def keep_copy(path: Path, results: Path) -> Path:
    """Copy a file that is not ours to the folder `KEPT`; return the path of the copy."""
    kept = results.with_name(KEPT) / path.relative_to(results)
    kept.parent.mkdir(parents=True, exist_ok=True)
    data = path.read_bytes()
    number, target = 1, kept
    while os.path.lexists(target):
        if target.is_file() and target.read_bytes() == data:
            return target
        number += 1
        target = kept.with_name(f"{kept.stem}.{number}{kept.suffix}")
    with create(target) as file:
        file.write(data)
    shutil.copystat(path, target)
    return target


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / entry.name for entry in entries if entry.is_dir()]
    except OSError:
        return []
