"""Saving edits: one wins, none is lost, and a file is the old one or the new one at any moment."""

import errno
import os
import resource
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

from cityscapes.editing import durable, history, left_over, lock
from cityscapes.editing.durable import NotWritten
from cityscapes.editing.history import version_of, versions
from cityscapes.editing.lock import locked
from cityscapes.editing.store import Changed, Store
from cityscapes.edits.folder import Edits
from cityscapes.errors import DataError, OutputError
from cityscapes.files import whole
from cityscapes.layout import Shard
from processes import folder_in_memory, in_child, killed_at

SHARD = Shard("gtFine", "val", "frankfurt")
FRAME = "frankfurt_000000_000294"
PATH = f"edits/gtFine/val/frankfurt/{FRAME}_gtFine_polygons.json"
# Through which everything is written.
WRITERS = (durable, whole)
HISTORY = f"edits/history/gtFine/val/frankfurt/{FRAME}"


def opened(folder):
    """A store beside a dataset of one raw file."""
    raw = folder / "data/gtFine/val/frankfurt" / Path(PATH).name
    if not raw.exists():
        raw.parent.mkdir(parents=True)
        raw.write_bytes(b"raw")
    return Store(Edits(folder / "edits"), [folder / "data"]), raw


@pytest.fixture
def store(tmp_path):
    return opened(tmp_path)[0]


@pytest.fixture
def raw(tmp_path, store):
    return opened(tmp_path)[1]


def put(store, raw, data, expected=None):
    """Save bytes against the present version, or another."""
    expected = expected or store.current(SHARD, FRAME, raw).version
    store.replace(SHARD, FRAME, raw, expected, lambda before: data)


def kept(folder):
    """The contents of the history, oldest first."""
    return [(folder / HISTORY / past.name).read_bytes() for past in versions(folder / HISTORY)]


def leftovers(folder):
    return [path for path in (folder / "edits").rglob("*.tmp")]


def test_the_raw_file_then_the_edit_then_the_raw_file_again(store, raw, tmp_path):
    assert store.current(SHARD, FRAME, None).source == "none"
    first = store.current(SHARD, FRAME, raw)
    assert (first.source, first.version) == ("raw", version_of(b"raw"))
    put(store, raw, b"one")
    put(store, raw, b"two")
    assert store.current(SHARD, FRAME, raw)[:3] == ("edit", version_of(b"two"), b"two")
    assert kept(tmp_path) == [b"one"]
    put(store, raw, None)
    assert store.current(SHARD, FRAME, raw) == first
    assert kept(tmp_path) == [b"one", b"two"]
    assert raw.read_bytes() == b"raw"
    assert not (tmp_path / PATH).exists()


def test_another_version_than_the_page_knows_is_refused(store, raw, tmp_path):
    known = store.current(SHARD, FRAME, raw).version
    put(store, raw, b"one")
    for expected in (known, "none", "", version_of(b"one")[:8]):
        with pytest.raises(Changed):
            store.replace(SHARD, FRAME, raw, expected, lambda before: b"two")
    (tmp_path / PATH).write_bytes(b"by an editor")
    with pytest.raises(Changed):
        put(store, raw, b"two", version_of(b"one"))
    assert (tmp_path / PATH).read_bytes() == b"by an editor"


def test_the_same_bytes_are_not_saved_again(store, raw, tmp_path):
    put(store, raw, b"raw")
    assert not (tmp_path / PATH).exists()
    put(store, raw, b"one")
    put(store, raw, b"one")
    put(store, raw, None)
    put(store, raw, None)
    assert kept(tmp_path) == [b"one"]


def test_what_make_raises_changes_nothing(store, raw, tmp_path):
    put(store, raw, b"one")

    def make(before):
        raise DataError("wrong")

    with pytest.raises(DataError, match="wrong"):
        store.replace(SHARD, FRAME, raw, version_of(b"one"), make)
    assert (tmp_path / PATH).read_bytes() == b"one" and kept(tmp_path) == []


