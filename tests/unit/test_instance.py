"""Instance scores of pictures that are worked out by hand, and laws that hold for all."""

import json

import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.instance.average_precision import (
    TALLIES,
    average_precision,
)
from cityscapes.evaluation.instance.counts import count_frame
from cityscapes.evaluation.instance.predictions import Prediction
from cityscapes.evaluation.instance.result_file import result_json
from cityscapes.ground_truth.depth import Camera, depth_map, read_camera
from cityscapes.labels import LabelTable
from instance_scores import nothing_evaluated
from pictures import TABLE, picture

LETTERS = dict(r=7, v=4, g=26, c=26001, d=26002, p=24000, t=29000)
CAR, PERSON = 26, 24


def drawn(*rows):
    """Instance ids with each letter as 20 x 20 pixels: all but the tests' own are large enough."""
    return np.kron(picture(*rows, **LETTERS), np.ones((20, 20), dtype=np.uint16))


def mask(*rows, label=CAR, confidence=0.9):
    """A prediction: 20 x 20 pixels for each `x`."""
    pixels = np.kron(picture(*rows, dtype=np.uint8, x=1, o=0), np.ones((20, 20), dtype=np.uint8))
    return Prediction(label, confidence, 0, 0, pixels)


def ap(*frames, name="car", **options):
    """The AP of a class at the ten overlaps, from counts."""
    scores = average_precision(list(frames), TABLE, **options)
    return scores.ap[..., scores.classes.index(name), :].squeeze().tolist()


def tally(*frames):
    return [dict(zip(TALLIES, row, strict=True)) for row in result_tallies(frames)]


def result_tallies(frames):
    return average_precision(list(frames), TABLE).tallies.tolist()


def test_a_perfect_prediction_scores_one_and_classes_without_objects_nothing():
    counts = count_frame(drawn("ccpp"), [mask("xxoo"), mask("ooxx", label=PERSON)])
    assert ap(counts) == ap(counts, name="person") == [1.0] * 10
    assert np.isnan(ap(counts, name="bus")).all()
    averages = result_json(average_precision([counts], TABLE))["averages"]
    assert averages["allAp"] == averages["allAp50%"] == averages["classes"]["car"]["ap"] == 1


def test_classes_of_one_train_id_are_one_class():
    together = {"truck": 13, "bus": 13}
    table = LabelTable(
        [label._replace(train_id=together.get(label.name, label.train_id)) for label in TABLE]
    )
    ids = np.where(drawn("ccrd") == 26002, 27000, drawn("ccrd")).astype(np.uint16)
    counts = count_frame(ids, [mask("xxoo"), mask("ooox", confidence=0.5)])
    scores = average_precision([counts], table, encoding="trainIds")
    assert scores.classes[2:4] == ["car+truck+bus", "train"]
    assert scores.ap[0, 2].tolist() == [1.0] * 10
    assert scores.tallies.tolist() == [[2, 2, 2, 0, 0]]
    assert len(scores.classes) == 6


def test_of_a_subset_what_lies_on_the_others_is_no_mistake():
    counts = count_frame(drawn("ccpp"), [mask("xxoo", confidence=0.5), mask("ooxx")])
    assert ap(counts) == pytest.approx([0.25] * 10)
    scores = average_precision([counts], TABLE, left_out=[PERSON])
    assert "person" not in scores.classes
    assert scores.ap[0, scores.classes.index("car")].tolist() == [1.0] * 10
    # on a road, which has no instances, it is one
    counts = count_frame(drawn("ccrr"), [mask("xxoo", confidence=0.5), mask("ooxx")])
    scores = average_precision([counts], TABLE, left_out=[PERSON])
    assert scores.ap[0, scores.classes.index("car")] == pytest.approx([0.25] * 10)


