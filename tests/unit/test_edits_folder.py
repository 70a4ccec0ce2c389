"""Where edits lie, which shards have any, and that they lie apart from what is read and made."""

import os
import shutil
from pathlib import Path

import pytest

from cityscapes.edits.flags import edits_of
from cityscapes.edits.folder import Edits
from cityscapes.errors import DataError
from cityscapes.layout import Shard
from cityscapes.workflow.may_write import check_apart, image_source
from config_defaults import settings_of
from tiny import FRAMES, frame_name, write_polygons

VAL = Shard("gtFine", "val", "frankfurt")
OWN = Shard("gtFine", "train", "my_city")


def write_edit(shard, frame, root="edits"):
    path = Edits(Path(root)).path(shard, frame)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_polygons(path, shift=5)
    return path


def test_an_empty_flag_or_setting_means_that_there_are_none(shards):
    assert edits_of("") == Edits(None) == settings_of(edits="").edits
    assert edits_of("edits") == settings_of().edits
    write_edit(VAL, "frankfurt_000000_000294")
    assert shards(edits="").edited == {}
    assert shards(edits="").raw == shards(edits="").unedited


def test_edits_are_found_by_shard_and_others_are_none(tmp_path):
    edits = Edits(tmp_path / "edits")
    assert edits.find(["gtFine"], ["val"]) == {}
    path = write_edit(VAL, "frankfurt_1", tmp_path / "edits")
    for other in ("history/gtFine/val/frankfurt", "gtFine_corrections/val/frankfurt"):
        (edits.root / other).mkdir(parents=True)
    (path.parent / ".hidden_gtFine_polygons.json").write_text("{}")
    assert {s: [e.name for e in f] for s, f in edits.find(["gtCoarse", "gtFine"], ["val"]).items()}
    assert list(edits.find(["gtFine"], ["val"])) == [VAL]
    assert edits.find(["gtFine"], ["train"]) == {}
    assert edits.find(["disparity"], ["val"]) == {}


def test_without_a_folder_the_disk_is_looked_at_once(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr("cityscapes.edits.folder.list_folders", looked.append)
    monkeypatch.setattr("cityscapes.edits.folder.list_files", lambda *a: looked.append(a))
    assert Edits(tmp_path / "edits").find(["gtFine", "gtCoarse"], ["train", "val"]) == {}
    assert not looked


def test_edits_are_laid_over_the_frames_of_the_dataset(shards):
    before = shards().raw
    write_edit(VAL, "frankfurt_9")
    write_edit(OWN, "my_city_9")
    now = shards()
    assert len(now.raw[VAL]) == len(before[VAL]) + 1
    assert now.unedited == before
    assert [entry.name for entry in now.raw[OWN]] == ["my_city_9_gtFine_polygons.json"]
    types, splits = list(settings_of().types), settings_of().config["splits"]
    order = [(types.index(shard.type), splits.index(shard.split), shard.city) for shard in now.raw]
    assert order == sorted(order)
    assert now.state(VAL) == "first"


def test_a_dataset_of_images_alone_has_the_frames_of_its_edits(shards):
    shutil.rmtree("data")
    Path("data/leftImg8bit/val/frankfurt").mkdir(parents=True)
    with pytest.raises(DataError, match="no frames found"):
        _ = shards().raw
    write_edit(VAL, "frankfurt_9")
    assert list(shards().raw) == [VAL]


def test_label_images_stay_what_tells_the_frames_of_a_city(shards):
    folder = Path("data/gtFine/val/frankfurt")
    for path in folder.iterdir():
        path.rename(path.with_name(path.name.replace("_polygons.json", "_labelIds.png")))
    before = shards().raw[VAL]
    write_edit(VAL, frame_name(VAL.folder, FRAMES[VAL.folder][0]))
    assert shards().raw[VAL] == before
    assert shards().files(VAL).is_of_images


def test_one_image_of_an_edited_frame_is_made_from_the_edit(asked):
    frame = frame_name(VAL.folder, FRAMES[VAL.folder][0])
    assert image_source(*asked(), VAL, frame, "labelIds").startswith("data/")
    path = write_edit(VAL, frame)
    assert image_source(*asked(), VAL, frame, "labelIds") == str(path)


@pytest.mark.parametrize("folder", ["data", "data/gtFine/edits", "results", "results/edits"])
def test_a_folder_of_edits_in_dataset_or_results_is_refused(asked, folder):
    Path("results").mkdir()
    with pytest.raises(DataError, match=r"the folder of edits .* (is|lies in) the"):
        check_apart(*asked(edits=folder))
    os.symlink(folder.split("/")[0], "elsewhere")
    with pytest.raises(DataError, match="name another folder as `edits`"):
        check_apart(*asked(edits="elsewhere/edits"))
    check_apart(*asked(edits="edits"))
