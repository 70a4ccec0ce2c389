"""The number of processes that share the work on frames."""


def worker_count(jobs: int, frames: int) -> int:
    """int, 1 or more: the workers to start if `jobs` are allowed and there are `frames` to do.

    Never more than frames, since starting one takes as long as some ten frames, and joblib
    starts all at once. For one frame, as after an edit, none is started.

    >>> worker_count(jobs=8, frames=3), worker_count(jobs=8, frames=1)
    (3, 1)
    """
    return max(1, min(jobs, frames))
