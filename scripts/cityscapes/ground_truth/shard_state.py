"""The token of a shard that Snakemake compares: it changes when raw or made files do.

Pure standard library: the Snakefile imports it each time it is read.
"""

from functools import cache
from pathlib import Path

from cityscapes.files.whole import content, digest
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.ground_truth.shard_files import REPLACED, ShardFiles
from cityscapes.incremental.manifest import Manifest, journal_path, read_header
from cityscapes.incremental.state import following, token
from cityscapes.layout import Entry, fingerprint


def state_of(files: ShardFiles, listed: dict[str, list[Entry]]) -> str:
    """Return the token that Snakemake compares, given the present sources of a shard."""
    header = read_header(files.manifest)
    saved = digest(header.sources, header.files)
    if header.problems:
        # A listing does not show that a file has become readable, or was repaired in place.
        return following(header.state, saved)
    made = files.list_made(files.frames(listed)[0])
    now = digest(sources_of(listed), fingerprint(sorted(made.values())))
    return token(header.state, saved, now, lambda: _as_known(files, listed, made))


def _as_known(files: ShardFiles, listed: dict[str, list[Entry]], made: dict[str, Entry]) -> bool:
    """Return True if files differ from the manifest in their times alone."""
    # A journal is there after a kill, or where a single image was made: a job has to look.
    if journal_path(files.manifest).exists():
        return False
    manifest = Manifest(files.manifest)
    frames, problems = files.frames(listed)
    if manifest.damaged or problems or frames.keys() != manifest.rows.keys():
        return False
    touched = []
    replaced = files.replaced(listed)
    for frame, sources in frames.items():
        row = manifest.rows[frame]
        if (frame in replaced) != (REPLACED in row.sources):
            return False
        if frame in replaced:
            sources = {**sources, REPLACED: replaced[frame]}
        for source, entry in sources.items():
            known = row.sources.get(source)
            if known is None or known.size != (entry.size if entry else -1):
                return False
            if entry and known.mtime_ns != entry.mtime_ns:
                path = files.source_path(source, entry)
                touched.append((path, entry.mtime_ns, known.content))
        for kind in files.kinds:
            if not kind.ending:
                continue
            below = derived_path(files.shard, frame, kind.name)
            cell, lies = row.cells.get(kind.name), made.get(below)
            if cell is None or lies is None or cell.size != lies.size:
                return False
            if cell.mtime_ns != lies.mtime_ns:
                touched.append((files.results / below, lies.mtime_ns, cell.content))
    try:
        return all(_digest_of(path, time) == known for path, time, known in touched)
    except OSError:
        return False


def sources_of(listed: dict[str, list[Entry]]) -> str:
    """Return the fingerprint of the sources of a shard."""
    return digest(*(fingerprint(entries) for entries in listed.values()))


@cache
def _digest_of(path: Path, mtime_ns: int) -> str:
    return digest(content(path))
