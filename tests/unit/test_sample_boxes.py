"""Predictions of boxes for the sample: the same each time, and good ones score above poor ones."""

import json

import numpy as np

from cityscapes.evaluation.boxes3d.boxes import check_predictions
from cityscapes.evaluation.boxes3d.counts import count_frame
from cityscapes.evaluation.boxes3d.scores import class_scores, means
from cityscapes.evaluation.boxes3d.settings import LABELS, Settings3d
from cityscapes.evaluation.pedestrians.counts import count_frame as count_people
from cityscapes.evaluation.pedestrians.detections import detections, parse_text
from cityscapes.evaluation.pedestrians.scores import miss_rates
from cityscapes.evaluation.pedestrians.subsets import OFFICIAL
from cityscapes.evaluation.pedestrians.truth import parse_truth
from cityscapes.person_labels import read_person_labels
from cityscapes.sample.box_predictions import predict_boxes, results_of_people
from tiny import CLONE
from vehicles import make_frame

HABITS = {"noise": 0, "far": 60.0, "digits": 2, "other": 0}
SIZE = (2048, 1024)
FRAMES = [f"bonn_{number:06d}_000019" for number in range(12)]


def truth_of(frame):
    """Bytes of the files of vehicles and of people."""
    rng = np.random.default_rng(int(frame.split("_")[1]))
    vehicles, _ = make_frame(rng, 10, HABITS)
    vehicles["ignore"] = []
    heights = rng.integers(60, 200, 6).tolist()
    people = [
        {
            "label": "pedestrian",
            "bbox": [300 * k, 400, h // 2, h],
            "bboxVis": [300 * k, 400, h // 2, h],
        }
        for k, h in enumerate(heights)
    ]
    document = {"imgWidth": SIZE[0], "imgHeight": SIZE[1], "objects": people}
    return json.dumps(vehicles).encode(), json.dumps(document).encode()


def test_good_vehicles_score_above_poor_ones():
    counts = {"good": [], "poor": []}
    for frame in FRAMES:
        vehicles, _ = truth_of(frame)
        for file in predict_boxes(frame, vehicles, None, SIZE, 0).files:
            assert file.frame == frame
            counts[file.set.removeprefix("boxes3d_")].append(
                count_frame(vehicles, file.content, Settings3d())
            )
    good, poor = (
        means(class_scores(frames, Settings3d()))["mDetection_Score"] for frames in counts.values()
    )
    assert good > poor + 0.1


def test_good_pedestrians_are_missed_less_than_poor_ones():
    table = read_person_labels(CLONE / "config/labels_cityPersons.csv")
    good, poor, found = [], [], []
    for frame in FRAMES:
        _, people = truth_of(frame)
        made = predict_boxes(frame, None, people, SIZE, 0)
        true = parse_truth(people, table)
        found.append(made.people)
        good.append(count_people(true, detections(made.people), OFFICIAL))
        poor.append(count_people(true, parse_text(made.files[0].content), OFFICIAL))
    rates = [miss_rates(frames, OFFICIAL)[0].log_average for frames in (good, poor)]
    assert rates[0] < rates[1] - 0.1
    entries = json.loads(results_of_people(found).content)
    assert {entry["image_id"] for entry in entries} <= set(range(1, len(FRAMES) + 1))
    assert len(entries) == sum(map(len, found))


def test_predictions_depend_on_frame_and_seed_alone():
    vehicles, people = truth_of(FRAMES[0])
    first = predict_boxes(FRAMES[0], vehicles, people, SIZE, 0)
    assert first == predict_boxes(FRAMES[0], vehicles, people, SIZE, 0)
    assert first != predict_boxes(FRAMES[0], vehicles, people, SIZE, 1)
    assert predict_boxes(FRAMES[0], None, None, SIZE, 0).people is None


def test_vehicles_that_are_withheld_are_made_up():
    document = json.loads(truth_of(FRAMES[0])[0])
    empty = json.dumps(document | {"objects": []}).encode()
    assert json.loads(predict_boxes(FRAMES[0], empty, None, SIZE, 0).files[0].content) == {
        "objects": []
    }
    made = predict_boxes(FRAMES[0], empty, None, SIZE, 0, withheld=True)
    assert made == predict_boxes(FRAMES[0], empty, None, SIZE, 0, withheld=True)
    for file in made.files:
        boxes, problems = check_predictions(file.content, LABELS)
        assert len(boxes) and not problems
        assert (boxes.amodal[:, 2:] > 0).all()  # they are in sight
