"""Files whose names fit no frame of their folder: their most likely right names."""

import difflib
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from cityscapes.checks.formats import TYPES, stem
from cityscapes.checks.inventory import Missing

_ENDINGS = "|".join(
    re.escape(stem(kind) + ending) for kind, endings in TYPES.items() for ending in endings
)
LIKE_A_FRAME = re.compile(rf".+_\d{{6}}_\d{{6}}_({_ENDINGS})")


class OddName(NamedTuple):
    """The problem of the name or folder of a file, and the remedy."""

    severity: str
    check: str
    what: str
    to_do: str
    right: str = ""  # the missing file that it is


def explain(
    odd: list[str],
    unexpected: list[str],
    missing: list[Missing],
    home: Callable[[str, str], str] = lambda kind, name: "",
) -> tuple[dict[str, OddName], list[Missing]]:
    """Return what is wrong with each odd file, and the missing files that this does not explain.

    A file in the wrong folder, or with a slip in its name, is one problem and not two. With a slip
    in a digit its name is right for a frame that is not there: of the files of `unexpected`
    frames, those are in the result that such a slip explains. `home` gives, for a type and a name,
    the file of this name that is in its right place, if any.
    """
    lost = {PurePosixPath(row.file).name: row.file for row in missing}
    renamed = _renamed(odd + unexpected, [row.file for row in missing])
    regular = set(unexpected)

    problems = {}
    for file in odd + unexpected:
        name = PurePosixPath(file).name
        if name in lost:
            right = lost[name]
            what = f"the file is in the wrong folder; missing is {right}"
            to_do = f"move it to {PurePosixPath(right).parent}/"
            problems[file] = OddName("error", "name", what, to_do, right)
        elif file in renamed:
            right = PurePosixPath(renamed[file]).name
            what = f"the name matches no frame; {right} is missing"
            problems[file] = OddName("error", "name", what, f"rename it to {right}", renamed[file])
        elif file not in regular:
            problems[file] = _unexplained(file, home)
    found = {problem.right for problem in problems.values()}
    return problems, [row for row in missing if row.file not in found]


def _unexplained(file: str, home: Callable[[str, str], str]) -> OddName:
    kind, _, city, name = PurePosixPath(file).parts
    if not LIKE_A_FRAME.fullmatch(name):
        what = "no file of this type has such a name"
        return OddName("note", "no part of the dataset", what, "nothing: it is left out")
    if right := home(kind, name):
        what = f"the file is in the wrong folder; there is also {right}"
        return OddName("error", "name", what, "compare the two; if they are equal, remove it")
    what = f"the name does not match the folder: {city}_<6 digits>_<6 digits>_{stem(kind)}…"
    return OddName("error", "name", what, "move it to the folder of its city and type")


def _renamed(strange: list[str], missing: list[str]) -> dict[str, str]:
    """Map unexpected files to missing files, if there is no doubt."""
    renamed = _almost_alike(strange, missing)
    # A folder has one of each with the same ending: first those with a slip in the front of the
    # name, then those with one in the type.
    for separator in ("_", "."):
        explained = renamed.keys() | renamed.values()
        alike: dict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for side, files in enumerate((strange, missing)):
            for file in files:
                if file not in explained:
                    folder, ending = str(PurePosixPath(file).parent), file.rpartition(separator)[2]
                    alike[folder, ending.lower()][side].append(file)
        for found, lost in alike.values():
            if len(found) == len(lost) == 1:
                renamed[found[0]] = lost[0]
    return renamed


def _almost_alike(strange: list[str], missing: list[str]) -> dict[str, str]:
    """Return files with the right frame and a slip after it: `…_leftImg8bits.png`."""
    # Folder, frame and suffix -> what follows the frame -> file.
    lost: dict[tuple[str, str, str], dict[str, str]] = {}
    for file in missing:
        lost.setdefault(_front(file), {})[_back(file)] = file
    renamed = {}
    for file in strange:
        candidates = lost.get(_front(file), {})
        if close := difflib.get_close_matches(_back(file), candidates, n=1, cutoff=0.75):
            renamed[file] = candidates.pop(close[0])
    return renamed


def _front(file: str) -> tuple[str, str, str]:
    """Return folder, frame and suffix, in lower case except for the folder."""
    path = PurePosixPath(file)
    frame = re.match(r".+_\d{6}_\d{6}(?=_)", path.name)
    return str(path.parent), frame[0].lower() if frame else "", path.suffix.lower()


def _back(file: str) -> str:
    """Return the part of a name after the frame."""
    return re.sub(r"^.+_\d{6}_\d{6}_", "", PurePosixPath(file).stem).lower()
