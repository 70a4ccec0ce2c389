"""Damage small files in many ways, and have each read: a message is right, a traceback is not.

What is counted: inputs that are read, inputs that are refused with a message, the slowest, the one
that takes most memory. The script fails on a traceback, on a reader that dies, and on more than
10 s or 500 MB for one input. Each input can be made again: --reader and --number.
"""

import argparse
import collections
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parents[2] / "scripts")]

import cv2
from mutations import mutated
from readers import READERS, Reader

from cityscapes.errors import DataError, printable

SECONDS = 300
LEAST_INPUTS = 10_000  # in all, however slow the machine is
LARGEST_INPUT = 4_000_000
MOST_SECONDS = 10
MOST_MEMORY = 500_000_000
# Beyond these, a reader is stopped: seconds by the clock, bytes.
TIMEOUT = 120
ADDRESS_SPACE = 8 << 30
SHOWN_BYTES = 400


class Outcome(NamedTuple):
    """What became of one input."""

    sort: str  # read, refused; else what is wrong: the exception and its place
    seconds: float  # of the processor
    memory: int  # bytes beyond those before
    details: str = ""


def input_of(reader: Reader, seed: int, number: int) -> bytes:
    """The damaged file of this number: the same wherever and whenever it is made."""
    rng = random.Random(f"{seed} {reader.name} {number}")
    return mutated(rng, rng.choice(reader.files), reader.files)[:LARGEST_INPUT]


def outcome_of(reader: Reader, folder: Path, data: bytes) -> Outcome:
    """Read one input."""
    for name, content in (*reader.beside, (reader.file_name, data)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the highest use of memory starts anew
    # Of this process alone: others that work on the machine do not count.
    sort, details, begin = "read", "", time.process_time()
    try:
        reader.read(folder / reader.file_name)
    except DataError:
        sort = "refused"
    except Exception as error:
        ours = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if "/scripts/" in frame.filename
        ]
        place = f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else "readers.py"
        sort = f"{type(error).__name__} in {place}"
        details = "".join(traceback.format_exception(error)[-3:])
    return Outcome(sort, time.process_time() - begin, _memory("VmHWM") - before, details)


def _memory(key: str) -> int:
    """Bytes of this process, from its status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no {key} here: that takes Linux")


def serve(reader: Reader, folder: Path, connection: Connection) -> None:
    """Read inputs as they come; runs in a process of its own, which may die."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    cv2.setNumThreads(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libpng speaks of every damaged file
    while True:
        connection.send(outcome_of(reader, folder, connection.recv_bytes()))


class Served:
    """A reader in a process of its own; a new one where it dies or never answers."""

    def __init__(self, reader: Reader, folder: Path):
        self._reader, self._folder = reader, folder
        self._start()

    def _start(self) -> None:
        self._connection, theirs = multiprocessing.Pipe()
        arguments = (self._reader, self._folder, theirs)
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def read(self, data: bytes) -> Outcome:
        """What becomes of an input."""
        begin = time.monotonic()
        try:
            self._connection.send_bytes(data)
            if self._connection.poll(TIMEOUT):
                return self._connection.recv()
            sort = "no answer"
        except (EOFError, OSError):
            self._process.join(TIMEOUT)
            sort = f"the process died ({self._process.exitcode})"
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._start()
        return Outcome(sort, time.monotonic() - begin, 0)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()


def inputs(reader: Reader, seed: int, seconds: float, least: int) -> Iterator[tuple[int, bytes]]:
    """Inputs with their numbers, until the time is over and so many were given."""
    end = time.monotonic() + seconds
    number = 0
    while number < least or time.monotonic() < end:
        yield number, input_of(reader, seed, number)
        number += 1


def wrong(outcome: Outcome) -> str:
    """What is wrong with an outcome; empty where it is as it should be."""
    if outcome.sort not in ("read", "refused"):
        return outcome.sort
    if outcome.seconds > MOST_SECONDS:
        return f"more than {MOST_SECONDS} s"
    if outcome.memory > MOST_MEMORY:
        return f"more than {MOST_MEMORY // 1_000_000} MB"
    return ""


def fuzz(reader: Reader, seed: int, seconds: float, least: int, found: Path) -> int:
    """Fuzz one reader, and print a line on it and more on what is wrong: so many sorts."""
    sorts: collections.Counter = collections.Counter()
    first: dict[str, tuple[int, bytes, Outcome]] = {}
    slowest = most = 0.0
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        served = Served(reader, Path(folder, "files"))
        for data in reader.files:
            sound = served.read(data)
            if sound.sort != "read":
                sys.exit(f"{reader.name}: {sound.sort}, though nothing is damaged: {data!r}")
        for number, data in inputs(reader, seed, seconds, least):
            outcome = served.read(data)
            total += 1
            slowest, most = max(slowest, outcome.seconds), max(most, outcome.memory)
            sorts[outcome.sort] += outcome.sort in ("read", "refused")
            if what := wrong(outcome):
                sorts[f"wrong: {what}"] += 1
                first.setdefault(what, (number, data, outcome))
        served.stop()
    print(
        f"{reader.name:24}{total:8} inputs{sorts['read']:8} read{sorts['refused']:8} refused"
        f"{slowest:8.2f} s{most / 1e6:7.0f} MB",
        flush=True,
    )
    for what, (number, data, outcome) in first.items():
        path = found / f"{reader.name.replace(' ', '_')}.{number}"
        path.write_bytes(data)
        shown = repr(data) if len(data) <= SHOWN_BYTES else f"{len(data)} bytes in {path}"
        print(f"  WRONG, {sorts[f'wrong: {what}']} times: {what}")
        print(f"    --reader {reader.name!r} --number {number} --seed {seed}: {shown}")
        print(
            printable("".join(f"    | {line}\n" for line in outcome.details.splitlines()[-6:])),
            end="",
        )
    return len(first)


def main(seconds: float, seed: int, reader: str | None, number: int | None) -> None:
    chosen = [known for known in READERS if reader in (None, known.name)]
    if number is not None:
        with tempfile.TemporaryDirectory() as folder:
            data = input_of(chosen[0], seed, number)
            print(data if len(data) <= SHOWN_BYTES else f"{len(data)} bytes")
            print(*outcome_of(chosen[0], Path(folder), data), sep="\n")
        return
    found = Path(tempfile.mkdtemp(prefix="fuzz-"))
    least = -(-LEAST_INPUTS // len(READERS))
    sorts = sum(fuzz(known, seed, seconds / len(chosen), least, found) for known in chosen)
    if sorts:
        sys.exit(f"{sorts} sorts of inputs are wrong; the first of each is in {found}")
    shutil.rmtree(found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for all readers")
    parser.add_argument("--seed", type=int, default=0, help="other inputs with another number")
    parser.add_argument("--reader", choices=[reader.name for reader in READERS], help="only one")
    parser.add_argument("--number", type=int, help="only this input of the reader")
    flags = parser.parse_args()
    if flags.number is not None and flags.reader is None:
        parser.error("--number is of a --reader")
    main(**vars(flags))
