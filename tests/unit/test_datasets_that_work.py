"""The table of datasets that work: each row of docs/what-works.md, from files to what is made."""

import csv
import json
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import check_tables
import dataset_of_images
import frame_checks
import ground_truth
from cityscapes.errors import DataError
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.kinds import NAMES
from cityscapes.incremental.tables import problems_in
from cityscapes.jobs.progress import Bytes
from cityscapes.packages.zips import unpack
from cityscapes.png.write import encode
from cityscapes.roots import join, plan_links
from cityscapes.workflow.checks import Checks
from cityscapes.workflow.shards import Shards
from config_defaults import settings_of
from tiny import CLONE

KINDS = [name for name in NAMES if name != "depth"]
LABELS = CLONE / "config/labels.csv"
CAR = {"label": "car", "polygon": [[1, 1], [20, 1], [20, 9], [1, 9]]}
ROAD = {"label": "road", "polygon": [[0, 0], [31, 0], [31, 15], [0, 15]]}


class Case:
    """A dataset in the working directory, which is prepared and checked as the rules do."""

    def __init__(self):
        self._written = 0

    def polygons(self, path, width=32, height=16, objects=(ROAD, CAR), mark=b""):
        """Write the polygon file of `gtFine/<split>/<city>/<frame>`; no two are alike."""
        document = {"imgWidth": width, "imgHeight": height, "objects": list(objects)}
        document["number"] = self._written = self._written + 1
        name = Path("data/gtFine", f"{path}_gtFine_polygons.json")
        name.parent.mkdir(parents=True, exist_ok=True)
        name.write_bytes(mark + json.dumps(document).encode())
        return name

    def image(self, path, width=32, height=16, kind="leftImg8bit", root="data", ending=""):
        """Write the image of a frame."""
        self._written += 1
        rng = np.random.default_rng(self._written)
        pixels = rng.integers(0, 255, (height, width, 3), dtype=np.uint8)
        name = Path(root, kind, f"{path}_{kind}{ending}.png")
        name.parent.mkdir(parents=True, exist_ok=True)
        name.write_bytes(encode(pixels))
        return name

    def labels(self, path, instances=True):
        """Write label images: a road, and a car in it."""
        ids = np.full((16, 32), 7, dtype=np.uint16)
        ids[1:10, 1:21] = 26
        folder = Path("data/gtFine", path)
        folder.parent.mkdir(parents=True, exist_ok=True)
        labels = folder.with_name(f"{folder.name}_gtFine_labelIds.png")
        labels.write_bytes(encode(ids.astype(np.uint8)))
        if instances:
            ids[1:10, 1:21] = 26000
            write_atomic(folder.with_name(f"{folder.name}_gtFine_instanceIds.png"), encode(ids))
        return labels

    def prepare(self, dataset="data", degenerate="error"):
        """Make all kinds; what is wrong."""
        settings = settings_of(dataset=dataset)
        if settings.is_joined:
            join(plan_links(settings.roots), Path(settings.joined_dataset))
        shards = Shards(settings)
        found = []
        for shard in shards.raw:
            tables = [Path(table) for table in shards.tables(shard)]
            ground_truth.main(
                Path(settings.dataset), Path("results"), shard, KINDS, LABELS, "released",
                degenerate, 16, "first", tables, 1, False, True,
            )  # fmt: skip
            found += problems_in(tables[0])
        return [*map(str, shards.odd_folders()), *found]

    def check(self, degenerate="error", **checks):
        """The rows of problems.csv, as (check, where, what, to_do)."""
        asked = Checks(settings_of(dataset="data", checks=checks))
        sizes = [frame_checks.size_of(size) for size in asked.image_sizes()]
        tables = []
        for split, city in asked.cities:
            tables.append(Path("results/tables/checks", split, f"{city}.tsv"))
            frame_checks.main(
                dataset=Path("data"), split=split, city=city, types=asked.types, labels=LABELS,
                person_labels=CLONE / "config/labels_cityPersons.csv", sizes=sizes,
                official=split in asked.official_splits, tolerance=2, degenerate=degenerate,
                max_polygons_mb=16, manifest=Path(f"manifest_{city}"), output=tables[-1], jobs=1,
                forced=False,
            )  # fmt: skip
        check_tables.main(
            Path("data"), tables, asked.types, asked.splits, CLONE / "config/packages.tsv",
            CLONE / "config/frames.tsv", asked.published_splits(), asked.official_splits,
            asked.blur_limits(), Path("checks"),
        )  # fmt: skip
        with open("checks/problems.csv", newline="") as file:
            return [tuple(row.values())[1:] for row in csv.DictReader(file)]

    def made(self):
        """Path below the results -> content of all PNG files."""
        root = Path("results")
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*.png")}


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Case()


def pixels_of(case, path):
    (data,) = (data for name, data in case.made().items() if name.endswith(path))
    write_atomic(Path("shown.png"), data)
    return np.asarray(Image.open("shown.png"))


