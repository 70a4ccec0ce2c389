"""How many processes share the work on frames."""


def worker_count(jobs: int, frames: int) -> int:
    """int, 1 or more: the workers to start where `jobs` are allowed and `frames` are to be done.

    Never more than there are frames: to start one takes as long as some ten frames, and joblib
    starts all at once. For one frame, as after an edit, none is started.
    """
    return max(1, min(jobs, frames))
