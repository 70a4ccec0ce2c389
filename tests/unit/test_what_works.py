"""The table of predictions that work: each row of docs/what-works.md, from files to the score."""

import csv
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco

import evaluation_counts
import instance_scores
import panoptic_scores
import pixel_scores
import prediction_files
from cityscapes.errors import DataError
from cityscapes.exports.coco import instances_json
from cityscapes.exports.split import FrameRecord, Split
from cityscapes.ground_truth.segments import (
    FrameSegments,
    panoptic_json,
    panoptic_rgb,
    segments,
)
from cityscapes.incremental.tables import read_tracked, write_tracked
from cityscapes.labels import COLUMNS, LabelTable
from cityscapes.png.write import encode
from pictures import TABLE
from tiny import CLONE

FRAMES = ["bonn_000000_000019", "bonn_000001_000019"]
SIZE = WIDTH, HEIGHT = 40, 20
SUBSET = ["road", "car", "sky"]


def true_ids(number):
    """instanceIds of a frame: road, sidewalk, sky, void, cars and a group, a truck, a person."""
    ids = np.full((HEIGHT, WIDTH), 7, dtype=np.uint16)
    ids[:4], ids[4:6], ids[:, 36:] = 23, 4, 8
    ids[8:12, 2:8], ids[8:12, 10:16], ids[13:18, 2:20] = 26000, 26001, 27000
    ids[8:12, 18:24], ids[8:12, 26 + number : 34] = 26, 24000
    return ids


MERGED = LabelTable(
    [
        label._replace(train_id={"truck": 13, "sidewalk": 0}.get(label.name, label.train_id))
        for label in TABLE
    ]
)
# road has the id 0, and the background another one
ROAD_0 = LabelTable(
    [label._replace(id={"road": 0, "unlabeled": 99}.get(label.name, label.id)) for label in TABLE]
)


