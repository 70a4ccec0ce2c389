"""What jobs ask for, by their number of frames."""

from cityscapes.workflow.resources import Cores, memory_mb, minutes, minutes_of_checks


def test_jobs_share_the_cores_of_a_machine_by_their_frames():
    assert [Cores(8, False).share(frames, lambda: 100) for frames in (0, 1, 50, 100)] == [
        1, 1, 4, 8,
    ]  # fmt: skip
    assert Cores(8, False).share(0, lambda: 0) == 1


def test_on_a_cluster_a_job_has_one_core_and_nothing_is_counted():
    assert Cores(8, True).share(100, lambda: 1 / 0) == 1


def test_a_job_of_its_own_has_all_cores_or_four_on_a_cluster():
    assert Cores(16, False).all_cores() == 16
    assert Cores(16, True).all_cores() == 4


def test_memory_grows_with_threads_and_attempts_and_not_with_frames():
    assert [memory_mb(1, 1), memory_mb(4, 1), memory_mb(1, 3)] == [700, 1300, 2100]


def test_time_grows_with_frames_and_attempts():
    assert [minutes(0, 1), minutes(99, 1), minutes(3475, 1), minutes(100, 2)] == [5, 5, 39, 12]
    assert [minutes_of_checks(0, 1), minutes_of_checks(200, 2)] == [10, 40]
