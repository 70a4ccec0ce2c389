"""Records of the reports: what is ours among them, and what somebody changed."""

import json
import os
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.files import whole as files
from cityscapes.files.whole import digest, write_atomic
from cityscapes.incremental import outputs
from cityscapes.incremental.outputs import Record, Recorder

RESULTS = Path("results")
REPORT = RESULTS / "checks/summary.txt"


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder in which scripts record what they write."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "_listeners", [Recorder(RESULTS, "T1")])
    REPORT.parent.mkdir(parents=True)
    return tmp_path


def record_of(path=REPORT):
    return RESULTS / "manifests/written" / f"{path.relative_to(RESULTS)}.json"


class Killed(BaseException):
    pass


def write_and_die(path, data, monkeypatch):
    """Be killed when a file is written and before it gets its name."""
    replace = os.replace

    def die(source, target):
        if Path(target) == path:
            raise Killed
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", die)
        with pytest.raises(Killed):
            write_atomic(path, data)


def test_what_is_written_is_recorded_with_its_token(work):
    write_atomic(REPORT, b"one")
    assert Record.read(REPORT, RESULTS) == Record((digest(b"one"),), "T1")
    assert outputs.recorded(RESULTS) == [REPORT]


def test_the_last_two_contents_are_known(work):
    for text in (b"one", b"two", b"three"):
        write_atomic(REPORT, text)
    assert Record.read(REPORT, RESULTS).contents == (digest(b"three"), digest(b"two"))


def test_the_record_is_there_before_the_file(work, monkeypatch):
    write_and_die(REPORT, b"one", monkeypatch)
    assert not REPORT.exists()
    assert Record.read(REPORT, RESULTS).contents == (digest(b"one"),)


@pytest.mark.parametrize("texts", [[b"two", b"two"], [b"two", b"three"], [b"two", b"one"]])
def test_killed_twice_what_lies_there_is_still_ours(work, monkeypatch, texts):
    write_atomic(REPORT, b"one")
    for text in texts:
        write_and_die(REPORT, text, monkeypatch)
    assert Record.read(REPORT, RESULTS).contents[0] == digest(texts[-1])
    assert outputs.keep_copies([str(REPORT)], RESULTS) == []
    assert outputs.remove_output(REPORT, RESULTS)


def test_what_lies_elsewhere_or_has_records_of_its_own_is_not_recorded(work):
    for path in ("elsewhere.txt", "results/tables/t.tsv", "results/manifests/m.tsv"):
        Path(path).parent.mkdir(exist_ok=True)
        write_atomic(Path(path), b"one")
    assert outputs.recorded(RESULTS) == []


def test_one_file_has_one_record_however_it_is_named(work):
    write_atomic(work / "results/checks/../checks/summary.txt", b"one")
    assert Record.read(REPORT, RESULTS).contents == (digest(b"one"),)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"contents": 5, "state": ""}', "\udc80"])
def test_a_damaged_record_knows_no_content_but_whose_the_file_is(work, text):
    write_atomic(REPORT, b"one")
    record_of().write_bytes(text.encode(errors="surrogateescape"))
    assert Record.read(REPORT, RESULTS) == Record()
    outputs.check_free([str(REPORT)], RESULTS)
    assert len(outputs.keep_copies([str(REPORT)], RESULTS)) == 1
    assert not outputs.remove_output(REPORT, RESULTS)
    assert REPORT.read_bytes() == b"one"


# Tokens


def test_the_token_is_the_first_where_nothing_is_recorded(work):
    assert outputs.state(REPORT, RESULTS) == "first"


def test_the_token_stays_while_the_file_does_or_is_gone(work):
    write_atomic(REPORT, b"one")
    assert outputs.state(REPORT, RESULTS) == "T1"
    REPORT.unlink()
    assert outputs.state(REPORT, RESULTS) == "T1"


def test_the_token_moves_on_with_each_edit_and_stays_for_its_job(work):
    write_atomic(REPORT, b"one")
    REPORT.write_bytes(b"edited")
    token = outputs.state(REPORT, RESULTS)
    assert token != "T1"
    REPORT.write_bytes(b"edited again")
    assert outputs.state(REPORT, RESULTS) == token
    Recorder(RESULTS, token)(REPORT, _temporary(b"one"))
    REPORT.write_bytes(b"one")
    assert outputs.state(REPORT, RESULTS) == token
    REPORT.write_bytes(b"edited")
    assert outputs.state(REPORT, RESULTS) not in ("T1", token)


def test_files_of_one_job_have_one_token_which_moves_on_with_an_edit_of_any(work):
    both = [REPORT, REPORT.with_name("other.txt")]
    assert outputs.state_of_all(both, RESULTS) == "first"
    for path in both:
        write_atomic(path, b"one")
    assert outputs.state_of_all(both, RESULTS) == "T1"
    both[1].write_bytes(b"edited")
    token = outputs.state_of_all(both, RESULTS)
    assert token != "T1"
    for path in both:
        Recorder(RESULTS, token)(path, _temporary(b"one"))
        path.write_bytes(b"one")
    assert outputs.state_of_all(both, RESULTS) == token
    both[1].write_bytes(b"edited")
    assert outputs.state_of_all(both, RESULTS) not in ("T1", token)


def _temporary(data):
    Path("temporary").write_bytes(data)
    return Path("temporary")


# What is in the way


