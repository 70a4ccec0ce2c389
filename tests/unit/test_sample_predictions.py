"""Predictions for the sample: whole and valid sets for each evaluator, of the quality promised."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco

import sample_predictions as script
from cityscapes.errors import DataError
from cityscapes.files.tables import read_table
from cityscapes.ground_truth.images import FrameImages
from cityscapes.png import write as png
from cityscapes.sample.network import (
    UNSEEN,
    Network,
    coarse,
    moved,
    objects,
    recognized,
    scene_of,
    seen,
)
from cityscapes.sample.predictions import predict
from pictures import TABLE, picture, scene
from tiny import CLONE

WIDTH, HEIGHT = 512, 256
FRAMES = ["bad-honnef_000000_000030", "lindau_000000_000019", "lindau_000001_000019"]
SETS = {"pixel_good", "pixel_poor", "instance_good", "instance_coco", "panoptic_good"}
EVALUATED = {label.id for label in TABLE if not label.ignore_in_eval}
THINGS = {label.id for label in TABLE if label.has_instances and not label.ignore_in_eval}

# pycocotools 2.0.11 speaks to NumPy in the old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PERFECT = Network(shift=0, wave=32, faint=0.001, overlooked=0, confused=0)
BLIND = replace(PERFECT, overlooked=1)


def street(number):
    """Instance ids of a street; `number` moves the objects."""
    drawn = [
        ("sky", (0, 0, 511, 255)),
        ("building", (0, 20, 180, 255)),
        ("vegetation", (340, 40, 511, 255)),
        ("wall", (180, 90, 340, 130)),
        ("sidewalk", (0, 120, 511, 255)),
        ("road", (90, 130, 420, 255)),
        ("parking", (420, 150, 511, 200)),
        ("pole", (300, 10, 303, 130)),
        ("pole", (420, 10, 431, 150)),
        ("traffic sign", (413, 30, 438, 50)),
        ("persongroup", (10, 100, 60, 140)),
        ("ego vehicle", (0, 235, 511, 255)),
    ]
    for k, name in enumerate(["person", "rider", "car", "person", "bus", "bicycle"] * 3):
        left, top = (k * 83 + number * 47) % 450, 100 + k * 37 % 60
        width = 50 if name in ("car", "bus") else 16
        drawn.append((name, (left, top, left + width, top + 40)))
    drawn.append(("license plate", (200, 130, 205, 133)))
    annotation = scene(*drawn, width=WIDTH, height=HEIGHT)
    return FrameImages(annotation, TABLE, "released").image("instanceIds")


def write_truth(root, frames=FRAMES, split="val"):
    for number, frame in enumerate(frames):
        path = root / f"gtFine/{split}/{frame.split('_')[0]}/{frame}_gtFine_instanceIds.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png.encode(street(number)))
    return root


def make(dataset, output, split="val", seed=0, jobs=1):
    labels = CLONE / "config/labels.csv"
    script.main(dataset, labels, split, output / "sets", output / "files.tsv", seed, jobs)
    return output / "sets"


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def image(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_truth(tmp_path_factory.mktemp("dataset"))


@pytest.fixture(scope="module")
def sets(dataset, tmp_path_factory):
    return make(dataset, tmp_path_factory.mktemp("predictions"))


def test_the_same_seed_makes_the_same_bytes_with_any_number_of_jobs(dataset, sets, tmp_path):
    assert contents(make(dataset, tmp_path / "again", jobs=2)) == contents(sets)
    assert contents(make(dataset, tmp_path / "other", seed=1)) != contents(sets)


def test_a_frame_is_predicted_the_same_whatever_other_frames_there_are(sets, tmp_path):
    alone = make(write_truth(tmp_path / "dataset", FRAMES[:1]), tmp_path)
    for path, content in contents(alone).items():
        if not path.endswith(".json"):
            assert content == (sets / path).read_bytes(), path


def test_two_frames_of_the_same_street_get_different_mistakes():
    one, other = (predict(frame, "val", street(0), TABLE, seed=0) for frame in FRAMES[1:])
    assert one.files[0].content != other.files[0].content


def test_the_manifest_lists_each_file(sets):
    rows = read_table(sets.parent / "files.tsv")
    assert sorted(row["path"] for row in rows) == sorted(contents(sets))
    assert {row["set"] for row in rows} == SETS
    assert all(row["path"].startswith(row["set"] + "/") for row in rows)
    assert {row["frame"] for row in rows} == {"", *FRAMES}
    assert all(row["frame"] in row["path"] for row in rows)


@pytest.mark.parametrize("frame", FRAMES)
def test_a_good_network_sees_more_than_a_poor_one(sets, frame):
    city = frame.split("_")[0]
    good = image(sets / f"pixel_good/{city}/{frame}_pred.png")
    poor = image(sets / f"pixel_poor/{city}/{frame}_pred.png")
    assert good.dtype == poor.dtype == np.uint8
    assert good.shape == poor.shape == (HEIGHT, WIDTH)
    assert set(np.unique(good).tolist()) <= EVALUATED

    id_of = {TABLE.by_id[id].train_id: id for id in EVALUATED}
    assert set(np.unique(poor).tolist()) <= id_of.keys()
    poor = np.vectorize(id_of.get)(poor)
    truth = street(FRAMES.index(frame)).astype(int)
    truth = np.where(truth >= 1000, truth // 1000, truth)
    counted = np.isin(truth, [*EVALUATED])
    accuracy = [np.mean(truth[counted] == predicted[counted]) for predicted in (good, poor)]
    assert 0.6 < accuracy[1] < accuracy[0] - 0.03
    assert 0.9 < accuracy[0] < 1


@pytest.mark.parametrize("frame", FRAMES)
def test_the_text_files_name_masks_and_the_best_ones_fit(sets, frame):
    root = sets / "instance_good"
    truth = street(FRAMES.index(frame))
    lines = [line.split(" ") for line in (root / f"{frame}_pred.txt").read_text().splitlines()]
    assert len(lines) > 5
    assert {path for path, _, _ in lines} == {
        str(path.relative_to(root)) for path in root.glob(f"masks/{frame}_*")
    }
    confidences = [confidence for _, _, confidence in lines]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < float(text) < 1 and len(text) == 8 for text in confidences)
    best = []
    for path, label_id, _ in lines:
        assert int(label_id) in THINGS
        mask = image(root / path)
        assert mask.dtype == np.uint8 and mask.shape == (HEIGHT, WIDTH)
        assert np.unique(mask).tolist() == [0, 255]
        true = truth == np.bincount(truth[mask > 0]).argmax()
        best.append(np.sum(true & (mask > 0)) / np.sum(true | (mask > 0)))
    assert np.mean(best[:5]) > 0.6


def test_the_coco_results_hold_masks_of_every_frame(sets):
    entries = json.loads((sets / "instance_coco/results.json").read_text())
    assert {entry["image_id"] for entry in entries} == set(FRAMES)
    for entry in entries:
        assert entry["category_id"] in THINGS
        assert 0 < entry["score"] < 1 and round(entry["score"], 6) == entry["score"]
        assert entry["segmentation"]["size"] == [HEIGHT, WIDTH]
        assert coco.decode(entry["segmentation"]).any()


def test_the_panoptic_pictures_show_the_segments_of_the_json_file(sets):
    root = sets / "panoptic_good"
    document = json.loads((root / "cityscapes_panoptic_val.json").read_text())
    assert [entry["id"] for entry in document["images"]] == FRAMES
    assert [entry["image_id"] for entry in document["annotations"]] == FRAMES
    assert {category["id"] for category in document["categories"]} == EVALUATED
    void = 0
    for annotation in document["annotations"]:
        rgb = image(root / "cityscapes_panoptic_val" / annotation["file_name"])[..., ::-1]
        ids = rgb.astype(int) @ [1, 256, 65536]
        void += np.count_nonzero(ids == 0)
        infos = {info["id"]: info for info in annotation["segments_info"]}
        assert infos.keys() == {*np.unique(ids).tolist()} - {0}
        for id, info in infos.items():
            rows, columns = np.nonzero(ids == id)
            x, y = int(columns.min()), int(rows.min())
            assert info["area"] == len(rows)
            assert info["bbox"] == [x, y, np.ptp(columns) + 1, np.ptp(rows) + 1]
            assert info["category_id"] in EVALUATED
        stuff = [info["category_id"] for info in infos.values() if info["id"] < 1000]
        assert len(stuff) == len(set(stuff))
        assert not THINGS & set(stuff)
        assert len(infos) > len(stuff)
    assert 0 < void < 0.05 * HEIGHT * WIDTH * len(FRAMES)


def test_a_frame_without_annotation_is_all_road():
    withheld = np.full((64, 128), 3, dtype=np.uint16)
    made = predict("berlin_000000_000019", "test", withheld, TABLE, seed=0)
    assert made.results == made.annotation["segments_info"] == []
    good = next(file for file in made.files if file.set == "pixel_good")
    ids = cv2.imdecode(np.frombuffer(good.content, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.unique(ids).tolist() == [7]


def test_without_ground_truth_the_message_says_what_was_searched(dataset, tmp_path):
    with pytest.raises(DataError, match=r"gtFine/train/<city>/<city>_.*_gtFine_instanceIds\.png"):
        make(dataset, tmp_path, split="train")


def test_a_perfect_network_sees_each_region_as_it_is():
    truth = street(0)
    scene = scene_of(truth, TABLE)
    rng = np.random.default_rng(0)
    classes = recognized(scene, PERFECT, TABLE, rng)
    assert classes == [region.label for region in scene.regions]
    numbers = seen(scene, classes)
    np.testing.assert_array_equal(numbers[scene.numbers > 0], scene.numbers[scene.numbers > 0])
    assert numbers.all()
    np.testing.assert_array_equal(moved(numbers, PERFECT, rng), numbers)
    masks = objects(numbers, scene, classes, PERFECT)
    assert sum(mask.sum() for *_, mask in masks) == np.count_nonzero(
        (truth >= 1000) | (truth == 24)
    )


def test_a_scene_numbers_objects_and_connected_parts():
    ids = picture("rbrc", "rbrc", "rppc", "rppc", r=7, b=26, p=4, c=26001)
    scene = scene_of(ids, TABLE)
    assert [(r.label.name, r.area, r.left, r.top, r.width, r.height) for r in scene.regions] == [
        ("car", 4, 3, 0, 1, 4),
        ("road", 4, 0, 0, 1, 4),
        ("road", 2, 2, 0, 1, 2),
        ("car", 2, 1, 0, 1, 2),
    ]
    expected = picture("rbsc", "rbsc", "r__c", "r__c", c=1, r=2, s=3, b=4, _=UNSEEN)
    np.testing.assert_array_equal(scene.numbers, expected)


def test_what_is_missed_becomes_the_nearest_stuff_and_objects_do_not_grow():
    ids = picture("rrcdxxvv", r=7, c=26000, d=26001, x=4, v=21)
    scene = scene_of(ids, TABLE)
    classes = [None if region.left == 3 else region.label for region in scene.regions]
    ids_of = np.array([0, *(label.id if label else 0 for label in classes)])
    found = ids_of[seen(scene, classes)][0].tolist()
    assert found[:3] + found[5:] == [7, 7, 26, 21, 21, 21]
    assert set(found[3:5]) <= {7, 21}


def test_a_blind_network_sees_stuff_only():
    scene = scene_of(street(0), TABLE)
    classes = recognized(scene, BLIND, TABLE, np.random.default_rng(0))
    for region, label in zip(scene.regions, classes, strict=True):
        assert label is (None if region.label.has_instances else region.label)


def test_a_coarse_pixel_is_what_most_of_its_pixels_are_and_the_last_ones_are_cut():
    labels = picture("aabbc", "abbbc", dtype=np.uint8, a=7, b=8, c=9)
    expected = picture("aabbc", "aabbc", dtype=np.uint8, a=7, b=8, c=9)
    np.testing.assert_array_equal(coarse(labels, 2), expected)
