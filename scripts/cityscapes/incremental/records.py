"""Whether Snakemake's records are those of the results at hand: both bear the same token.

Results that were copied to where Snakemake has records of others would pass for what these tell
of. Pure standard library: the Snakefile imports it each time it is read.
"""

import secrets
from functools import cache
from pathlib import Path

# Below the results: the token of the records with which they were made.
TOKEN = "manifests/snakemake_records"


def state(sentinel: Path, results: Path) -> str:
    """Return the token that the sentinel file and the results share, else a new one for both.

    The sentinel file lies among Snakemake's records, and is gone when these are.
    """
    known = _read(sentinel)
    return known if known and known == _read(results / TOKEN) else _new()


@cache
def _new() -> str:
    # The same for all that asks in one run.
    return secrets.token_hex(8)


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
