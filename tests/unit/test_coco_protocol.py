"""COCO's protocol: hand-made masks with scores that are known."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from cityscapes.errors import DataError
from cityscapes.evaluation.instance.coco_protocol import HEADLINE, results_of, score
from cityscapes.evaluation.instance.predictions import Prediction
from cityscapes.incremental.tables import write_tracked
from cityscapes.png.write import encode
from coco_scores import main
from tiny import CLONE

SHAPE = (40, 60)
CATEGORIES = [{"id": 26, "name": "car"}, {"id": 24, "name": "person"}]


def mask_of(box):
    left, top, width, height = box
    mask = np.zeros(SHAPE, dtype=np.uint8, order="F")
    mask[top : top + height, left : left + width] = 1
    return mask


def truth_of(*objects):
    """A COCO document of one image; objects are (class, box, is crowd)."""
    annotations = []
    for number, (label_id, box, crowd) in enumerate(objects, start=1):
        rle = coco.encode(mask_of(box))
        annotations.append(
            {
                "id": number, "image_id": 0, "category_id": label_id, "iscrowd": crowd,
                "bbox": [float(side) for side in box], "area": box[2] * box[3],
                "segmentation": {**rle, "counts": rle["counts"].decode()},
            }
        )  # fmt: skip
    image = {"id": 0, "height": SHAPE[0], "width": SHAPE[1], "file_name": "a/a_leftImg8bit.png"}
    return {"images": [image], "categories": CATEGORIES, "annotations": annotations}


def found_of(*objects):
    """Entries of results; objects are (class, confidence, box)."""
    predictions = [
        Prediction(label_id, confidence, box[0], box[1], np.ones((box[3], box[2]), np.uint8))
        for label_id, confidence, box in objects
    ]
    return results_of(0, predictions, SHAPE, {26, 24})


def values(rows, kind):
    return {metric: value for of_kind, metric, value in rows if of_kind == kind}


BOX = (5, 5, 20, 10)


def test_the_truth_itself_is_perfect_by_masks_and_boxes():
    headline, classes = score(truth_of((26, BOX, 0)), found_of((26, 0.9, BOX)))
    for kind in ("mask", "box"):
        assert values(headline, kind)["AP"] == pytest.approx(1)
        assert [*values(headline, kind)] == list(HEADLINE)
    assert classes[0] == ("mask", "car", pytest.approx(1), pytest.approx(1))
    assert classes[1][:2] == ("mask", "person") and math.isnan(classes[1][2])
    assert math.isnan(values(headline, "mask")["AP large"])


def test_an_overlap_counts_up_to_its_threshold():
    """IoU 180 / 220 = 0.82: right at 0.5 to 0.8, seven of ten thresholds."""
    headline, _ = score(truth_of((26, BOX, 0)), found_of((26, 0.9, (7, 5, 20, 10))))
    assert values(headline, "mask")["AP"] == pytest.approx(0.7)
    assert values(headline, "mask")["AP50"] == pytest.approx(1)
    assert values(headline, "mask")["AP75"] == pytest.approx(1)


def test_a_group_is_a_crowd_that_takes_predictions_without_harm():
    truth = truth_of((26, BOX, 0), (26, (30, 5, 20, 20), 1))
    found = found_of((26, 0.5, BOX), (26, 0.9, (32, 7, 5, 5)))
    assert values(score(truth, found)[0], "mask")["AP"] == pytest.approx(1)
    elsewhere = found_of((26, 0.5, BOX), (26, 0.9, (5, 30, 5, 5)))
    assert values(score(truth, elsewhere)[0], "mask")["AP"] == pytest.approx(0.5)


def test_boxes_are_those_that_a_network_predicted_where_it_did():
    """IoU of the boxes 180 / 220, of the masks 1; a mask without a box of its own has the one."""
    mask = np.ones((10, 20), np.uint8)
    for own, ap in (([7, 5, 20, 10], 0.7), ([], 1), (None, 1)):
        found = results_of(0, [Prediction(26, 0.9, 5, 5, mask, own)], SHAPE, {26})
        headline, _ = score(truth_of((26, BOX, 0)), found)
        assert values(headline, "box")["AP"] == pytest.approx(ap)
        assert values(headline, "mask")["AP"] == pytest.approx(1)


@pytest.mark.parametrize(
    "box", [0, "a", [1, 2, 3], [1, 2, 3, -4], [1, 2, 3, math.nan], [1, 2, 3, "4"]]
)
def test_what_is_no_box_is_told(box):
    with pytest.raises(DataError, match="is not x, y, width and height in pixels"):
        results_of(0, [Prediction(26, 0.9, 5, 5, np.ones((1, 1), np.uint8), box)], SHAPE, {26})


def test_the_size_of_a_mask_is_its_area_and_not_that_of_its_box():
    """Two wrong masks: a frame of 152 pixels is small, its box of 40 x 38 pixels is not."""
    outline = np.ones((38, 40), np.uint8)
    outline[1:-1, 1:-1] = 0
    truth = truth_of((26, BOX, 0))
    wrong = [
        Prediction(26, 0.9, 10, 1, outline),
        Prediction(26, 0.5, 5, 5, np.ones((10, 20), np.uint8)),
    ]
    headline, _ = score(truth, results_of(0, wrong, SHAPE, {26}))
    assert values(headline, "mask")["AP small"] == pytest.approx(0.5)
    assert values(headline, "box")["AP small"] == pytest.approx(1)


@pytest.mark.parametrize("seed", range(8))
def test_scores_are_those_of_pycocotools_itself(seed, tmp_path, capsys):
    """Called as detectron2 calls it: masks without boxes, and boxes without masks."""
    rng = np.random.default_rng(seed)

    def box():
        left, top = rng.integers(0, 40), rng.integers(0, 25)
        return int(left), int(top), int(rng.integers(2, 60 - left)), int(rng.integers(2, 40 - top))

    things = [(int(rng.choice([24, 26])), box(), int(rng.random() < 0.2)) for _ in range(12)]
    truth = truth_of(*things)
    near = [
        (c, tuple(np.maximum(np.add(b, rng.integers(-2, 3, 4)), 1).tolist())) for c, b, _ in things
    ]
    near = [(c, (x, y, min(w, 60 - x), min(h, 40 - y))) for c, (x, y, w, h) in near]
    found = found_of(*((c, float(rng.random()), b) for c, b in near))
    headline, classes = score(truth, found)
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    ours = COCO(str(tmp_path / "truth.json"))
    for kind, iou_type, left_out in (("mask", "segm", "bbox"), ("box", "bbox", "segmentation")):
        entries = [{k: v for k, v in one.items() if k != left_out} for one in found]
        (tmp_path / "found.json").write_text(json.dumps(entries))
        evaluated = COCOeval(ours, ours.loadRes(str(tmp_path / "found.json")), iou_type)
        evaluated.evaluate()
        evaluated.accumulate()
        evaluated.summarize()
        theirs = [math.nan if value == -1 else value for value in evaluated.stats]
        np.testing.assert_array_equal([*values(headline, kind).values()], theirs)
        of_class = np.mean(evaluated.eval["precision"][:, :, 1, 0, 2])  # of 24 and 26
        assert {name: ap for of_kind, name, ap, _ in classes if of_kind == kind}["car"] == of_class
    assert 0 < values(headline, "mask")["AP"] < 1


def test_masks_of_classes_that_are_not_scored_are_left_out():
    assert found_of((7, 0.9, BOX)) == []
    headline, _ = score(truth_of((26, BOX, 0)), [])
    assert values(headline, "mask")["AP"] == 0


@pytest.fixture
def scored(tmp_path, monkeypatch):
    """A function that scores the text file of one frame of two: the rows of both tables."""
    monkeypatch.chdir(tmp_path)
    truth = truth_of((26, BOX, 0))
    other = {**truth["images"][0], "id": 1, "file_name": "a/b_leftImg8bit.png"}
    truth["images"].append(other)  # its frame is not predicted
    truth["annotations"].append({**truth["annotations"][0], "id": 2, "image_id": 1})
    Path("truth.json").write_text(json.dumps(truth))
    Path("found").mkdir()
    Path("found/m.png").write_bytes(encode(np.ascontiguousarray(mask_of(BOX))))
    Path("found/a.txt").write_text("m.png 26 0.5\n")
    rows = [{"frame": "a", "path": "found/a.txt"}]
    write_tracked(Path("files.tsv"), ["frame", "path"], rows, expected="2")

    def score_them(only=()):
        main(
            predictions=Path("found"), files=Path("files.tsv"), truth=Path("truth.json"),
            labels=CLONE / "config/labels.csv", encoding="auto", images=None, resize="",
            only=list(only), output=Path("coco.csv"), classes=Path("coco_classes.csv"),
        )  # fmt: skip
        tables = (Path(name).read_text().splitlines() for name in ("coco.csv", "coco_classes.csv"))
        return [list(csv.DictReader(table)) for table in tables]

    return score_them


def test_text_files_are_scored_for_the_frames_that_they_predict(scored):
    headline, classes = scored()
    found = {(row["kind"], row["metric"]): float(row["value"]) for row in headline}
    assert found["mask", "AP"] == pytest.approx(1) and found["box", "AP"] == pytest.approx(1)
    assert {row["frames"] for row in headline + classes} == {"1 of 2"}
    assert [row["name"] for row in classes] == ["car", "person"] * 2


def test_only_the_classes_of_a_set_are_scored(scored):
    headline, classes = scored(["car", "road"])
    assert [row["name"] for row in classes] == ["car"] * 2
    assert {row["note"] for row in headline + classes} == {"only 2 classes: car, road"}
    with pytest.raises(DataError, match="none of the classes has instances: road"):
        scored(["road"])
    with pytest.raises(DataError, match="names that are no evaluated classes"):
        scored(["carr"])
