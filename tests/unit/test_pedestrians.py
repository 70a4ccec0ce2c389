"""CityPersons: the log-average miss rate, equal to the reference, and messages for bad files."""

import json
from pathlib import Path

import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.pedestrians.counts import count_frame
from cityscapes.evaluation.pedestrians.detections import detections, parse_text, read_results
from cityscapes.evaluation.pedestrians.matching import Outcome, match, outcomes
from cityscapes.evaluation.pedestrians.scores import (
    REFERENCE_POINTS,
    miss_rates,
    reference_line,
)
from cityscapes.evaluation.pedestrians.subsets import OFFICIAL, Subset
from cityscapes.evaluation.pedestrians.tables import (
    table_of_curves,
    table_of_frames,
    table_of_subsets,
)
from cityscapes.evaluation.pedestrians.truth import ground_truth_json, parse_truth, people
from cityscapes.person_labels import read_person_labels
from people import make_case, people_of_images, rates_of

VECTORS = Path(__file__).parent / "vectors/objects"
TABLE = read_person_labels(Path(__file__).parents[2] / "config/labels_cityPersons.csv")


def read(name):
    return json.loads((VECTORS / name).read_text())


@pytest.mark.parametrize("name", sorted(path.name for path in VECTORS.glob("citypersons_*.json")))
def test_miss_rates_are_those_of_the_reference(name):
    vector = read(name)
    rates = rates_of(vector["gt"], vector["detections"])
    found = {rate.subset.name: rate.log_average for rate in rates}
    assert list(found) == list(vector["expected"])
    for subset, expected in vector["expected"].items():
        assert found[subset] == pytest.approx(expected, rel=0, abs=1e-12)
    lines = "".join(f"{reference_line(rate)}\n" for rate in rates)
    assert lines == vector["text"]


PERSON = {"label": "pedestrian", "bbox": [10, 20, 41, 100], "bboxVis": [10, 20, 41, 80]}


def as_bytes(objects, **more):
    document = {"imgWidth": 2048, "imgHeight": 1024, "objects": objects}
    return json.dumps(document | more).encode()


def test_people_of_a_file():
    rider = PERSON | {"label": "rider", "bbox": [-5, 0, 3, 7], "bboxVis": [0, 0, 0, 0]}
    found = parse_truth(as_bytes([PERSON, rider, PERSON | {"label": "ignore"}]), TABLE)
    assert found.id.tolist() == [1, 2, 0]
    assert found.visibility.tolist() == [0.8, 0, 0.8]
    assert found.size == (2048, 1024)


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (PERSON | {"label": "pedestrain"}, r'object 1: label is "pedestrain" \(did you mean'),
        (PERSON | {"label": 3}, "object 1: label is 3, not one of ignore, pedestrian, rider"),
        (PERSON | {"bbox": [1, 2, 3]}, r"object 1: bbox is \[1, 2, 3\], not a list of 4 numbers"),
        (PERSON | {"bbox": [1, 2, 0, 3]}, "object 1: bbox .* width and height must be above 0"),
        ({"label": "rider", "bbox": [1, 2, 3, 4]}, "object 1: bboxVis is missing"),
        ("x", 'object 1: "x" is not an object'),
    ],
)
def test_wrong_people_are_named(one, message):
    with pytest.raises(DataError, match=message):
        parse_truth(as_bytes([PERSON, one]), TABLE)


def test_a_file_without_size_or_objects_is_refused():
    with pytest.raises(DataError, match=r"imgWidth, imgHeight are \[null, 1024\]"):
        parse_truth(as_bytes([], imgWidth=None), TABLE)
    with pytest.raises(DataError, match="objects is missing, not a list"):
        parse_truth(b"{}", TABLE)


def test_the_ground_truth_file_has_the_form_of_the_released_one():
    group = PERSON | {"label": "person group", "bbox": [0, 0, 3, 3], "bboxVis": [0, 0, 1, 1]}
    found = parse_truth(as_bytes([PERSON, group]), TABLE)
    empty = parse_truth(as_bytes([]), TABLE)
    document = ground_truth_json({"bonn_000000_000019": empty, "ulm_000000_000019": found})
    assert document.endswith(
        b'{"id":2,"im_name":"ulm_000000_000019_leftImg8bit.png","height":1024,"width":2048}],'
        b'"annotations":[{"id":1,"image_id":2,"category_id":1,"iscrowd":0,"ignore":0,'
        b'"bbox":[10,20,41,100],"vis_bbox":[10,20,41,80],"height":100,"vis_ratio":0.8},'
        b'{"id":2,"image_id":2,"category_id":1,"iscrowd":1,"ignore":1,'
        b'"bbox":[0,0,3,3],"vis_bbox":[0,0,1,1],"height":3,"vis_ratio":0.111111111111}]}'
    )