@pytest.mark.parametrize(
    ("encoding", "numbers", "setting"),
    [
        ("ids", [1, 2], "set `images`, a COCO JSON file whose categories they are"),
        ("ids", [13, 11], "set `encoding: trainIds`, or `images`"),
        ("ids", [1, 26], ""),
        ("ids", [], ""),
    ],
)
def test_where_no_evaluated_class_is_predicted_the_numbers_are_named(encoding, numbers, setting):
    frames = [[[], [[number, 0.5, 4, []]]] for number in numbers]
    warning = nothing_evaluated(frames, TABLE, encoding)
    if not setting:
        assert warning == ""
        return
    names = ", ".join(f"{number} ({TABLE.by_id[number].name})" for number in sorted(numbers))
    assert f"as label ids, {names}; {setting}" in warning


def test_an_overlap_must_be_above_the_threshold():
    # 3 of 5 letters are shared: 0.6 is above 0.5 and 0.55; 0.6 itself is not above 0.6.
    counts = count_frame(drawn("cccrr"), [mask("xxxxx")])
    assert ap(counts) == [1, 1] + [0] * 8
    # 1 of 2: not above 0.5.
    assert ap(count_frame(drawn("cr"), [mask("xx")])) == [0] * 10


def test_of_two_matches_the_less_confident_is_a_false_positive():
    # The curve has the points (recall 1, precision 1/2), (1, 1) and (0, 1): area 1 when the more
    # confident one is the match. Steps: widths 0, 1/2, 1/2; 0 * 1/2 + 1/2 * 1 + 1/2 * 1.
    counts = count_frame(drawn("cc"), [mask("xx", confidence=0.2), mask("xx", confidence=0.8)])
    assert ap(counts) == [1.0] * 10
    assert tally(counts)[0]["false_positives"] == 1
    # At the same confidence there is one threshold, with precision 1/2 and recall 1.
    # Steps: (1, 1/2) of width 1/2 and (0, 1) of width 1/2: 1/4 + 1/2.
    counts = count_frame(drawn("cc"), [mask("xx"), mask("xx")])
    assert ap(counts) == [0.75] * 10


def test_a_missed_object_halves_the_recall():
    # One point (recall 1/2, precision 1) and the made-up (0, 1): widths 1/4 and 1/4.
    counts = count_frame(drawn("ccrdd"), [mask("xxooo")])
    assert ap(counts) == [0.5] * 10
    assert tally(counts) == [
        dict(objects=2, predictions=1, true_positives=1, false_positives=0, false_negatives=1)
    ]


def test_void_and_groups_and_small_objects_make_a_prediction_ignored():
    spurious = dict(confidence=0.99)
    good = mask("xxoooo")
    road = count_frame(drawn("ccrrrr"), [good, mask("ooxxxx", **spurious)])
    # Recall 1 at precision 1/2, then 0 at 0, then (0, 1): only the first has width, 1/2 of it.
    assert ap(road) == [0.25] * 10
    for ignore in ("ccvvvv", "ccgggg"):
        assert ap(count_frame(drawn(ignore), [good, mask("ooxxxx", **spurious)])) == [1.0] * 10
    # Half of it on void: ignored where the threshold is below 1/2, so never.
    half = count_frame(drawn("ccvvrr"), [good, mask("ooxxxx", **spurious)])
    assert ap(half) == [0.25] * 10
    # 9 x 11 pixels are no object that has to be found, and no mistake when they are.
    ids = drawn("ccrr")
    ids[:9, 60:71] = 26002
    small = Prediction(CAR, 0.99, 60, 0, np.ones((9, 11), dtype=np.uint8))
    counts = count_frame(ids, [mask("xxoo"), small])
    assert ap(counts) == [1.0] * 10
    assert tally(counts)[0]["objects"] == tally(counts)[0]["true_positives"] == 1


def test_numbered_objects_of_ignored_classes_are_no_void():
    caravan = count_frame(drawn("cctt"), [mask("xxoo"), mask("ooxx", confidence=0.99)])
    assert ap(caravan) == [0.25] * 10


