"""Several dataset roots as one folder of links."""

import os
from pathlib import Path

import pytest

from cityscapes.errors import DataError, OutputError
from cityscapes.roots import join, plan_links, unpacked_packages
from config_defaults import settings_of

JOINED = Path("resources/joined/dataset")


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*paths):
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path))


def joined(*roots):
    """Path below the joined root -> content of all files that are found there."""
    join(plan_links([Path(root) for root in roots]), JOINED)
    return {
        str(Path(folder, name).relative_to(JOINED)): Path(folder, name).read_text()
        for folder, _, names in os.walk(JOINED, followlinks=True)
        for name in names
    }


def test_types_of_one_root_are_links_to_it():
    write("a/gtFine/val/bonn/1.json", "b/leftImg8bit/val/bonn/1.png", "b/other/x")
    assert joined("a", "b").keys() == {"gtFine/val/bonn/1.json", "leftImg8bit/val/bonn/1.png"}
    assert {path.name for path in JOINED.iterdir() if path.is_symlink()} == {
        "gtFine",
        "leftImg8bit",
    }
    assert not (JOINED / "gtFine").readlink().is_absolute()


def test_splits_cities_and_frames_of_several_roots_are_joined():
    files = (
        "a/gtFine/train/ulm/1.json", "b/gtFine/val/ulm/1.json", "a/gtFine/test/ulm/1.json",
        "b/gtFine/test/bonn/1.json", "c/gtFine/test/ulm/2.json",
    )  # fmt: skip
    write(*files)
    assert joined("a", "b", "c") == {path[2:]: path for path in files}
    assert (JOINED / "gtFine/train").is_symlink()
    assert (JOINED / "gtFine/test/bonn").is_symlink()
    assert (JOINED / "gtFine/test/ulm/2.json").is_symlink()


def test_a_frame_in_two_roots_is_an_error_that_names_both():
    name = "gtFine/val/ulm/{}_gtFine_polygons.json"
    write(*(f"{root}/{name.format(number)}" for root in "ab" for number in range(30)))
    with pytest.raises(DataError, match="files of the same name are in two roots") as error:
        plan_links([Path("a"), Path("b")])
    lines = str(error.value).splitlines()
    assert lines[1] == f"  a/{name.format(0)} and b/{name.format(0)}"
    assert lines[-1] == "  and 10 more"


def test_files_beside_the_cities_may_be_in_both():
    write(*(f"{r}/gtFine/{name}" for r in "ab" for name in ("README", "val/x.json", ".hidden")))
    assert joined("a", "b") == {
        "gtFine/README": "a/gtFine/README",
        "gtFine/val/x.json": "a/gtFine/val/x.json",
    }


def test_what_is_gone_is_gone_and_what_is_new_is_there():
    write("a/gtFine/val/ulm/1.json", "b/gtFine/val/ulm/2.json")
    joined("a", "b")
    Path("b/gtFine/val/ulm/2.json").unlink()
    write("b/gtFine/train/bonn/1.json")
    assert joined("a", "b").keys() == {"gtFine/val/ulm/1.json", "gtFine/train/bonn/1.json"}
    assert joined("a", "b").keys() == joined("a", "b").keys()


def test_a_file_of_the_users_in_the_folder_of_links_stays():
    write("a/gtFine/val/ulm/1.json", "b/gtFine/val/ulm/2.json")
    joined("a", "b")
    write(f"{JOINED}/gtFine/val/ulm/mine.txt")
    with pytest.raises(OutputError, match=r"mine\.txt: only links may be here"):
        joined("a", "b")
    assert Path(f"{JOINED}/gtFine/val/ulm/mine.txt").exists()
    assert Path("a/gtFine/val/ulm/1.json").exists()


def test_a_root_without_types_is_named():
    write("a/gtFine/val/ulm/1.json", "b/val/ulm/2.json")
    with pytest.raises(DataError, match="dataset b: no folder gtFine"):
        plan_links([Path("a"), Path("b")])


def test_folders_of_unpacked_packages_are_the_roots():
    write(
        "d/gtFine_trainvaltest/gtFine/val/ulm/1.json",
        "d/leftImg8bit_trainvaltest/leftImg8bit/val/ulm/1.png",
        "d/leftImg8bit_trainvaltest/README",
        "d/results/gtFine/val/ulm/1.json",
        "d/camera_trainvaltest/notes.txt",
    )
    settings = settings_of(dataset="d")
    parts = [Path("d/gtFine_trainvaltest"), Path("d/leftImg8bit_trainvaltest")]
    assert (settings.roots, settings.is_joined) == (parts, True)
    assert settings.dataset == "resources/joined/dataset"
    assert not settings.is_sample
    assert unpacked_packages(Path("d/results"), ["gtFine_trainvaltest"]) == []


def test_one_package_alone_is_the_root_and_a_dataset_is_one():
    write("d/gtFine_trainvaltest/gtFine/val/ulm/1.json")
    assert settings_of(dataset="d").dataset == "d/gtFine_trainvaltest"
    write("d/leftImg8bit/val/ulm/1.png")
    assert settings_of(dataset="d").dataset == "d"


def test_a_list_of_one_root_is_this_root():
    assert settings_of(dataset=["d//x"]).dataset == "d/x"
    assert settings_of(dataset=["a", "b"]).roots == [Path("a"), Path("b")]
