"""Metrics of boundaries: equal to the authors' code, and to the rules applied pixel by pixel."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco

from cityscapes.errors import DataError
from cityscapes.evaluation.boundaries.counts import count_instances, count_segments
from cityscapes.evaluation.boundaries.f_score import class_scores, count_frame, f_scores, outline
from cityscapes.evaluation.boundaries.frames import count_pixels, train_ids_of_ids
from cityscapes.evaluation.boundaries.masks import (
    boundary_distance,
    mask_boundary,
    segment_boundaries,
)
from cityscapes.evaluation.instance import average_precision
from cityscapes.evaluation.instance.counts import count_frame as count_instance_frame
from cityscapes.evaluation.instance.predictions import Prediction
from cityscapes.evaluation.instance.ranges import EvaluationRange
from cityscapes.evaluation.instance.result_file import result_json
from cityscapes.evaluation.panoptic.json_file import read_panoptic_truth
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import read_panoptic_predictions
from cityscapes.evaluation.panoptic.quality import count_frame as count_panoptic_frame
from cityscapes.evaluation.panoptic.quality import frame_quality, scores
from cityscapes.evaluation.pixel.reading import PLAIN, Reading
from cityscapes.png.labels import read_grey
from cityscapes.png.write import encode
from pictures import TABLE

VECTORS = Path(__file__).parent / "vectors/boundary"


def read(name):
    return json.loads((VECTORS / name).read_text())


MASKS = read("boundary_iou.json")["masks"]
F_SCORES = read("boundary_f.json")


def mask(rows):
    return np.array([[pixel == "#" for pixel in row] for row in rows])


@pytest.mark.parametrize("pair", MASKS, ids=[pair["name"] for pair in MASKS])
def test_boundaries_of_masks_are_those_of_the_authors(pair):
    a, b = mask(pair["a"]), mask(pair["b"])
    for expected in pair["results"]:
        distance = boundary_distance(a.shape, expected["ratio"])
        assert distance == expected["d"]
        edges = mask_boundary(a, distance), mask_boundary(b, distance)
        assert [int(edge.sum()) for edge in edges] == expected["boundary_pixels"]
        both, either = edges[0] & edges[1], edges[0] | edges[1]
        assert int(both.sum()) == expected["boundary_intersection"]
        assert int(either.sum()) == expected["boundary_union"]


def slow_boundary(ids, distance):
    """By looking at each pixel's window; outside of the image is another segment."""
    padded = np.pad(ids.astype(int), distance, constant_values=-1)
    side = 2 * distance + 1
    return np.array(
        [
            [(padded[y : y + side, x : x + side] != ids[y, x]).any() for x in range(ids.shape[1])]
            for y in range(ids.shape[0])
        ]
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("distance", [1, 2, 3, 5])
def test_boundaries_of_all_segments_are_those_of_each(seed, distance):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 4, (7, 9)).repeat(3, axis=0).repeat(3, axis=1) * 70_000
    ids[rng.random(ids.shape) < 0.03] = 5
    found = segment_boundaries(ids, distance)
    np.testing.assert_array_equal(found, slow_boundary(ids, distance))
    for value in np.unique(ids):
        alone = mask_boundary(ids == value, distance)
        np.testing.assert_array_equal(found & (ids == value), alone)


@pytest.mark.parametrize("expected", F_SCORES["masks"], ids=[m["name"] for m in F_SCORES["masks"]])
def test_f_of_masks_is_that_of_the_formula(expected):
    pair = next(pair for pair in MASKS if pair["name"] == expected["name"])
    truth, predicted = mask(pair["a"]).astype(np.uint8), mask(pair["b"]).astype(np.uint8)
    radii = [one["r"] for one in expected["radii"]]
    counts = count_frame(truth, predicted, [1], 255, radii).get(1)
    for k, one in enumerate(expected["radii"]):
        assert f_scores(counts, len(radii))[k] == pytest.approx(one["f"], abs=1e-12)
        if counts:
            assert counts[:2] == one["boundary_pixels"]
            assert [counts[2 + k], counts[2 + len(radii) + k]] == one["matched"]


