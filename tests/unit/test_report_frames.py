"""Pictures of frames of instance and panoptic sets: what is drawn, and what counts as wrong."""

import numpy as np
import pandas as pd
import pytest
from test_statistics import TABLE

from cityscapes.evaluation.bootstrap import FrameCounts, frame_scores
from cityscapes.evaluation.classes import IDS, TRAIN_IDS, scored_table
from cityscapes.evaluation.instance.predictions import Prediction
from cityscapes.evaluation.panoptic.quality import FrameCounts as PanopticCounts
from cityscapes.evaluation.panoptic.records import SegmentInfo
from cityscapes.png import write as png
from cityscapes.report import segments
from cityscapes.report.frames import HEIGHT, RIGHT, VOID, WIDTH, WRONG
from cityscapes.report.instances import instance_panels
from cityscapes.report.pictures import DRAW, Shown
from cityscapes.report.segments import NOTHING, OUTLINE, Segments, error_map, segment_panels
from cityscapes.report.verdicts import panoptic_segments, panoptic_verdicts

CAR, SKY, PERSON = (142, 0, 0), (180, 130, 70), (60, 20, 220)  # BGR


def quarter(shown, number):
    """One of the four pictures, at a 16th of its size: a pixel each in the middle of a square."""
    row, column = divmod(number, 2)
    part = shown[row * HEIGHT : (row + 1) * HEIGHT, column * WIDTH : (column + 1) * WIDTH]
    return part[10::20, 10::20]


def color(image, row, column):
    return tuple(image[row, column].tolist())


def mask(label_id, confidence, rows, columns):
    shape = rows[1] - rows[0], columns[1] - columns[0]
    return Prediction(label_id, confidence, columns[0], rows[0], np.ones(shape, dtype=np.uint8))


@pytest.fixture
def street():
    """uint16 (16, 32): sky, two cars and a person of 200 pixels' worth each, a group and void."""
    ids = np.full((320, 640), 23, dtype=np.uint16)
    ids[40:80, 40:120] = 26001
    ids[40:80, 200:280] = 26002
    ids[100:180, 40:80] = 24001
    ids[200:240, 200:280] = 26  # a group
    ids[280:] = 1  # ego vehicle
    ids[0, 0] = 25001  # a rider that is too small to be found
    return ids


def drawn(ids, predictions, classes=()):
    scored = scored_table(TABLE, IDS, classes)
    return instance_panels(None, ids, predictions, TABLE, scored, IDS)


def test_objects_are_right_missed_or_false(street):
    found = [
        mask(26, 0.9, (40, 80), (40, 120)),
        mask(26, 0.8, (40, 80), (400, 480)),  # on the sky
        mask(26, 0.7, (200, 240), (200, 280)),  # on the group
    ]
    truth, predicted, errors = (quarter(drawn(street, found), n) for n in (1, 2, 3))
    assert color(truth, 3, 4) == CAR and color(truth, 7, 3) == PERSON
    assert color(truth, 0, 20) == VOID
    assert color(predicted, 3, 4) == CAR and color(predicted, 3, 12) == VOID
    assert color(errors, 3, 4) == RIGHT
    assert color(errors, 3, 12) == WRONG and color(errors, 7, 3) == WRONG  # missed
    assert color(errors, 3, 22) == WRONG  # false
    assert color(errors, 11, 12) == VOID and color(errors, 15, 0) == VOID
    assert color(errors, 0, 20) == NOTHING


def test_as_many_predictions_are_drawn_as_there_are_objects(street):
    found = [mask(26, 0.1 * n, (20 * n, 20 * n + 20), (400, 480)) for n in range(1, 6)]
    predicted = quarter(drawn(street, found), 2)
    assert [color(predicted, n, 22) for n in range(1, 6)] == [VOID] * 2 + [CAR] * 3


def test_the_most_confident_one_lies_on_top_and_empty_masks_are_left_out(street):
    empty = Prediction(26, 1.0, 0, 0, np.zeros((1, 1), dtype=np.uint8))
    found = [empty, mask(24, 0.9, (40, 80), (40, 120)), mask(26, 0.5, (40, 80), (40, 160))]
    predicted = quarter(drawn(street, found), 2)
    assert color(predicted, 3, 4) == PERSON and color(predicted, 3, 7) == CAR


def test_classes_that_are_not_scored_are_neither_right_nor_wrong(street):
    found = [mask(26, 0.9, (40, 80), (40, 120)), mask(24, 0.1, (100, 180), (40, 80))]
    truth, predicted, errors = (quarter(drawn(street, found, ["person"]), n) for n in (1, 2, 3))
    assert color(truth, 3, 4) == VOID and color(predicted, 3, 4) == VOID
    assert color(errors, 3, 4) == VOID and color(errors, 7, 3) == RIGHT