def test_a_group_that_is_too_small_counts_twice():
    # 19 x 5 = 95 of 150 pixels would be 0.63, enough up to 0.6; twice that is enough for all.
    ids = drawn("ccrr")
    ids[:5, 60:79] = 26
    wide = np.zeros_like(ids, dtype=np.uint8)
    wide[:5, 50:80] = 1
    counts = count_frame(ids, [mask("xxoo"), Prediction(CAR, 0.99, 0, 0, wide)])
    assert ap(counts) == [1.0] * 10


def test_a_class_whose_predictions_are_all_ignored_has_found_nothing():
    """Here the reference crashes (IndexError)."""
    assert ap(count_frame(drawn("ccvv"), [mask("ooxx")])) == [0.0] * 10
    assert ap(count_frame(drawn("ccvv"), [])) == [0.0] * 10


def test_empty_masks_and_frames_without_anything():
    empty = Prediction(CAR, 0.9, 0, 0, np.zeros((0, 0), dtype=np.uint8))
    counts = count_frame(drawn("rr"), [empty, mask("oo")])
    assert counts.predictions == []
    assert np.isnan(ap(counts)).all()
    assert np.isnan(ap()).all()


def test_counts_of_a_drawn_picture():
    ids = picture("rrcc", "rvcc", **LETTERS)
    guess = Prediction(CAR, 0.5, 1, 0, np.array([[0, 1], [1, 1]], dtype=np.uint8))
    counts = count_frame(ids, [guess])
    assert counts.instances == [(4, 1, None, None), (7, 3, None, None), (26001, 4, None, None)]
    assert counts.predictions == [(CAR, 0.5, 3, [(4, 1), (26001, 2)])]


@pytest.mark.parametrize("seed", range(20))
def test_counts_as_a_slow_recount(seed):
    rng = np.random.default_rng(seed)
    ids = rng.choice([0, 7, 26, 26001], (9, 7)).astype(np.uint16)
    disparity = rng.choice([0, 1, 257, 900], (9, 7)).astype(np.uint16)
    pixels = rng.integers(0, 2, (4, 5)).astype(np.uint8)
    depth = depth_map(disparity, Camera(800.0, 0.25))
    counts = count_frame(ids, [Prediction(CAR, 0.5, 2, 3, pixels)], depth)

    whole = np.zeros(ids.shape, dtype=bool)
    whole[3:7, 2:7] = pixels
    values, expected = np.unique(ids[whole], return_counts=True)
    below = [*zip(values.tolist(), expected.tolist(), strict=True)]
    assert counts.predictions == [(CAR, 0.5, whole.sum(), below)]
    for value, size, distance, stereo_density in counts.instances:
        here = disparity[ids == value].astype(float)
        assert size == len(here)
        if value in (26, 26001):  # not the road
            with np.errstate(divide="ignore"):
                depths = np.float32(200 / ((here[here > 0] - 1) / 256))
            assert stereo_density == len(depths) / len(here)
            assert distance == (np.median(depths) if len(depths) else np.inf)
        else:
            assert distance is stereo_density is None


def test_what_is_far_or_uncertain_is_ignored_by_distance():
    # 4 letters are 1600 pixels. The near car (20 m) is found, the far one (80 m) is missed.
    ids = drawn("ccccdddd")
    depth = np.where(ids == 26001, 20, 80).astype(np.float32)
    found = [mask("xxxxoooo")]
    counts = count_frame(ids, found, depth)
    scores = average_precision([counts], TABLE, with_distances=True)
    averages = result_json(scores)["averages"]
    assert averages["classes"]["car"] == {
        "ap": 0.5, "ap50%": 0.5, "ap100m": 0.5, "ap50m": 1.0, "ap50%50m": 1.0
    }  # fmt: skip
    # Half of the depth of the far one is measured: enough. Less is not.
    depth[:10, 80:] = np.nan
    assert ap(count_frame(ids, found, depth), with_distances=True)[1] == [0.5] * 10
    depth[10, 80] = np.nan
    assert ap(count_frame(ids, found, depth), with_distances=True)[1] == [1.0] * 10
    with pytest.raises(ValueError, match="counted without its depth"):
        average_precision([counts, count_frame(ids, found)], TABLE, with_distances=True)


