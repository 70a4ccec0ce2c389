"""Scores of drawn frames: those of all frames are the official ones, and laws of draws."""

import numpy as np
import pandas as pd
import pytest

from cityscapes.evaluation.bootstrap import (
    FrameCounts,
    class_scores,
    draws,
    interval,
    means,
)
from cityscapes.evaluation.instance.average_precision import OVERLAPS, average_precision
from cityscapes.evaluation.instance.counts import count_frame
from cityscapes.evaluation.instance.predictions import Prediction
from cityscapes.evaluation.pixel.scores import frame_errors, scores
from cityscapes.figures.comparison import MEAN, differences, headline
from pictures import TABLE

CLASSES = ["car", "person"]


def pixels(*frames, classes=CLASSES):
    """Counts of pixels: of each frame, of each class, tp, fp and fn."""
    names = [f"ulm_000000_{number:06d}" for number in range(len(frames))]
    return FrameCounts("pixel", names, classes, np.array(frames, dtype=float))


def test_iou_and_pq_of_all_frames_are_those_of_the_sum():
    counts = pixels([[3, 1, 0], [0, 0, 0]], [[1, 0, 3], [2, 2, 0]])
    ones = np.ones((1, 2), dtype=int)
    assert class_scores(counts, ones).tolist() == [[4 / 8, 2 / 4]]
    segments = FrameCounts("panoptic", ["a"], ["car"], np.array([[[1.5, 2, 1, 1]]]))
    assert class_scores(segments, ones[:, :1]).tolist() == [[1.5 / 3]]


def test_a_class_that_no_drawn_frame_shows_has_no_score():
    counts = pixels([[3, 1, 0], [0, 0, 0]], [[1, 0, 3], [2, 2, 0]])
    one = class_scores(counts, np.array([[2, 0]]))
    assert one[0, 0] == 3 / 4 and np.isnan(one[0, 1])
    assert means(one).tolist() == [3 / 4]
    assert np.isnan(means(np.full((1, 2), np.nan))).all()


def test_counts_of_frames_add_up_to_the_official_iou():
    rng = np.random.default_rng(3)
    frames = []
    for _ in range(4):
        ids = rng.choice([7, 8, 11, 23, 4], (30, 2))
        instances = ids[:, :1]
        frames.append(np.column_stack([ids[:, :1], instances, ids[:, 1:], rng.integers(1, 9, 30)]))
    sizes = {label.name: 1.0 for label in TABLE if label.has_instances}
    official = {one.name: one.iou for one in scores(frames, TABLE, sizes).classes}
    errors = [frame_errors(frame, TABLE) for frame in frames]
    names = sorted({name for one in errors for name in one})
    values = [[one.get(name, (0, 0, 0)) for name in names] for one in errors]
    ours = class_scores(pixels(*values, classes=names), np.ones((1, 4), dtype=int))[0]
    assert ours.tolist() == [official[name] for name in names]
    evaluated = [value for value in official.values() if not np.isnan(value)]
    assert means(ours[np.newaxis])[0] == pytest.approx(np.mean(evaluated), abs=1e-15)


def boxes(rng):
    """Instance ids with six boxes of cars and persons."""
    ids = np.full((60, 120), 7, dtype=np.uint16)
    for number in range(6):
        top, left = rng.integers(0, 40), rng.integers(0, 100)
        ids[top : top + 18, left : left + 18] = rng.choice([24, 26]) * 1000 + number
    return ids