@dataclass
class Case:
    """A folder with ground truth, in which predictions are written and scored."""

    folder: Path
    table: LabelTable = TABLE
    sizes: dict = field(default_factory=dict)

    def prepare(self, table=TABLE):
        self.table = table
        with open(self.folder / "labels.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows((*map(plain, label[:7]), *label.color) for label in table)
        write_tracked(
            self.folder / "bonn.labels.tsv", ["frame"], [{"frame": frame} for frame in FRAMES]
        )
        for frame in FRAMES:
            ids = self.instance_ids(frame)
            self.write(f"results/gtFine/val/bonn/{frame}_gtFine_instanceIds.png", ids)
            labels = self.label_ids(frame)
            self.write(f"results/gtFine/val/bonn/{frame}_gtFine_labelIds.png", labels)
        for variant in ("", "_trainId"):
            path = f"results/gtFine/cityscapes_panoptic_val{variant}"
            (self.folder / f"{path}.json").write_text(self.panoptic(bool(variant)))
            for frame in FRAMES:
                rgb = panoptic_rgb(self.instance_ids(frame), table)
                self.write(f"{path}/{frame}_gtFine_panoptic.png", rgb)
        return self

    def instance_ids(self, frame):
        ids = true_ids(FRAMES.index(frame))
        return np.where(ids == 7, 0, ids).astype(np.uint16) if self.table is ROAD_0 else ids

    def label_ids(self, frame):
        ids = self.instance_ids(frame)
        return np.where(ids < 1000, ids, ids // 1000).astype(np.uint8)

    def train_ids(self, frame, void=255):
        lookup = np.full(256, void, dtype=np.uint8)
        for label in self.table:
            if label.id >= 0 and not label.ignore_in_eval:
                lookup[label.id] = label.train_id
        return lookup[self.label_ids(frame)]

    def colors(self, frame):
        lookup = np.zeros((256, 3), dtype=np.uint8)
        for label in self.table:
            if label.id >= 0:
                lookup[label.id] = label.color
        return lookup[self.label_ids(frame)]

    def panoptic(self, train_ids=False):
        frames = [
            FrameSegments("bonn", frame, *SIZE, segments(self.instance_ids(frame), self.table))
            for frame in FRAMES
        ]
        return panoptic_json(frames, self.table, train_ids)

    def write(self, name, image):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(np.ascontiguousarray(image)))

    def save(self, name, image):
        """Write a Pillow image."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)

    def score(self, task, path, encoding="auto", resize="", images=None, void=(), classes=()):
        """The row of summary.csv; DataError where the predictions are wrong."""
        files, counts = self.folder / "files.tsv", self.folder / "counts.tsv"
        path, labels = self.folder / path, self.folder / "labels.csv"
        images = self.folder / images if images else None
        problems, scores = self.folder / "problems.tsv", self.folder / "out/evaluation/set"
        prediction_files.main(
            name="set", task=task, predictions=path, split="val", encoding=encoding,
            tables=[self.folder / "bonn.labels.tsv"], dataset=self.folder / "none",
            labels=labels, allow_missing=False, resize=resize, images=images, output=files,
            problems=problems,
        )  # fmt: skip
        if wrong := [row["problem"] for row in read_tracked(problems)]:
            raise DataError("\n".join(wrong))
        variant = "_trainId" if encoding == "trainIds" else ""
        truth = self.folder / f"results/gtFine/cityscapes_panoptic_val{variant}.json"
        evaluation_counts.main(
            task=task, predictions=path, files=files, truth=self.folder / "results",
            panoptic_truth=truth, dataset=self.folder / "none", split="val", city="bonn",
            labels=labels, encoding=encoding, resize=resize, images=images, truth_table=None,
            settings={}, person_labels=None, boundaries=False,
            manifest=self.folder / "manifest.jsonl", output=counts, jobs=1, forced=False,
        )  # fmt: skip
        common = {
            "counts": [counts], "files": files, "labels": labels, "encoding": encoding,
            "classes": list(classes), "output": scores,
        }  # fmt: skip
        if task == "pixel":
            pixel_scores.main(**common, void=list(void), average_sizes=self.sizes)
        elif task == "instance":
            instance_scores.main(**common)
        else:
            panoptic_scores.main(**common, truth=truth)
        (row,) = self.table_of("summary")
        return row

    def table_of(self, name):
        with open(self.folder / f"out/evaluation/set/{name}.csv", newline="") as file:
            return list(csv.DictReader(file))


def plain(value):
    return int(value) if isinstance(value, bool) else value


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path).prepare()


def perfect(row, *scores):
    """Every score of a summary is 1.0, and nothing is to be said."""
    scores = scores or [name for name in ("mIoU", "AP", "AP50", "PQ") if name in row]
    assert {name: row[name] for name in scores} == dict.fromkeys(scores, "1.0")
    assert "warning" not in row


# ---- pixel ----


def label_ids(case):
    for frame in FRAMES:
        case.write(f"p/bonn/{frame}.png", case.label_ids(frame))
    row = case.score("pixel", "p")
    perfect(row, "mIoU", "iIoU", "category IoU", "category iIoU")
    assert "note" not in row


def train_ids(case):
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.train_ids(frame))
    row = case.score("pixel", "p")
    perfect(row)
    assert row["encoding"] == "trainIds" and "note" not in row


def twenty_outputs(case):
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.train_ids(frame, void=19))
    row = case.score("pixel", "p")
    perfect(row)
    assert row["note"] == f"counted as void: 19 ({2 * 36 * 2} pixels)"


def void_of_ids(case):
    for frame in FRAMES:
        ids = case.label_ids(frame)
        case.write(f"p/{frame}.png", np.where(ids == 4, 255, ids).astype(np.uint8))
    row = case.score("pixel", "p")
    perfect(row)
    assert row["encoding"] == "ids" and row["note"].startswith("counted as void: 255 (")


def other_void(case):
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.train_ids(frame, void=30))
    row = case.score("pixel", "p", void=[30])
    perfect(row)
    assert row["note"].startswith("counted as void: 30 (")
    assert all(of["note"] == row["note"] for of in case.table_of("images"))


def palette(case):
    for frame in FRAMES:
        image = Image.fromarray(case.train_ids(frame)).convert("P")
        image.putpalette([value // 3 for value in range(768)])
        case.save(f"p/{frame}.png", image)
    perfect(case.score("pixel", "p"))


def colors(case):
    for frame in FRAMES:
        case.save(f"p/{frame}_color.png", Image.fromarray(case.colors(frame)))
    perfect(case.score("pixel", "p", "colors"))


def transparent_colors(case):
    for frame in FRAMES:
        image = Image.fromarray(case.colors(frame)).convert("RGBA")
        image.putalpha(100)
        case.save(f"p/{frame}.png", image)
    perfect(case.score("pixel", "p", "colors"))


def palette_of_colors(case):
    for frame in FRAMES:
        case.save(f"p/{frame}.png", Image.fromarray(case.colors(frame)).quantize(16))
    perfect(case.score("pixel", "p", "colors"))


def other_colors(case):
    for frame in FRAMES:
        image = case.colors(frame)
        image[0, :3] = 1, 2, 3
        case.save(f"p/{frame}.png", Image.fromarray(image))
    refused(case, r"label table: \(1, 2, 3\) \(3 pixels\)", "pixel", "p", "colors")


def colors_for_ids(case):
    for frame in FRAMES:
        case.save(f"p/{frame}.png", Image.fromarray(case.colors(frame)))
    refused(case, "`encoding: colors`", "pixel", "p")


def label_maps(case):
    (case.folder / "p").mkdir()
    for frame in FRAMES:
        np.save(case.folder / f"p/{frame}.npy", case.train_ids(frame).astype(np.int64)[None])
    perfect(case.score("pixel", "p"))


def half_size(case):
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.label_ids(frame)[::2, ::2])
    row = case.score("pixel", "p", resize="nearest")
    assert 0.9 < float(row["mIoU"]) <= 1
    said = "2 of 2 predictions resized to the nearest pixels, the first from 20 x 10"
    for table in ("summary", "classes", "categories", "confusion", "images"):
        assert {of["note"] for of in case.table_of(table)} == {said}


def another_size(case):
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.label_ids(frame)[::2, ::2])
    refused(case, r"is 20x10 pixels, but .* 40x20; `resize: nearest`", "pixel", "p")


def names_around(case):
    for frame in FRAMES:
        case.write(f"p/a/b/val_{frame}_leftImg8bit_pred.png", case.label_ids(frame))
    perfect(case.score("pixel", "p"))


def two_candidates(case):
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.label_ids(frame))
        case.save(f"p/{frame}_color.png", Image.fromarray(case.colors(frame)))
    message = r"19\.png \(8-bit grey\), .*19_color\.png \(8-bit RGB\)"
    refused(case, message, "pixel", "p")


def merged_train_ids(case):
    case.prepare(MERGED)
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.train_ids(frame))
    perfect(case.score("pixel", "p"), "mIoU", "iIoU", "category IoU", "category iIoU")
    names = {of["name"] for of in case.table_of("classes")}
    assert {"car+truck", "road+sidewalk"} <= names and not {"car", "truck"} & names


def own_class(case):
    case.prepare(
        LabelTable(
            [label._replace(name="tree") if label.name == "truck" else label for label in TABLE]
        )
    )
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.label_ids(frame))
    perfect(case.score("pixel", "p"), "mIoU", "iIoU")
    (tree,) = [of for of in case.table_of("classes") if of["name"] == "tree"]
    assert (tree["IoU"], tree["iIoU"]) == ("1.0", "nan")
    assert "no iIoU" in tree["remark"] and "`evaluation: average_sizes`" in tree["remark"]
    (summary,) = case.table_of("summary")
    assert summary["note"].startswith("iIoU without tree: set the mean pixels of an instance ")
    case.sizes = {"tree": 90.0}
    perfect(case.score("pixel", "p"), "iIoU", "category iIoU")


def wrong_encoding(case):
    for frame in FRAMES:
        case.write(f"p/{frame}.png", case.train_ids(frame))
    row = case.score("pixel", "p", "ids")
    assert float(row["mIoU"]) < 0.1
    assert "as trainIds it would be 100.0%, mIoU 1.0000" in row["warning"]


def subset(case):
    for frame in FRAMES:
        ids = case.label_ids(frame)
        case.write(f"p/{frame}.png", np.where(ids == 8, 7, ids).astype(np.uint8))
    assert float(case.score("pixel", "p")["mIoU"]) < 1
    row = case.score("pixel", "p", classes=SUBSET)
    perfect(row)
    assert row["note"] == "only 3 classes: road, car, sky"


# ---- instance ----


def masks(case, frame):
    """(label id, mask) of every object."""
    ids = case.instance_ids(frame)
    for value in np.unique(ids[ids >= 1000]).tolist():
        yield value // 1000, (ids == value).astype(np.uint8)


def big(case):
    """Objects of less than 100 pixels are none: the same scene in more pixels."""
    small = case.instance_ids
    case.instance_ids = lambda frame: np.kron(small(frame), np.ones((4, 4), dtype=np.uint16))
    return case.prepare()


def entries(case, image_id=lambda frame: frame, category_id=lambda id_: id_):
    found = []
    for frame in FRAMES:
        for label_id, mask in masks(case, frame):
            rle = coco.encode(np.asfortranarray(mask))
            rle = {"size": list(mask.shape), "counts": rle["counts"].decode()}
            found.append(
                {"image_id": image_id(frame), "category_id": category_id(label_id), "score": 0.9,
                 "segmentation": rle}
            )  # fmt: skip
    return found


def score_coco(case, document, **settings):
    (case.folder / "p.json").write_text(json.dumps(document))
    return case.score("instance", "p.json", **settings)


THINGS = [label for label in TABLE if label.has_instances and not label.ignore_in_eval]


def trained_on(case):
    """The JSON file of a converter: numbers of its own."""
    images = [
        {"id": 50 + number, "file_name": f"bonn/{frame}_leftImg8bit.png"}
        for number, frame in enumerate(FRAMES)
    ]
    categories = [{"id": label.id, "name": label.name} for label in THINGS]
    document = {"images": images, "annotations": [], "categories": categories}
    (case.folder / "trained_on.json").write_text(json.dumps(document))
    return {"images": "trained_on.json"}


def number_of(frame):
    return 50 + FRAMES.index(frame)


def place_of(label_id):
    return [label.id for label in THINGS].index(label_id)


def text_files(case):
    big(case)
    for frame in FRAMES:
        lines = []
        for number, (label_id, mask) in enumerate(masks(case, frame)):
            case.write(f"p/masks/{frame}_{number}.png", mask * 255)
            lines.append(f"masks/{frame}_{number}.png {label_id} 0.9")
        (case.folder / f"p/{frame}.txt").write_text("\n".join(lines))
    perfect(case.score("instance", "p"))


def frames_of_results(case):
    perfect(score_coco(big(case), entries(case)))


def file_names(case):
    big(case)
    name = "val/bonn/{}_leftImg8bit.png".format
    perfect(score_coco(case, entries(case, image_id=name)))


def polygons(case):
    big(case)
    found = entries(case)
    for entry in found:
        x, y, width, height = coco.toBbox(entry["segmentation"]).tolist()
        right, bottom = x + width, y + height
        entry["segmentation"] = [[x, y, right, y, right, bottom, x, bottom]]
    perfect(score_coco(case, found), "AP50")


def wrapped(case):
    big(case)
    text = json.dumps({"info": {}, "annotations": entries(case)})
    (case.folder / "p.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    perfect(case.score("instance", "p.json"))


def numbers(case):
    row = score_coco(big(case), entries(case, number_of), **trained_on(case))
    perfect(row)
    assert row["note"] == "categories of trained_on.json by id"


def exported_numbers(case):
    big(case)
    nothing = {"width": 4 * WIDTH, "height": 4 * HEIGHT, "instances": []}
    records = [FrameRecord("val", "bonn", frame, {"instances": nothing}) for frame in FRAMES]
    text = "".join("".join(one) for one in instances_json(Split("gtFine", "val", records, TABLE)))
    (case.folder / "exported.json").write_text(text)
    row = score_coco(case, entries(case, FRAMES.index), images="exported.json")
    perfect(row)
    assert row["note"] == "categories of exported.json by id"


def places_from_0(case):
    big(case)
    row = score_coco(case, entries(case, number_of, place_of), **trained_on(case))
    perfect(row)
    assert row["note"] == "categories of trained_on.json by place from 0"


def places_from_1(case):
    big(case)
    found = entries(case, number_of, lambda id_: place_of(id_) + 1)
    row = score_coco(case, found, **trained_on(case))
    perfect(row)
    assert row["note"] == "categories of trained_on.json by place from 1"


def bare_numbers(case):
    (case.folder / "p.json").write_text(json.dumps(entries(case, number_of)))
    message = r"entry 0: image_id 50 is a number: name the COCO JSON .* as `images`"
    refused(case, message, "instance", "p.json")


def bare_categories(case):
    row = score_coco(big(case), entries(case, category_id=lambda id_: place_of(id_) + 1))
    assert row["AP"] == "0.0"
    assert "1 (ego vehicle), 3 (out of roi), 4 (static); set `images`" in row["warning"]


def categories_in_train_ids(case):
    big(case)
    found = entries(case, category_id=lambda id_: TABLE.by_id[id_].train_id)
    assert "set `encoding: trainIds`" in score_coco(case, found)["warning"]
    perfect(score_coco(case, found, encoding="trainIds"))


def boxes(case):
    found = [
        {key: value for key, value in entry.items() if key != "segmentation"}
        for entry in entries(case)
    ]
    (case.folder / "p.json").write_text(json.dumps(found))
    refused(case, r"entry 0: no segmentation\n.*entry 1: no seg", "instance", "p.json")


# ---- panoptic ----


def write_panoptic(case, document, path="p.json", pictures=None, name="{}.png"):
    """Predictions with the segments and pictures of the ground truth."""
    file = case.folder / path
    file.parent.mkdir(exist_ok=True)
    for annotation, frame in zip(document["annotations"], FRAMES, strict=True):
        annotation["file_name"] = name.format(frame)
        picture = panoptic_rgb(case.instance_ids(frame), case.table)
        folder = Path(path).with_suffix("") if pictures is None else Path(path).parent / pictures
        case.write(folder / annotation["file_name"], picture)
    file.write_text(json.dumps({"annotations": document["annotations"]}))
    return path


def reference(case):
    path = write_panoptic(case, json.loads(case.panoptic()), name="{}_gtFine_panoptic.png")
    perfect(case.score("panoptic", path), "PQ", "SQ", "RQ")


def reference_by_train_id(case):
    path = write_panoptic(case, json.loads(case.panoptic(train_ids=True)))
    perfect(case.score("panoptic", path, "trainIds"))


def detectron2(case):
    document = json.loads(case.panoptic())
    for annotation in document["annotations"]:
        annotation["image_id"] += "_leftImg8bit"
    write_panoptic(case, document, "out/predictions.json", "panoptic_seg", "{}_leftImg8bit.png")
    perfect(case.score("panoptic", "out/predictions.json"))
    perfect(case.score("panoptic", "out"))


def mmdetection(case):
    document = json.loads(case.panoptic())
    for number, annotation in enumerate(document["annotations"]):
        annotation["image_id"] = number + 10
    name = "{}_leftImg8bit.png"
    perfect(case.score("panoptic", write_panoptic(case, document, "run.panoptic.json", name=name)))


def trained_on_numbers(case):
    document = json.loads(case.panoptic())
    evaluated = [label for label in TABLE if not label.ignore_in_eval]
    places = {label.id: place for place, label in enumerate(evaluated)}
    for annotation in document["annotations"]:
        annotation["image_id"] = number_of(annotation["image_id"])
        for segment in annotation["segments_info"]:
            segment["category_id"] = places[segment["category_id"]]
    trained_on(case)
    known = json.loads((case.folder / "trained_on.json").read_text())
    known["categories"] = [{"id": label.id, "name": label.name} for label in evaluated]
    (case.folder / "trained_on.json").write_text(json.dumps(known))
    path = write_panoptic(case, document, name="{}_pan.png")
    row = case.score("panoptic", path, images="trained_on.json")
    perfect(row)
    assert row["note"] == "categories of trained_on.json by place from 0"


def merged_categories(case):
    case.prepare(MERGED)
    # as a network predicts them: one segment of stuff for a trainId
    document = json.loads(case.panoptic(train_ids=True))
    for annotation in document["annotations"]:
        ids = [info["id"] for info in annotation["segments_info"]]
        assert {7, 8} <= {*ids}
        annotation["segments_info"] = [
            info for info in annotation["segments_info"] if info["id"] != 8
        ]
    write_panoptic(case, document)
    for annotation, frame in zip(document["annotations"], FRAMES, strict=True):
        ids = case.instance_ids(frame)
        picture = panoptic_rgb(np.where(ids == 8, 7, ids).astype(np.uint16), case.table)
        case.write(f"p/{annotation['file_name']}", picture)
    perfect(case.score("panoptic", "p.json", "trainIds"), "PQ", "SQ", "RQ")
    assert {"road+sidewalk", "car+truck"} <= {of["name"] for of in case.table_of("classes")}


def class_of_id_0(case):
    case.prepare(ROAD_0)
    perfect(case.score("panoptic", write_panoptic(case, json.loads(case.panoptic()))))


def kitti_step(case):
    for frame in FRAMES:
        ids = case.instance_ids(frame)
        number = np.where(ids < 1000, 0, ids % 1000)
        channels = [case.label_ids(frame), number // 256, number % 256]
        case.write(f"p/{frame}.png", np.stack(channels, axis=-1).astype(np.uint8))
    refused(case, "two-channel format of KITTI-STEP and DeepLab2", "panoptic", "p")


def refused(case, message, *arguments):
    with pytest.raises(DataError, match=re.compile(message, re.DOTALL)):
        case.score(*arguments)


RUN = {
    "labelIds": label_ids,
    "trainIds": train_ids,
    "20 outputs": twenty_outputs,
    "void of ids": void_of_ids,
    "other void": other_void,
    "palette": palette,
    "colours": colors,
    "transparent colours": transparent_colors,
    "palette of colours": palette_of_colors,
    "other colours": other_colors,
    "colours for ids": colors_for_ids,
    "label maps": label_maps,
    "half size": half_size,
    "another size": another_size,
    "names around": names_around,
    "two candidates": two_candidates,
    "merged trainIds": merged_train_ids,
    "own class": own_class,
    "wrong encoding": wrong_encoding,
    "subset": subset,
    "text files": text_files,
    "frames": frames_of_results,
    "file names": file_names,
    "polygons": polygons,
    "wrapped": wrapped,
    "numbers": numbers,
    "exported numbers": exported_numbers,
    "places from 0": places_from_0,
    "places from 1": places_from_1,
    "bare numbers": bare_numbers,
    "bare categories": bare_categories,
    "categories in trainIds": categories_in_train_ids,
    "boxes": boxes,
    "reference": reference,
    "reference by trainId": reference_by_train_id,
    "detectron2": detectron2,
    "mmdetection": mmdetection,
    "trained on": trained_on_numbers,
    "merged categories": merged_categories,
    "class of id 0": class_of_id_0,
    "KITTI-STEP": kitti_step,
}


def test_every_row_of_the_table_is_run():
    section = (CLONE / "docs/what-works.md").read_text().split("## Predictions")[1]
    rows = re.findall(r"^\| (.*?) \|", section.split("\n## ")[0], flags=re.MULTILINE)
    assert [row for row in rows if row not in ("pixel", "instance", "panoptic")] == list(RUN)


@pytest.mark.parametrize("row", RUN)
def test_a_row_of_the_table(case, row):
    RUN[row](case)