def names(case):
    cities = ("münchen", "new_york", "st. gallen", "-rf")
    for city in cities:
        case.polygons(f"val/{city}/{city}_000000_000001")
    assert case.prepare() == []
    assert sum(path.endswith("labelIds.png") for path in case.made()) == len(cities)
    assert case.check(image_size="any") == []


def numbered(case):
    for path in ("val/119/902541", "val/283/902541"):
        case.polygons(path)
    assert case.prepare() == []
    assert {
        f"gtFine/cityscapes_panoptic_val/{city}_902541_gtFine_panoptic.png"
        for city in ("119", "283")
    } <= case.made().keys()


def braces(case):
    case.polygons("val/ulm/1")
    case.polygons("val/{copy}/1")
    assert case.prepare() == ["data/gtFine/val/{copy}"]


def official(case):
    case.polygons("val/frankfurt/frankfurt_000000_000294", 2048, 1024)
    (row,) = case.check()
    assert row[:2] == ("frames not there", "val")
    assert "499 of 500 published frames" in row[2]


def mixed_names(case):
    case.polygons("val/frankfurt/frankfurt_000000_000294", 2048, 1024)
    case.polygons("val/frankfurt_old/frankfurt_000000_000294", 2048, 1024)
    (row,) = case.check()
    assert row[:2] == ("names of two datasets", "val")
    assert "1 of 2 folders, frankfurt_old first, are no cities of Cityscapes" in row[2]
    assert case.check(counts="published")[0][0] == "not named like a city"


def other_sizes(case):
    case.image("val/ulm/1", 32, 16)
    case.image("val/ulm/2", 24, 16)
    for sizes in ("any", [[32, 16], [24, 16]]):
        assert case.check(image_size=sizes) == []


def unnamed_size(case):
    case.image("val/ulm/1")
    (row,) = case.check()
    assert row[0] == "wrong size"
    assert "checks: {image_size: ...}" in row[3]


def size_as_text(case):
    for number, side in enumerate((32, 32.0, "32")):
        case.polygons(f"val/ulm/{number}", width=side)
    assert case.prepare() == []
    assert case.check(image_size=[32, 16]) == []


def byte_order_mark(case):
    case.polygons("val/ulm/1", mark=b"\xef\xbb\xbf")
    assert case.prepare() == []


def two_points(case):
    case.polygons("val/ulm/1", objects=[ROAD, {**CAR, "polygon": [[1, 1], [2, 2]]}])
    (problem,) = case.prepare()
    assert "`degenerate: skip` in the config leaves such objects out" in problem


def two_points_skipped(case):
    case.polygons("val/ulm/1", objects=[ROAD, {**CAR, "polygon": [[1, 1], [2, 2]]}])
    assert case.prepare(degenerate="skip") == []
    (row,) = case.check(degenerate="skip", image_size=[32, 16])
    assert row[0] == "too few points"
    assert "object 1" in row[2]


def large_file(case):
    path = case.polygons("val/ulm/1")
    path.write_bytes(path.read_bytes() + b" " * 16_000_000)
    (problem,) = case.prepare()
    assert "more than the 16 MB that are read; `max_polygons_mb` in the config" in problem


def label_images(case):
    case.polygons("val/ulm/1")
    case.prepare()
    painted = case.made()
    shutil.rmtree("results")
    shutil.rmtree("data")
    case.labels("val/ulm/1")
    assert case.prepare() == []
    assert {path.rpartition("_")[2] for path in painted} == {
        path.rpartition("_")[2] for path in case.made()
    }
    assert pixels_of(case, "/1_gtFine_instanceTrainIds.png")[5, 5] == 13000
    assert case.check(image_size="any") == []


def class_images(case):
    case.labels("val/ulm/1", instances=False)
    assert case.prepare() == []
    assert pixels_of(case, "/1_gtFine_instanceIds.png")[5, 5] == 26


def palette_images(case):
    path = case.labels("val/ulm/1", instances=False)
    image = Image.fromarray(np.asarray(Image.open(path)))
    image.putpalette(list(range(256)) * 3)
    image.save(path)
    assert Image.open(path).mode == "P"
    assert case.prepare() == []
    assert pixels_of(case, "/1_gtFine_labelIds.png")[5, 5] == 26


def foreign_ids(case):
    path = case.labels("val/ulm/1")
    path.write_bytes(encode(np.full((16, 32), 77, np.uint8)))
    (problem,) = case.prepare()
    assert "ids that are not in the label table: 77 in 512 pixels" in problem


def contradictions(case):
    path = case.labels("val/ulm/1")
    path.write_bytes(encode(np.full((16, 32), 7, np.uint8)))
    (problem,) = case.prepare()
    assert "180 pixels are of another class than in 1_gtFine_labelIds.png" in problem


def some_polygons(case):
    case.polygons("val/ulm/1")
    case.labels("val/ulm/2")
    case.labels("val/bonn/3")
    assert case.prepare() == []
    assert {path for path in case.made() if path.endswith("_color.png")} == {
        "gtFine/val/ulm/1_gtFine_color.png",
        "gtFine/val/bonn/3_gtFine_color.png",
    }
    missing = [row for row in case.check(image_size="any") if row[0] == "missing"]
    assert ["1 *_polygons.json" in row[2] for row in missing] == [True]


