"""Panoptic quality: drawn pictures, laws, and the reference package on adversarial cases."""

import json
import math
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.panoptic.frames import find
from cityscapes.evaluation.panoptic.json_file import read_panoptic_truth
from cityscapes.evaluation.panoptic.pictures import kitti_step, leads_out, read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import (
    Reading,
    pair_frames,
    read_panoptic_predictions,
)
from cityscapes.evaluation.panoptic.quality import (
    FrameCounts,
    class_rows,
    count_frame,
    frame_quality,
    frame_scores,
    regrouped,
    scores,
)
from cityscapes.evaluation.panoptic.records import Category, PanopticFrame, SegmentInfo
from cityscapes.evaluation.sets import PredictionSet
from cityscapes.png.write import encode
from pictures import TABLE, picture
from reference_environment import reference_python

REFERENCE = Path(__file__).parents[1] / "reference/panoptic_reference.py"
ROAD, CAR, PERSON = (
    Category(7, "road", False),
    Category(26, "car", True),
    Category(24, "person", True),
)
CATEGORIES = [ROAD, CAR, PERSON]
# Letters of the drawn pictures: road, crowd of cars, cars, person, void.
LETTERS = {"r": 7, "g": 26, "a": 26000, "b": 26001, "p": 24000, ".": 0}


# --- Drawn pictures ------------------------------------------------------------------------------


