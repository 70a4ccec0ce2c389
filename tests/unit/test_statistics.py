"""Statistics of the dataset: counted by hand, on frames of 32 x 16 pixels."""

import csv
import json

import numpy as np
import pytest

import split_statistics
from cityscapes.evaluation.pixel.scores import AVERAGE_SIZES
from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.incremental.tables import read_tracked, write_tracked
from cityscapes.labels import read_labels
from cityscapes.statistics.frame_counts import COLUMNS, ROWS, FrameCounts, count_frame
from cityscapes.statistics.names import STATISTICS
from cityscapes.statistics.published import compare, frames_of, pixels_of
from cityscapes.statistics.split_counts import SplitCounts
from cityscapes.statistics.tables import tables
from small_shard import RESULTS, SHARD, name_of, run, table_path, write_frames
from tiny import CLONE

TABLE = read_labels(CLONE / "config/labels.csv")
ID = {label.name: label.id for label in TABLE}


def box(left, top, right, bottom):
    """A polygon that fills these pixels, the last ones included."""
    bottom += 1  # the released fill asks for the middle of rows, and for all of columns
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def images_of(objects):
    document = {"imgHeight": 16, "imgWidth": 32, "objects": objects}
    annotation = parse_annotation(json.dumps(document).encode(), TABLE)
    return annotation, FrameImages(annotation, TABLE, "released")


def counts_of(*objects):
    return count_frame(*images_of([{"label": name, "polygon": shape} for name, shape in objects]))


# Road below sky; a car of 4 x 3 pixels, one of 2 x 2, one that is hidden, a group, a number plate.
STREET = (
    ("sky", box(0, 0, 31, 7)),
    ("road", box(0, 8, 31, 15)),
    ("car", box(2, 9, 3, 10)),  # hidden by the next
    ("car", box(2, 9, 5, 11)),
    ("car", box(10, 12, 11, 13)),
    ("cargroup", box(20, 9, 29, 10)),
    ("license plate", box(2, 10, 2, 10)),
)


def test_a_frame_is_counted_as_one_counts_it_by_hand():
    counts = counts_of(*STREET)
    assert (counts.width, counts.height) == (32, 16)
    car = 12 + 4 + 20
    assert counts.pixels == {ID["sky"]: 256, ID["road"]: 256 - car, ID["car"]: car}
    assert counts.objects == {ID["sky"]: 1, ID["road"]: 1, ID["car"]: 3, -1: 1}
    assert counts.groups == {ID["car"]: 1}
    assert counts.sizes == {ID["car"]: [12, 4]}


