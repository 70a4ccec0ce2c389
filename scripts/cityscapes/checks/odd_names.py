"""Files whose names fit no frame of their folder: what they are most likely."""

import re
from collections import defaultdict
from pathlib import PurePosixPath

from cityscapes.checks.formats import TYPES, stem
from cityscapes.checks.inventory import Missing
from cityscapes.checks.problem import Problem

_ENDINGS = "|".join(
    re.escape(stem(kind) + ending) for kind, endings in TYPES.items() for ending in endings
)
LIKE_A_FRAME = re.compile(rf".+_\d{{6}}_\d{{6}}_({_ENDINGS})")


def explain(
    odd: list[str], unexpected: list[str], missing: list[Missing]
) -> tuple[dict[str, Problem], list[Missing]]:
    """What is wrong with each odd file, and the missing files that this does not explain.

    A file in the wrong folder, or with a slip in its name, is one problem and not two. With a slip
    in a digit its name is right for a frame that is not there: of the files of `unexpected`
    frames, those are in the result that such a slip explains.
    """
    lost = {PurePosixPath(row.file).name: row.file for row in missing}
    renamed = _renamed(odd + unexpected, [row.file for row in missing])
    regular = set(unexpected)

    problems, found = {}, set()
    for file in odd + unexpected:
        name = PurePosixPath(file).name
        if name in lost:
            found.add(lost[name])
            what = f"the file lies in the wrong folder, and is missing as {lost[name]}"
            problems[file] = Problem("error", "name", what)
        elif file in renamed:
            found.add(renamed[file])
            right = PurePosixPath(renamed[file]).name
            what = f"the name fits no frame; {right} is missing in its place"
            problems[file] = Problem("error", "name", what)
        elif file in regular:
            continue
        elif LIKE_A_FRAME.fullmatch(name):
            kind, _, city = PurePosixPath(file).parts[:3]
            what = f"the name does not fit the folder: {city}_<6 digits>_<6 digits>_{stem(kind)}…"
            problems[file] = Problem("error", "name", what)
        else:
            what = "the name is none of a file of this type"
            problems[file] = Problem("note", "no part of the dataset", what)
    return problems, [row for row in missing if row.file not in found]


def _renamed(strange: list[str], missing: list[str]) -> dict[str, str]:
    """Strange file -> missing file, where a folder has one of each with the same ending."""
    renamed = {}
    # First those with a slip in the front of the name, then those with one in the type.
    for separator in ("_", "."):
        explained = renamed.keys() | renamed.values()
        alike = defaultdict(lambda: ([], []))
        for side, files in enumerate((strange, missing)):
            for file in files:
                if file not in explained:
                    folder, ending = str(PurePosixPath(file).parent), file.rpartition(separator)[2]
                    alike[folder, ending.lower()][side].append(file)
        for found, lost in alike.values():
            if len(found) == len(lost) == 1:
                renamed[found[0]] = lost[0]
    return renamed
