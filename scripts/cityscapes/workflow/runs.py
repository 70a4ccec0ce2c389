"""The state of a run of Snakemake: whether it is forced, and the times of its files."""

import os
import time
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

FORCED = "CITYSCAPES_FORCED"


def forced_flag(asked: Any, is_remote: bool, environment: MutableMapping[str, str]) -> str:
    """Return `--forced`, which compares contents, if the user forces existing files to be made.

    `asked` are the settings of Snakemake's DAG. Jobs on a cluster are always forced by Snakemake
    itself, so they read it from the environment, which they inherit.
    """
    if not is_remote and (asked.forceall or asked.forcerun or asked.forcetargets):
        environment[FORCED] = "yes"
    return "--forced" if environment.get(FORCED) else ""


def end_future_times(paths: Iterable[str], ours: Iterable[Path]) -> None:
    """Set the times of files from the future in our folders to the present.

    A machine with another clock wrote them. Snakemake refuses files older than their input, and
    touched files do not make others again.
    """
    folders = tuple(f"{folder}/" for folder in ours)
    for path in filter(os.path.exists, paths):
        if path.startswith(folders) and os.path.getmtime(path) > time.time():
            with suppress(OSError):  # somebody else's file; Snakemake reports the error
                os.utime(path)


def manifest_of_table(table: str, results: Path) -> str:
    """Return the manifest behind a tracked table; Snakemake does not track it."""
    name = str(Path(table).relative_to(results / "tables")).removesuffix(".tsv")
    return str(results / "manifests" / f"{name}.jsonl")
