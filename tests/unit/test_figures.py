"""Figures show the numbers of the tables that they are made from, and nothing else."""

import csv
import json

import numpy as np
import pytest
from test_statistics import STREET, TABLE, counts_of

import draw_figures
import instance_scores
import panoptic_scores
import pixel_scores
from cityscapes.figures.names import ENDINGS, OF_TASK, STATISTICS
from cityscapes.files.csv_frame import read_csv
from cityscapes.files.tables import write_csv
from cityscapes.incremental.tables import write_tracked
from cityscapes.statistics.published import compare
from cityscapes.statistics.split_counts import SplitCounts
from cityscapes.statistics.tables import tables
from tiny import CLONE

LABELS = CLONE / "config/labels.csv"


def rows(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def draw(what, folder, output, name="", files=None):
    folders = folder if isinstance(folder, list) else [folder]
    draw_figures.main(what, folders, files, LABELS, name, output)
    return output


def write_statistics(folder, *frames):
    split = SplitCounts(TABLE)
    for number, objects in enumerate(frames):
        split.add(f"ulm_{number}", "ulm", counts_of(*objects))
    for name, table in tables(split, [], compare(split, 0, {}, {}), {}).items():
        write_csv(folder / f"{name}.csv", table.columns, table.rows)


@pytest.fixture(scope="module")
def of_split(tmp_path_factory):
    folder = tmp_path_factory.mktemp("statistics")
    write_statistics(folder, STREET, STREET[:3])
    return draw("statistics", folder, folder / "figures")


def test_every_figure_is_there_as_svg_png_and_numbers(of_split):
    names = {path.name for path in of_split.iterdir()}
    assert names == {f"{name}.{ending}" for name in STATISTICS for ending in ENDINGS}
    for name in STATISTICS:
        assert b"<svg" in (of_split / f"{name}.svg").read_bytes()[:1000]
        assert (of_split / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_numbers_give_the_same_bytes(of_split, tmp_path):
    draw("statistics", of_split.parent, tmp_path)
    for path in of_split.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_pixels_by_class_are_those_of_the_table(of_split):
    shown = {row["name"]: int(row["pixels"]) for row in rows(of_split / "pixels.csv")}
    assert shown == {"sky": 512, "road": 256 - 36 + 256 - 4, "car": 40}
    assert list(shown) == ["road", "sky", "car"]  # in the order of their categories


def test_instances_a_frame(of_split):
    shown = rows(of_split / "instances.csv")
    means = {row["of"]: float(row["number"]) for row in shown if row["what"].startswith("inst")}
    assert (means["car"], means["bus"]) == (1.5, 0)
    frames = {row["of"]: row["number"] for row in shown if row["what"].startswith("frames")}
    assert frames == {"0 to 0": "0", "1 to 1": "1", "2 to 2": "1"}


def test_classes_seen_together_are_shares(of_split):
    shown = {row["frames that show"]: row for row in rows(of_split / "cooccurrence.csv")}
    assert set(shown) == {"road", "sky", "car"}
    assert all(float(shown[a][b]) == 1 for a in shown for b in shown)


def test_maps_show_where_classes_lie(of_split):
    sky = [row for row in rows(of_split / "heatmaps.csv") if row["name"] == "sky"]
    shares = np.array([[float(row[str(column)]) for column in range(64)] for row in sky])
    assert shares[:16].min() == 1 and shares[16:].max() == 0


def test_a_split_without_frames_has_figures(tmp_path):
    write_statistics(tmp_path)
    draw("statistics", tmp_path, tmp_path / "figures")
    assert rows(tmp_path / "figures/pixels.csv") == []


def test_a_split_without_objects_has_figures(tmp_path):
    write_statistics(tmp_path, ())
    draw("statistics", tmp_path, tmp_path / "figures")
    assert [row["name"] for row in rows(tmp_path / "figures/pixels.csv")] == ["unlabeled"]


FRAMES = ["bonn_000000_000001", "bonn_000000_000002", "ulm_000000_000003"]


def write_counts(folder, counts):
    """Tables of counts and files as the jobs of an evaluation write them."""
    of_frames = [
        {"frame": frame, "counts": json.dumps(of)}
        for frame, of in zip(FRAMES, counts, strict=True)
    ]
    write_tracked(folder / "counts.tsv", ["frame", "counts"], of_frames)
    files = [
        {"frame": frame, "city": frame.split("_")[0], "path": f"{frame}.png"} for frame in FRAMES
    ]
    write_tracked(folder / "files.tsv", ["frame", "city", "path"], files, expected="3")
    return [folder / "counts.tsv"], folder / "files.tsv"


def pixel_set(folder, right):
    """Cars and road of 100 pixels a frame; of cars `right` are right, others taken for road."""
    counts = [[[7, 7, 7, 100], [26, 26001, 26, right], [26, 26001, 7, 100 - right]]] * 3
    written = write_counts(folder, [[of, None] for of in counts])
    pixel_scores.main(*written, LABELS, "ids", [], [], {}, folder / "scores")
    return folder / "scores"


def test_figures_of_pixel_scores(tmp_path):
    folder = draw(
        "pixel", pixel_set(tmp_path, 80), tmp_path / "figures", files=tmp_path / "files.tsv"
    )
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{ending}" for name in OF_TASK["pixel"] for ending in ENDINGS
    }
    iou = {row["name"]: float(row["IoU"]) for row in rows(folder / "iou.csv")}
    assert iou == {"road": 100 / 120, "car": 0.8}
    confusion = {row["true \\ predicted"]: row for row in rows(folder / "confusion.csv")}
    assert (float(confusion["car"]["car"]), float(confusion["car"]["road"])) == (0.8, 0.2)
    cities = {row["city"]: row for row in rows(folder / "cities.csv")}
    assert {name: row["frames"] for name, row in cities.items()} == {"bonn": "2", "ulm": "1"}
    mean = (100 / 120 + 0.8) / 2
    assert all(float(row["mIoU"]) == pytest.approx(mean) for row in cities.values())


def test_the_figure_of_a_comparison(tmp_path):
    folders = []
    for name, right in (("poor", 20), ("good", 80)):
        (tmp_path / name).mkdir()
        folders.append(pixel_set(tmp_path / name, right).rename(tmp_path / name / f"of_{name}"))
    folder = draw("pixel", folders, tmp_path / "figures", "pixel_val")
    shown = {row["name"]: row for row in rows(folder / "pixel_val.csv")}
    assert (shown["car"]["first"], shown["car"]["second"]) == ("of_poor", "of_good")
    assert float(shown["car"]["difference"]) == pytest.approx(0.6)
    assert shown["car"]["beyond chance"] == "no"  # of three frames


def test_figures_of_instance_scores(tmp_path):
    objects = [[26001, 400, None, None], [26002, 400, None, None]]
    found = [[26, 0.9, 400, [[26001, 400]]], [26, 0.3, 400, [[7, 400]]]]
    written = write_counts(tmp_path, [[objects, found]] * 3)
    instance_scores.main(*written, LABELS, "ids", [], tmp_path / "scores")
    folder = draw("instance", tmp_path / "scores", tmp_path / "figures")
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{ending}" for name in OF_TASK["instance"] for ending in ENDINGS
    }
    curve = [row for row in rows(folder / "precision_recall.csv") if row["overlap"] == "0.50"]
    points = [
        tuple(float(row[key]) for key in ("confidence", "recall", "precision")) for row in curve
    ]
    assert points == [(0.9, 0.5, 1.0), (0.3, 0.5, 0.5)]
    sure = {row["confidence from"]: row for row in rows(folder / "calibration.csv")}
    assert (sure["0.9"]["predictions"], sure["0.9"]["share that is true"]) == ("3", "1.0")
    assert float(sure["0.3"]["share that is true"]) == 0


