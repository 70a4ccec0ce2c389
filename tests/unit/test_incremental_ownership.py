"""What may be written, replaced or removed: paths are compared as the file system knows them."""

import os
from pathlib import Path

import pytest

from cityscapes.errors import DataError, OutputError
from cityscapes.files.whole import digest
from cityscapes.incremental import ownership
from cityscapes.incremental.ownership import (
    check_folders,
    check_roots,
    dataset_folders,
    identity,
    is_as_written,
    is_whole,
    keep_copy,
    make_folder,
    remove_if_ours,
)
from text_frames import picture


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A dataset and results beside it, in the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("data/gtFine/val/frankfurt").mkdir(parents=True)
    Path("results").mkdir()
    return tmp_path


DATA, RESULTS = Path("data"), Path("results")


# Dataset and results


def refused(dataset, results):
    with pytest.raises(DataError, match="the raw files would be overwritten") as error:
        check_roots(Path(dataset), Path(results))
    return str(error.value)


def test_folders_next_to_each_other_are_fine(work):
    check_roots(DATA, RESULTS)
    check_roots(work / "data", RESULTS)
    check_roots(DATA, Path("results/deeper/still"))
    check_roots(Path("not/there"), RESULTS)
    check_roots(DATA, Path("not/there"))


def test_one_folder_for_both_is_refused(work):
    assert "is the" in refused("data", "data")
    assert "is the folder of the results" in refused("data", work / "data")


@pytest.mark.parametrize("name", ["data/results", "data/gtFine/val", "data/../data/x/y"])
def test_results_in_the_dataset_are_refused(work, name):
    assert f"the folder of the results {Path(name)} (" in refused("data", name)


def test_a_dataset_in_the_results_is_refused(work):
    Path("results/checks/ds").mkdir(parents=True)
    said = refused("results/checks/ds", "results")
    assert "the dataset results/checks/ds (" in said
    assert f"lies in the folder of the results results ({work}/results)" in said


def test_links_that_lead_to_one_another_are_refused(work):
    Path("link").symlink_to("data")
    refused("data", "link")
    refused("link", "data")
    refused("data", "link/results")
    Path("results/ds").mkdir()
    Path("to_inner").symlink_to("results/ds")
    refused("to_inner", "results")


def test_a_link_to_another_disk_is_fine(work):
    Path("disk").mkdir()
    Path("linked").symlink_to("disk")
    check_roots(DATA, Path("linked"))


def test_folders_with_one_identity_are_refused_as_with_a_mount(work, monkeypatch):
    Path("mount").mkdir()
    one = identity(Path("data"))
    same = {os.path.realpath("mount"), os.path.realpath("data")}
    monkeypatch.setattr(
        ownership,
        "identity",
        lambda folder: one if os.path.realpath(folder) in same else identity(folder),
    )
    refused("data", "mount/results")
    refused("mount", "data")


# Folders of the results


def test_the_folders_of_a_dataset_are_known_down_to_its_cities(work):
    Path("data/gtFine/val/frankfurt/deeper").mkdir()
    Path("data/README").write_text("")
    names = {"data", "data/gtFine", "data/gtFine/val", "data/gtFine/val/frankfurt"}
    assert {str(path) for path in dataset_folders(DATA).values()} == names
    assert dataset_folders(Path("none")) == {}


def test_a_dataset_whose_folders_lie_in_a_circle_is_listed(work):
    Path("data/gtFine/loop").symlink_to("..")
    assert len(dataset_folders(DATA)) == 4


@pytest.mark.parametrize("place", ["gtFine", "gtFine/val", "gtFine/val/frankfurt"])
def test_a_folder_of_the_results_that_is_a_link_is_refused(work, place):
    where = RESULTS / place
    where.parent.mkdir(parents=True, exist_ok=True)
    where.symlink_to(work / "data" / place)
    with pytest.raises(DataError, match=f"{where} is a link to {work}/data/{place}"):
        check_folders(RESULTS, ["gtFine/val/frankfurt"], dataset_folders(DATA))


def test_results_that_are_a_link_themselves_are_fine(work):
    Path("disk/gtFine").mkdir(parents=True)
    Path("linked").symlink_to("disk")
    check_folders(Path("linked"), ["gtFine/val", "tables"], dataset_folders(DATA))


def test_a_folder_of_the_dataset_under_another_path_is_refused(work):
    """Equal device and inode, as a mount gives them."""
    Path("results/gtFine").mkdir()
    raw = {identity(Path("results/gtFine")): Path("data/gtFine")}
    with pytest.raises(DataError, match=r"results/gtFine is the folder data/gtFine of the datas"):
        check_folders(RESULTS, ["checks", "gtFine/val"], raw)


