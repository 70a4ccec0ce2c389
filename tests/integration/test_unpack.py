"""Zip files of all kinds: the good ones are unpacked once, the bad ones refused, line by line."""

import os
import random
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib

import pytest

from cityscapes.errors import DataError, OutputError
from cityscapes.files.tables import read_notes, read_table, write_table
from cityscapes.files.whole import digest
from cityscapes.jobs.progress import Bytes
from cityscapes.packages.registry import (
    fetched_token,
    package_names,
    unpacked_members,
    unpacked_token,
)
from cityscapes.packages.zip_members import HARMLESS_SIZE, LARGEST_RATIO
from cityscapes.packages.zips import unpack
from tiny import CLONE

README = {"README": b"read me"}
FILES = {
    **{"gtFine/val/ulm/a.json": b"{}", "gtFine/val/ulm/b.png": b"\x89PNG"},
    "camera/val/ulm/a.json": b"read me",
}


def pack(path, files=FILES, compression=zipfile.ZIP_DEFLATED):
    """Write a zip file; names may also be ZipInfo, with all that these can say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in dict(files).items():
            archive.writestr(name, content)
    return path


def info(name, **settings):
    """A member with settings of its own, as ZipInfo."""
    member = zipfile.ZipInfo(name)
    for key, value in settings.items():
        setattr(member, key, value)
    return member


def there(root):
    """Content by path of all files below a folder, hidden ones too."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if not path.is_dir()
    }


def refuse(package, root, error=DataError):
    """Unpack, which must fail; the lines of the message."""
    with pytest.raises(error) as caught:
        unpack(package, root, Bytes)
    return str(caught.value).splitlines()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "dataset"


def test_all_files_arrive_and_stay_untouched_the_second_time(tmp_path, root):
    package = pack(tmp_path / "a.zip")
    members = unpack(package, root, Bytes)
    assert there(root) == FILES
    assert [member.file for member in members] == list(FILES)
    assert members[0].crc == f"{zlib.crc32(b'{}'):08x}"
    times = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    (root / "camera/val/ulm/a.json").write_bytes(b"read ME")  # the same length
    (root / "gtFine/val/ulm/b.png").unlink()
    unpack(package, root, Bytes)
    assert there(root) == FILES
    kept = root / "gtFine/val/ulm/a.json"
    assert kept.stat().st_mtime_ns == times[kept]


def test_readme_and_hidden_files_are_left_out(tmp_path, root):
    macos = {"__MACOSX/gtFine/._a.json": b"x", "gtFine/val/ulm/._a.json": b"x"}
    ours = {"gtFine/val/ulm/.0123456789abcdef.tmp": b"x", ".git/config": b"x"}
    members = unpack(pack(tmp_path / "a.zip", FILES | README | macos | ours), root, Bytes)
    assert there(root) == FILES
    assert [member.file for member in members] == list(FILES)


@pytest.mark.parametrize("files", [{}, README, {".git/config": b"x"}])
def test_a_package_without_a_file_of_the_dataset_is_refused(tmp_path, root, files):
    package = pack(tmp_path / "a.zip", files)
    assert "it holds no file of the dataset" in refuse(package, root)[1]
    assert not root.exists()
    assert unpack(package, root, Bytes, may_be_empty=True) == []


LINK = (stat.S_IFLNK | 0o777) << 16


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ("../evil", "would be outside of the dataset"),
        ("gtFine/../../evil", "would be outside of the dataset"),
        ("/etc/evil", "would be outside of the dataset"),
        ("..\\evil", "would be outside of the dataset"),
        ("C:/evil", "would be outside of the dataset"),
        ("../evil/", "would be outside of the dataset"),
        ("gtFine/a\nb", "the name holds control characters"),
        ("./gtFine/a", "the name is not plain, such as 'gtFine/a'"),
        ("gtFine//a", "the name is not plain, such as 'gtFine/a'"),
        (info("gtFine/link", create_system=3, external_attr=LINK), "a link"),
        (info("gtFine/pipe", external_attr=stat.S_IFIFO << 16), "neither a file nor a folder"),
        (info("gtFine/lzma", compress_type=zipfile.ZIP_LZMA), "neither stored nor deflated"),
        ("camera/val", "another member has it as a folder"),
        ("gtFine\\..\\..\\evil", "would be outside of the dataset"),
        ("\\evil", "would be outside of the dataset"),
        ("camera\\val", "another member has it as a folder"),
        ("gtFine\\val\\ulm\\a.json", "a duplicate member"),
        ("/", "it has no name"),
        ("gtFine/" + "x" * 256, "no folder or file may have more than 255 bytes"),
        ("gtFine/" + "ü" * 128, "no folder or file may have more than 255 bytes"),
        ("gtFine/" + "/".join(["x" * 250] * 17), "its path would be too long"),
    ],
)
def test_a_member_that_is_not_harmless_refuses_the_package(tmp_path, root, member, reason):
    package = pack(tmp_path / "a.zip", {member: b"evil", **FILES})
    first, line = refuse(package, root)
    assert first == f"{package}: cannot be unpacked:"
    assert reason in line
    assert not root.exists()
    assert not (tmp_path / "evil").exists()