def label_map(rows):
    return np.array([[int(value) for value in row.split()] for row in rows], dtype=np.uint8)


@pytest.mark.parametrize("expected", F_SCORES["images"], ids=lambda e: str(e["threshold"]))
def test_f_of_images_is_that_of_gscnn(expected):
    maps = F_SCORES["label_maps"]
    frames = [
        count_frame(
            *(label_map(one[key]) for key in ("truth", "prediction")), range(19), 255,
            [expected["radius"]],
        )
        for one in maps
    ]  # fmt: skip
    scores = class_scores(frames, range(19), 1)[:, 0]
    np.testing.assert_allclose(scores, expected["class_scores"], rtol=0, atol=1e-12)
    assert scores.mean() == pytest.approx(expected["mean"], abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_counts_are_those_of_disks_around_each_pixel(seed):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, (6, 8)).repeat(5, axis=0).repeat(5, axis=1).astype(np.uint8)
    predicted = np.roll(truth, rng.integers(-4, 5, 2), (0, 1))
    predicted[rng.random(truth.shape) < 0.02] = 3
    truth[truth == 3] = 255
    radii = [1, 3, 5, 9, 12]
    found = count_frame(truth, predicted, [0, 1, 2, 3], 255, radii)
    hidden = np.where(truth == 255, 255, predicted)
    for number in range(4):
        edges = [np.argwhere(slow_outline(image == number)) for image in (hidden, truth)]
        if not len(edges[0]) and not len(edges[1]):
            assert number not in found
            continue
        within = [
            [sum(any(math.dist(p, q) <= r for q in others) for p in points) for r in radii]
            for points, others in (edges, edges[::-1])
        ]
        assert found[number] == [len(edges[0]), len(edges[1]), *within[0], *within[1]]


def slow_outline(image):
    found = np.zeros(image.shape, dtype=bool)
    height, width = image.shape
    for y in range(height):
        for x in range(width):
            beside = [(y, x + 1), (y + 1, x), (y + 1, x + 1)]
            there = [image[b, a] for b, a in beside if b < height and a < width]
            found[y, x] = any(value != image[y, x] for value in there)
    np.testing.assert_array_equal(outline(image), found)
    return found


DATASET = VECTORS / "dataset"


def predictions_of(frame, shape):
    for one in read("instance_predictions.json"):
        if one["image_id"] == frame:
            pixels = coco.decode(one["segmentation"])
            assert pixels.shape == shape
            yield Prediction(one["category_id"], one["score"], 0, 0, pixels)


@pytest.mark.parametrize(
    "expected", read("boundary_ap.json"), ids=lambda e: f"{e['ratio']} {e['min_region_size']}"
)
def test_boundary_ap_is_that_of_the_authors(expected, monkeypatch):
    smallest = expected["min_region_size"]
    ranges = (EvaluationRange("", smallest, np.inf, -np.inf), *average_precision.RANGES[1:])
    monkeypatch.setattr(average_precision, "RANGES", ranges)
    frames, boundaries = [], []
    for path in sorted(DATASET.glob("*_gtFine_instanceIds.png")):
        ids = read_grey(path, 16)
        frame = path.name.removesuffix("_gtFine_instanceIds.png")
        found = list(predictions_of(frame, ids.shape))
        frames.append(count_instance_frame(ids, found))
        if expected["ratio"]:
            distance = boundary_distance(ids.shape, expected["ratio"])
            boundaries.append(count_instances(ids, found, distance))
    frames, boundaries = json.loads(json.dumps([frames, boundaries]))
    scores = average_precision.average_precision(frames, TABLE, boundaries=boundaries)
    averages = result_json(scores)["averages"]
    pairs = [(averages[key], expected["averages"][key]) for key in ("allAp", "allAp50%")]
    for name, of_class in expected["averages"]["classes"].items():
        pairs += [(averages["classes"][name][key], value) for key, value in of_class.items()]
    ours, theirs = zip(*pairs, strict=True)
    np.testing.assert_allclose(ours, np.array(theirs, dtype=float), rtol=0, atol=1e-12)