def test_versions_are_in_order_also_where_the_clock_is_set_back(store, raw, tmp_path):
    times = [2_000_000_000, 1_000_000_000, 1_500_000_000, 0, -5, 1e15]
    for number, when in enumerate(times):
        put(store, raw, b"%d" % number)
        os.utime(tmp_path / PATH, (when, when))
    put(store, raw, None)
    assert kept(tmp_path) == [b"%d" % number for number in range(len(times))]
    past = versions(tmp_path / HISTORY)
    assert past[0].written == "2033-05-18T03:33:20Z"
    assert past[1].written == "2001-09-09T01:46:40Z"
    assert past[1].name.startswith("000002_20010909T014640.000000Z_")


def test_the_order_goes_on_beyond_six_digits(tmp_path):
    for number in (999_998, 999_999, 1_000_000):
        name = f"{number:06d}_20260101T000000.000000Z_00000000.json"
        (tmp_path / name).write_bytes(b"")
    history.keep(tmp_path, b"new", 0)
    assert [past.number for past in versions(tmp_path)][-2:] == [1_000_000, 1_000_001]


def test_other_files_in_the_history_are_left_alone(store, raw, tmp_path):
    put(store, raw, b"one")
    put(store, raw, b"two")
    folder = tmp_path / HISTORY
    for name in ("notes.txt", ".hidden", "000009_x_00000000.json", "..."):
        (folder / name).write_bytes(b"mine")
    assert len(store.history(SHARD, FRAME)) == 1
    for name in ("notes.txt", "../../../../secret", "", "000001"):
        assert store.past(SHARD, FRAME, name) is None
    put(store, raw, b"three")
    assert (folder / "notes.txt").read_bytes() == b"mine"


def add_saves(folder, mark, count):
    """As many saves as asked for, each tried again until it wins: a line is added to the file."""
    store, raw = opened(folder)
    for number in range(count):
        while True:
            version = store.current(SHARD, FRAME, raw).version
            try:
                store.replace(
                    SHARD, FRAME, raw, version,
                    lambda before, n=number: before.data + b"\n%s%d" % (mark, n),
                )  # fmt: skip
                break
            except Changed:
                continue


def test_processes_that_save_at_once_lose_nothing(store, raw, tmp_path):
    children = []
    for mark in (b"a", b"b", b"c", b"d"):
        child = os.fork()
        if child == 0:
            try:
                add_saves(tmp_path, mark, 6)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    lines = (tmp_path / PATH).read_bytes().split(b"\n")
    assert lines[0] == b"raw"
    assert sorted(lines[1:]) == sorted(
        b"%s%d" % (m, n) for m in (b"a", b"b", b"c", b"d") for n in range(6)
    )
    expected = [b"\n".join(lines[: 1 + n]) for n in range(1, len(lines) - 1)]
    assert kept(tmp_path) == expected


def save_killed_at(step, folder, data):
    """Save over `old`, in a process that is killed on the way; whether it came to its end."""
    store, raw = opened(folder)
    end = in_child(killed_at, step, WRITERS, put, store, raw, data, version_of(b"old"))
    assert end in (0, -signal.SIGKILL)
    return end == 0


def test_a_save_that_is_killed_at_any_moment_leaves_one_of_the_two_files():
    """Before each line of the modules through which everything is written."""
    seen, step, has_ended = set(), 0, False
    while not has_ended:
        step += 1
        with folder_in_memory() as folder:
            store, raw = opened(folder)
            put(store, raw, b"zero")
            put(store, raw, b"old")
            has_ended = save_killed_at(step, folder, b"new")
            now, past = (folder / PATH).read_bytes(), kept(folder)
            seen.add((now, len(past)))
            assert now in (b"old", b"new")
            assert past == [b"zero", b"old"] or (now, past) == (b"old", [b"zero"])
            # The next save finds no lock, leaves no gap, and clears what lies there.
            put(store, raw, b"next")
            assert kept(folder) == [b"zero", b"old", *([b"new"] if now == b"new" else [])]
            assert leftovers(folder) == []
    assert step > 60
    assert seen == {(b"old", 1), (b"old", 2), (b"new", 2)}