def test_a_member_without_a_name_is_refused(tmp_path, root):
    package = pack(tmp_path / "a.zip", {"x": b"evil", **FILES})
    data = package.read_bytes()
    first, last = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    central = bytearray(data[last:])
    struct.pack_into("<H", central, 28, 0)
    del central[46]
    end = central.index(b"PK\x05\x06")
    struct.pack_into("<I", central, end + 12, end)
    package.write_bytes(data[first:last] + central)
    assert refuse(package, root)[1:] == ["  '': it has no name"]


def test_a_long_name_that_is_allowed_is_unpacked(tmp_path, root):
    files = {f"gtFine/val/{'x' * 255}/{'y' * 255}": b"long"}
    unpack(pack(tmp_path / "a.zip", files), root, Bytes)
    assert there(root) == files


def test_a_zip_made_on_windows_is_unpacked_as_the_official_one(tmp_path, root):
    files = {
        **{name.replace("/", "\\"): content for name, content in FILES.items()},
        **{"gtFine\\": b"", "gtFine\\val\\": b"", "camera\\val\\ulm\\Thumbs.db\\": b""},
    }
    members = unpack(pack(tmp_path / "a.zip", files), root, Bytes)
    assert there(root) == FILES
    assert [member.file for member in members] == list(FILES)


@pytest.mark.parametrize("top", ["gtFine_trainvaltest", "data/cityscapes", "my\\data", "vehicle"])
def test_a_zip_with_folders_of_its_own_on_top_is_unpacked_as_the_official_one(tmp_path, root, top):
    beside = {f"{top}/README": b"read me", "notes/of mine": b"x", "__MACOSX/gtFine/val/x": b"x"}
    files = {f"{top}/": b"", **{f"{top}/{name}": FILES[name] for name in FILES}, **beside}
    members = unpack(pack(tmp_path / "a.zip", files), root, Bytes)
    assert there(root) == FILES
    assert [member.file for member in members] == list(FILES)


def test_a_zip_whose_types_lie_in_several_places_is_refused(tmp_path, root):
    files = {f"{top}/gtFine/val/ulm/a.json": b"" for top in ("one", "two")}
    (line,) = refuse(pack(tmp_path / "a.zip", files), root)[1:]
    assert line == "  folders of the dataset are in several places: one, two"
    # Where one is at the top, what lies deeper is taken as it is named.
    unpack(pack(tmp_path / "a.zip", FILES | {"one/gtFine/val/ulm/a.json": b"x"}), root, Bytes)
    assert there(root) == FILES | {"one/gtFine/val/ulm/a.json": b"x"}


def test_a_name_hidden_in_an_extra_field_does_not_lead_out_of_the_dataset(tmp_path, root):
    # Info-ZIP's Unicode path, which newer versions of zipfile take for the name.
    name, other = b"gtFine/val/ulm/c", b"../evil"
    extra = struct.pack("<HHBI", 0x7075, 5 + len(other), 1, zlib.crc32(name)) + other
    package = pack(tmp_path / "a.zip", {info(name.decode(), extra=extra): b"evil"})
    try:
        unpack(package, root, Bytes)
    except DataError as error:
        assert "would be outside of the dataset" in str(error)
    assert not (tmp_path / "evil").exists()


def test_what_is_no_file_is_no_package(tmp_path, root):
    os.mkfifo(tmp_path / "a.zip")
    (tmp_path / "b.zip").mkdir()
    for name in ("a.zip", "b.zip"):
        assert refuse(tmp_path / name, root) == [f"{tmp_path / name}: not a file"]