def test_a_mask_that_spills_is_wrong_there(street):
    errors = quarter(drawn(street, [mask(26, 0.9, (40, 100), (40, 120))]), 3)
    assert color(errors, 3, 4) == RIGHT and color(errors, 4, 4) == WRONG


def test_segments_have_outlines_where_they_are_things():
    ids = np.ones((HEIGHT, WIDTH), dtype=np.int32)
    ids[:, WIDTH // 2 :] = 2
    of = {"sky": TABLE.by_name["sky"], "car": TABLE.by_name["car"], "road": TABLE.by_name["road"]}
    one = Segments(ids, {1: of["sky"], 2: of["road"]})
    other = Segments(ids, {1: of["sky"], 2: of["car"]})
    shown = segment_panels(None, one, other, lambda true, guess: RIGHT)
    row, middle = 5, WIDTH // 2
    assert color(shown, row, WIDTH + middle) != OUTLINE
    assert color(shown, HEIGHT + row, middle) == OUTLINE
    assert color(shown, HEIGHT + row, middle + 1) == CAR
    assert color(shown, row, 0) == NOTHING  # no image


def test_an_error_map_asks_for_each_pair_of_segments():
    truth = np.array([[1, 1], [(1 << 24) - 1, 0]], dtype=np.int32)
    guess = np.array([[2, 3], [0, (1 << 24) - 1]], dtype=np.int32)
    asked = []
    error_map(truth, guess, lambda *pair: asked.append(pair) or segments.NOTHING)
    assert sorted(asked) == [(0, (1 << 24) - 1), (1, 2), (1, 3), ((1 << 24) - 1, 0)]


def test_verdicts_on_panoptic_segments():
    scored = scored_table(TABLE, IDS, ["sky", "car"])
    truth = [[23, 23, 0], [26001, 26, 0], [26002, 26, 0], [26, 26, 1], [7, 7, 0]]
    guesses = [[1, 23], [2, 26], [3, 7], [4, 26]]
    pixels = [[23, 1, 10], [23, 3, 90], [26001, 2, 80], [26001, 4, 20], [26002, 4, 50],
              [26002, 3, 50], [26, 4, 10], [7, 3, 10]]  # fmt: skip
    labels = [
        panoptic_segments([SegmentInfo(row[0], row[1]) for row in rows], scored, IDS)
        for rows in (truth, guesses)
    ]
    judge = panoptic_verdicts(PanopticCounts(truth, guesses, pixels), *labels)
    assert judge(23, 1) == RIGHT and judge(23, 3) == WRONG  # stuff goes by class alone
    assert judge(26001, 2) == RIGHT and judge(26001, 4) == WRONG
    assert judge(26002, 4) == WRONG  # no match: 50 of 130 pixels
    assert judge(26, 4) == VOID and judge(0, 1) == VOID and judge(7, 3) == VOID


def test_panoptic_segments_of_train_ids_have_the_class_of_that():
    scored = scored_table(TABLE, TRAIN_IDS)
    found = panoptic_segments([SegmentInfo(5, 13), SegmentInfo(6, 0)], scored, TRAIN_IDS)
    assert {id_: label.name for id_, label in found.items()} == {5: "car", 6: "road"}


def test_instances_of_a_folder_are_read_and_drawn(street, tmp_path):
    image = tmp_path / "truth/gtFine/val/ulm/ulm_0_gtFine_instanceIds.png"
    found = np.zeros(street.shape, dtype=np.uint8)
    found[40:80, 40:120] = 255
    for path, pixels in ((image, street), (tmp_path / "predicted/a.png", found)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png.encode(pixels))
    text = tmp_path / "predicted/ulm_0.txt"
    text.write_text("a.png 26 0.9\n")
    shown = Shown(
        tmp_path, text.parent, {"ulm_0": text}, {"ulm_0": "ulm"}, tmp_path / "truth", "val", TABLE
    )
    errors = quarter(DRAW["instance"](shown)("ulm_0", None), 3)
    assert color(errors, 3, 4) == RIGHT and color(errors, 3, 12) == WRONG


def test_scores_of_single_frames():
    columns = ["frame", "name", "confidence", "0.50"]
    found = pd.DataFrame([("a", "car", 0.9, 1), ("b", "car", 0.8, 0)], columns=columns)
    values = np.array([[[1.0]], [[2.0]], [[0.0]]])
    counts = FrameCounts("instance", ["a", "b", "c"], ["car"], values, found)
    scores = frame_scores(counts)
    assert (scores["a"], scores["b"]) == (1, 0) and np.isnan(scores["c"])
    pixels = FrameCounts("pixel", ["a"], ["car"], np.array([[[1.0, 1, 2]]]))
    assert frame_scores(pixels) == {"a": 0.25}