def drawn(*rows):
    """A picture of LETTERS, and the segments that its JSON file lists."""
    ids = picture(*rows, dtype=np.int32, **LETTERS)
    values, areas = np.unique(ids, return_counts=True)
    segments = [
        SegmentInfo(id, id // 1000 if id >= 1000 else id, int(id == LETTERS["g"]), area)
        for id, area in zip(values.tolist(), areas.tolist(), strict=True)
        if id
    ]
    return ids, PanopticFrame("drawn", "drawn.png", segments)


def counts_of(truth, predicted):
    return count_frame(*drawn(*truth), *drawn(*predicted))


def quality_of(truth, predicted):
    """The rows iou, tp, fp, fn of the classes that have any, by name."""
    quality = frame_quality(counts_of(truth, predicted), CATEGORIES)
    rows = zip(CATEGORIES, quality.tolist(), strict=True)
    return {category.name: row for category, row in rows if any(row)}


def test_a_car_that_reaches_over_the_road():
    truth, predicted = ["rrrr", "rraa"], ["rrrr", "raaa"]
    # road 5 / 6, car 2 / 3; both match
    assert quality_of(truth, predicted) == {"road": [5 / 6, 1, 0, 0], "car": [2 / 3, 1, 0, 0]}
    counts = counts_of(truth, predicted)
    result = scores(frame_quality(counts, CATEGORIES), CATEGORIES)
    assert result["All"] == pytest.approx({"pq": 3 / 4, "sq": 3 / 4, "rq": 1, "n": 2})
    assert result["Things"] == pytest.approx({"pq": 2 / 3, "sq": 2 / 3, "rq": 1, "n": 1})
    assert result["Stuff"] == pytest.approx({"pq": 5 / 6, "sq": 5 / 6, "rq": 1, "n": 1})
    assert result["per_class"][24] == {"pq": 0, "sq": 0, "rq": 0}
    assert frame_scores(frame_quality(counts, CATEGORIES)) == pytest.approx(
        {"pq": 3 / 4, "sq": 3 / 4, "rq": 1, "n": 2, "tp": 2, "fp": 0, "fn": 0}
    )


def test_an_iou_of_exactly_a_half_is_no_match():
    assert quality_of(["aa.."], ["a..."]) == {"car": [0, 0, 1, 1]}
    assert quality_of(["aaa."], ["aa.."]) == {"car": [2 / 3, 1, 0, 0]}


def test_void_is_no_part_of_the_union():
    assert quality_of(["aa....."], ["aaaaaaa"]) == {"car": [1, 1, 0, 0]}


def test_a_prediction_on_void_is_wrong_up_to_exactly_a_half():
    assert quality_of(["rr.."], ["..aa"]) == {"road": [0, 0, 0, 1]}
    assert quality_of(["rr.."], [".aa."]) == {"road": [0, 0, 0, 1], "car": [0, 0, 1, 0]}


def test_a_crowd_ignores_predictions_of_its_class_and_asks_for_none():
    assert quality_of(["ggg."], ["aabb"]) == {}
    assert quality_of(["ggg."], ["...."]) == {}
    assert quality_of(["gggr"], ["gggg"]) == {"road": [0, 0, 0, 1]}
    assert quality_of(["gg.."], ["pp.."]) == {"person": [0, 0, 1, 0]}


def test_void_and_crowd_together_ignore_above_a_half():
    assert quality_of(["rrr.g"], ["..aaa"]) == {"road": [0, 0, 0, 1]}
    assert quality_of(["rrrr.g"], ["..aaaa"]) == {"road": [0, 0, 0, 1], "car": [0, 0, 1, 0]}


def test_a_car_split_in_two_is_found_by_the_larger_part():
    assert quality_of(["aaaaa"], ["aaabb"]) == {"car": [3 / 5, 1, 1, 0]}
    assert quality_of(["aaaa"], ["aabb"]) == {"car": [0, 0, 2, 1]}


def test_the_right_place_with_the_wrong_class_costs_both():
    assert quality_of(["aaa"], ["ppp"]) == {"car": [0, 0, 0, 1], "person": [0, 0, 1, 0]}


def test_nothing_true_and_nothing_predicted_has_no_score():
    result = scores(frame_quality(counts_of(["..."], ["..."]), CATEGORIES), CATEGORIES)
    for group in ("All", "Things", "Stuff"):
        assert result[group]["n"] == 0
        assert all(math.isnan(result[group][score]) for score in ("pq", "sq", "rq"))


def test_a_prediction_may_list_a_segment_of_id_0():
    # UPSTREAM
    truth = drawn("raa.")
    listed = PanopticFrame("drawn", "drawn.png", [SegmentInfo(7, 7), SegmentInfo(0, 26)])
    quality = frame_quality(count_frame(*truth, drawn("r...")[0], listed), CATEGORIES)
    assert quality.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


# --- Merged trainIds, and subsets ----------------------------------------------------------------

# Segments of road (7) and sidewalk (8) are of the category 0; crowds and objects of cars (26) and
# trucks (27) are of the category 13.
GROUND, VEHICLE = Category(0, "road+sidewalk", False), Category(13, "car+truck", True)


def test_stuff_of_a_merged_train_id_is_one_segment():
    truth = [[7, 0, 0], [8, 0, 0], [26000, 13, 0], [27000, 13, 0]]
    pixels = [[7, 1, 5], [8, 1, 4], [8, 2, 1], [26000, 2, 3], [27000, 3, 2]]
    counts = FrameCounts(truth, [[1, 0], [2, 13], [3, 13]], pixels)
    one = regrouped(counts, [GROUND, VEHICLE], ())
    assert one.truth == [[7, 0, 0], [26000, 13, 0], [27000, 13, 0]]
    quality = frame_quality(one, [GROUND, VEHICLE])
    assert quality.tolist() == [[9 / 10, 1, 0, 0], [3 / 4 + 1, 2, 0, 0]]
    # our own segments, which are as many as the true ones, are one, too
    perfect = FrameCounts(truth, [row[:2] for row in truth], [[id_, id_, 3] for id_, *_ in truth])
    quality = frame_quality(regrouped(perfect, [GROUND, VEHICLE], ()), [GROUND, VEHICLE])
    assert quality.tolist() == [[1, 1, 0, 0], [2, 2, 0, 0]]


def test_the_crowds_of_a_merged_train_id_are_one():
    truth = [[26, 13, 1], [27, 13, 1]]
    pixels = [[26, 1, 2], [27, 1, 2], [0, 0, 1]]
    counts = FrameCounts(truth, [[1, 13]], pixels)
    # a crowd that is not the last one excuses nothing, a quirk of the reference
    assert frame_quality(counts, [VEHICLE]).tolist() == [[0, 0, 1, 0]]
    assert frame_quality(regrouped(counts, [VEHICLE], ()), [VEHICLE]).tolist() == [[0, 0, 0, 0]]


def test_segments_of_classes_that_are_left_out_are_void():
    counts = counts_of(["rrra", "rrra", "pppp"], ["rrrp", "rrra", "aapp"])
    left = regrouped(counts, (), {PERSON.id})
    assert frame_quality(left, [ROAD, CAR]).tolist() == [[1, 1, 0, 0], [0, 0, 0, 1]]
    assert all(category != PERSON.id for _, category, *_ in left.truth + left.predicted)
    assert sum(pixels for *_, pixels in left.pixels) == 12


# --- Laws ----------------------------------------------------------------------------------------


def random_drawing(rng, height=6, width=9):
    letters = np.array(list("rrgabp."))[rng.integers(0, 7, size=(height, width // 3))]
    return ["".join(row) for row in letters.repeat(3, axis=1)]


@pytest.mark.parametrize("seed", range(5))
def test_the_truth_itself_has_quality_1(seed):
    rows = random_drawing(np.random.default_rng(seed))
    result = scores(frame_quality(counts_of(rows, rows), CATEGORIES), CATEGORIES)
    assert result["All"] == {"pq": 1, "sq": 1, "rq": 1, "n": result["All"]["n"]}


@pytest.mark.parametrize("seed", range(5))
def test_other_segment_ids_change_nothing(seed):
    rng = np.random.default_rng(seed)
    (ids, frame), truth = drawn(*random_drawing(rng)), drawn(*random_drawing(rng))
    other = dict(zip(LETTERS.values(), [9, 2**24 - 1, 4, 70_000, 256, 0], strict=True))
    renamed = np.vectorize(other.get)(ids).astype(np.int32)
    segments = [segment._replace(id=other[segment.id]) for segment in frame.segments[::-1]]
    before = frame_quality(count_frame(*truth, ids, frame), CATEGORIES)
    after = count_frame(*truth, renamed, frame._replace(segments=segments))
    np.testing.assert_allclose(frame_quality(after, CATEGORIES), before, rtol=0, atol=1e-12)


def test_counts_survive_json_and_swapping_truth_and_prediction_swaps_fp_and_fn():
    # without void and crowds the measure is symmetric
    rng = np.random.default_rng(0)
    one, two = (random_drawing(rng) for _ in range(2))
    one, two = ([row.translate(str.maketrans("g.", "ra")) for row in rows] for rows in (one, two))
    counts = counts_of(one, two)
    assert FrameCounts(*json.loads(json.dumps(counts))) == counts
    quality = frame_quality(counts, CATEGORIES)
    swapped = frame_quality(counts_of(two, one), CATEGORIES)
    np.testing.assert_allclose(swapped, quality[:, [0, 1, 3, 2]], rtol=0, atol=1e-12)


def test_the_order_of_frames_and_shards_does_not_matter():
    rng = np.random.default_rng(0)
    frames = [
        frame_quality(counts_of(random_drawing(rng), random_drawing(rng)), CATEGORIES)
        for _ in range(50)
    ]
    whole = flat(scores(sum(frames), CATEGORIES))
    halves = flat(scores(sum(frames[25:][::-1]) + sum(frames[:25][::-1]), CATEGORIES))
    np.testing.assert_allclose(halves, whole, rtol=0, atol=1e-12)


def test_the_rows_of_the_classes_repeat_the_result():
    quality = frame_quality(counts_of(["rrraab"], ["rraaaa"]), CATEGORIES)
    rows = class_rows(quality, CATEGORIES)
    per_class = json.loads(json.dumps(scores(quality, CATEGORIES)))["per_class"]
    assert [per_class[str(row["id"])] for row in rows] == [
        {score: row[score] for score in ("pq", "sq", "rq")} for row in rows
    ]
    assert [(row["name"], row["tp"], row["fp"], row["fn"]) for row in rows] == [
        *[("road", 1, 0, 0), ("car", 0, 1, 2), ("person", 0, 0, 0)]
    ]


def flat(result):
    """All numbers of a result in a fixed order; groups and classes by name."""
    groups = [result[group] for group in ("All", "Things", "Stuff")]
    by_class = {int(id): row for id, row in result["per_class"].items()}
    rows = [*groups, *(by_class[id] for id in sorted(by_class))]
    return [row[key] for row in rows for key in ("pq", "sq", "rq", "n") if key in row]


# --- The reference package -----------------------------------------------------------------------

CASES = 400
WHOLE_CALLS = 4


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """A folder of cases and the reference's answer to them."""
    python = reference_python()
    folder = tmp_path_factory.mktemp("cases")
    for number in range(CASES):
        write_case(folder / f"{number:03}", np.random.default_rng(number))
    command = [python, REFERENCE, folder, str(WHOLE_CALLS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return folder, json.loads(done.stdout)


def test_every_number_is_that_of_the_reference(cases):
    folder, answer = cases
    for name, expected in answer["counted"].items():
        quality, categories = evaluate(folder / name)
        counts = [expected["counts"][str(category.id)] for category in categories]
        np.testing.assert_allclose(quality, counts, rtol=0, atol=1e-12, err_msg=name)
        for group in ("All", "Things", "Stuff"):  # the reference divides by a number of classes
            if expected[group] is None:
                expected[group] = dict.fromkeys(("pq", "sq", "rq"), math.nan) | {"n": 0}
        if "per_class" not in expected:
            expected["per_class"] = {id: dict(pq=0, sq=0, rq=0) for id in expected["counts"]}
        result = scores(quality, categories)
        np.testing.assert_allclose(flat(result), flat(expected), rtol=0, atol=1e-12, err_msg=name)
    assert len(answer["counted"]) == CASES


def test_the_result_file_is_that_of_the_reference(cases):
    folder, answer = cases
    assert len(answer["evaluated"]) == WHOLE_CALLS
    for name, expected in answer["evaluated"].items():
        result = json.loads(json.dumps(scores(*evaluate(folder / name))))
        assert {key: row.keys() for key, row in result.items()} == {
            key: row.keys() for key, row in expected.items()
        }
        np.testing.assert_allclose(flat(result), flat(expected), rtol=0, atol=1e-12, err_msg=name)


def evaluate(case):
    """Our result of a case, from its files: the sum of the frames' quality, and the categories."""
    truth = read_panoptic_truth(case / "truth.json")
    predicted = read_panoptic_predictions(case / "predicted.json")
    quality = np.zeros((len(truth.categories), 4))
    for true, guess in pair_frames(truth, predicted, TABLE):
        true_ids = read_panoptic_png(case / "truth" / true.file_name)
        guessed_ids = read_panoptic_png(case / "predicted" / guess.file_name)
        counts = count_frame(true_ids, true, guessed_ids, guess)
        quality += frame_quality(counts, truth.categories)
    return quality, truth.categories


def write_case(case, rng):
    """Some frames of a few classes, the predictions being changed truth; both as files."""
    (case / "truth").mkdir(parents=True)
    (case / "predicted").mkdir()
    categories = random_categories(rng)
    numbers = sorted({category["id"] for category in categories})
    true_annotations, guessed_annotations = [], []
    for frame in range(rng.integers(1, 5)):
        image = f"bonn_000000_{frame:06}"
        shape = rng.integers(1, rng.choice([3, 5, 17]), size=2)
        pool = rng.choice([*range(1, 14), 256, 65536, 26001, 2**24 - 1], size=12, replace=False)
        regions, kinds = random_regions(rng, shape, numbers)
        guess, guessed_kinds = changed(rng, regions, kinds, numbers)
        ids, infos = as_segments(rng, regions, kinds, pool)
        true_annotations.append(write_frame(case / "truth", image, ids, infos))
        ids, infos = as_segments(rng, guess, guessed_kinds, pool)
        if (ids == 0).any() and rng.random() < 0.1:
            infos.append({"id": 0, "category_id": int(rng.choice(numbers))})
        guessed_annotations.append(write_frame(case / "predicted", image, ids, infos))
    guessed_annotations.append({"image_id": "other", "file_name": "none.png", "segments_info": []})
    rng.shuffle(guessed_annotations)
    truth = {"categories": categories, "annotations": true_annotations}
    (case / "truth.json").write_text(json.dumps(truth))
    (case / "predicted.json").write_text(json.dumps({"annotations": guessed_annotations}))


def random_categories(rng):
    """Classes by id or by trainId; with one number for two classes at times (merged trainIds)."""
    labels = [label for label in TABLE if not label.ignore_in_eval]
    few = rng.choice(len(labels), size=rng.integers(1, 6), replace=False)
    by_train_id = rng.random() < 0.3
    categories = [
        {
            "id": labels[index].train_id if by_train_id else labels[index].id,
            "name": labels[index].name,
            "isthing": int(labels[index].has_instances),
        }
        for index in few
    ]
    if rng.random() < 0.1:
        categories.append({"id": categories[0]["id"], "name": "merged", "isthing": 1})
    return categories


def random_regions(rng, shape, numbers):
    """Rectangles painted over each other, numbered from 1 on the void 0, and their categories."""
    regions, kinds = np.zeros(shape, dtype=int), {}
    for region in range(1, rng.integers(1, 9)):
        regions[random_box(rng, shape)] = region
        kinds[region] = int(rng.choice(numbers))
    return regions, kinds


def random_box(rng, shape):
    (top, bottom), (left, right) = (np.sort(rng.integers(0, side + 1, 2)) for side in shape)
    return slice(top, bottom), slice(left, right)


def changed(rng, regions, kinds, numbers):
    """What a bad network makes of regions: moved, split, merged, forgotten, noise, other class."""
    guess = regions.copy()
    for change in rng.integers(0, 6, size=rng.integers(0, 4)):
        region, other = rng.choice(guess.ravel(), size=2)
        box = random_box(rng, guess.shape)
        if change == 0:
            guess = np.roll(guess, 1, axis=rng.integers(2))
        elif change == 1:
            guess[box] += np.where(guess[box] == region, 100, 0)
        elif change == 2:
            guess[guess == region] = other
        elif change == 3:
            guess[box] = 0
        elif change == 4:
            guess[rng.random(guess.shape) < 0.2] = other
        elif rng.random() < 0.3:
            guess[:] = 0
    guess[guess >= 400] = 0
    found = {region: kinds.get(region % 100) for region in np.unique(guess).tolist()}
    for region, kind in found.items():
        if kind is None or rng.random() < 0.1:
            found[region] = int(rng.choice(numbers))
    return guess, found


def as_segments(rng, regions, kinds, pool):
    """The regions under ids of the pool, and their infos, in any order; a few are crowds."""
    found = [region for region in np.unique(regions).tolist() if region]
    ids, infos = np.zeros(regions.shape, dtype=np.int32), []
    for region, id in zip(found, rng.permutation(pool).tolist(), strict=False):
        ids[regions == region] = id
        info = {"id": id, "category_id": kinds[region], "iscrowd": int(rng.random() < 0.25)}
        infos.append(info | {"area": int((regions == region).sum())})
    rng.shuffle(infos)
    return ids, infos


def write_frame(folder, image, ids, infos):
    """Write the picture; the annotation of the JSON file."""
    (folder / f"{image}.png").write_bytes(encode(rgb_of(ids)))
    return {"image_id": image, "file_name": f"{image}.png", "segments_info": infos}


def rgb_of(ids):
    return np.stack([ids & 255, ids >> 8 & 255, ids >> 16], axis=2).astype(np.uint8)


# --- Bad input -----------------------------------------------------------------------------------

SEGMENT = {"id": 7, "category_id": 7, "iscrowd": 0, "area": 4}
ANNOTATION = {"image_id": "bonn", "file_name": "bonn.png", "segments_info": [SEGMENT]}
EVALUATED = [label for label in TABLE if not label.ignore_in_eval]


def truth_document(annotation=ANNOTATION, numbers="id"):
    categories = [
        {"id": getattr(label, numbers), "name": label.name, "isthing": int(label.has_instances)}
        for label in EVALUATED
    ]
    return {"annotations": [annotation], "categories": categories}


def with_segments(*segments, image="bonn"):
    return {"image_id": image, "file_name": "bonn.png", "segments_info": [*segments]}


def refusal(function, *arguments):
    with pytest.raises(DataError) as error:
        function(*arguments)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ('{"annotations": [', "not JSON: Expecting value at line 1 column 18 (17 bytes; is the"),
        ("[" + "9" * 5000 + "]", "a whole number of 5000 digits at line 1"),
        ("[" * 100_000, "JSON that cannot be read"),
        ("[]", "found [], not an object with annotations"),
        ("{}", "annotations is missing, not a list"),
        ('{"annotations": [3]}', "annotation 0: found 3, not an object with image_id, file_name"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, text, message):
    (tmp_path / "p.json").write_text(text)
    found = refusal(read_panoptic_predictions, tmp_path / "p.json")
    assert str(tmp_path / "p.json") in found
    assert message in found


@pytest.mark.parametrize("name", ["a\0.png", "a\ud800.png", "/a.png", "b/../../a.png", ""])
def test_names_of_pictures_that_no_file_below_has_are_refused(tmp_path, name):
    annotation = with_segments(SEGMENT) | {"file_name": name}
    (tmp_path / "p.json").write_text(json.dumps({"annotations": [annotation]}))
    found = refusal(read_panoptic_predictions, tmp_path / "p.json")
    assert f"annotation 0: file_name is {json.dumps(name)}, not the name of a picture" in found


@pytest.mark.parametrize("huge", [10**400, -(10**20)])
def test_numbers_beyond_64_bits_are_refused(tmp_path, huge):
    annotation = with_segments(SEGMENT | {"category_id": huge})
    (tmp_path / "p.json").write_text(json.dumps({"annotations": [annotation]}))
    found = refusal(read_panoptic_predictions, tmp_path / "p.json")
    assert "segment 0: category_id is " in found and "not a whole number" in found


def test_a_picture_must_not_lead_out_of_its_folder(tmp_path):
    folder = tmp_path / "p"
    folder.mkdir()
    (tmp_path / "out.png").touch()
    (folder / "bonn.png").symlink_to("../out.png")
    (folder / "ulm.png").symlink_to("jena.png")
    (folder / "jena.png").touch()
    (folder / "linked").symlink_to("..")
    found = {
        name: leads_out(folder, PanopticFrame("x", name, []))
        for name in ("bonn.png", "ulm.png", "jena.png", "gone.png", "linked/out.png")
    }
    assert [name for name, problem in found.items() if problem] == ["bonn.png", "linked/out.png"]
    assert found["bonn.png"] == (
        f"picture 'bonn.png' is {tmp_path}/out.png, outside of the pictures {folder}"
    )
    (tmp_path / "q").symlink_to("p")  # the folder itself may be a link
    assert not leads_out(tmp_path / "q", PanopticFrame("x", "jena.png", []))


def test_a_missing_file_is_named(tmp_path):
    for read in (read_panoptic_predictions, read_panoptic_truth, read_panoptic_png):
        assert "nowhere: cannot be read: No such file" in refusal(read, tmp_path / "nowhere")


def test_all_problems_of_a_file_are_listed_at_once(tmp_path):
    annotations = [
        {"image_id": 3.5, "file_name": "../bonn.png"},
        with_segments({"id": -1}, SEGMENT | {"category_id": "road"}, image="a"),
        with_segments(SEGMENT, SEGMENT | {"id": 8}, SEGMENT, image="b"),
        with_segments(image="c"),
        with_segments(image="c"),
        with_segments(SEGMENT | {"id": 1 << 24}, image="d"),
    ]
    (tmp_path / "p.json").write_text(json.dumps({"annotations": annotations}))
    _, *lines = refusal(read_panoptic_predictions, tmp_path / "p.json").splitlines()
    assert [line.strip() for line in lines] == [
        "annotation 0: image_id is 3.5, not a text or a whole number",
        'annotation 0: file_name is "../bonn.png", not the name of a picture below the folder of '
        "the pictures",
        "annotation 0: segments_info is missing, not a list",
        "image a: segment 0: id is -1, not a whole number from 0 to 16777215",
        "image a: segment 0: category_id is missing, not a whole number",
        'image a: segment 1: category_id is "road", not a whole number',
        "image b: id 7 is that of 2 segments",
        "annotation 4: image c has one already",
        "image d: segment 0: id is 16777216, not a whole number from 0 to 16777215",
    ]


def test_a_flood_of_problems_is_cut(tmp_path):
    annotations = {"annotations": [with_segments(*[{"id": 7}] * 500)]}
    (tmp_path / "p.json").write_text(json.dumps(annotations))
    lines = refusal(read_panoptic_predictions, tmp_path / "p.json").splitlines()
    assert len(lines) == 22
    assert lines[-1] == "  ... and 480 more"
    annotations = {"annotations": [with_segments(*[{"id": 7}] * 15_000, image="a"), 3] * 2}
    (tmp_path / "p.json").write_text(json.dumps(annotations))
    lines = refusal(read_panoptic_predictions, tmp_path / "p.json").splitlines()
    assert lines[-1] == "  ... and at least 9980 more"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 0}, "id is 0, not a whole number from 1 to 16777215"),
        ({"iscrowd": None}, "iscrowd is missing, not 0 or 1"),
        ({"iscrowd": True}, "iscrowd is true, not 0 or 1"),
        ({"area": None}, "area is missing, not a whole number"),
        ({"category_id": 4}, "segment 7: category_id 4 is not among the file's categories"),
    ],
)
def test_the_ground_truth_needs_more(tmp_path, change, message):
    annotation = with_segments(SEGMENT | change)
    (tmp_path / "t.json").write_text(json.dumps(truth_document(annotation)))
    assert message in refusal(read_panoptic_truth, tmp_path / "t.json")


def test_ground_truth_without_categories_is_refused(tmp_path):
    (tmp_path / "t.json").write_text(json.dumps({"annotations": []}))
    message = refusal(read_panoptic_truth, tmp_path / "t.json")
    assert "categories is missing, not a list" in message


# --- Names, numbers and folders of frameworks ----------------------------------------------------

FRAMES = ["bonn_000000_000019", "ulm_000000_000019"]
TRAINED_ON = {
    "images": [
        {"id": number, "file_name": f"val/{frame}_leftImg8bit.png"}
        for number, frame in enumerate(FRAMES)
    ],
    "categories": [{"id": 70, "name": "road"}, {"id": 71, "name": "Car"}],
}


def read_as(folder, *annotations, images=None, encoding="ids", path="p.json"):
    file = folder / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"annotations": annotations}))
    if images:
        (folder / "trained_on.json").write_text(json.dumps(images))
        images = read_coco_images(folder / "trained_on.json")
    return read_panoptic_predictions(file, Reading(FRAMES, TABLE, encoding, images))


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (FRAMES[0], "x.png"),
        (f"{FRAMES[0]}_leftImg8bit", "x.png"),  # detectron2
        (f"{FRAMES[0]}_gtFine_leftImg8bit.png", "x.png"),  # images of the reference's JSON
        (f"val/bonn/{FRAMES[0]}_leftImg8bit.png", "x.png"),
        (17, f"{FRAMES[0]}_leftImg8bit.png"),  # mmdetection: a number, and the image's name
        ("17", f"bonn/{FRAMES[0]}_panoptic.png"),
    ],
)
def test_images_are_named_in_many_ways(tmp_path, image, name):
    annotation = with_segments(SEGMENT, image=image) | {"file_name": name}
    (frame,) = read_as(tmp_path, annotation).frames.values()
    assert (frame.image_id, frame.file_name) == (FRAMES[0], name)