def test_what_was_planted_under_a_temporary_name_is_not_written_to(tmp_path, root):
    folder, mine = root / "gtFine/val/ulm", tmp_path / "mine"
    folder.mkdir(parents=True)
    mine.write_text("mine")
    temporary = folder / f".{digest('a', 'a.json')}.tmp"
    package = pack(tmp_path / "a.zip")

    def attempt(what):
        (line,) = refuse(package, root, OutputError)
        assert line == f"{temporary}: {what} has the name of a temporary file; remove it"
        assert mine.read_text() == "mine"
        temporary.rmdir() if temporary.is_dir() else temporary.unlink()

    temporary.symlink_to(mine)
    attempt("a link")
    temporary.symlink_to(tmp_path / "nothing")
    attempt("a link")
    assert not (tmp_path / "nothing").exists()
    temporary.hardlink_to(mine)
    attempt("a file with another hard link")
    os.mkfifo(temporary)
    attempt("not a file")
    temporary.mkdir()
    attempt("not a file")
    unpack(package, root, Bytes)
    assert there(root) == FILES


def test_all_bad_members_are_listed(tmp_path, root):
    with pytest.warns(UserWarning, match="Duplicate name"):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for name in ("a/good", "../evil", "/evil", "a/good"):
                archive.writestr(name, "x")
    _, *lines = refuse(tmp_path / "a.zip", root)
    assert [line.split(": ")[0].strip() for line in lines] == ["'../evil'", "'/evil'", "'a/good'"]
    assert "a duplicate member" in lines[2]


def test_encrypted_members_are_named(tmp_path, root):
    package = pack(tmp_path / "a.zip")
    data = bytearray(package.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    package.write_bytes(data)
    assert refuse(package, root)[1:] == ["  'gtFine/val/ulm/a.json': encrypted"]


def test_what_lies_in_the_way_is_named(tmp_path, root):
    (root / "camera/val/ulm/a.json").mkdir(parents=True)
    (root / "gtFine").write_text("a file")
    _, *lines = refuse(pack(tmp_path / "a.zip"), root)
    assert f"{root}/gtFine is not a folder" in lines[0]
    assert f"{root}/camera/val/ulm/a.json is a folder" in lines[2]
    assert (root / "gtFine").read_text() == "a file"


def test_a_link_is_not_followed_out_of_the_dataset(tmp_path, root):
    (tmp_path / "mine").mkdir()
    root.mkdir()
    (root / "gtFine").symlink_to(tmp_path / "mine")
    _, *lines = refuse(pack(tmp_path / "a.zip"), root)
    assert len(lines) == 2
    assert f"{root}/gtFine is a link" in lines[0]
    assert there(tmp_path / "mine") == {}
    # The root itself may lie on a larger disk.
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    unpack(tmp_path / "a.zip", tmp_path / "link", Bytes)
    assert there(tmp_path / "mine") == FILES


def test_damaged_members_cost_only_themselves(tmp_path, root):
    package = pack(tmp_path / "a.zip", compression=zipfile.ZIP_STORED)
    package.write_bytes(package.read_bytes().replace(b"{}", b"[]").replace(b"read me", b"read m3"))
    first, *lines = refuse(package, root)
    assert "2 of 3 files are damaged, the others unpacked" in first
    damaged = ["gtFine/val/ulm/a.json", "camera/val/ulm/a.json"]
    assert [line.split(":")[0].strip() for line in lines] == damaged
    assert there(root) == {"gtFine/val/ulm/b.png": FILES["gtFine/val/ulm/b.png"]}


def test_a_cut_zip_file_is_named(tmp_path, root):
    package = pack(tmp_path / "a.zip")
    whole = package.read_bytes()
    for data in (whole[: len(whole) // 2], whole[:-1], whole[10:-40], b"", b"<html></html>"):
        package.write_bytes(data)
        with pytest.raises(DataError, match="not a whole zip file"):
            unpack(package, root, Bytes)
    with pytest.raises(DataError, match="no such file"):
        unpack(tmp_path / "b.zip", root, Bytes)


def test_any_changed_byte_gives_the_files_or_a_message(tmp_path, root):
    package = pack(tmp_path / "a.zip", {"a/b": b"read me"})
    whole = package.read_bytes()
    for place in range(len(whole)):
        package.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            unpack(package, root, Bytes)
        except DataError:
            pass
        assert there(root).get("a/b", b"read me") == b"read me"
        shutil.rmtree(root, ignore_errors=True)


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path, root):
    package = pack(tmp_path / "a.zip", {"gtFine/zeros": bytes(HARMLESS_SIZE + 1)})
    assert HARMLESS_SIZE > LARGEST_RATIO * package.stat().st_size
    assert "kB would become 100 MB; more than 100 times is treated as" in refuse(package, root)[1]
    assert not root.exists()


def test_a_small_file_that_was_packed_well_is_no_bomb(tmp_path, root):
    text = bytes(180_000)
    package = pack(tmp_path / "a.zip", {"camera/val/ulm/a.json": text})
    assert len(text) > LARGEST_RATIO * package.stat().st_size
    unpack(package, root, Bytes)
    assert there(root) == {"camera/val/ulm/a.json": text}


def test_a_zip_bomb_that_declares_little_is_stopped_at_that(tmp_path, root):
    package = pack(tmp_path / "a.zip", {"gtFine/zeros": bytes(50_000_000)})
    data = bytearray(package.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(signature) + offset, 1000)
    package.write_bytes(data)
    tracemalloc.start()
    assert "gtFine/zeros: damaged" in refuse(package, root)[1]
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    assert there(root) == {}


def test_large_members_are_unpacked_in_pieces(tmp_path, root):
    noise = random.Random(0).randbytes(1 << 20)
    package = pack(tmp_path / "a.zip", {"gtFine/large": noise * 12})
    tracemalloc.start()
    unpack(package, root, Bytes)
    unpack(package, root, Bytes)
    assert tracemalloc.get_traced_memory()[1] < 6 << 20
    tracemalloc.stop()
    assert (root / "gtFine/large").stat().st_size == 12 << 20


def test_a_disk_that_is_too_small_is_noticed_before(tmp_path, root, monkeypatch):
    package = pack(tmp_path / "a.zip", {"a/one": bytes(1000), "a/two": b"12"}, zipfile.ZIP_STORED)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 500))
    line = refuse(package, root, OutputError)[0]
    assert "the disk is too small: a.zip needs 1.002 kB more, 500 bytes are free" in line
    assert there(root) == {}
    (root / "a").mkdir()
    (root / "a/one").write_bytes(bytes(1000))  # what is there needs no room
    unpack(package, root, Bytes)