def test_folders_that_are_not_there_yet_are_fine_and_are_made(work):
    make_folder(RESULTS, "gtFine/val/frankfurt", dataset_folders(DATA))
    make_folder(RESULTS, "gtFine/val/frankfurt", dataset_folders(DATA))
    assert Path("results/gtFine/val/frankfurt").is_dir()


def test_a_file_in_the_place_of_a_folder_is_reported(work):
    Path("results/gtFine").write_text("")
    with pytest.raises(OutputError, match=r"results/gtFine.*: cannot be made: "):
        make_folder(RESULTS, "gtFine/val", {})


# Files


def test_a_file_is_as_written_while_its_content_is_one_of_those(work):
    Path("file").write_text("text")
    assert is_as_written(Path("file"), [digest("other"), digest("text")])
    assert not is_as_written(Path("file"), [digest("other")])
    assert not is_as_written(Path("file"), [])


def test_a_link_is_as_written_while_it_leads_where_it_did(work):
    Path("link").symlink_to("nowhere")
    assert is_as_written(Path("link"), [digest("nowhere")])
    assert not is_as_written(Path("link"), [digest("elsewhere")])


def test_a_link_to_a_file_of_that_content_is_not_as_written(work):
    Path("file").write_text("text")
    Path("link").symlink_to("file")
    assert not is_as_written(Path("link"), [digest("text")])


def test_folders_pipes_and_what_is_missing_are_not_as_written(work):
    os.mkfifo("pipe")
    for name in ("pipe", "data", "none", "data/none/none"):
        assert not is_as_written(Path(name), [digest("")])


def test_only_what_is_as_written_is_removed(work):
    Path("file").write_text("text")
    assert not remove_if_ours(Path("file"), [digest("other")])
    assert Path("file").exists()
    assert remove_if_ours(Path("file"), [digest("text")])
    assert not Path("file").exists()
    assert remove_if_ours(Path("file"), [])  # its place is free


def test_of_a_link_only_the_link_is_removed(work):
    Path("file").write_text("text")
    Path("link").symlink_to("file")
    assert remove_if_ours(Path("link"), [digest("file")])
    assert Path("file").exists() and not os.path.lexists("link")


@pytest.mark.parametrize(
    ("name", "content", "whole"),
    [
        ("a.png", picture(b"pixels"), True),
        ("a.png", picture(b"pixels")[:-1], False),
        ("a.png", picture(b"pixels")[1:], False),
        ("a.png", b"", False),
        ("a.json", b'{"a": 1}', True),
        ("a.json", b'{"a": 1', False),
        ("a.json", b"\xff", False),
        ("a.json", b"[" * 100_000, False),
        ("a.csv", b"a,b\n", True),
        ("a.csv", b" \n", False),
        ("a.csv", b"", False),
    ],
)
def test_somebodys_work_is_whole_and_a_cut_file_is_not(work, name, content, whole):
    Path(name).write_bytes(content)
    assert is_whole(Path(name)) is whole


def test_a_copy_keeps_content_path_and_time(work):
    Path("results/gtFine").mkdir()
    path = RESULTS / "gtFine/a.png"
    path.write_bytes(b"edit")
    os.utime(path, ns=(10**18, 10**18))
    kept = keep_copy(path, RESULTS)
    assert kept == Path("replaced/gtFine/a.png")
    assert (kept.read_bytes(), kept.stat().st_mtime_ns) == (b"edit", 10**18)
    assert path.exists()


def test_copies_of_one_file_are_numbered_and_equal_ones_kept_once(work):
    path = RESULTS / "a.png"
    kept = []
    for text in ("one", "two", "one", "three", "two"):
        path.write_text(text)
        kept.append(keep_copy(path, RESULTS).name)
    assert kept == ["a.png", "a.2.png", "a.png", "a.3.png", "a.2.png"]
    assert sorted(file.read_text() for file in Path("replaced").iterdir()) == [
        "one", "three", "two",
    ]  # fmt: skip


def test_a_copy_replaces_nothing_and_follows_no_link(work):
    (RESULTS / "a.png").write_text("edit")
    Path("replaced").mkdir()
    Path("replaced/a.png").symlink_to("../planted")
    Path("replaced/a.2.png").mkdir()
    assert keep_copy(RESULTS / "a.png", RESULTS) == Path("replaced/a.3.png")
    assert not Path("planted").exists()