def test_files_that_nobody_recorded_are_in_the_way(work):
    write_atomic(REPORT, b"one")
    other, link = RESULTS / "checks/files.csv", RESULTS / "checks/link.csv"
    other.write_text("mine")
    link.symlink_to("nowhere")
    with pytest.raises(DataError) as error:
        outputs.check_free(map(str, [REPORT, other, link, RESULTS / "none.csv"]), RESULTS)
    assert str(error.value) == (
        "these files were not made by this workflow, which would write others there: move them "
        f"away and run again:\n  {other}\n  {link}"
    )


def test_files_that_are_elsewhere_or_have_records_of_their_own_are_not_in_the_way(work):
    for name in ("results/tables/t.tsv", "elsewhere"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("")
    outputs.check_free(["results/tables/t.tsv", "elsewhere"], RESULTS)


def test_a_copy_is_kept_of_what_was_changed(work):
    write_atomic(REPORT, b"one")
    REPORT.write_bytes(b"edited")
    (line,) = outputs.keep_copies([str(REPORT), "results/none.csv"], RESULTS)
    assert line == (
        f"{REPORT} was changed since it was made; a copy of it is replaced/checks/summary.txt"
    )
    assert Path("replaced/checks/summary.txt").read_bytes() == b"edited"


def test_no_copy_is_kept_of_what_is_as_written_cut_or_unknown(work):
    write_atomic(REPORT, b"one")
    cut = RESULTS / "checks/result.json"
    write_atomic(cut, b'{"a": 1}')
    cut.write_bytes(b'{"a"')
    unknown = RESULTS / "checks/mine.txt"
    unknown.write_text("mine")
    assert outputs.keep_copies(map(str, [REPORT, cut, unknown]), RESULTS) == []
    assert not Path("replaced").exists()


def test_of_the_content_before_the_last_no_copy_is_kept(work):
    write_atomic(REPORT, b"one")
    write_atomic(REPORT, b"two")
    REPORT.write_bytes(b"one")
    assert outputs.keep_copies([str(REPORT)], RESULTS) == []


# Removal


def test_what_is_as_written_is_removed_with_its_record(work):
    write_atomic(REPORT, b"one")
    assert outputs.remove_output(REPORT, RESULTS)
    assert not REPORT.exists() and not record_of().exists()


def test_what_is_gone_has_its_record_removed(work):
    write_atomic(REPORT, b"one")
    REPORT.unlink()
    assert outputs.remove_output(REPORT, RESULTS)
    assert not record_of().exists()


def test_what_was_changed_stays_with_its_record(work):
    write_atomic(REPORT, b"one")
    REPORT.write_bytes(b"edited")
    assert not outputs.remove_output(REPORT, RESULTS)
    assert REPORT.read_bytes() == b"edited" and record_of().exists()


# Reports of the version before records were kept


@pytest.fixture
def old(tmp_path, monkeypatch):
    """Reports of the version before records were kept, and files of the user's among them."""
    monkeypatch.chdir(tmp_path)
    texts = {
        "manifests/raw_links.tsv": "type\ttarget\n",
        "checks/summary.txt": "summary",
        "evaluation/mine/classes.csv": "1",
        "gtFine/cityscapes_panoptic_val.json": "{}",
        "checks/release_differences/gtFine/val/frankfurt.csv": "2",
        "checks/notes.csv": "mine",
        "evaluation/mine/notes.txt": "mine",
    }
    for name, text in texts.items():
        (RESULTS / name).parent.mkdir(parents=True, exist_ok=True)
        (RESULTS / name).write_text(text)
    (RESULTS / "checks/labels.csv").symlink_to("summary.txt")
    return tmp_path


OURS = ["checks/release_differences/gtFine/val/frankfurt.csv", "checks/summary.txt",
        "evaluation/mine/classes.csv", "gtFine/cityscapes_panoptic_val.json"]  # fmt: skip


def test_old_reports_are_taken_for_ours_once(old):
    outputs.check_free([str(RESULTS / name) for name in OURS], RESULTS)
    outputs.adopt_old_reports(RESULTS)
    assert outputs.recorded(RESULTS) == [RESULTS / name for name in OURS]
    assert Record.read(REPORT, RESULTS) == Record((digest(b"summary"),))
    (RESULTS / "checks/files.csv").write_text("mine")
    outputs.adopt_old_reports(RESULTS)
    assert len(outputs.recorded(RESULTS)) == len(OURS)


def test_other_files_among_old_reports_are_not_ours(old):
    outputs.adopt_old_reports(RESULTS)
    with pytest.raises(DataError, match=r"checks/notes\.csv"):
        outputs.check_free(["results/checks/notes.csv"], RESULTS)


def test_without_old_results_nothing_is_taken_over(old):
    (RESULTS / "manifests/raw_links.tsv").unlink()
    outputs.adopt_old_reports(RESULTS)
    assert outputs.recorded(RESULTS) == []
    with pytest.raises(DataError):
        outputs.check_free([str(REPORT)], RESULTS)


def test_a_job_that_was_faster_is_left_alone(old, monkeypatch):
    rename = os.rename

    def second(source, target):
        Path(target, "checks").mkdir(parents=True)
        Path(target, "checks/theirs.json").write_text(json.dumps({"contents": ["x"], "state": ""}))
        rename(source, target)

    monkeypatch.setattr(os, "rename", second)
    outputs.adopt_old_reports(RESULTS)
    assert outputs.recorded(RESULTS) == [RESULTS / "checks/theirs"]
    assert sorted(path.name for path in (RESULTS / "manifests").iterdir()) == [
        "raw_links.tsv", "written",
    ]  # fmt: skip