def test_depth_of_special_disparities():
    depth = depth_map(np.array([[0, 1, 2, 257, 65535]], dtype=np.uint16), Camera(2000.0, 0.2))
    assert depth.dtype == np.float32
    expected = [np.nan, np.inf, 400 * 256, 400, 400 * 256 / 65534]
    np.testing.assert_allclose(depth[0], expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "camera.json: cannot be read: No such file"),
        ("{", "camera.json: not JSON: "),
        ("[]", "camera.json: not a camera"),
        (
            f'{{"intrinsic": {{"fx": {10**400}}}, "extrinsic": {{"baseline": 1}}}}',
            "camera.json: not a camera",
        ),
        ('{"intrinsic": {"fx": 2262}}', "camera.json: not a camera"),
        ('{"intrinsic": {"fx": -1}, "extrinsic": {"baseline": 0.2}}', "are -1.0, 0.2, not above"),
    ],
)
def test_a_wrong_camera_is_named(tmp_path, text, message):
    path = tmp_path / "camera.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_camera(path)


def random_frames(number, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(number):
        letters = rng.choice([*"rvgcdpt"], (3, 4))
        guesses = [rng.choice([*"oox"], (3, 4)) for _ in range(rng.integers(6))]
        yield count_frame(
            drawn(*letters),
            [
                mask(*rows, label=rng.choice([CAR, CAR, PERSON]).item(), confidence=rng.random())
                for rows in guesses
            ],
        )


def test_order_of_frames_and_predictions_and_json_change_nothing():
    frames = list(random_frames(40))
    scores = average_precision(frames, TABLE)
    turned = [counts._replace(predictions=counts.predictions[::-1]) for counts in frames[::-1]]
    np.testing.assert_array_equal(average_precision(turned, TABLE).ap, scores.ap)
    again = average_precision(json.loads(json.dumps(frames)), TABLE)
    np.testing.assert_array_equal(again.ap, scores.ap)
    np.testing.assert_array_equal(again.tallies, scores.tallies)


def test_tallies_of_two_halves_are_those_of_the_whole():
    frames = list(random_frames(40))
    whole = result_tallies(frames)
    assert result_tallies(frames[:13]) + result_tallies(frames[13:]) == whole
    for objects, predictions, hits, misses, missed in whole:
        assert objects == hits + missed
        assert predictions >= hits + misses


def test_a_predictions_score_depends_on_the_order_of_confidences_only():
    frames = list(random_frames(40))
    cubed = [
        counts._replace(
            predictions=[
                p._replace(confidence=8 * p.confidence**3 - 5) for p in counts.predictions
            ]
        )
        for counts in frames
    ]
    np.testing.assert_array_equal(
        average_precision(cubed, TABLE).ap, average_precision(frames, TABLE).ap
    )


def test_another_label_table_needs_no_new_counting():
    counts = count_frame(drawn("cctt"), [mask("xxoo"), mask("ooxx", label=29)])
    table = LabelTable([label._replace(ignore_in_eval=label.id != 29) for label in TABLE])
    scores = average_precision([counts], table)
    assert scores.classes == ["caravan"]
    assert scores.ap.tolist() == [[[1.0] * 10]]


def test_other_ids_on_both_sides_change_nothing():
    def scored(car, person):
        letters = {**LETTERS, "c": car * 1000 + 1, "p": person * 1000}
        ids = picture("cccrpp", "cccrrp", dtype=np.uint16, **letters)
        truth = np.kron(ids, np.ones((20, 20), dtype=np.uint16))
        guesses = [mask("xxoooo", "xxoooo", label=car), mask("ooooxx", "ooooox", label=person)]
        return [ap(count_frame(truth, guesses), name=TABLE.by_id[id].name) for id in (car, person)]

    swapped = scored(car=PERSON, person=CAR)
    assert scored(car=CAR, person=PERSON) == swapped
    assert swapped[0] != swapped[1]