def test_two_predictions_of_a_frame_are_refused(tmp_path):
    annotations = [with_segments(image=FRAMES[0]), with_segments(image=f"{FRAMES[0]}_leftImg8bit")]
    message = refusal(read_as, tmp_path, *annotations)
    assert f"image {FRAMES[0]}_leftImg8bit: {FRAMES[0]} has a prediction already" in message


@pytest.mark.parametrize(
    ("encoding", "categories", "way", "expected"),
    [
        ("ids", [70, 71], "by id", [7, 26]),
        ("ids", [0, 1], "by place from 0", [7, 26]),
        ("trainIds", [1, 2], "by place from 1", [0, 13]),
    ],
)
def test_images_and_categories_are_those_of_a_named_json(
    tmp_path, encoding, categories, way, expected
):
    segments = [SEGMENT | {"id": id_, "category_id": id_} for id_ in categories]
    found = read_as(
        tmp_path, with_segments(*segments, image=1), images=TRAINED_ON, encoding=encoding
    )
    (frame,) = found.frames.values()
    assert frame.image_id == FRAMES[1]
    assert [segment.category for segment in frame.segments] == expected
    assert found.note == f"categories of trained_on.json {way}"


def test_categories_that_the_named_json_does_not_have_are_listed(tmp_path):
    segments = [SEGMENT, SEGMENT | {"id": 9, "category_id": 99}]
    message = r"category_id 7, 99: not a category of .*trained_on\.json"
    with pytest.raises(DataError, match=message):
        read_as(tmp_path, with_segments(*segments, image=1), images=TRAINED_ON)


