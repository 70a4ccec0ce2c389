"""Every Python block of docs/frameworks.md, run on the sample by the framework that it is for."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
CLONE = HERE.parents[1]
PAGE = (CLONE / "docs/frameworks.md").read_text()
BLOCKS = [
    (title, number, block)
    for title, section in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    for number, block in enumerate(re.findall(r"^```python\n(.*?)^```", section, re.M | re.S))
]
EXPORTS = [
    "coco_instances", "coco_panoptic", "file_lists", "class_weights", "coco_polygons",
    "huggingface", "yolo", "yolo_like_detectron", "yolo_semantic", "voc", "cvat",
]  # fmt: skip
CONFIG = {
    "sample": {"frames": 14, "width": 512, "height": 256},
    "types": ["gtFine"],
    "splits": ["train", "val", "test"],
    "exports": EXPORTS,
}
# Sections whose frameworks PyPI does not have.
NOT_INSTALLED = {
    "Before anything else", "HRNet, PaddleSeg, DANet",
    "detectron2, and domain adaptation on Detectron",
}  # fmt: skip


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A folder with the results of the sample; of CONSUMERS_SAMPLE, where it was made before."""
    if folder := os.environ.get("CONSUMERS_SAMPLE"):
        return Path(folder)
    folder = tmp_path_factory.mktemp("consumers")
    (folder / "config").mkdir()
    (folder / "config/config.yaml").write_text(yaml.safe_dump(CONFIG))
    python = os.environ.get("WORKFLOW_PYTHON", CLONE / ".venv/bin/python")
    command = [python, "-m", "snakemake", "-s", CLONE / "Snakefile", "--cores", "all"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CITYSCAPES")}
    for targets in (["prepare_all", "export_all", "evaluate_all", "evaluate_coco"], ["copy"]):
        subprocess.run([*command, *targets], cwd=folder, env=environment, check=True)
    return folder


def run(code, folder):
    """Run Python in a folder, in a process of its own; what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, "-c", f"import prelude\n{code}"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def skip_without(*modules):
    """Say what is not tested, where a module or something that it needs is not installed.

    Imported in a folder of its own, as some write settings where they are imported.
    """
    for name in modules:
        if find_spec(name) is None:
            pytest.skip(f"NOT TESTED: {name} cannot be installed here")
        code = f"import prelude, {name}"
        environment = {**os.environ, "PYTHONPATH": str(HERE)}
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", code],
                cwd=folder, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            pytest.skip(f"NOT TESTED: {name}: {done.stderr.strip().splitlines()[-1]}")


def test_every_section_is_run_or_cannot_be():
    titles = set(re.findall(r"^## (.*)$", PAGE, re.M))
    assert titles == {title for title, *_ in BLOCKS} | NOT_INSTALLED


def test_the_flat_folder_of_images_holds_those_that_detectrons_polygons_name(sample):
    folder = sample / "images"
    shutil.rmtree(folder, ignore_errors=True)
    (command,) = re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)
    subprocess.run(["sh", "-euc", command], cwd=sample, check=True)
    for split in ("train", "val", "test"):
        name = f"results/exports/coco_polygons/instancesonly_filtered_gtFine_{split}.json"
        images = json.loads((sample / name).read_text())["images"]
        assert images and all((folder / image["file_name"]).is_file() for image in images)


@pytest.mark.parametrize(("title", "number", "block"), BLOCKS)
def test_the_block_runs(title, number, block, sample):
    modules = {
        name.partition(".")[0] for name in re.findall(r"^(?:from|import) (\S+)", block, re.M)
    }
    skip_without(*sorted(modules))
    run(block, sample)


def test_jaccard_of_torchmetrics_is_our_iou(sample):
    """Over the frames of val, by class; the sample's good predictions are labelIds."""
    skip_without("torch", "torchmetrics")
    code = """
import csv, json
from pathlib import Path
import cv2, numpy as np, torch
from torchmetrics.classification import MulticlassJaccardIndex
info = json.loads(Path("results/exports/huggingface/class_info.json").read_text())
names = {one["name"]: int(number) for number, one in info.items()}
labels = {row["name"]: row for row in csv.DictReader(open(LABELS))}
lookup = np.full(256, 255)
for name, number in names.items():
    lookup[int(labels[name]["id"])] = number
void = lookup == 255
metric = MulticlassJaccardIndex(num_classes=20, ignore_index=255, average="none")
for path in sorted(Path("resources/sample/predictions/pixel_good").rglob("*.png")):
    frame = path.name.removesuffix("_pred.png")
    city = frame.split("_")[0]
    truth = cv2.imread(f"results/gtFine/val/{city}/{frame}_gtFine_labelTrainIds.png", -1)
    found = lookup[cv2.imread(str(path), -1)]
    found[found == 255] = 19  # void is a wrong prediction
    metric.update(torch.from_numpy(found), torch.from_numpy(truth.astype("int64")))
theirs = metric.compute()
with open("results/evaluation/pixel_good/classes.csv") as file:
    ours = {row["name"]: float(row["IoU"]) for row in csv.DictReader(file)}
for name, number in names.items():
    if ours[name] == ours[name]:  # a number
        assert abs(ours[name] - float(theirs[number])) < 1e-6, (name, ours[name], theirs[number])
print("compared", len(names))
"""
    assert "compared 19" in run(f"LABELS = {str(CLONE / 'config/labels.csv')!r}\n{code}", sample)


def test_panoptic_quality_of_panopticapi_is_ours(sample):
    skip_without("panopticapi")
    code = """
import csv
from panopticapi.evaluation import pq_compute
truth = "results/gtFine/cityscapes_panoptic_val"
found = "resources/sample/predictions/panoptic_good/cityscapes_panoptic_val"
theirs = pq_compute(f"{truth}.json", f"{found}.json", truth, found)
rows = list(csv.DictReader(open("results/evaluation/panoptic_good/groups.csv")))
for row in rows:
    for key in ("pq", "sq", "rq"):
        assert abs(float(row[key.upper()]) - theirs[row["group"]][key]) < 1e-12
print("compared", len(rows))
"""
    assert "compared 3" in run(code, sample)


def test_coco_eval_reads_our_instances(sample):
    """The truth against itself is perfect, whatever the protocol."""
    skip_without("pycocotools")
    code = """
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
truth = COCO("results/annotations/instancesonly_filtered_gtFine_val.json")
single = [one for one in truth.dataset["annotations"] if not one["iscrowd"]]
found = truth.loadRes([{**one, "score": 1.0} for one in single])
for kind in ("segm", "bbox"):
    scores = COCOeval(truth, found, kind)
    scores.evaluate(); scores.accumulate(); scores.summarize()
    assert scores.stats[0] == 1
print("compared", len(single))
"""
    assert "compared" in run(code, sample)


def test_coco_eval_of_predictions_is_our_table(sample):
    """COCOeval of the sample's instances on the exported file, and what another protocol says."""
    skip_without("pycocotools")
    code = """
import csv, json
from pycocotools import mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
truth = COCO("results/annotations/instancesonly_filtered_gtFine_val.json")
numbers = {
    one["file_name"].split("/")[1].removesuffix("_leftImg8bit.png"): one["id"]
    for one in truth.dataset["images"]
}
with open("resources/sample/predictions/instance_coco/results.json") as file:
    found = [{**one, "image_id": numbers[one["image_id"]]} for one in json.load(file)]
with open("results/evaluation/instance_coco/coco.csv") as file:
    ours = [(row["kind"], float(row["value"])) for row in csv.DictReader(file)]
boxes = [{**one, "bbox": mask.toBbox(one["segmentation"]).tolist()} for one in found]
for one in boxes:
    del one["segmentation"]
for kind, iou_type, entries in (("mask", "segm", found), ("box", "bbox", boxes)):
    results = truth.loadRes(entries)
    scores = COCOeval(truth, results, iou_type)
    scores.evaluate(); scores.accumulate(); scores.summarize()
    values = [value for of_kind, value in ours if of_kind == kind]
    assert len(values) == 12
    for one, other in zip(values, scores.stats):
        assert one == other or (one != one and other == -1), (kind, one, other)
with open("results/evaluation/instance_coco/summary.csv") as file:
    (benchmark,) = csv.DictReader(file)
print("COCO", values[0], "benchmark", benchmark["AP"])
assert abs(values[0] - float(benchmark["AP"])) > 1e-3
"""
    run(code, sample)


def test_datumaro_reads_the_boxes_that_coco_does(sample):
    """Each box of an object, of all splits; it takes the numbers of Pascal VOC as they are."""
    skip_without("datumaro")
    code = """
import json
from datumaro.components.dataset import Dataset
dataset = Dataset.import_from("copied/exports/voc", "voc_detection")
names = [label.name for label in list(dataset.categories().values())[0]]
theirs = {
    (item.subset, item.id, names[one.label], *one.get_bbox())
    for item in dataset for one in item.annotations
}
ours = set()
for split in ("train", "val", "test"):
    with open(f"results/annotations/instancesonly_filtered_gtFine_{split}.json") as file:
        document = json.load(file)
    images = {one["id"]: one["file_name"] for one in document["images"]}
    classes = {one["id"]: one["name"] for one in document["categories"]}
    for one in document.get("annotations", []):
        if not one["iscrowd"]:
            x, y, width, height = one["bbox"]
            image = images[one["image_id"]].split("/")[1].removesuffix(".png")
            box = (x + 1, y + 1, width - 1, height - 1)
            ours.add((split, image, classes[one["category_id"]], *box))
assert theirs == ours, (sorted(theirs)[:3], sorted(ours)[:3])
print("compared", len(ours))
"""
    assert "compared" in run(code, sample)


def test_datumaro_reads_the_polygons_of_cvats_file(sample):
    """Every object of every frame of a city: label, points, and which lies above which."""
    skip_without("datumaro")
    code = """
import json, shutil
from pathlib import Path
from datumaro.components.dataset import Dataset
for city in ("frankfurt", "lindau", "munster"):
    folder = Path("cvat") / city
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(f"copied/leftImg8bit/val/{city}", folder / f"images/{city}")
    shutil.copy(f"results/exports/cvat/gtFine/val/{city}.xml", folder / "annotations.xml")
    dataset = Dataset.import_from(str(folder), "cvat")
    names = [label.name for label in list(dataset.categories().values())[0]]
    assert len(dataset) > 0
    for item in dataset:
        frame = item.id.split("/")[-1].removesuffix("_leftImg8bit")
        with open(f"results/gtFine/val/{city}/{frame}_gtFine_polygons.json") as file:
            objects = [o for o in json.load(file)["objects"] if not o.get("deleted")]
        found = sorted(item.annotations, key=lambda one: one.z_order)
        assert [names[one.label] for one in found] == [one["label"] for one in objects]
        for one, known in zip(found, objects):
            assert one.points == [float(x) for point in known["polygon"] for x in point]
        print("compared", len(objects))
"""
    assert run(code, sample).count("compared") >= 3


def test_mmdetections_own_converter_makes_what_we_did(sample):
    """In every field; it numbers images and annotations by an unsorted listing."""
    skip_without("mmdet", "mmcv", "cityscapesscripts")
    code = """
import json, runpy, sys
from pathlib import Path
import mmdet
converter = Path(mmdet.__file__).parent / ".mim/tools/dataset_converters/cityscapes.py"
sys.argv = [str(converter), "results", "--out-dir", "converted"]
runpy.run_path(str(converter), run_name="__main__")

def by_image(path):
    document = json.loads(Path(path).read_text())
    found = {image.pop("id"): (image, []) for image in document["images"]}
    assert list(found) == list(range(len(found)))
    numbers = [one.pop("id") for one in document.get("annotations", [])]
    assert numbers == list(range(len(numbers)))
    for one in document.pop("annotations", []):
        found[one.pop("image_id")][1].append(one)
    document["images"] = sorted(found.values(), key=lambda pair: pair[0]["file_name"])
    return document

for split in ("train", "val", "test"):
    name = f"instancesonly_filtered_gtFine_{split}.json"
    ours = by_image(f"results/annotations/{name}")
    assert ours == by_image(f"converted/{name}")
    print("compared", sum(len(found) for _, found in ours["images"]))
"""
    assert run(code, sample).count("compared") == 3


def test_ultralytics_own_converter_makes_what_we_did(sample):
    """Of the polygons in Detectron's flavour; it writes no file for an image without objects."""
    skip_without("ultralytics")
    code = """
import shutil
from pathlib import Path
from ultralytics.data.converter import convert_coco
shutil.rmtree("converted_yolo", ignore_errors=True)
convert_coco("results/exports/coco_polygons", "converted_yolo", use_segments=True, cls91to80=False)
for split in ("train", "val", "test"):
    theirs = Path(f"converted_yolo/labels/instancesonly_filtered_gtFine_{split}")
    ours = sorted(Path(f"results/exports/yolo_like_detectron/labels/{split}").rglob("*.txt"))
    assert ours
    for path in ours:
        known = theirs / path.name
        lines = known.read_text().splitlines() if known.exists() else []
        assert path.read_text().splitlines() == lines, path
    print("compared", len(ours))
"""
    assert run(code, sample).count("compared") == 3


# What docs/frameworks.md warns of: where that is so no more, the page has to say so.
PITFALLS = {
    "transformers": """
import json, cv2, pytest
from transformers import Mask2FormerImageProcessor
root = "results/gtFine/cityscapes_panoptic_val"
with open(f"{root}.json") as file:
    one = json.load(file)["annotations"][0]
classes = {segment["id"]: segment["category_id"] for segment in one["segments_info"]}
picture = cv2.imread(f"{root}/{one['file_name']}")
blue, green, red = cv2.split(picture.astype("int32"))
ids = red + 256 * green + 65536 * blue
processor = Mask2FormerImageProcessor(ignore_index=255, do_reduce_labels=False)
with pytest.raises(KeyError, match="^0$"):
    processor(picture, segmentation_maps=ids, instance_id_to_semantic_id=classes)
""",
    "torchvision": """
import numpy as np, pytest, torch
from torchvision.datasets import Cityscapes, wrap_dataset_for_transforms_v2
cast = lambda image: torch.from_numpy(np.asarray(image).astype("int32"))
for how in ({}, {"target_transform": cast}):
    dataset = Cityscapes("results", mode="fine", target_type="instance", **how)
    with pytest.raises(Exception, match="(?i)uint16"):
        wrap_dataset_for_transforms_v2(dataset)[0]
""",
    "mmdet": """
import pytest
from mmdet.datasets import CocoPanopticDataset
with pytest.raises(KeyError):
    CocoPanopticDataset(
        data_root="results/", ann_file="annotations/panoptic_train.json",
        data_prefix=dict(img="leftImg8bit/train/", seg="annotations/panoptic_train/"),
    )
""",
    "datumaro": """
import pytest
from datumaro.components.dataset import Dataset
with pytest.raises(Exception, match="escapes base directory"):
    list(Dataset.import_from("results/exports/voc", "voc_detection"))
""",
    "pathlib": """
import os
from pathlib import Path
def found(folder):
    names = (name for _, _, files in os.walk(folder) for name in files)
    return [name for name in names if name.endswith("_camera.json")]
assert not found("results") and not [*Path("results").rglob("*_camera.json")]
assert found("results/camera") and [*Path("results/camera").rglob("*_camera.json")]
""",
}


@pytest.mark.parametrize("module", PITFALLS)
def test_what_the_page_warns_of_is_so(module, sample):
    skip_without(module)
    run(PITFALLS[module], sample)