def test_the_grid_shows_the_class_in_the_middle_of_its_parts():
    grid = counts_of(*STREET).grid
    assert grid.shape == (ROWS, COLUMNS)
    assert (grid[: ROWS // 2] == ID["sky"]).all()
    assert (grid[ROWS // 2 :] == ID["car"]).sum() == 36 * ROWS * COLUMNS // (16 * 32)


def test_counts_agree_with_the_images():
    rng = np.random.default_rng(7)
    names = ["car", "person", "road", "cargroup", "license plate", "vegetation"]
    for _ in range(20):
        shapes = rng.integers(-5, 40, (12, 4, 2)).tolist()
        objects = [
            {"label": names[rng.integers(len(names))], "polygon": shape} for shape in shapes
        ]
        annotation, images = images_of(objects)
        counts = count_frame(annotation, images)
        ids, pixels = np.unique(images.image("labelIds"), return_counts=True)
        assert counts.pixels == dict(zip(ids.tolist(), pixels.tolist(), strict=True))
        values, sizes = np.unique(images.image("instanceIds"), return_counts=True)
        singles = [
            (v // 1000, s) for v, s in zip(values.tolist(), sizes.tolist(), strict=True) if v > 999
        ]
        assert singles == [
            (id_, size) for id_ in sorted(counts.sizes) for size in counts.sizes[id_]
        ]


def test_a_manifest_keeps_counts_as_they_are():
    counts = counts_of(*STREET)
    again = FrameCounts.of_value(json.loads(json.dumps(counts.as_value())))
    assert again == counts
    assert (again.grid == counts.grid).all()


def split_of(*frames):
    split = SplitCounts(TABLE)
    for number, (city, objects) in enumerate(frames):
        split.add(f"{city}_{number}", city, counts_of(*objects))
    return split


@pytest.fixture
def split():
    return split_of(("ulm", STREET), ("ulm", STREET[:3]), ("bonn", ()))


def made(split, problems=(), published=None):
    published = published or compare(split, 0, {}, {})
    return tables(split, [*problems], published, AVERAGE_SIZES)


def rows(table):
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_classes_of_a_split(split):
    car = rows(made(split)["classes"])["car"]
    assert (car["pixels"], car["frames"], car["objects"], car["groups"]) == (36 + 4, 2, 4, 1)
    assert car["share"] == 40 / (3 * 512)
    assert car["share of evaluated pixels"] == 40 / (2 * 512)
    assert car["share of frames"] == 2 / 3
    assert (car["instances"], car["pixels of groups"]) == (3, 20)
    plate = rows(made(split)["classes"])["license plate"]
    assert (plate["pixels"], plate["objects"]) == (0, 1)


def test_categories_count_a_frame_once(split):
    assert rows(made(split)["categories"])["vehicle"]["frames"] == 2
    flat = rows(made(split)["categories"])["flat"]
    assert (flat["pixels"], flat["frames"]) == (256 - 36 + 256 - 4, 2)


def test_cities_of_a_split(split):
    found = rows(made(split)["cities"])
    assert (found["ulm"]["frames"], found["ulm"]["share of void"]) == (2, 0)
    assert (found["bonn"]["pixels"], found["bonn"]["share of void"]) == (512, 1)
    of_city = {row[:2]: row[2:] for row in made(split)["cities_classes"].rows}
    assert of_city["ulm", "car"] == (40, 40 / 1024, 2, 4, 1)
    assert of_city["bonn", "car"] == (0, 0, 0, 0, 0)


def test_sizes_of_instances_beside_those_of_the_benchmark(split):
    car = rows(made(split)["instances"])["car"]
    assert (car["instances"], car["smallest"], car["largest"]) == (3, 4, 12)
    assert car["mean pixels"] == 20 / 3
    assert car["quantile 0.5"] == 4
    assert car["mean pixels in iIoU"] == AVERAGE_SIZES["car"]
    assert car["below 100 pixels"] == 3
    assert rows(made(split)["instances"])["train"]["mean pixels"] is None


def test_classes_that_are_seen_together(split):
    together = rows(made(split)["cooccurrence"])
    assert (together["car"]["car"], together["car"]["road"], together["road"]["sky"]) == (2, 2, 2)
    assert (together["unlabeled"]["unlabeled"], together["unlabeled"]["car"]) == (1, 0)


def test_places_add_up_to_all_frames(split):
    places = np.array([row[2:] for row in made(split)["heatmaps"].rows], dtype=float)
    total = places.reshape(-1, ROWS, COLUMNS).sum(axis=0)
    np.testing.assert_allclose(total, 1)


def test_every_table_is_there_also_without_frames():
    empty = made(SplitCounts(TABLE), problems=["a frame is wrong"])
    assert tuple(empty) == STATISTICS
    measures = dict(empty["summary"].rows)
    assert measures["frames left out, as they could not be made"] == 1
    assert measures["share of void pixels"] is None


def test_a_whole_split_is_compared_with_what_was_published(split):
    cities = {"ulm": 2, "bonn": 1}
    right = {ID["car"]: 40, ID["road"]: 256 - 36 + 256 - 4, ID["sky"]: 512, 0: 512}
    right = {label.id: right.get(label.id, 0) for label in TABLE if label.id >= 0}
    equal = compare(split, 0, right, cities)
    assert equal.verdict == "equal to the published pixel counts in all 34 classes"
    assert rows(made(split, published=equal)["classes"])["car"]["published pixels"] == 40
    other = compare(split, 0, {**right, ID["car"]: 41}, cities)
    assert other.verdict == "differs from the published pixel counts in car"


def test_a_part_of_a_split_is_not_compared(split):
    part = compare(split, 1, {7: 1}, {"ulm": 2, "bonn": 2})
    assert "of all 4 frames: there are 3, 1 could not be made" in part.verdict
    assert part.pixels == {}


def test_a_split_with_edited_frames_is_not_compared_and_tells_how_many(split):
    split.edited = 2
    edited = compare(split, 0, {7: 1}, {"ulm": 2, "bonn": 1}, split.edited)
    assert edited.verdict == "not compared with the published pixel counts: 2 frames are edited"
    assert edited.pixels == {}
    summary = dict(made(split, published=edited)["summary"].rows)
    assert (summary["frames"], summary["edited frames"]) == (3, 2)
    split.edited = 0
    assert "edited frames" not in dict(made(split)["summary"].rows)


def test_the_published_tables_are_of_the_whole_val_split():
    with open(CLONE / "config/published_pixels.tsv") as file:
        pixels = pixels_of(csv.DictReader(file, delimiter="\t"), "gtFine", "val")
    with open(CLONE / "config/frames.tsv") as file:
        frames = frames_of(csv.DictReader(file, delimiter="\t"), "val")
    assert sum(pixels.values()) == sum(frames.values()) * 2048 * 1024
    assert set(pixels) == {label.id for label in TABLE if label.id >= 0}


def test_the_script_adds_up_what_the_job_of_the_shard_wrote(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_frames(1, 2)
    run()
    table = table_path(RESULTS, SHARD, "statistics")
    assert [row["frame"] for row in read_tracked(table)] == [name_of(1), name_of(2)]
    add_problem(table)
    split_statistics.main(
        [table], "gtFine/val", CLONE / "config/labels.csv", {"car": 7.5},
        CLONE / "config/published_pixels.tsv", CLONE / "config/frames.tsv", tmp_path / "out",
    )  # fmt: skip
    found = {
        name: list(csv.DictReader((tmp_path / "out" / f"{name}.csv").open()))
        for name in STATISTICS
    }
    assert len(found["frames"]) == 2
    (car,) = (row for row in found["instances"] if row["name"] == "car")
    assert (car["instances"], car["mean pixels in iIoU"]) == ("4", "7.5")
    (left,) = (
        row["value"] for row in found["summary"] if row["measure"].startswith("frames left")
    )
    assert left == "1"


def add_problem(table):
    frames = read_tracked(table)
    write_tracked(table, ["frame", "statistics"], frames, ["a frame that could not be made"])