def test_categories_of_no_evaluated_class_name_the_setting_that_maps_them(tmp_path):
    segments = [SEGMENT | {"id": id_, "category_id": id_} for id_ in (1, 2, 99)]
    read_as(tmp_path, with_segments(*segments, image=FRAMES[0]))
    asked = PredictionSet("p", "panoptic", tmp_path / "p.json", allow_missing=True)
    found = find(asked, FRAMES, TABLE)
    assert [*found.files] == FRAMES[:1]
    assert found.problems == [
        f"{tmp_path}/p.json: category_id 1, 2, 99: no ids of evaluated classes; a COCO JSON file "
        "whose categories they are may be named as `images`"
    ]


def test_pictures_lie_in_the_folder_of_the_files_name_or_around_it(tmp_path):
    annotation = with_segments(image=FRAMES[0]) | {"file_name": "a/x.png"}
    assert read_as(tmp_path, annotation).pictures == tmp_path / "p"  # where they should be
    (tmp_path / "panoptic_seg/a").mkdir(parents=True)
    (tmp_path / "panoptic_seg/a/x.png").touch()
    assert read_as(tmp_path, annotation).pictures == tmp_path / "panoptic_seg"
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.png").touch()
    assert read_as(tmp_path, annotation).pictures == tmp_path
    (tmp_path / "run.panoptic").mkdir()  # mmdetection
    path = "run.panoptic.json"
    assert read_as(tmp_path, annotation, path=path).pictures == tmp_path / "run.panoptic"


