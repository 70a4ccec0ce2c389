"""COCO's protocol: hand-made masks with scores that are known."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco

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


def test_masks_of_classes_that_are_not_scored_are_left_out():
    assert found_of((7, 0.9, BOX)) == []
    headline, _ = score(truth_of((26, BOX, 0)), [])
    assert values(headline, "mask")["AP"] == 0


def test_text_files_are_scored_for_the_frames_that_they_predict(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    truth = truth_of((26, BOX, 0))
    other = {**truth["images"][0], "id": 1, "file_name": "a/b_leftImg8bit.png"}
    truth["images"].append(other)  # its frame is not predicted
    truth["annotations"].append({**truth["annotations"][0], "id": 2, "image_id": 1})
    Path("truth.json").write_text(json.dumps(truth))
    Path("found").mkdir()
    Path("found/m.png").write_bytes(encode(np.ascontiguousarray(mask_of(BOX))))
    Path("found/a.txt").write_text("m.png 26 0.5\n")
    write_tracked(Path("files.tsv"), ["frame", "path"], [{"frame": "a", "path": "found/a.txt"}])
    main(
        predictions=Path("found"), files=Path("files.tsv"), truth=Path("truth.json"),
        labels=CLONE / "config/labels.csv", encoding="auto", images=None, resize="",
        output=Path("coco.csv"), classes=Path("coco_classes.csv"),
    )  # fmt: skip
    with open("coco.csv") as file:
        rows = {(row["kind"], row["metric"]): float(row["value"]) for row in csv.DictReader(file)}
    assert rows["mask", "AP"] == pytest.approx(1) and rows["box", "AP"] == pytest.approx(1)