def test_lines_of_a_text_file():
    found = parse_text(b"1 2 3.5 4 0.9\n\n-1 2 3 4 1e-3\r\n")
    assert found.box.tolist() == [[1, 2, 3.5, 4], [-1, 2, 3, 4]]
    assert found.score.tolist() == [0.9, 0.001]
    assert len(parse_text(b"")) == 0


def test_all_wrong_lines_of_a_text_file_are_listed():
    with pytest.raises(DataError) as error:
        parse_text(b"1 2 3 4\n1 2 3 4 0.5\n1 2 3 x 1\n1 2 3 4 nan\n1 2 0 4 1\n")
    for number, why in ((1, "list of 5"), (3, "'1 2 3 x 1'"), (4, "finite"), (5, "above 0")):
        line = next(p for p in str(error.value).split("; ") if p.startswith(f"line {number}: "))
        assert why in line
    assert "line 2" not in str(error.value)


FRAMES = ["bonn_000000_000019", "ulm_000000_000019"]
FOUND = {"image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}


def results(tmp_path, entries):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(entries))
    return read_results(path, FRAMES)


def test_images_are_numbers_or_names(tmp_path):
    by_name = FOUND | {"image_id": "bonn_000000_000019_leftImg8bit.png"}
    found, wrong = results(tmp_path, [FOUND, by_name, FOUND | {"category_id": 2}])
    assert not wrong
    assert found == {FRAMES[0]: [[1, 2, 3, 4, 0.5]], FRAMES[1]: [[1, 2, 3, 4, 0.5]]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_id": 3}, "entry 1: image_id is 3, not from 1 to 2, nor the name of a frame"),
        ({"image_id": 0}, "entry 1: image_id is 0, not from 1 to 2"),
        ({"image_id": "ulm_1"}, 'entry 1: image_id "ulm_1" is no frame of the split'),
        ({"score": None}, "entry 1: score is missing, not a finite number"),
        ({"bbox": [1, 2, 3]}, "entry 1: bbox is [1, 2, 3], not a list of 4 numbers"),
        ({"bbox": [1, 2, -3, 4]}, "entry 1: width and height are -3 and 4: they must be above 0"),
        ({"category_id": "1"}, 'entry 1: category_id is "1", not 1 for a pedestrian'),
    ],
)
def test_wrong_entries_are_listed_and_the_others_read(tmp_path, change, message):
    found, wrong = results(tmp_path, [FOUND, FOUND | change, FOUND])
    assert len(found[FRAMES[1]]) == 2
    assert len(wrong) == 1
    assert message in wrong[0]


def test_a_results_file_of_another_kind_is_named(tmp_path):
    with pytest.raises(DataError, match=r"results.json: the file holds {.*not a list"):
        results(tmp_path, {"annotations": []})


@pytest.mark.parametrize("seed", range(6))
def test_matches_are_those_of_the_rule_applied_one_by_one(seed):
    truth, found = make_case(seed)
    for image, of_image in list(people_of_images(truth).items())[:25]:
        rows = [[*one["bbox"], one["score"]] for one in found if one["image_id"] == image]
        subsets = (*OFFICIAL, Subset("heavy", (50, 1e10), (0, 0.65)))
        for subset, matched in zip(
            subsets, match(of_image, detections(rows), subsets), strict=True
        ):
            ours = dict(zip(matched.detection, matched.truth, strict=True))
            assert ours == slow_match(of_image, rows, subset)


def slow_match(truth, rows, subset):
    """Detection -> person or None, by loops over plain numbers."""
    low, high = subset.height
    wanted = [
        truth.id[k] == 1
        and low <= truth.box[k][3] <= high
        and subset.visibility[0] <= truth.visibility[k] <= subset.visibility[1]
        for k in range(len(truth))
    ]
    free = {k for k, one in enumerate(wanted) if one}
    found = {}
    for row in sorted(range(len(rows)), key=lambda row: -rows[row][4])[:1000]:
        box = rows[row][:4]
        if not low / 1.25 <= box[3] < high * 1.25:
            continue
        best = max(((overlap(box, truth.box[k], True), k) for k in free), default=(0, 0))
        if best[0] >= 0.5:
            free.remove(best[1])
            found[row] = best[1]
        elif not any(
            overlap(box, truth.box[k], False) >= 0.5 for k, one in enumerate(wanted) if not one
        ):
            found[row] = None
    return found