def guesses(rng, ids):
    """A shifted mask for most boxes, of few different confidences, and some of nothing."""
    for value in np.unique(ids[ids >= 1000]).tolist():
        mask = np.roll(ids == value, rng.integers(-5, 6), axis=1).astype(np.uint8)
        yield Prediction(value // 1000, rng.integers(1, 5) / 5, 0, 0, mask)
    for label in (24, 26):
        mask = np.zeros(ids.shape, dtype=np.uint8)
        mask[5:25, 50:70] = 1
        yield Prediction(label, rng.integers(1, 5) / 5, 0, 0, mask)


def instances(frames):
    """Counts as the tables of scores hold them."""
    found = average_precision(frames, TABLE)
    outcomes = found.outcomes
    names = [f"ulm_{number}" for number in range(len(frames))]
    table = pd.DataFrame(outcomes.outcome, columns=[f"{overlap:.2f}" for overlap in OVERLAPS])
    table["frame"] = [names[number] for number in outcomes.frame]
    table["name"] = [found.classes[number] for number in outcomes.class_number]
    table["confidence"] = outcomes.confidence
    values = outcomes.objects[..., np.newaxis].astype(float)
    return FrameCounts("instance", names, found.classes, values, table)


@pytest.fixture(scope="module")
def counted():
    rng = np.random.default_rng(11)
    return [count_frame(ids, list(guesses(rng, ids))) for ids in (boxes(rng) for _ in range(5))]


def test_ap_of_all_frames_is_the_official_one(counted):
    official = average_precision(counted, TABLE).ap[0].mean(axis=1)
    ours = class_scores(instances(counted), np.ones((1, 5), dtype=int))[0]
    np.testing.assert_allclose(ours, official, rtol=0, atol=1e-12)
    assert 0 < np.nanmin(ours) < np.nanmax(ours) < 1


def test_ap_of_a_draw_is_that_of_its_frames(counted):
    weights = np.array([[2, 0, 1, 0, 2], [0, 0, 0, 5, 0]])
    ours = class_scores(instances(counted), weights)
    for row, times in zip(ours, weights, strict=True):
        drawn = [
            frame for frame, number in zip(counted, times, strict=True) for _ in range(number)
        ]
        official = average_precision(drawn, TABLE).ap[0].mean(axis=1)
        np.testing.assert_allclose(row, official, rtol=0, atol=1e-12)


def test_ap_of_one_prediction_or_none():
    ids = np.full((20, 20), 26001, dtype=np.uint16)
    mask = np.ones((20, 20), dtype=np.uint8)
    ones = np.ones((1, 1), dtype=int)
    for found, right in (([Prediction(26, 0.5, 0, 0, mask)], 1.0), ([], 0.0)):
        counts = instances([count_frame(ids, found)])
        assert class_scores(counts, ones)[0, counts.classes.index("car")] == right


def test_draws_are_the_same_every_time_and_take_as_many_frames_as_there_are():
    some = draws(7, 50)
    assert (some == draws(7, 50)).all()
    assert (some.sum(axis=1) == 7).all()
    assert not (some == draws(7, 50, seed=1)).all()


def test_intervals_hold_the_middle_and_pass_over_what_is_missing():
    assert interval(np.array([np.nan, *range(101)])) == pytest.approx((2.5, 97.5))
    assert np.isnan(interval(np.array([np.nan]))).all()


def sets(shift):
    """Twenty frames of two sets; the second has `shift` more right pixels of cars in each."""
    rng = np.random.default_rng(0)
    first = rng.integers(20, 60, (20, 2, 3))
    second = first.copy()
    second[:, 0, 0] += shift
    second[:, 0, 2] -= shift
    return {"one": pixels(*first.tolist()), "two": pixels(*second.tolist())}


def test_equal_sets_differ_by_nothing():
    for one in differences(sets(0)):
        assert (one.value, one.low, one.high, one.is_beyond_chance) == (0, 0, 0, False)


def test_a_set_that_is_better_in_every_frame_is_so_beyond_chance():
    found = {one.name: one for one in differences(sets(10))}
    assert found["car"].is_beyond_chance and found[MEAN].is_beyond_chance
    assert found["car"].low < found["car"].value < found["car"].high
    assert found["person"].value == 0 and not found["person"].is_beyond_chance
    assert found[MEAN].value == pytest.approx(found["car"].value / 2)


def test_a_class_of_few_frames_is_never_beyond_chance():
    pair = {
        name: pixels(*[[[right, 0, 9], [0, 0, 0]]] * 1, *[[[0, 0, 0], [5, 1, 1]]] * 8)
        for name, right in (("one", 1), ("two", 8))
    }
    found = {one.name: one for one in differences(pair)}
    assert found["car"].value > 0 and found["car"].frames == 1
    assert not found["car"].is_beyond_chance


def test_sets_are_compared_on_the_frames_that_both_have():
    pair = sets(10)
    some = pair["two"].frames[:8]
    pair["two"] = pair["two"].of(some, CLASSES)
    assert {one.frames for one in differences(pair)} == {8}
    score, low, high = headline(pair)["one"]
    assert low < score < high