def test_pictures_of_kitti_step_are_named(tmp_path):
    # a road, and two cars
    pixels = np.array([[[7, 0, 0], [26, 0, 1], [26, 0, 2]]], dtype=np.uint8)
    path = tmp_path / f"{FRAMES[0]}.png"
    path.write_bytes(encode(pixels))
    assert "two-channel format of KITTI-STEP and DeepLab2" in kitti_step(path, TABLE)
    asked = PredictionSet("p", "panoptic", tmp_path)
    with pytest.raises(DataError, match=r"no JSON file, but pictures: .* KITTI-STEP"):
        find(asked, FRAMES, TABLE)
    # beside a JSON file
    segments = [SegmentInfo(7, 7), SegmentInfo(26001, 26)]
    frame = PanopticFrame(FRAMES[0], path.name, segments)
    truth = PanopticFrame(FRAMES[0], "t.png", [SegmentInfo(7, 7, 0, 3)])
    message = refusal(count_frame, np.full((1, 3), 7), truth, read_panoptic_png(path), frame)
    assert message.count("\n") == 1 and "KITTI-STEP" in message
    path.write_bytes(encode(pixels + 40))
    assert kitti_step(path, TABLE) == ""


def pair(folder, truth, *annotations):
    (folder / "t.json").write_text(json.dumps(truth))
    (folder / "p.json").write_text(json.dumps({"annotations": annotations}))
    truth = read_panoptic_truth(folder / "t.json")
    return pair_frames(truth, read_panoptic_predictions(folder / "p.json"), TABLE)


