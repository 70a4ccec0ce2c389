"""Making a frame from the page: Snakemake as a process of its own, one at a time.

It is started in a session of its own and writes to a file. So it ends as it would in a terminal of
its own, whatever becomes of the page and of the server: nothing is left half made or locked.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import anyio

from cityscapes.errors import DataError
from cityscapes.files.whole import create

LOCKS = Path(".snakemake/locks")
LOG = Path("logs/label_tool.log")
PAUSE = 0.1
PIECE = 1 << 16


class Busy(Exception):
    """Another run uses the folder; the message says what to do."""


@dataclass
class Run:
    """A run that was started here."""

    number: str
    process: subprocess.Popen
    log: Path


def command(clone: Path, configfile: Path | None, targets: list[str]) -> list[str]:
    """Return the command that makes some files in the working directory."""
    named = ["--configfile", str(configfile)] if configfile else []
    return [
        sys.executable, "-m", "snakemake",
        "--snakefile", str(clone / "Snakefile"),
        "--directory", os.getcwd(),
        "--cores", "1",
        "--nocolor",
        *named,
        "--", *targets,
    ]  # fmt: skip


class Making:
    """The runs of a server."""

    def __init__(self, command_of: Callable[[list[str]], list[str]]):
        """Keep `command_of`, which returns the command that makes some files."""
        self._command_of = command_of
        self._last: Run | None = None
        self._lock = Lock()

    def start(self, targets: list[str]) -> Run:
        """Start to make files; raise Busy if another run is at work, or else DataError."""
        with self._lock:
            if self._last and self._last.process.poll() is None:
                raise Busy("a run that was started from this page is still at work")
            refuse_if_locked()
            self._last = Run(secrets.token_hex(8), self._process(targets), LOG)
            return self._last

    def run(self, number: str) -> Run | None:
        """Return the run with a number; None for runs before the last."""
        last = self._last
        return last if last and last.number == number else None

    def _process(self, targets: list[str]) -> subprocess.Popen:
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
        try:
            LOG.parent.mkdir(exist_ok=True)
            # A file of its own: a run of a server that ended may still write to the one before.
            LOG.unlink(missing_ok=True)
            with create(LOG) as log:
                return subprocess.Popen(
                    self._command_of(targets),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"PATH": path},
                    start_new_session=True,
                )
        except OSError as error:
            what = f"{error.filename or LOG}: {error.strerror}"
            raise DataError(f"the workflow cannot be started: {what}") from None


def refuse_if_locked() -> None:
    """Raise Busy if a run of Snakemake has locked the working directory."""
    try:
        locks = os.listdir(LOCKS)
    except FileNotFoundError:  # Snakemake removes the folder with the last lock
        return
    if locks:
        raise Busy(
            "another run of the workflow is at work in this folder: wait for its end. Where none "
            "is, one was killed: `snakemake --unlock` removes its lock"
        )


async def lines_of(run: Run) -> AsyncIterator[bytes]:
    """Yield the log of a run as it grows; at its end, `exit code N`."""
    with open(run.log, "rb") as log:
        ended = False
        while True:
            piece = log.read(PIECE)
            if piece:
                yield piece
            elif ended:
                break
            else:
                # Asked before the last read, so that no line is missed.
                ended = run.process.poll() is not None
                if not ended:
                    await anyio.sleep(PAUSE)
    yield f"exit code {run.process.returncode}\n".encode()