def test_the_first_save_that_is_killed_leaves_the_raw_file_or_the_edit():
    step, has_ended, seen = 0, False, set()
    while not has_ended:
        step += 2
        with folder_in_memory() as folder:
            store, raw = opened(folder)
            raw.write_bytes(b"old")
            has_ended = save_killed_at(step, folder, b"new")
            current = store.current(SHARD, FRAME, raw)
            seen.add((current.source, current.data))
            assert raw.read_bytes() == b"old"
    assert seen == {("raw", b"old"), ("edit", b"new")}


def test_an_edit_whose_removal_is_killed_is_there_or_in_the_history():
    step, has_ended, seen = 0, False, set()
    while not has_ended:
        step += 2
        with folder_in_memory() as folder:
            store, raw = opened(folder)
            put(store, raw, b"old")
            has_ended = save_killed_at(step, folder, None)
            current = store.current(SHARD, FRAME, raw)
            seen.add((current.data, len(kept(folder))))
    assert seen == {(b"old", 0), (b"old", 1), (b"raw", 1)}


def refused(folder, data, number):
    """A save that fails with an error number, and leaves all as it was."""
    store, raw = opened(folder)
    with pytest.raises(NotWritten, match="cannot be written") as caught:
        put(store, raw, data)
    assert caught.value.number == number
    assert "Nothing was changed" in str(caught.value)


def small_files(folder):
    """As on a full disk: files of more than 10 bytes cannot be written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    refused(folder, b"too long for this disk", errno.EFBIG)


def test_a_full_disk_is_said_and_the_old_file_stays(store, raw, tmp_path):
    put(store, raw, b"old")
    assert in_child(small_files, tmp_path) == 0
    assert (tmp_path / PATH).read_bytes() == b"old"
    assert leftovers(tmp_path) == []
    put(store, raw, b"too long for that disk")
    assert kept(tmp_path) == [b"old"]


def test_a_full_disk_while_the_history_is_written(store, raw, tmp_path):
    put(store, raw, b"longer than ten bytes")
    assert in_child(small_files, tmp_path) == 0
    assert (tmp_path / PATH).read_bytes() == b"longer than ten bytes"
    assert kept(tmp_path) == [] and leftovers(tmp_path) == []


@pytest.mark.parametrize("name", ["fsync", "replace", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_whatever_fails_the_old_file_stays(store, raw, tmp_path, monkeypatch, name, number):
    put(store, raw, b"old")
    right = getattr(os, name)

    def fail(*arguments, **keys):
        if name == "open" and not arguments[1] & os.O_CREAT:
            return right(*arguments, **keys)
        raise OSError(number, os.strerror(number), arguments[0])

    monkeypatch.setattr(os, name, fail)
    with pytest.raises(NotWritten):
        put(store, raw, b"new")
    monkeypatch.undo()
    assert (tmp_path / PATH).read_bytes() == b"old"
    assert leftovers(tmp_path) == []
    put(store, raw, b"new")
    assert kept(tmp_path) == [b"old"]


def without_rights(folder):
    """As a user who may read the folder alone."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    refused(folder, b"new", errno.EACCES)


@pytest.mark.parametrize("closed", ["edits", "edits/gtFine/val/frankfurt"])
def test_a_read_only_folder_is_said(closed):
    folder = Path(tempfile.mkdtemp())  # that of pytest lets nobody else in
    try:
        folder.chmod(0o755)
        store, raw = opened(folder)
        put(store, raw, b"old")
        for path in folder.rglob("*"):
            path.chmod(0o777 if path.is_dir() else 0o666)
        (folder / closed).chmod(0o555)
        (folder / "edits/.lock").chmod(0o444 if closed == "edits" else 0o666)
        assert in_child(without_rights, folder) == 0
        assert (folder / PATH).read_bytes() == b"old"
    finally:
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o777)
        shutil.rmtree(folder)