def test_missing_frames_and_unknown_categories_are_listed_together(tmp_path):
    truth = truth_document()
    truth["annotations"] += [with_segments(image="ulm"), with_segments(image="jena")]
    predicted = with_segments(SEGMENT, SEGMENT | {"id": 2, "category_id": 29})
    message = refusal(pair, tmp_path, truth, predicted, with_segments(image="jena"))
    assert f"{tmp_path}/p.json: " in message
    assert "no prediction for image ulm" in message
    assert "jena" not in message
    assert "image bonn: segment 2: category_id 29 is none of the ground truth's (7, 8," in message


@pytest.mark.parametrize(
    ("numbers", "predicted", "message"),
    [
        ("id", [0, 13], "the category ids are trainIds, but those of the ground truth are ids"),
        ("train_id", [7, 26], "the category ids are ids, but those of the ground truth are train"),
    ],
)
def test_ids_taken_for_train_ids_are_one_problem(tmp_path, numbers, predicted, message):
    segments = [{"id": 1 + n, "category_id": number} for n, number in enumerate(predicted)]
    truth = truth_document(with_segments(SEGMENT), numbers)
    found = refusal(pair, tmp_path, truth, with_segments(*segments))
    assert message in found
    assert "segment" not in found


def test_image_ids_of_another_form_are_one_problem(tmp_path):
    message = refusal(pair, tmp_path, truth_document(), with_segments(image="bonn_leftImg8bit"))
    assert "the first is bonn_leftImg8bit, right would be bonn" in message
    assert "no prediction" not in message