def test_ap_by_distance_and_size(tmp_path):
    """A small car that is found, a large one that is not, a person too far for 50 m."""
    objects = [[24001, 5000, 70.0, 1.0], [26001, 400, 20.0, 1.0], [26002, 9216, 20.0, 1.0]]
    found = [
        [26, 0.9, 400, [[26001, 400]]], [26, 0.5, 2000, [[7, 2000]]],
        [24, 0.9, 5000, [[24001, 5000]]],
    ]  # fmt: skip
    written = write_counts(tmp_path, [[objects, found]] * 3)
    instance_scores.main(*written, LABELS, "ids", [], tmp_path / "scores")
    folder = draw("instance", tmp_path / "scores", tmp_path / "figures")
    shown = {row["name"]: row for row in rows(folder / "ranges.csv")}
    assert list(shown) == ["all classes", "person", "car"]
    car, person, every = shown["car"], shown["person"], shown["all classes"]
    # The false positive has 2,000 pixels: it says nothing of small and large cars.
    assert (car["AP small"], car["AP medium"], car["AP large"]) == ("1.0", "nan", "0.0")
    assert (car["small objects"], car["large objects"]) == ("3", "3")
    assert (person["AP medium"], person["AP100m"], person["AP50m"]) == ("1.0", "1.0", "nan")
    assert (every["AP small"], every["AP medium"]) == ("1.0", "1.0")
    assert every["small objects"] == "3"


def test_instance_sets_that_find_nothing_have_figures(tmp_path):
    written = write_counts(tmp_path, [[[[26001, 400, None, None]], []]] * 3)
    instance_scores.main(*written, LABELS, "ids", [], tmp_path / "scores")
    folder = draw("instance", tmp_path / "scores", tmp_path / "figures")
    assert rows(folder / "precision_recall.csv") == []
    assert {row["AP"] for row in rows(folder / "ap.csv")} == {"0.0"}


def test_figures_of_panoptic_scores(tmp_path):
    counts = [[[[7, 7, 0], [26001, 26, 0]], [[7, 7], [1, 26]], [[7, 7, 90], [26001, 1, 50]]]] * 3
    written = write_counts(tmp_path, counts)
    truth = tmp_path / "truth.json"
    category = {"name": "", "supercategory": "", "isthing": 0, "color": [0, 0, 0]}
    named = [category | {"id": 7, "name": "road"}, category | {"id": 26, "name": "car"}]
    truth.write_text(json.dumps({"images": [], "annotations": [], "categories": named}))
    panoptic_scores.main(*written, truth, LABELS, "ids", [], tmp_path / "scores")
    folder = draw("panoptic", tmp_path / "scores", tmp_path / "figures")
    assert {row["name"]: row["PQ"] for row in rows(folder / "quality.csv")} == {
        "road": "1.0", "car": "1.0",
    }  # fmt: skip
    assert [tuple(row.values()) for row in rows(folder / "cities.csv")] == [
        ("without prediction", "3", "1.0")
    ]


def test_png_files_are_as_wide_as_a_column(of_split):
    data = (of_split / "pixels.png").read_bytes()
    assert int.from_bytes(data[16:20], "big") == round(3.3 * 300)


def test_names_of_classes_may_be_those_of_nothing_and_numbers(tmp_path):
    write_csv(tmp_path / "a.csv", ["name", "IoU"], [("None", 0.5), ("NA", "nan"), ("1", None)])
    table = read_csv(tmp_path / "a.csv")
    assert list(table["name"]) == ["None", "NA", "1"]
    assert table["IoU"].isna().tolist() == [False, True, True]