@pytest.mark.parametrize("expected", read("boundary_pq.json"), ids=lambda e: str(e["ratio"]))
def test_boundary_pq_is_that_of_the_authors(expected):
    truth_json = VECTORS / "coco_panoptic/cityscapes_panoptic_val.json"
    predicted_json = VECTORS / "panoptic_predictions.json"
    truth, predicted = read_panoptic_truth(truth_json), read_panoptic_predictions(predicted_json)
    quality = []
    for image, frame in truth.frames.items():
        guess = predicted.frames[image]
        pictures = (
            read_panoptic_png(truth_json.with_suffix("") / frame.file_name),
            read_panoptic_png(predicted_json.with_suffix("") / guess.file_name),
        )
        counts = count_panoptic_frame(pictures[0], frame, pictures[1], guess)
        boundaries = None
        if expected["ratio"]:
            distance = boundary_distance(pictures[0].shape, expected["ratio"])
            boundaries = json.loads(json.dumps(count_segments(*pictures, distance)))
        quality.append(frame_quality(counts, truth.categories, boundaries))
    found = scores(sum(quality), truth.categories)
    found["per_class"] = {str(number): one for number, one in found["per_class"].items()}
    expected = expected["results"]
    assert found.keys() == expected.keys()
    for group in expected.keys() - {"per_class"}:
        assert found[group] == pytest.approx(expected[group], abs=1e-12)
    for number, one in expected["per_class"].items():
        assert found["per_class"][number] == pytest.approx(one, abs=1e-12)


def write(path, image):
    path.write_bytes(encode(np.array(image, dtype=np.uint8)))
    return path


CARS = [[7, 7, 7, 7], [7, 26, 26, 7], [7, 26, 26, 7], [7, 7, 7, 4]]


@pytest.mark.parametrize(
    ("encoding", "trained", "counted"),
    [
        ("auto", False, {"ids"}),  # 26 is no trainId
        ("auto", True, {"ids", "trainIds"}),
        ("ids", False, {"ids"}),
        ("trainIds", True, {"trainIds"}),
    ],
)
def test_outlines_are_counted_for_each_encoding_that_fits(tmp_path, encoding, trained, counted):
    truth = write(tmp_path / "truth.png", CARS)
    lookup = train_ids_of_ids(TABLE)
    image = lookup[CARS] if trained else np.array(CARS)
    predicted = write(tmp_path / "predicted.png", image)
    found = count_pixels(predicted, truth, PLAIN, lookup, (1, 2), encoding)
    values = dict(found.pop("values"))
    assert values == {0: 11, 13: 4, 255: 1} if trained else {4: 1, 7: 11, 26: 4}
    assert set(found) == counted
    right = found["trainIds" if trained else "ids"]
    # Road and car: all of the outlines lie where they should. What is void has none.
    assert set(right) == {"0", "13"}
    assert all(one[2:] == [one[0], one[0], one[1], one[1]] for one in right.values())


def test_an_image_of_another_size_is_resized_only_where_that_is_asked_for(tmp_path):
    truth = write(tmp_path / "truth.png", CARS)
    small = write(tmp_path / "small.png", [[7, 7], [7, 26]])
    lookup = train_ids_of_ids(TABLE)
    with pytest.raises(DataError, match=r"small\.png: has another size than"):
        count_pixels(small, truth, PLAIN, lookup, (1,), "ids")
    found = count_pixels(small, truth, Reading(resize=True), lookup, (1,), "ids")
    # The lower right quarter, but for the void pixel.
    assert found["ids"]["13"][:2] == [8, 8]