def test_sizes_that_differ_are_named():
    message = refusal(count_frame, *drawn("rrr", "rrr"), *drawn("rr"))
    assert (
        "image drawn: the prediction drawn.png is 2 x 1 pixels, the ground truth 3 x 2" in message
    )


def test_segments_of_picture_and_json_must_be_the_same():
    (ids, frame), truth = drawn("rraa"), drawn("rraa")
    message = refusal(count_frame, *truth, ids, frame._replace(segments=[SegmentInfo(7, 7)]))
    assert "prediction: segment 26000 is in drawn.png (2 pixels) and not in the JSON" in message
    more = [*frame.segments, SegmentInfo(9, 7)]
    message = refusal(count_frame, *truth, ids, frame._replace(segments=more))
    assert "prediction: segment 9 is in the JSON file and not in drawn.png" in message
    message = refusal(count_frame, ids, frame._replace(segments=more), *truth)
    assert "ground truth: segment 9 is in the JSON file and not in drawn.png" in message


def test_ground_truth_of_two_versions_is_refused():
    ids, frame = drawn("rraa")
    other = frame._replace(segments=[segment._replace(area=3) for segment in frame.segments])
    message = refusal(count_frame, ids, other, ids, frame)
    assert "segment 7 has area 3 in the JSON file and 2 pixels in drawn.png" in message