def test_a_folder_of_edits_in_which_nothing_can_be_made_is_said(tmp_path):
    store, raw = opened(tmp_path)
    (tmp_path / "edits").write_bytes(b"a file")
    with pytest.raises(NotWritten, match="edits"):
        put(store, raw, b"new")


def test_a_lock_that_another_one_holds_is_waited_for_and_not_for_ever(tmp_path):
    with locked(tmp_path):
        held = r"another label tool holds the lock for 0\.05 s"  # not the 20 s of others
        with pytest.raises(OutputError, match=held):
            with locked(tmp_path, longest=0.05):
                pass
    with locked(tmp_path, longest=0):
        pass


def test_the_lock_is_no_way_out_of_the_folder(tmp_path):
    victim = tmp_path / "victim"
    (tmp_path / "edits").mkdir()
    (tmp_path / "edits" / lock.NAME).symlink_to(victim)
    store, raw = opened(tmp_path)
    with pytest.raises(NotWritten):
        put(store, raw, b"new")
    assert not victim.exists()


def test_links_below_the_edits_lead_nowhere(store, raw, tmp_path):
    """Neither into the dataset nor to any other place; they are refused, not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    for link, target in (
        ("edits/gtFine", tmp_path / "data/gtFine"),
        ("edits/gtFine/val", outside),
        ("edits/gtFine/val/frankfurt", raw.parent),
        (PATH, raw),
        ("edits/history", outside),
    ):
        shutil.rmtree(tmp_path / "edits", ignore_errors=True)
        (tmp_path / link).parent.mkdir(parents=True)
        (tmp_path / link).symlink_to(target)
        with pytest.raises(DataError, match=r"outside of the folder of edits|of the dataset"):
            put(store, raw, b"one", version_of(b"raw"))
            put(store, raw, b"two", version_of(b"one"))
    assert raw.read_bytes() == b"raw"
    assert not any(outside.iterdir())


@pytest.mark.parametrize("place", ["data", "data/gtFine", "data/gtFine/val/new", "link", ""])
def test_a_folder_of_edits_that_is_in_the_dataset_is_refused(tmp_path, raw, place):
    (tmp_path / "link").symlink_to(tmp_path / "data/gtFine")
    with pytest.raises(DataError, match="of the dataset"):
        Store(Edits(tmp_path / place), [tmp_path / "data"])


def test_a_type_on_another_disk_is_the_dataset_too(tmp_path, raw):
    (tmp_path / "data/gtFine").rename(tmp_path / "disk")
    (tmp_path / "data/gtFine").symlink_to(tmp_path / "disk")
    with pytest.raises(DataError, match="of the dataset"):
        Store(Edits(tmp_path / "disk/val"), [tmp_path / "data"])


def test_the_folder_of_edits_may_be_a_link_to_another_disk(tmp_path, raw):
    (tmp_path / "disk").mkdir()
    (tmp_path / "edits").symlink_to(tmp_path / "disk")
    store, raw = opened(tmp_path)
    put(store, raw, b"one")
    assert (tmp_path / "disk" / PATH.removeprefix("edits/")).read_bytes() == b"one"


def test_without_a_folder_of_edits_it_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="`edits` is empty in the config"):
        Store(Edits(None), [tmp_path])


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_has_a_message(store, raw, tmp_path, make):
    (tmp_path / PATH).parent.mkdir(parents=True)
    make(tmp_path / PATH)
    with pytest.raises(DataError, match="cannot be read"):
        store.current(SHARD, FRAME, raw)


def test_a_file_that_is_too_large_is_not_read(tmp_path, raw):
    store = Store(Edits(tmp_path / "edits"), [tmp_path / "data"], most_bytes=2)
    with pytest.raises(DataError, match="more than the limit"):
        store.current(SHARD, FRAME, raw)


def test_folders_that_are_made_are_on_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    durable.make_folder(tmp_path / "a/b/c")
    assert set(synced) == {tmp_path, tmp_path / "a", tmp_path / "a/b"}


def test_the_history_keeps_the_newest_the_first_and_the_last_of_each_day(
    store, raw, tmp_path, monkeypatch
):
    monkeypatch.setattr(history, "NEWEST", 3)
    day, count = 86_400, 12
    for number in range(count):
        put(store, raw, b"%d" % number)
        when = 1_000_000_000 + number // 4 * day
        os.utime(tmp_path / PATH, (when, when))
    put(store, raw, None)
    # Four a day: the first of all, the last of each day, the three before the present one.
    assert [int(data) for data in kept(tmp_path)] == [0, 3, 7, 9, 10, 11]
    assert [past.number for past in versions(tmp_path / HISTORY)] == [1, 4, 8, 10, 11, 12]


def test_a_version_that_cannot_be_removed_is_no_reason_not_to_save(
    store, raw, tmp_path, monkeypatch
):
    monkeypatch.setattr(history, "NEWEST", 1)
    for number in range(4):
        put(store, raw, b"%d" % number)

    def refuse(path, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    put(store, raw, b"last")
    assert (tmp_path / PATH).read_bytes() == b"last"


def test_boxes_and_reviews_that_are_replaced_are_kept_too(store, tmp_path):
    boxes = store.edits.corrections(SHARD, FRAME)
    review = store.edits.review(SHARD, FRAME)
    for path in (boxes, review):
        version = "none"
        for data in (b"one", b"two", b"two", None):
            store.write(path, version, data)
            version = version_of(data or b"")
        folder = tmp_path / "edits/history" / path.relative_to(tmp_path / "edits").with_suffix("")
        past = versions(folder)
        assert [(folder / one.name).read_bytes() for one in past] == [b"one", b"two"]
        assert {Path(one.name).suffix for one in past} == {path.suffix}


def test_files_that_killed_servers_left_are_removed_at_the_next_start(store, raw, tmp_path):
    put(store, raw, b"one")
    put(store, raw, b"two")
    root = tmp_path / "edits"
    (root / "review").mkdir()
    end = f"{'0' * 16}.tmp"
    ours = [
        (tmp_path / PATH).with_name(f".{Path(PATH).name}.{end}"),
        tmp_path / HISTORY / f".000002_20010909T014640.000000Z_01234567.json.{end}",
        root / f"review/.frame.json.{end}",
        root / f"review/.frame.xml.{end}",
    ]
    others = [
        root / f".notes.txt.{end}",
        root / "mine.json.tmp",
        root / f"review/frame.json.{end}",
    ]
    elsewhere = tmp_path / f".far.json.{end}"
    for path in (*ours, *others, elsewhere):
        path.write_bytes(b"half")
    (root / "review/link").symlink_to(tmp_path)
    before = time.time() - left_over.OLD
    new = ours[0].with_name(f".{Path(PATH).name}.{'1' * 16}.tmp")
    new.write_bytes(b"of a writer that is at work")
    for path in (*ours, *others, elsewhere):
        os.utime(path, (before - 9, before - 9))
    with locked(root):
        assert left_over.remove_left_over(root) == []
    assert sorted(left_over.remove_left_over(root)) == sorted(ours)
    assert new.exists() and elsewhere.exists() and all(path.exists() for path in others)
    assert kept(tmp_path) == [b"one"]


def test_where_there_are_no_edits_a_start_makes_no_folder(tmp_path):
    assert left_over.remove_left_over(tmp_path / "edits") == []
    assert not (tmp_path / "edits").exists()
