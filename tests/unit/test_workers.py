"""How many workers are started."""

import pytest

from cityscapes.jobs.workers import worker_count


@pytest.mark.parametrize(
    ("jobs", "frames", "workers"), [(16, 365, 16), (16, 3, 3), (16, 1, 1), (16, 0, 1), (1, 365, 1)]
)
def test_no_worker_is_without_a_frame(jobs, frames, workers):
    assert worker_count(jobs, frames) == workers