def roots(case):
    case.polygons("val/ulm/1")
    case.image("val/ulm/1", root="b")
    case.polygons("val/bonn/1").rename("p.json")
    Path("b/gtFine/val/ulm").mkdir(parents=True)
    Path("p.json").rename("b/gtFine/val/ulm/2_gtFine_polygons.json")
    assert case.prepare(["data", "b"]) == []
    assert {"gtFine/val/ulm/1_gtFine_color.png", "gtFine/val/ulm/2_gtFine_color.png"} <= (
        case.made().keys()
    )


def twice(case):
    path = case.polygons("val/ulm/1")
    shutil.copytree("data", "b")
    with pytest.raises(DataError, match=f"{path} and b/{path.relative_to('data')}"):
        case.prepare(["data", "b"])


def packages(case):
    case.polygons("val/ulm/1")
    case.image("val/ulm/1", root="all/leftImg8bit_trainvaltest")
    Path("data").rename("all/gtFine_trainvaltest")
    assert case.prepare("all") == []
    assert "gtFine/val/ulm/1_gtFine_color.png" in case.made()


def flat_folder(case):
    case.image("a", root="flat").rename("a.png")
    Path("images").mkdir()
    Path("a.png").rename("images/a.png")
    Image.open("images/a.png").save("images/b.jpg")
    Path("train.txt").write_text("a\n")
    Path("val.txt").write_text("b.jpg\n")
    dataset_of_images.main(
        Path("images"), [Path("train.txt"), Path("val.txt")], None, None, None, "mine", False,
        Path("data"), 1,
    )  # fmt: skip
    assert case.check(image_size="any") == []
    with open("checks/inventory.csv", newline="") as file:
        there = [row for row in csv.DictReader(file) if row["found"] == "1"]
    assert {(row["type"], row["split"], row["city"]) for row in there} == {
        ("leftImg8bit", "train", "mine"),
        ("leftImg8bit", "val", "mine"),
    }


def foggy(case):
    for number in range(4):
        case.image(f"val/ulm/ulm_000000_00000{number}")
    for beta in ("0.005", "0.01", "0.02"):
        path = f"val/ulm/ulm_000000_000000{beta}"
        made = case.image(path, kind="leftImg8bit_foggy")
        made.rename(made.with_name(f"ulm_000000_000000_leftImg8bit_foggy_beta_{beta}.png"))
    assert case.check(image_size="any") == []


def foggy_of_none(case):
    foggy(case)
    folder = Path("data/leftImg8bit_foggy/val/ulm")
    made = case.image("val/ulm/x", kind="leftImg8bit_foggy")
    made.rename(folder / "ulm_000000_000009_leftImg8bit_foggy_beta_0.01.png")
    checks = {row[0]: row[1] for row in case.check(image_size="any")}
    assert "ulm_000000_000009" in checks["unexpected frame"]


def zip_of_windows(case):
    zipped(case, lambda path: str(path.relative_to("data")).replace("/", "\\"))


def zip_with_a_folder(case):
    zipped(case, lambda path: f"gtFine_trainvaltest/{path.relative_to('data')}")


def zipped(case, name):
    path = case.polygons("val/ulm/1")
    with zipfile.ZipFile("p.zip", "w") as archive:
        member = zipfile.ZipInfo("x")
        member.filename = name(path)
        archive.writestr(member, path.read_bytes())
    shutil.rmtree("data")
    unpack(Path("p.zip"), Path("data"), Bytes)
    assert case.prepare() == []


RUN = {
    "names": names,
    "numbers": numbered,
    "braces": braces,
    "official names": official,
    "mixed names": mixed_names,
    "several sizes": other_sizes,
    "another size": unnamed_size,
    "sizes as text": size_as_text,
    "byte order mark": byte_order_mark,
    "two points": two_points,
    "two points, left out": two_points_skipped,
    "large file": large_file,
    "label images": label_images,
    "classes alone": class_images,
    "palette": palette_images,
    "foreign ids": foreign_ids,
    "contradiction": contradictions,
    "some polygons": some_polygons,
    "several roots": roots,
    "in two roots": twice,
    "unpacked packages": packages,
    "flat folder": flat_folder,
    "fog": foggy,
    "fog of no image": foggy_of_none,
    "zip of Windows": zip_of_windows,
    "zip with a folder": zip_with_a_folder,
}


def test_every_row_of_the_table_is_run():
    section = (CLONE / "docs/what-works.md").read_text().split("## Datasets")[1]
    rows = re.findall(r"^\| (.*?) \|", section.split("\n## ")[0], flags=re.MULTILINE)
    assert [row for row in rows if row != "dataset"] == list(RUN)


@pytest.mark.parametrize("row", RUN)
def test_a_row_of_the_table(case, row):
    RUN[row](case)