def test_swapped_colours_are_reported():
    ids, frame = drawn("rraa")
    swapped = np.where(ids == 7, 7 << 16, 26000 >> 8 << 8 | (26000 & 255) << 16)
    message = refusal(count_frame, ids, frame, swapped.astype(np.int32), frame)
    assert "prediction: drawn.png has red and blue swapped" in message
    assert "JSON file and not" not in message


def test_ids_come_back_from_a_picture(tmp_path):
    ids = np.array([[0, 255, 256], [65535, 65536, 2**24 - 1]], dtype=np.int32)
    (tmp_path / "p.png").write_bytes(encode(rgb_of(ids)))
    read = read_panoptic_png(tmp_path / "p.png")
    assert read.dtype == np.int32
    np.testing.assert_array_equal(read, ids)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9, 0.999])
def test_a_truncated_picture_is_refused(tmp_path, share):
    image = np.random.default_rng(0).integers(0, 256, size=(40, 40, 3), dtype=np.uint8)
    data = encode(image)
    (tmp_path / "p.png").write_bytes(data[: int(share * len(data))])
    assert "p.png: " in refusal(read_panoptic_png, tmp_path / "p.png")


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((4, 4), np.uint8, "a 8-bit grey image"),
        ((4, 4), np.uint16, "a 16-bit grey image"),
        ((4, 4, 3), np.uint16, "a 16-bit RGB image"),
        ((4, 4, 4), np.uint8, "a 8-bit RGBA image"),
    ],
)
def test_another_kind_of_picture_is_refused(tmp_path, shape, dtype, message):
    (tmp_path / "p.png").write_bytes(encode(np.zeros(shape, dtype=dtype)))
    assert message in refusal(read_panoptic_png, tmp_path / "p.png")