def script(name, *flags):
    done = subprocess.run(
        [sys.executable, CLONE / "scripts" / name, *map(str, flags)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def unpack_and_join(folder, *packages):
    """Run both scripts as the workflow does."""
    manifests = [folder / f"unpacked/{package.stem}.tsv" for package in packages]
    for package, manifest in zip(packages, manifests, strict=True):
        flags = ("--package", package, "--dataset", folder / "dataset", "--manifest", manifest)
        done = script("unpack_package.py", *flags)
        assert done.returncode == 0, done.stderr
    flags = ("--dataset", folder / "dataset", "--output", folder / "unpacked.tsv")
    done = script("unpack.py", "--manifests", *manifests, *flags)
    assert done.returncode == 0, done.stderr


def test_files_that_a_new_version_no_longer_holds_are_removed(tmp_path):
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    unpack_and_join(tmp_path, pack(one), pack(two, {"a/moves": b"", "a/goes": b""}))
    (tmp_path / "dataset/mine.txt").write_text("mine")
    pack(one, {**FILES, "a/moves": b""})
    pack(two, {"a/new": b""})
    unpack_and_join(tmp_path, one, two)
    assert there(tmp_path / "dataset").keys() == {*FILES, "a/moves", "a/new", "mine.txt"}
    # What is not asked for any more stays, and is not forgotten.
    unpack_and_join(tmp_path, two)
    assert there(tmp_path / "dataset").keys() == {*FILES, "a/moves", "a/new", "mine.txt"}
    assert {row["package"] for row in read_table(tmp_path / "unpacked.tsv")} == {
        *("one.zip", "two.zip")
    }


def test_tables_that_a_power_cut_shortened_cost_no_file_and_no_traceback(tmp_path):
    package, manifest = pack(tmp_path / "one.zip"), tmp_path / "unpacked/one.tsv"
    dataset, joined = tmp_path / "dataset", tmp_path / "unpacked.tsv"
    unpack_and_join(tmp_path, package)
    whole, all_joined = manifest.read_bytes(), joined.read_bytes()
    unpack_it = ("unpack_package.py", "--package", package, "--manifest", manifest)
    join = ("unpack.py", "--manifests", manifest, "--output", joined)
    for length in range(0, len(whole), 7):
        manifest.write_bytes(whole[:length])
        unpacked_token(manifest, package, dataset)
        fetched_token(manifest, package, manifest, dataset)
        with pytest.raises(DataError, match="an incomplete table of what was unpacked"):
            unpacked_members(manifest)
    for length in (0, len(whole) - 20):
        manifest.write_bytes(whole[:length])
        assert script(*join, "--dataset", dataset).returncode == 1
        package.rename(tmp_path / "away.zip")
        assert script(*unpack_it, "--dataset", dataset).returncode == 1
        (tmp_path / "away.zip").rename(package)
        assert there(dataset) == FILES
        assert script(*unpack_it, "--dataset", dataset).returncode == 0
        assert manifest.read_bytes().splitlines()[1:] == whole.splitlines()[1:]
    for length in range(0, len(all_joined), 40):
        joined.write_bytes(all_joined[:length])
        assert script(*join, "--dataset", dataset).returncode == 0
        assert there(dataset) == FILES


def test_tables_that_a_spreadsheet_wrote_are_read_alike(tmp_path):
    unpack_and_join(tmp_path, pack(tmp_path / "one.zip"))
    manifest = tmp_path / "unpacked/one.tsv"
    members, notes = unpacked_members(manifest), read_notes(manifest)
    manifest.write_bytes(b"\xef\xbb\xbf" + manifest.read_bytes().replace(b"\n", b"\r\n"))
    assert unpacked_members(manifest) == members
    assert read_notes(manifest) == notes
    known = tmp_path / "packages.tsv"
    known.write_bytes(b"\xef\xbb\xbfid\tname\tsample\r\n1\ta.zip\tyes\r\n")
    assert read_table(known) == [{"id": "1", "name": "a.zip", "sample": "yes"}]


def test_what_lies_behind_a_link_is_not_removed_with_a_package_version(tmp_path):
    one, mine = pack(tmp_path / "one.zip"), tmp_path / "mine"
    unpack_and_join(tmp_path, one)
    (tmp_path / "dataset/camera").rename(mine)
    (tmp_path / "dataset/camera").symlink_to(mine)
    shutil.rmtree(tmp_path / "dataset/gtFine/val")  # gone already
    pack(one, {"gtFine/val/ulm/b.png": b"\x89PNG"})
    unpack_and_join(tmp_path, one)
    assert there(mine) == {"val/ulm/a.json": b"read me"}


def test_the_token_of_a_zip_file_follows_its_content(tmp_path):
    package, manifest = pack(tmp_path / "one.zip"), tmp_path / "unpacked/one.tsv"
    dataset = tmp_path / "dataset"
    first = unpacked_token(manifest, package, dataset)
    flags = ("--package", package, "--dataset", tmp_path / "dataset", "--manifest", manifest)
    assert script("unpack_package.py", *flags, "--state", first).returncode == 0
    assert read_notes(manifest)["zip"] == first
    assert unpacked_token(manifest, package, dataset) == first
    os.utime(package)
    assert unpacked_token(manifest, package, dataset) == first
    pack(package, {"a/other": b""})
    assert unpacked_token(manifest, package, dataset) != first
    package.unlink()  # to save space
    assert unpacked_token(manifest, package, dataset) == first
    before = manifest.read_bytes()
    assert script("unpack_package.py", *flags).returncode == 0
    assert manifest.read_bytes() == before
    shutil.rmtree(dataset)
    assert unpacked_token(manifest, package, dataset) != first
    assert "no such file" in script("unpack_package.py", *flags).stderr


def test_a_package_that_fails_keeps_its_manifest(tmp_path):
    package, manifest = pack(tmp_path / "one.zip"), tmp_path / "unpacked/one.tsv"
    flags = ("--package", package, "--dataset", tmp_path / "dataset", "--manifest", manifest)
    assert script("unpack_package.py", *flags).returncode == 0
    before = manifest.read_bytes()
    package.write_bytes(b"PK")
    done = script("unpack_package.py", *flags)
    assert done.returncode == 1
    assert f"ERROR {package}: not a whole zip file" in done.stderr
    assert manifest.read_bytes() == before


def test_what_a_failed_new_version_left_is_not_taken_for_unpacked(tmp_path):
    package, manifest = pack(tmp_path / "one.zip"), tmp_path / "unpacked/one.tsv"
    dataset, receipt = tmp_path / "dataset", tmp_path / "receipt.tsv"
    flags = ("--package", package, "--dataset", dataset, "--manifest", manifest)
    assert script("unpack_package.py", *flags, "--state", "old").returncode == 0
    whole = package.read_bytes()
    write_table(receipt, ["package"], [], zip="old")

    def tokens():
        fetched = fetched_token(receipt, package, manifest, dataset)
        return fetched, unpacked_token(manifest, package, dataset)

    assert tokens() == ("old", "old")
    changed = {"gtFine/val/ulm/a.json": b"[]", "gtFine/val/ulm/b.png": b"\x89GIF"}
    pack(package, changed, zipfile.ZIP_STORED)
    package.write_bytes(package.read_bytes().replace(b"\x89GIF", b"\x89GIB"))
    assert script("unpack_package.py", *flags).returncode == 1
    assert there(dataset)["gtFine/val/ulm/a.json"] == b"[]"
    package.unlink()
    assert all(token != "old" for token in tokens())
    # Nor when the older zip file comes back, which is as the manifest says.
    package.write_bytes(whole)
    new = unpacked_token(manifest, package, dataset)
    assert new != "old"
    assert script("unpack_package.py", *flags, "--state", new).returncode == 0
    assert there(dataset) == FILES
    package.unlink()
    assert tokens() == ("old", new)


def test_without_its_zip_file_a_package_is_compared_with_its_manifest(tmp_path):
    package, manifest = pack(tmp_path / "one.zip"), tmp_path / "unpacked/one.tsv"
    dataset = tmp_path / "dataset"
    flags = ("--package", package, "--dataset", dataset, "--manifest", manifest)
    assert script("unpack_package.py", *flags).returncode == 0
    package.unlink()
    done = script("unpack_package.py", *flags)
    assert done.returncode == 0
    assert "does not exist, but its 3 unpacked files do" in done.stderr
    (dataset / "gtFine/val/ulm/a.json").write_bytes(b"[]")
    (dataset / "gtFine/val/ulm/b.png").unlink()
    done = script("unpack_package.py", *flags)
    assert done.returncode == 1
    assert f"2 of its 3 files are not as they were. To fetch it again, remove {manifest}" in (
        done.stderr
    )
    assert f"{dataset}/gtFine/val/ulm/a.json: differs\n" in done.stderr
    assert f"{dataset}/gtFine/val/ulm/b.png: missing\n" in done.stderr


def test_killed_in_the_middle_the_next_run_completes(tmp_path):
    noise = random.Random(0).randbytes(2_000)
    files = {f"gtFine/val/ulm/{number}.png": noise for number in range(3000)}
    package = pack(tmp_path / "a.zip", files, zipfile.ZIP_STORED)
    dataset, manifest = tmp_path / "dataset", tmp_path / "a.tsv"
    flags = ["--package", package, "--dataset", dataset, "--manifest", manifest]
    command = [sys.executable, CLONE / "scripts/unpack_package.py", *flags]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while not (dataset / "gtFine/val/ulm/10.png").exists():
        assert process.poll() is None
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    survivors = list((dataset / "gtFine/val/ulm").glob("[0-9]*.png"))
    assert len(survivors) < len(files)
    assert all(path.stat().st_size == len(noise) for path in survivors)
    assert not manifest.exists()
    # As if killed while it wrote: the file under its temporary name is replaced.
    left = dataset / f"gtFine/val/ulm/.{digest('a', '2999.png')}.tmp"
    left.write_bytes(noise[:10])
    done = script("unpack_package.py", *flags)
    assert done.returncode == 0, done.stderr
    assert there(dataset) == files


def test_names_of_packages_may_end_with_zip_and_are_named_when_unknown():
    known = ["gtFine_trainvaltest.zip", "gtCoarse.zip"]
    asked = ["gtCoarse.zip", "gtFine_trainvaltest", "gtCoarse"]
    assert package_names(asked, known) == ["gtCoarse", "gtFine_trainvaltest"]
    with pytest.raises(DataError, match=r"gtfine_trainvaltest \(did you mean gtFine_trainval"):
        package_names(["gtfine_trainvaltest", "gtCoarse"], known)
    known = [f"leftImg8bit_{name}.zip" for name in ("sequence_trainvaltest", "trainvaltest")]
    with pytest.raises(DataError, match=r"or leftImg8bit_trainvaltest\?\); `snakemake"):
        package_names(["leftimg8bit"], known)
