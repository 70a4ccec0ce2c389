"""The table of measurements of a city's frames, and the problems of their files."""

import json
from collections.abc import Mapping
from pathlib import Path

from cityscapes.incremental.tables import write_tracked


def write_city(output: Path, column: str, found: Mapping[str, list | str], without: str) -> int:
    """Write frame -> list as a tracked table; return the number of its rows.

    A text in place of the list is the problem of a frame, which is left out; a warning with
    `without` is printed for it.
    """
    rows = [
        {"frame": frame, column: json.dumps(values, separators=(",", ":"))}
        for frame, values in found.items()
        if not isinstance(values, str)
    ]
    problems = [values for values in found.values() if isinstance(values, str)]
    for problem in problems:
        print(f"WARNING {problem}: {without}", flush=True)
    write_tracked(output, ["frame", column], rows, problems)
    return len(rows)