def overlap(box, other, union):
    width = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    height = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both, area = width * height, box[2] * box[3]
    return both / (area + other[2] * other[3] - both if union else area)


def test_nobody_to_find_and_nothing_found():
    someone = people((2048, 1024), [1], [[0, 0, 40, 100]], [[0, 0, 40, 100]])
    nobody = people((2048, 1024), [], [], [])
    nothing = detections([])
    rates = miss_rates([count_frame(nobody, nothing, OFFICIAL)], OFFICIAL)
    assert [rate.log_average for rate in rates] == [-1, -1, -1, -1]
    rates = miss_rates([count_frame(someone, nothing, OFFICIAL)], OFFICIAL)
    assert [rate.log_average for rate in rates] == [1, -1, -1, 1]
    assert not rates[0].unusual


def test_a_false_best_detection_among_few_images_is_unusual():
    vector = read("citypersons_fp_first_single_image.json")
    rates = rates_of(vector["gt"], vector["detections"])
    assert rates[0].unusual
    np.testing.assert_array_equal(rates[0].at_points, rates[0].recall[-1])


def test_the_table_of_people_is_checked_as_the_other_one(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "name,id,hasInstances,ignoreInEval,red,green,blue\n"
        "rider,2,1,0,0,0,142\nrider,2,7,0,0,0,x\n"
    )
    with pytest.raises(DataError) as error:
        read_person_labels(path)
    for part in (
        "line 1: no class with id 1",
        "line 3: hasInstances is 7, not 0 or 1",
        "line 3: blue is 'x', not a whole number",
        "line 3: name 'rider' is already that of line 2",
        "line 3: id 2 is already that of line 2",
    ):
        assert part in str(error.value)


def test_what_became_of_each_detection_from_a_score_on():
    boxes = [[0, 0, 40, 100], [200, 0, 40, 100], [400, 0, 40, 100]]
    truth = people((2048, 1024), [1, 1, 2], boxes, boxes)
    shifted = [[x + 2, *more] for x, *more in boxes]
    far = [900, 0, 40, 100]
    found = detections(
        [[*box, score] for box, score in zip([*shifted, far], [0.9, 0.3, 0.8, 0.7], strict=True)]
    )
    assert outcomes(truth, found, OFFICIAL[0], 0.5) == [
        Outcome("true", 0, 0),
        Outcome("false", None, 3),
        Outcome("ignored", None, 2),
        Outcome("missed", 1, None),
    ]
    assert Outcome("true", 1, 1) in outcomes(truth, found, OFFICIAL[0])


def test_tables_agree_with_the_scores():
    vector = read("citypersons_random_1.json")
    truth, found = vector["gt"], vector["detections"]
    frames = {
        str(image): count_frame(
            of_image,
            detections(
                [[*one["bbox"], one["score"]] for one in found if one["image_id"] == image]
            ),
            OFFICIAL,
        )
        for image, of_image in people_of_images(truth).items()
    }
    rates = miss_rates(frames.values(), OFFICIAL)
    columns, rows = table_of_subsets(rates)
    first = dict(zip(columns, rows[0], strict=True))
    assert first["miss rate"] == rates[0].log_average
    assert first["at 0.1"] == 1 - rates[0].at_points[4]
    columns, rows = table_of_curves(rates)
    of_first = np.array([row[1:] for row in rows if row[0] == "Reasonable"])
    assert (np.diff(of_first[:, 1]) > 0).all() and (np.diff(of_first[:, 2]) <= 0).all()
    # The curve has what the reference points need.
    for point, recall in zip(REFERENCE_POINTS, rates[0].at_points, strict=True):
        assert of_first[of_first[:, 1] <= point][-1, 2] == 1 - recall
    columns, rows = table_of_frames(frames, rates[0])
    assert sum(row[1] for row in rows) == rates[0].positives
    assert sum(row[4] for row in rows) <= 0.1 * len(frames)
    assert sum(row[2] for row in rows) == round(rates[0].at_points[4] * rates[0].positives)
    assert [row[3] + row[4] for row in rows] == sorted(row[3] + row[4] for row in rows)[::-1]


def test_of_many_wrong_people_the_first_are_listed():
    with pytest.raises(DataError) as error:
        parse_truth(as_bytes([PERSON | {"label": "x"}] * 1000), TABLE)
    assert str(error.value).count("; ") == 20
    assert str(error.value).endswith("; and more")
