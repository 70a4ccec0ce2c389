"""Names in Unicode's forms NFC and NFD are the same names: macOS may change one into the other."""

import json
import unicodedata

import pytest

from cityscapes.checks.listing import list_raw
from cityscapes.evaluation.instance.coco import index_coco_results
from cityscapes.evaluation.panoptic.frames import find as find_panoptic
from cityscapes.evaluation.sets import PredictionSet, files_of_frames
from cityscapes.layout import Shard, composed, frame_name
from pictures import TABLE

NFC, NFD = (unicodedata.normalize(form, "m\u00fcnchen") for form in ("NFC", "NFD"))
FORMS = pytest.mark.parametrize(("ours", "theirs"), [(NFC, NFD), (NFD, NFC), (NFD, NFD)])
ENDING = "gtFine_polygons.json"


def frame(city):
    return f"{city}_000000_000019"


def test_the_two_forms_differ_in_bytes():
    assert NFC != NFD and composed(NFD) == NFC == composed(NFC)


@FORMS
def test_a_file_fits_the_folder_of_its_city_and_keeps_its_spelling(ours, theirs):
    shard = Shard("gtFine", "val", ours)
    assert frame_name(shard, f"{frame(theirs)}_{ENDING}", ENDING) == frame(theirs)


@FORMS
def test_the_checks_find_it(tmp_path, ours, theirs):
    path = tmp_path / "gtFine/val" / ours / f"{frame(theirs)}_{ENDING}"
    path.parent.mkdir(parents=True)
    path.touch()
    found = list_raw(tmp_path, ["gtFine"], "val", ours)
    assert list(found.frames) == [frame(NFC)] and not found.odd


@FORMS
def test_predictions_belong_to_it(tmp_path, ours, theirs):
    path = tmp_path / f"{frame(theirs)}_pred.png"
    path.touch()
    found = files_of_frames(PredictionSet("p", "pixel", tmp_path), [frame(ours)])
    assert found.files == {frame(ours): path} and not found.problems


@FORMS
def test_so_do_the_entries_of_json_files(tmp_path, ours, theirs):
    path = tmp_path / "p.json"
    entry = {"image_id": frame(theirs), "category_id": 26, "score": 1}
    entry["segmentation"] = {"size": [1, 1], "counts": "1"}
    path.write_text(json.dumps([entry]))
    found = index_coco_results(path, [frame(ours)], TABLE)
    assert len(found.of_frame[frame(ours)]) == 1 and not found.problems
    annotation = {"image_id": frame(theirs), "file_name": "x.png", "segments_info": []}
    path.write_text(json.dumps({"annotations": [annotation]}))
    listed = find_panoptic(PredictionSet("p", "panoptic", path), [frame(ours)], TABLE)
    assert listed.files == {frame(ours): path} and not listed.problems
