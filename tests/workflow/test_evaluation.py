"""evaluate_all on a small sample: scores as the reference's, and what an event re-counts."""

import csv
import json
import math
import re
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest
import yaml
from pycocotools import mask as coco

from cityscapes.incremental.tables import write_tracked
from reference_environment import reference_python
from tiny import CLONE, nothing_to_do, snakemake, succeed

SETS = {
    "pixel_good": {"task": "pixel", "path": "predictions/pixel_good"},
    "pixel_poor": {"task": "pixel", "path": "predictions/pixel_poor"},
    "instance_good": {"task": "instance", "path": "predictions/instance_good"},
    "instance_coco": {"task": "instance", "path": "predictions/instance_coco/results.json"},
    "panoptic_good": {"task": "panoptic", "path": "predictions/panoptic_good"},
}
OFFICIAL = {
    "pixel_good": "resultPixelLevelSemanticLabeling.json",
    "instance_good": "resultInstanceLevelSemanticLabeling.json",
    "panoptic_good": "resultPanopticSemanticLabeling.json",
}
FRAME = "frankfurt_000000_000294"


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder in which evaluate_all has run; not to be changed."""
    folder = tmp_path_factory.mktemp("scored")
    labels = CLONE / "config/labels.csv"
    script("sample.py", "--output", folder / "zip", "--labels", labels, "--frames", 16,
           "--width", 512, "--height", 256, "--types", "gtFine,disparity,camera")  # fmt: skip
    for package in (folder / "zip").glob("*.zip"):
        script("unpack_package.py", "--package", package, "--dataset", folder / "data",
               "--manifest", folder / f"unpacked/{package.stem}.tsv")  # fmt: skip
    script("sample_predictions.py", "--dataset", folder / "data", "--labels", labels,
           "--output", folder / "predictions", "--manifest", folder / "made.tsv")  # fmt: skip
    configure(folder)
    succeed(folder, "evaluate_all")
    return folder


def script(name, *arguments):
    command = [sys.executable, CLONE / "scripts" / name, *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def configure(folder, sets=None, **settings):
    config = {"dataset": "data", "splits": ["val"], "predictions": sets or SETS, **settings}
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))


def read_csv(folder, name):
    with open(folder / "results/evaluation" / name, newline="") as file:
        return list(csv.DictReader(file))


def frames_counted(folder):
    """Prediction set -> frames that were counted anew, as the logs of the last run say."""
    counted = {}
    for log in (folder / "logs/evaluation_counts").glob("*/*.log"):
        (number,) = re.findall(r"(\d+) to update", log.read_text())
        counted[log.parent.name] = counted.get(log.parent.name, 0) + int(number)
    return counted


def run_again(folder, *arguments):
    """Run evaluate_all again; the frames that were counted anew. A further run does nothing."""
    shutil.rmtree(folder / "logs")
    succeed(folder, "evaluate_all", *arguments)
    counted = frames_counted(folder)
    assert nothing_to_do(succeed(folder, "evaluate_all", *arguments))
    return {name: number for name, number in counted.items() if number}


def equal(ours, theirs):
    """Whether two results are equal to 1e-12 in every number, nan being equal to nan."""
    if isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(
            equal(ours[key], theirs[key]) for key in theirs
        )
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(equal, ours, theirs))
    if isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12) or ours != ours != theirs
    return ours == theirs


def test_official_files_are_as_the_reference_writes_them(finished, tmp_path):
    command = [
        *(reference_python(), CLONE / "tests/reference/evaluate_results.py"),
        *(finished / "results", finished / "predictions", tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name, file in OFFICIAL.items():
        ours = json.loads((finished / "results/evaluation" / name / file).read_text())
        theirs = json.loads((tmp_path / file).read_text())
        if name == "instance_good":  # the scores by distance, which the reference cannot compute
            assert ours["averages"].pop("allAp50m") > 0
            for key in ("allAp100m", "allAp50%50m"):
                ours["averages"].pop(key)
            for scores in ours["averages"]["classes"].values():
                for key in ("ap50m", "ap100m", "ap50%50m"):
                    scores.pop(key)
            ours["resultApMatrix"] = ours["resultApMatrix"][:1]
        assert equal(ours, theirs), name


def test_the_tables_are_all_there(finished):
    tables = {
        str(path.relative_to(finished / "results/evaluation"))
        for path in (finished / "results/evaluation").rglob("*.csv")
    }
    common = ("classes.csv", "images.csv", "images_classes.csv", "summary.csv")
    expected = {f"{name}/{table}" for name in SETS for table in common}
    expected |= {
        f"{name}/{table}"
        for name in ("pixel_good", "pixel_poor")
        for table in ("categories.csv", "confusion.csv")
    }
    expected |= {
        f"{name}/{table}"
        for name in ("instance_good", "instance_coco")
        for table in ("overlaps.csv", "sizes.csv", "predictions.csv")
    }
    assert tables == expected | {"panoptic_good/groups.csv", "comparison.csv"}


def test_numbers_in_tables_are_those_of_the_official_files(finished):
    official = json.loads(
        (finished / "results/evaluation/pixel_good" / OFFICIAL["pixel_good"]).read_text()
    )
    for row in read_csv(finished, "pixel_good/classes.csv"):
        for column, key in (("IoU", "classScores"), ("iIoU", "classInstScores")):
            score = official[key][row["name"]]
            assert float(row[column]) == score or math.isnan(score)
    (row,) = [row for row in read_csv(finished, "comparison.csv") if row["set"] == "pixel_good"]
    assert float(row["mIoU"]) == official["averageScoreClasses"]


def test_images_are_listed_worst_first(finished):
    scores = [float(row["mIoU"]) for row in read_csv(finished, "pixel_poor/images.csv")]
    assert scores == sorted(scores)
    assert len(scores) >= 4


def test_train_ids_are_recognised_and_named(finished):
    encodings = {row["set"]: row["encoding"] for row in read_csv(finished, "comparison.csv")}
    assert (encodings["pixel_good"], encodings["pixel_poor"]) == ("ids", "trainIds")
    log = (finished / "logs/pixel_scores/pixel_poor.log").read_text()
    assert "the predicted values are read as trainIds" in log


def test_absent_classes_are_named(finished):
    for row in read_csv(finished, "pixel_good/classes.csv"):
        if row["remark"].startswith("absent"):
            assert int(row["tp"]) + int(row["fn"]) == 0
            break
    else:
        pytest.fail("the sample shows every class: the test needs another one")


def test_a_second_run_does_nothing(finished):
    assert nothing_to_do(succeed(finished, "evaluate_all"))


def test_the_scores_do_not_depend_on_the_number_of_cores(finished, tmp_path):
    # Slow: all sets are scored from nothing, which no other test does with one core and four.
    for cores in (1, 4):
        folder = tmp_path / str(cores)
        folder.mkdir()
        for name in ("data", "predictions", "config"):
            (folder / name).symlink_to(finished / name)
        succeed(folder, "evaluate_all", "--cores", str(cores))
        files = [*finished.glob("results/evaluation/*/*")]
        assert len(files) > 20
        for path in files:
            other = folder / path.relative_to(finished)
            assert other.read_bytes() == path.read_bytes(), path


def test_one_edited_prediction_is_counted_again(work):
    (path,) = (work / "predictions/pixel_good").rglob(f"{FRAME}*.png")
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    image[:20] = 7
    cv2.imwrite(str(path), image)
    assert run_again(work) == {"pixel_good": 1}


def test_one_edited_mask_is_counted_again(work):
    path = sorted((work / "predictions/instance_good").rglob(f"{FRAME}*.png"))[0]
    cv2.imwrite(str(path), np.full((256, 512), 255, dtype=np.uint8))
    assert run_again(work) == {"instance_good": 1}


def test_one_edited_coco_entry_is_counted_again(work):
    path = work / "predictions/instance_coco/results.json"
    entries = json.loads(path.read_text())
    entries[0]["score"] = 0.123
    path.write_text(json.dumps(entries))
    assert run_again(work) == {"instance_coco": 1}


def test_one_edited_polygon_file_is_counted_again(work):
    # Slow: from the polygon file to the scores, every rule between them runs, twice.
    (path,) = (work / "data/gtFine/val").rglob(f"{FRAME}_gtFine_polygons.json")
    annotation = json.loads(path.read_text())
    box = [[20, 20], [60, 20], [60, 60], [20, 60]]
    annotation["objects"].append({"label": "car", "polygon": box})
    path.write_text(json.dumps(annotation))
    assert run_again(work) == dict.fromkeys(SETS, 1)


def test_other_average_sizes_are_scored_without_counting(work):
    before = read_csv(work, "pixel_good/classes.csv")
    configure(work, evaluation={"average_sizes": {"car": 1.0}})
    assert run_again(work) == {}
    changed = [
        row["name"]
        for row, was in zip(read_csv(work, "pixel_good/classes.csv"), before, strict=True)
        if row["iIoU"] != was["iIoU"]
    ]
    assert changed == ["car"]


def test_another_ignored_class_is_scored_without_counting(work):
    table = (CLONE / "config/labels.csv").read_text()
    (work / "config/labels.csv").write_text(
        table.replace("pole,17,5,object,3,0,0", "pole,17,5,object,3,0,1")
    )
    # Not the panoptic set: its ground truth has no poles then, and predicted ones are an error.
    configure(work, {name: one for name, one in SETS.items() if one["task"] != "panoptic"})
    assert run_again(work) == {}
    (row,) = [row for row in read_csv(work, "pixel_good/classes.csv") if row["name"] == "pole"]
    assert row["IoU"] == "nan"
    assert row["remark"] == "ignored in evaluation"


def test_without_disparity_the_distance_scores_are_empty(work):
    shutil.rmtree(work / "data/disparity")
    succeed(work, "evaluate_all")
    (row,) = [row for row in read_csv(work, "comparison.csv") if row["set"] == "instance_good"]
    assert row["AP100m"] == row["AP50m"] == row["AP50%50m"] == ""
    assert float(row["AP"]) > 0
    log = (work / "logs/instance_scores/instance_good.log").read_text()
    assert "no scores by distance: disparity or camera file is missing" in log


def test_missing_doubled_and_unexpected_files_are_one_error(work):
    good = work / "predictions/pixel_good"
    (first,) = good.rglob(f"{FRAME}*.png")
    others = [path for path in sorted(good.rglob("*.png")) if path != first]
    (good / "aachen_000000_000019_pred.png").write_bytes(first.read_bytes())
    (good / f"{others[0].stem}_again.png").write_bytes(first.read_bytes())
    first.unlink()
    output = refuse(work)
    assert "prediction set pixel_good: 3 problems:" in output
    assert f"{FRAME}: missing: no file of this frame (*.png or *.npy) below predic" in output
    assert re.search(rf"{others[0].stem[:20]}\S*: 2 files: ", output)
    assert "unexpected: aachen_000000_000019 is no frame of val" in output


def refuse(folder):
    """Run evaluate_all, which must fail without a traceback of ours; what it printed."""
    done = snakemake(folder, "evaluate_all")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    return done.stdout


def test_allow_missing_scores_what_is_there_and_says_so(work):
    (path,) = (work / "predictions/pixel_good").rglob(f"{FRAME}*.png")
    path.unlink()
    configure(work, {"pixel_good": {**SETS["pixel_good"], "allow_missing": True}})
    succeed(work, "evaluate_all")
    number = len(read_csv(work, "pixel_good/images.csv"))
    for table in ("classes.csv", "categories.csv", "confusion.csv", "images.csv", "summary.csv"):
        rows = read_csv(work, f"pixel_good/{table}")
        assert {row["frames"] for row in rows} == {f"{number} of {number + 1}"}


def test_a_bad_set_leaves_the_others_scored(work):
    shutil.rmtree(work / "results/evaluation")
    sets = {
        **SETS,
        "of_test": {**SETS["pixel_good"], "split": "test"},
        "nowhere": {**SETS["pixel_good"], "path": "predictions/nowhere"},
        "empty": {**SETS["pixel_good"], "path": "predictions/empty", "allow_missing": True},
        "coded": {**SETS["pixel_good"], "encoding": "trainIds"},
        "mixed_up": {**SETS["panoptic_good"], "encoding": "trainIds"},
    }
    (work / "predictions/empty").mkdir()
    configure(work, sets, splits=["val", "test"])
    output = refuse(work)
    assert "prediction set of_test: the ground truth of test is not public" in output
    assert "prediction set nowhere: predictions/nowhere: no such file or folder" in output
    assert "prediction set empty: none of the " in output
    assert "that are no trainIds of the label table" in output
    assert "the category ids are ids, but those of the ground truth are trainIds" in output
    for name in SETS:
        assert (work / f"results/evaluation/{name}/classes.csv").exists()


def test_bad_files_are_listed_at_once(work):
    good = sorted((work / "predictions/pixel_good").rglob("frankfurt*.png"))
    good[0].write_bytes(good[0].read_bytes()[:200])
    cv2.imwrite(str(good[1]), np.zeros((256, 512, 3), dtype=np.uint8))
    texts = sorted((work / "predictions/instance_good").rglob("frankfurt*.txt"))
    texts[0].write_text("/etc/passwd 26 0.5\n../../outside.png 26 0.5\nmasks/no.png 26 high\n")
    (missing,) = (work / "predictions/pixel_good").rglob("lindau_000000*.png")
    missing.unlink()
    panoptic = work / "predictions/panoptic_good/cityscapes_panoptic_val.json"
    document = json.loads(panoptic.read_text())
    document["annotations"][0]["segments_info"][0]["category_id"] = 4
    panoptic.write_text(json.dumps(document))
    pictures = sorted((work / "predictions/panoptic_good/cityscapes_panoptic_val").iterdir())
    pictures[1].write_bytes(pictures[1].read_bytes()[:300])
    results = work / "predictions/instance_coco/results.json"
    entries = json.loads(results.read_text())
    entries[0]["category_id"] = 99
    entries[1]["segmentation"]["size"] = [3, 3]
    results.write_text(json.dumps(entries))
    output = refuse(work)
    assert "lindau_000000_000019: missing: no file" in output
    assert "category_id 4 is none of the ground truth's" in output
    assert f"{pictures[1].relative_to(work)}: damaged PNG" in output
    assert "results.json: entry 0: label id 99 is not an id of the label table" in output
    assert "entry 1: RLE is 3 x 3 pixels, the ground truth 512 x 256" in output
    assert f"{good[0].relative_to(work)}: cannot be decoded" in output
    assert f"{good[1].relative_to(work)}: is 8-bit RGB, not 8-bit grey" in output
    for line in (1, 2, 3):
        assert re.search(rf"line {line}: ", output)


def test_the_results_of_the_environment(work):
    configure(work, {})
    (work / "config/config.yaml").write_text("dataset: data\nsplits: [val]\n")
    succeed(work, "evaluate_all", CITYSCAPES_RESULTS="predictions/pixel_good")
    assert [row["set"] for row in read_csv(work, "comparison.csv")] == ["pixel"]
    succeed(work, "evaluate_all", CITYSCAPES_RESULTS="predictions/panoptic_good")
    assert [row["task"] for row in read_csv(work, "comparison.csv")] == ["panoptic"]
    nowhere = {"CITYSCAPES_RESULTS": "predictions/nowhere"}
    output = snakemake(work, "evaluate_all", **nowhere).stdout
    assert "CITYSCAPES_RESULTS is predictions/nowhere, where none were found" in output
    succeed(work, "prepare_all", **nowhere)  # which needs no predictions


def test_without_predictions_it_says_what_to_do(work):
    (work / "config/config.yaml").write_text("dataset: data\nsplits: [val]\n")
    output = snakemake(work, "evaluate_all").stdout
    assert "no predictions to score: name some under `predictions` in the config" in output


def test_released_label_images_can_be_the_truth(work):
    table = work / "results/evaluation/pixel_good/classes.csv"
    configure(work, {"pixel_good": SETS["pixel_good"]}, evaluation={"truth": "released"})
    before = table.read_bytes()
    succeed(work, "evaluate_all")
    assert table.read_bytes() == before
    (path,) = (work / "data/gtFine/val").rglob(f"{FRAME}_gtFine_labelIds.png")
    cv2.imwrite(str(path), np.full((256, 512), 7, dtype=np.uint8))
    assert run_again(work) == {"pixel_good": 1}
    assert table.read_bytes() != before


def test_an_edited_panoptic_json_is_counted_again(work):
    path = work / "predictions/panoptic_good/cityscapes_panoptic_val.json"
    document = json.loads(path.read_text())
    document["annotations"][0]["segments_info"][0]["category_id"] = 26
    path.write_text(json.dumps(document))
    assert run_again(work) == {"panoptic_good": 1}


def test_removed_coco_entries_cost_their_frame_only(work):
    path = work / "predictions/instance_coco/results.json"
    path.write_text(json.dumps(json.loads(path.read_text())[1:]))
    assert run_again(work) == {"instance_coco": 1}


def test_text_files_and_coco_results_of_the_same_masks_score_the_same(work):
    entries = []
    for text in sorted((work / "predictions/instance_good").glob("*.txt")):
        for line in text.read_text().splitlines():
            mask, label, confidence = line.split(" ")
            pixels = cv2.imread(str(text.parent / mask), cv2.IMREAD_UNCHANGED) > 0
            packed = coco.encode(np.asfortranarray(pixels.astype(np.uint8)))
            rle = {"size": packed["size"], "counts": packed["counts"].decode()}
            entries.append(
                {
                    "image_id": "_".join(text.name.split("_")[:3]),
                    "category_id": int(label),
                    "score": float(confidence),
                    "segmentation": rle,
                }
            )
    (work / "predictions/same.json").write_text(json.dumps(entries))
    same = {"task": "instance", "path": "predictions/same.json"}
    configure(work, {"instance_good": SETS["instance_good"], "same": same})
    succeed(work, "evaluate_all")
    tables = [read_csv(work, f"{name}/classes.csv") for name in ("instance_good", "same")]
    assert tables[0] == tables[1]


def test_an_empty_set_and_a_split_that_is_not_prepared_are_named(work):
    (work / "predictions/empty.json").write_text("[]")
    sets = {
        "nothing": {"task": "instance", "path": "predictions/empty.json"},
        "of_train": {**SETS["pixel_good"], "split": "train"},
        "of_test": {**SETS["pixel_good"], "split": "test"},
        "no_folder": {"task": "pixel", "path": "predictions/empty.json"},
    }
    configure(work, sets)
    output = refuse(work)
    assert "prediction set nothing: none of the" in output
    assert "prediction set of_train: no frames of train: is it among the `splits`" in output
    assert "prediction set of_test: the ground truth of test is not public" in output
    assert "empty.json: a folder is wanted for the task pixel" in output


def test_a_worker_needs_less_than_200_mb(tmp_path):
    """A hundred masks of two far corners each: none can be cut to a small box."""
    frame, folder = "bonn_000000_000019", tmp_path / "results"
    (folder / "masks").mkdir(parents=True)
    mask = np.zeros((1024, 2048), dtype=np.uint8)
    mask[:9, :9] = mask[-9:, -9:] = 255
    lines = []
    for index in range(100):
        cv2.imwrite(str(folder / f"masks/{index}.png"), mask)
        lines.append(f"masks/{index}.png 26 0.{index:03d}\n")
    (folder / f"{frame}.txt").write_text("".join(lines))
    truth = tmp_path / "gtFine/val/bonn"
    truth.mkdir(parents=True)
    ids = np.full((1024, 2048), 26000, dtype=np.uint16)
    cv2.imwrite(str(truth / f"{frame}_gtFine_instanceIds.png"), ids)
    files = tmp_path / "files.tsv"
    row = {"frame": frame, "city": "bonn", "path": f"{folder / frame}.txt"}
    write_tracked(files, ["frame", "city", "path"], [row], expected="1")
    command = [
        *(sys.executable, CLONE / "scripts/evaluation_counts.py", "--task", "instance"),
        *("--predictions", folder, "--files", files, "--truth", tmp_path, "--dataset", tmp_path),
        *("--split", "val", "--city", "bonn"),
        *("--labels", CLONE / "config/labels.csv", "--output", tmp_path / "counts.tsv"),
        *("--manifest", tmp_path / "counts.jsonl"),
    ]
    # By a small process between: the memory of a process begins with that of its parent.
    measure = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    between = [sys.executable, "-c", measure, *map(str, command)]
    done = subprocess.run(between, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200 * 1024
