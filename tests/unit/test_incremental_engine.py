"""The engine brings to date what is made of frames, and nothing else; kills cost only work."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cityscapes.errors import DataError, OutputError
from cityscapes.incremental import engine
from cityscapes.incremental.items import Frame, Item, Job, Source
from cityscapes.incremental.manifest import Cell, Manifest, Row, append_row
from text_frames import TextJob, content_of, edit_unseen, entry, killed_at, picture, touch

ALL = ("link", "picture", "text", "twice", "length")


@pytest.fixture
def work(tmp_path):
    """Two frames, of which nothing was made."""
    job = TextJob(tmp_path)
    job.write("one", "first")
    job.write("two", "second")
    return job


@pytest.fixture
def made(work):
    """Two frames, of which everything was made."""
    work.update()
    return work


def times(job):
    return {
        path.name: path.lstat().st_mtime_ns for path in (job.folder / "results/made").iterdir()
    }


def all_right(job):
    """Whether everything is as it would be made at once, and nothing else lies there."""
    assert job.contents() == job.expected()
    assert not job.journal.exists()
    return True


# What is stale


def test_a_first_run_makes_everything(work):
    outcome = work.update()
    assert outcome.written == 8  # values are no files
    assert all_right(work)
    assert work.contents()[0]["one_twice.txt"] == b"aFIRSTaFIRST"
    assert work.contents()[1] == {"one": ["a", 5], "two": ["a", 6]}


def test_a_second_run_looks_into_no_frame(made):
    before = times(made)
    assert made.update().written == 0
    assert (made.calls, times(made)) == ([], before)


def test_several_processes_make_the_same(work):
    for number in range(12):
        work.write(f"frame{number}", f"text {number}")
    work.update(workers=2)
    assert all_right(work)


def test_a_touched_source_makes_nothing_again(made):
    before = times(made)
    touch(made.folder / "data/one.txt")
    made.update()
    assert (made.calls, times(made)) == ([], before)
    assert made.update() and made.calls == []


def test_touched_files_are_compared_once_and_stay(made, monkeypatch):
    for kind in ("link", "picture"):
        touch(made.made("one", kind))
    before = times(made)
    made.update()
    assert (made.calls, times(made)) == ([], before)
    monkeypatch.setattr(
        "cityscapes.incremental.frame.is_as_written", None
    )  # the new times are known now
    made.update()


def test_an_edited_source_makes_its_frame_again(made):
    made.write("one", "other")
    assert made.update().written == 4
    # The link leads to the same file, but whether that is right is to be seen.
    assert made.calls == [("one", ("link", "picture", "text", "length")), ("one", ("twice",))]
    assert all_right(made)


def test_another_setting_makes_what_depends_on_it_again(made):
    made.settings = "b"
    made.update()
    assert set(made.calls) == {
        (frame, items)
        for frame in ("one", "two")
        for items in (("picture", "text", "length"), ("twice",))
    }
    assert all_right(made)


def test_what_the_frame_depends_on_besides_its_sources_makes_all_of_it_again(made):
    frames = [replace(frame, recipe="other") for frame in made.frames()]
    manifest = Manifest(made.manifest)
    made.calls.clear()
    engine.update(made.job(), manifest, frames, made.listed(), 1, "city")
    assert {frame for frame, _ in made.calls} == {"one", "two"}


def test_an_edit_that_keeps_size_and_time_is_seen_when_forced(made):
    edit_unseen(made.folder / "data/one.txt", b"FIRST")
    assert made.update().written == 0
    made.update(forced=True)
    assert all_right(made)


def test_a_damaged_file_of_the_same_size_and_time_is_seen_when_forced(made):
    edit_unseen(made.made("one", "picture"), picture(b"aFIRST"))
    assert made.update().written == 0
    assert made.update(forced=True).written == 1
    assert all_right(made)


def test_forced_only_values_are_made_again(made):
    before = times(made)
    assert made.update(forced=True).written == 0
    assert made.calls == [("one", ("length",)), ("two", ("length",))]
    assert times(made) == before


@pytest.mark.parametrize("kind", ["link", "picture", "text", "twice"])
def test_a_missing_file_is_made_again_and_no_other(made, kind):
    made.made("two", kind).unlink()
    assert made.update().written == 1
    assert made.calls == [("two", (kind,))]
    assert all_right(made)


def test_an_item_of_which_only_the_first_one_is_stale_stays(made):
    before = times(made)["one_twice.txt"]
    made.made("one", "text").unlink()
    made.update()
    assert times(made)["one_twice.txt"] == before


def test_an_item_made_from_one_that_is_current_reads_its_file(made):
    made.made("one", "twice").unlink()
    made.update()
    assert made.calls == [("one", ("twice",))]
    assert all_right(made)


def test_a_lost_value_is_made_again(made):
    manifest = Manifest(made.manifest)
    row = manifest.rows["one"]
    cells = {name: cell for name, cell in row.cells.items() if name != "length"}
    append_row(made.manifest, replace(row, cells=cells))
    assert made.update().written == 0
    assert made.calls == [("one", ("length",))]
    assert all_right(made)


def test_kinds_that_are_not_asked_for_stay_known(made):
    made.kinds = ("text",)
    made.settings = "b"
    made.update()
    assert {items for _, items in made.calls} == {("text",)}
    made.kinds = ALL
    made.settings = "a"
    outcome = made.update()
    # What was not asked for is as it was.
    assert {items for _, items in made.calls} == {("text",)}
    assert (outcome.notices, outcome.problems) == ([], {})
    assert all_right(made)


def test_one_frame_alone_is_made_without_a_look_at_others(made):
    made.write("one", "other")
    made.write("two", "others")
    (made.folder / "data/two.txt").rename(made.folder / "data/three.txt")
    made.update(frames={"one"}, saved=False)
    assert {frame for frame, _ in made.calls} == {"one"}
    assert made.made("two", "text").exists()
    assert Manifest(made.manifest).rows.keys() == {"one", "two"}
    made.update()
    assert all_right(made)


def test_a_missing_source_is_a_problem_of_its_frame_and_then_another_content(made):
    path = made.folder / "data/one.txt"
    gone = Frame("one", {"text_file": Source(path, None)})
    text = path.read_text()
    path.unlink()
    manifest = Manifest(made.manifest)
    for _ in range(2):
        outcome = engine.update(made.job(), manifest, [gone], made.listed(), 1, "c", prune=False)
        assert outcome.problems == {"one": f"{path}: cannot be read: No such file or directory"}
    made.write("one", text)
    made.update()
    assert all_right(made)


def test_what_can_be_made_without_a_source_is_made_again_once_it_is_there(tmp_path):
    path = tmp_path / "optional"

    def make(frame, wanted, read):
        return {"state": "there" if frame.sources["optional"].entry else "missing"}

    job = Job(tmp_path / "m/city.jsonl", (Item("state", ("optional",), ""),), make, tmp_path)
    manifest = Manifest(job.manifest)

    def run():
        there = entry(path, "optional") if path.exists() else None
        frames = [Frame("one", {"optional": Source(path, there)})]
        return engine.update(job, manifest, frames, {}, 1, "c").rows["one"].cells["state"].value

    assert [run(), run()] == ["missing", "missing"]
    path.write_text("")
    assert run() == "there"
    path.unlink()
    assert run() == "missing"


def test_an_item_made_from_what_nobody_makes_is_a_bug_that_is_reported(work):
    job = replace(work.job(), items=(Item("lost", ("nothing",), ""),))
    with pytest.raises(ValueError, match="lost"):
        engine.update(job, Manifest(work.manifest), work.frames(), {}, 1, "c")


# Bad input


def test_a_bad_frame_is_reported_and_the_others_are_made(work):
    work.write("one", "wrong")
    outcome = work.update()
    assert outcome.problems == {"one": f"{work.folder}/data/one.txt: is wrong"}
    assert outcome.rows.keys() == {"two"}
    assert not work.made("one", "picture").exists()
    work.write("one", "right")
    assert work.update().problems == {}
    assert all_right(work)


def test_of_a_frame_that_became_bad_everything_stays(made):
    before = made.contents()
    made.write("one", "wrong")
    assert made.update().problems.keys() == {"one"}
    assert made.contents() == before
    made.write("one", "first")
    made.update()
    assert made.calls == []


# Kills


def kill_everywhere(tmp_path, prepare):
    """Kill a run at each step; the next one makes all as if nothing had been."""
    step = 0
    while True:
        step += 1
        job = TextJob(tmp_path / str(step))
        prepare(job)
        died = killed_at(step, job.update)
        outcome = job.update()
        assert (outcome.problems, outcome.notices) == ({}, []), step
        assert all_right(job)
        assert job.replaced() == {}
        assert list((job.folder / "results").rglob(".*")) == [], step
        if not died:
            return step


def test_a_first_run_that_is_killed_anywhere_is_completed_by_the_next(tmp_path):
    def prepare(job):
        job.write("one", "first")
        job.write("two", "second")

    assert kill_everywhere(tmp_path, prepare) > 20


def test_a_run_after_edits_that_is_killed_anywhere_is_completed_by_the_next(tmp_path):
    def prepare(job):
        for frame in ("one", "two", "gone"):
            job.write(frame, frame)
        job.update()
        job.write("one", "other")
        (job.folder / "data/gone.txt").unlink()
        job.made("two", "picture").unlink()

    assert kill_everywhere(tmp_path, prepare) > 20


def test_a_run_killed_after_rows_and_before_files_leaves_nothing_for_a_users(made, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(files):
        raise Killed

    made.write("one", "edited")
    with monkeypatch.context() as patch:
        patch.setattr("cityscapes.incremental.frame.name_files", kill)
        with pytest.raises(Killed):
            made.update()
    assert made.contents()[0]["one_text.txt"] == b"aFIRST"
    # The files are those of before, and the source is another one once more.
    made.write("one", "edited again")
    outcome = made.update()
    assert (outcome.notices, outcome.problems) == ([], {})
    assert all_right(made)


def test_a_setting_that_changes_between_a_kill_and_the_next_run_takes_no_file_for_a_users(
    tmp_path,
):
    for step in range(1, 40):
        job = TextJob(tmp_path / str(step))
        job.write("one", "first")
        killed_at(step, job.update)
        job.settings = "b"
        outcome = job.update()
        assert (outcome.notices, outcome.problems) == ([], {}), step
        assert all_right(job)


def test_a_full_disk_while_the_row_is_written_gives_no_file_its_name(made, monkeypatch):
    """The system may write a part of a line, and say so only by its length."""
    write = os.write
    made.write("one", "edited")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:40]))
        with pytest.raises(OutputError, match="No space left"):
            made.update()
    assert made.contents()[0]["one_text.txt"] == b"aFIRST"
    made.write("one", "edited again")
    outcome = made.update()
    assert (outcome.notices, outcome.problems) == ([], {})
    assert all_right(made)


def test_two_jobs_at_once_on_one_manifest_lose_nothing(work):
    for number in range(30):
        work.write(f"frame{number}", f"text {number}")
    others = [TextJob(work.folder) for _ in range(2)]

    def run(job):
        try:
            job.update()
        except (DataError, OSError):  # the slower one may fail, or find its file cleared away
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, others))
    outcome = work.update()
    assert (outcome.notices, outcome.problems) == ([], {})
    assert all_right(work)


def test_what_killed_jobs_left_is_removed_and_no_other_hidden_file(made):
    folder = made.folder / "results/made"
    ours = folder / ".one_text.txt.0123456789abcdef.tmp"
    others = [folder / ".mine.0123456789abcdef.tmp", folder / ".one_text.txt.swp"]
    for path in (ours, *others):
        path.write_text("")
    made.update()
    assert [ours.exists(), *(path.exists() for path in others)] == [False, True, True]


# Places of files


def test_a_file_in_the_place_of_one_that_was_never_made_is_a_problem_and_stays(work):
    place = work.made("one", "picture")
    place.parent.mkdir()
    place.write_bytes(picture(b"mine"))
    outcome = work.update()
    assert outcome.problems == {
        "one": f"{place} was not made by this workflow, which would write another file there: "
        "move it away and run again"
    }
    assert place.read_bytes() == picture(b"mine")
    # Nothing else of the frame was made, all of the other was.
    assert sorted(path.name for path in place.parent.iterdir()) == [
        place.name, "two_picture.png", "two_raw.txt", "two_text.txt", "two_twice.txt",
    ]  # fmt: skip
    place.unlink()
    work.update()
    assert all_right(work)


def test_an_equal_file_in_the_place_of_one_that_was_never_made_is_taken_over(work):
    place = work.made("one", "text")
    place.parent.mkdir()
    place.write_bytes(b"aFIRST")
    outcome = work.update()
    assert (outcome.problems, outcome.notices) == ({}, [])
    assert all_right(work)


def test_all_places_of_a_frame_that_are_taken_are_listed(work):
    for kind in ("picture", "text"):
        work.made("one", kind).parent.mkdir(exist_ok=True)
        work.made("one", kind).write_bytes(b"mine")
    (problem,) = work.update().problems.values()
    assert all(str(work.made("one", kind)) in problem for kind in ("picture", "text"))


def test_of_a_changed_file_a_copy_is_kept_before_it_is_made_again(made):
    place = made.made("one", "picture")
    place.write_bytes(picture(b"retouched"))
    outcome = made.update()
    kept = made.folder / "replaced/made/one_picture.png"
    assert outcome.notices == [
        f"{place} was changed since it was made: it is made again, and a copy of what was there "
        f"is {kept}"
    ]
    assert kept.read_bytes() == picture(b"retouched")
    assert all_right(made)


def test_a_cut_picture_is_made_again_without_a_copy(made):
    place = made.made("one", "picture")
    place.write_bytes(place.read_bytes()[:12])
    assert made.update().notices == []
    assert made.replaced() == {}
    assert all_right(made)


def test_a_file_of_an_earlier_content_is_ours_and_not_copied(made):
    """As of results that were restored in part."""
    before = made.made("one", "picture").read_bytes()
    made.write("one", "other")
    made.update(saved=False)
    made.made("one", "picture").write_bytes(before)
    assert made.update().notices == []
    assert all_right(made)


def test_a_file_in_the_place_of_a_link_is_a_problem_with_advice(made):
    place = made.made("one", "link")
    place.unlink()
    place.write_text("edited")
    problem = made.update().problems["one"]
    assert f"{place} is not the link to ../../data/one.txt that was made there" in problem
    assert "To keep an edit, put it into the dataset" in problem
    assert place.read_text() == "edited"
    place.unlink()
    made.update()
    assert all_right(made)


def test_a_link_that_leads_elsewhere_is_a_problem(made):
    place = made.made("one", "link")
    place.unlink()
    place.symlink_to("elsewhere")
    assert made.update().problems.keys() == {"one"}
    assert os.readlink(place) == "elsewhere"


@pytest.mark.parametrize("kind", ["picture", "link"])
def test_a_folder_in_the_place_of_a_file_ends_the_job(made, kind):
    place = made.made("one", kind)
    place.unlink()
    place.mkdir()
    with pytest.raises(OutputError, match="a folder has its name"):
        made.update()
    place.rmdir()
    made.update()
    assert all_right(made)


@pytest.mark.parametrize("target", ["missing", "pipe", "mine.png"])
def test_a_link_in_the_place_of_an_image_is_a_problem_and_is_not_followed(made, target):
    (made.folder / "mine.png").write_bytes(picture(b"mine"))
    os.mkfifo(made.folder / "pipe")
    place = made.made("one", "picture")
    place.unlink()
    place.symlink_to(made.folder / target)
    assert str(place) in made.update().problems["one"]
    assert os.readlink(place) == str(made.folder / target)
    assert (made.folder / "mine.png").read_bytes() == picture(b"mine")


def test_a_pipe_in_the_place_of_an_image_is_a_problem(made):
    place = made.made("one", "picture")
    place.unlink()
    os.mkfifo(place)
    assert str(place) in made.update().problems["one"]


def test_a_folder_of_the_results_that_is_a_link_into_the_dataset_is_refused(work):
    (work.folder / "results/made").symlink_to("../data")
    with pytest.raises(DataError, match=r"results/made is a link to .*/data"):
        work.update()
    assert sorted(path.name for path in (work.folder / "data").iterdir()) == ["one.txt", "two.txt"]


# Orphans


def test_the_files_of_a_frame_that_is_gone_are_removed(made):
    (made.folder / "data/one.txt").unlink()
    assert made.update().removed == 4
    assert all_right(made)


def test_a_changed_file_of_a_frame_that_is_gone_stays(made):
    (made.folder / "data/one.txt").unlink()
    made.made("one", "text").write_text("edited")
    outcome = made.update()
    assert outcome.removed == 3
    assert outcome.notices == [
        f"{made.made('one', 'text')} is kept: its frame is gone, but it was changed"
    ]
    assert made.made("one", "text").read_text() == "edited"
    assert made.update().notices == []


def test_a_file_of_a_frame_that_never_was_is_left_alone(made):
    place = made.made("three", "text")
    place.write_bytes(b"mine")
    outcome = made.update()
    assert (outcome.removed, outcome.notices) == (0, [])
    assert place.read_bytes() == b"mine"


# Manifests that are damaged


def test_a_manifest_that_is_gone_costs_one_look_at_all(made, caplog):
    before = made.contents()
    made.manifest.unlink()
    outcome = made.update()
    assert (outcome.notices, outcome.problems) == ([], {})
    assert made.contents() == before
    assert all_right(made)


def test_a_damaged_manifest_is_reported_and_every_file_is_compared(made, caplog):
    made.manifest.write_text("{}\n")
    edit_unseen(made.made("one", "text"), b"aFIRSX")
    outcome = made.update()
    assert f"{made.manifest} cannot be read completely" in caplog.text
    # Whose it is, nobody knows any more: a copy is kept.
    assert made.replaced() == {"made/one_text.txt": b"aFIRSX"}
    assert len(outcome.notices) == 1
    assert all_right(made)


def test_what_a_damaged_manifest_still_names_is_compared(made):
    """A digit of a digest is another one, and the rest can be read."""
    content = Manifest(made.manifest).rows["one"].cells["text"].content
    other = content[:-1] + ("0" if content[-1] != "0" else "1")
    made.manifest.write_text(made.manifest.read_text().replace(content, other))
    made.update()
    assert all_right(made)
    assert Manifest(made.manifest).rows["one"].cells["text"].content == content


def test_the_entries_of_rows_are_those_of_a_listing(made):
    rows = Manifest(made.manifest).rows.values()
    assert engine.entries(made.job(), rows) == sorted(made.listed().values())


def test_a_row_of_which_no_file_was_made_names_none(made):
    assert engine.entries(made.job(), [Row("x", {}, {"length": Cell("", value=1)})]) == []


def test_a_copy_of_all_without_times_makes_nothing(made, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    for name in ("data", "results"):
        shutil.copytree(
            made.folder / name, elsewhere / name, symlinks=True, copy_function=shutil.copyfile
        )
    copy = TextJob(elsewhere)
    copy.update()
    assert copy.calls == []
    assert content_of(copy.made("one", "link")) == "../../data/one.txt"
