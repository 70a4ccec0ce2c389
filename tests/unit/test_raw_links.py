"""The links to raw types: made, mended and removed; what is somebody else's stays."""

import os
from pathlib import Path

import pytest

from cityscapes.errors import OutputError
from cityscapes.files.tables import read_notes
from cityscapes.ground_truth import links as raw_links
from cityscapes.incremental.state import following
from text_frames import touch


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A dataset with two raw types, and results without links."""
    monkeypatch.chdir(tmp_path)
    for name in ("data/leftImg8bit", "data/camera", "data/gtFine", "data/mine", "results"):
        Path(name).mkdir(parents=True)
    Path("data/camera/x.json").write_text("{}")
    return tmp_path


DATA, RESULTS = Path("data"), Path("results")


def link():
    """Make all links and note them, as the script does."""
    types = raw_links.make_links(DATA, RESULTS)
    return raw_links.save(DATA, RESULTS, types, raw_links.state(RESULTS))


def test_raw_types_are_linked_and_nothing_else(work):
    assert link() == [
        {"type": "camera", "target": "../data/camera"},
        {"type": "leftImg8bit", "target": "../data/leftImg8bit"},
    ]
    assert (RESULTS / "camera/x.json").read_text() == "{}"
    assert sorted(path.name for path in RESULTS.iterdir()) == [
        "camera", "leftImg8bit", "manifests",
    ]  # fmt: skip


def test_an_absolute_dataset_gives_absolute_links(work):
    raw_links.make_links(work / "data", RESULTS)
    assert os.readlink(RESULTS / "camera") == str(work / "data/camera")


def test_a_link_to_a_type_that_is_gone_is_removed(work):
    link()
    os.rmdir("data/leftImg8bit")
    assert [row["type"] for row in link()] == ["camera"]
    assert not os.path.lexists("results/leftImg8bit")


def test_a_link_of_ours_is_led_to_another_dataset(work):
    link()
    Path("other/camera").mkdir(parents=True)
    raw_links.make_links(Path("other"), RESULTS)
    assert os.readlink("results/camera") == "../other/camera"


def in_place(kind):
    place = RESULTS / "camera"
    if kind == "file":
        place.write_text("mine")
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("/elsewhere")
    return place.lstat()


@pytest.mark.parametrize("known", [False, True], ids=["at first", "later"])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_in_the_place_of_a_link_stays_and_is_named(work, kind, known):
    if known:
        link()
        (RESULTS / "camera").unlink()
    before = in_place(kind)
    with pytest.raises(OutputError, match="move them away and run again:\n  results/camera"):
        raw_links.make_links(DATA, RESULTS)
    assert (RESULTS / "camera").lstat().st_ino == before.st_ino


def test_links_of_somebody_to_other_raw_types_are_left_alone(work):
    (RESULTS / "vehicle").symlink_to("/elsewhere")
    link()
    assert os.readlink("results/vehicle") == "/elsewhere"
    token = raw_links.state(RESULTS)
    os.unlink("results/vehicle")
    assert raw_links.state(RESULTS) == token


def test_the_token_stays_while_the_links_do(work):
    assert raw_links.state(RESULTS) == "first"
    link()
    assert raw_links.state(RESULTS) == "first"


@pytest.mark.parametrize("damage", [os.unlink, lambda path: touch(Path(path))])
def test_the_token_moves_on_with_a_link_that_is_gone_or_another(work, damage):
    link()
    damage("results/camera")
    token = raw_links.state(RESULTS)
    assert token not in ("first", "")
    link()
    assert raw_links.state(RESULTS) == token
    damage("results/camera")
    assert raw_links.state(RESULTS) not in ("first", token)
    assert raw_links.state(RESULTS) == following(token, _listing())


def _listing():
    return read_notes(raw_links.manifest_path(RESULTS))["derived_listing"]


def test_removing_takes_links_as_they_were_made_and_lists_the_others(work):
    link()
    (RESULTS / "camera").unlink()
    (RESULTS / "camera").symlink_to("/elsewhere")
    assert raw_links.remove_links(RESULTS) == [RESULTS / "camera"]
    assert [path.name for path in RESULTS.iterdir() if path.is_symlink()] == ["camera"]


def test_a_table_that_is_cut_anywhere_costs_no_file_and_no_traceback(work):
    link()
    table = raw_links.manifest_path(RESULTS)
    whole = table.read_bytes()
    for length in range(len(whole)):
        table.write_bytes(whole[:length])
        raw_links.state(RESULTS)
        link()
        assert table.read_bytes().splitlines()[1:] == whole.splitlines()[1:]
        table.write_bytes(whole[:length])
        raw_links.remove_links(RESULTS)
        assert (DATA / "camera/x.json").exists()
        link()
