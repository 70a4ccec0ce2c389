"""The token that Snakemake compares; it stays the same while the files are unchanged.

Pure standard library: the Snakefile imports it each time it is read.
"""

from collections.abc import Callable

from cityscapes.files.whole import digest


def token(known: str, saved: str, now: str, as_known: Callable[[], bool] = lambda: False) -> str:
    """Return the token of files with the fingerprint `now`; `known` is that of the last job.

    While the fingerprint is the one that the last job saved, or `as_known` says that only times
    differ, the token stays; else it is the one that follows. The job that then runs saves that
    one, so that the next run is quiet and the same damage done a second time has another token.
    The files as they are now are no part of it: a job on a cluster computes the token anew, and
    must find the one that it was submitted with.
    """
    if not known:
        return "first"
    return known if now == saved or as_known() else following(known, saved)


def following(known: str, saved: str) -> str:
    """Return the token after `known`, whose job saved this fingerprint."""
    return digest(known, saved)
