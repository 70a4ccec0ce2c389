"""The threads, memory and time of a job, by its number of frames."""

from collections.abc import Callable
from dataclasses import dataclass

CLUSTER_THREADS_OF_ONE = 4  # of a job that runs alone, on a cluster


@dataclass(frozen=True)
class Cores:
    """The available cores: of this machine, or of a cluster whose jobs ask for their own."""

    cores: int
    on_cluster: bool

    def share(self, frames: int, count_all: Callable[[], int]) -> int:
        """Return the threads of a job over so many of all frames: its share; one on a cluster.

        On a cluster, every job would have to list the files of all others.
        """
        return 1 if self.on_cluster else max(1, self.cores * frames // max(1, count_all()))

    def all_cores(self) -> int:
        """Return the threads of a job that runs alone."""
        return CLUSTER_THREADS_OF_ONE if self.on_cluster else self.cores


def memory_mb(threads: int, attempt: int) -> int:
    """Return the MB that a job over frames asks a cluster for, whatever their number.

    Measured: 100 for the job and for each worker of it, 200 for its Snakemake process.
    """
    return attempt * (500 + 200 * threads)


def minutes(frames: int, attempt: int) -> int:
    """Return the minutes that a job that makes or counts frames asks a cluster for.

    A core needs less than 0.1 s a frame; a slow disk or node may take six times as long.
    """
    return attempt * (5 + frames // 100)


def minutes_of_checks(frames: int, attempt: int) -> int:
    """Return the minutes that the checks of a city ask a cluster for.

    A core needs less than 0.5 s a frame of all types; a slow disk may take six times as long.
    """
    return attempt * (10 + frames // 20)
