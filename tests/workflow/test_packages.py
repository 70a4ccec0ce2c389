"""The whole workflow from an account, or a folder of zip files, to the results."""

import os
import shutil
import zipfile

import pytest

from site_server import PASSWORD, USERNAME, serve
from tiny import (
    FRAMES,
    changed,
    frame_name,
    images_of,
    make_packages,
    nothing_to_do,
    polygons_path,
    refuse,
    snapshot,
    succeed,
    write_polygons,
)

VAL = "gtFine/val/frankfurt"
COARSE = "gtCoarse/train_extra/bad-honnef"
ACCOUNT = {
    **{"CITYSCAPES_USERNAME": USERNAME, "CITYSCAPES_PASSWORD": PASSWORD},
    **{"NO_PROXY": "127.0.0.1"},
}
NOBODY = {"HOME": "/nonexistent"}  # no netrc file
FEW = ("kinds=[labelIds]", "splits=[val,train_extra]")  # jobs
ASKED = "packages=[gtFine_trainvaltest,gtCoarse.zip,leftImg8bit_trainvaltest]"
ZIPS = {"gtFine_trainvaltest.zip", "gtCoarse.zip", "leftImg8bit_trainvaltest.zip"}


@pytest.fixture
def zips(tmp_path):
    make_packages(tmp_path / "zips")
    return tmp_path / "zips"


@pytest.fixture
def work(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_from_an_account_to_results_and_nothing_twice(work, zips):
    with serve(zips) as site:
        ours = ("--config", *FEW, ASKED, f"site={site.url}")
        site.cuts = [100]  # less than any of them holds
        output = succeed(work, "prepare_all", *ours, **ACCOUNT)
        assert "the connection was cut; next try in" in output
        for shard in (VAL, COARSE):
            for number in FRAMES[shard]:
                assert images_of(shard, number, ["labelIds"]) <= snapshot(work).keys()
        assert (work / "results/leftImg8bit/val/frankfurt").is_dir()
        packages = work / "resources/cityscapes/packages"
        assert {path.name for path in packages.iterdir()} == ZIPS
        asked = len(site.asked)

        # Unpacked zip files may go. A forced run brings back what is missing, and no more.
        coarse = (packages / "gtCoarse.zip").read_bytes()
        (packages / "gtCoarse.zip").unlink()
        assert nothing_to_do(succeed(work, "prepare_all", *ours, **NOBODY))
        polygons_path(work / "resources/cityscapes/dataset", VAL, 294).unlink()
        before = snapshot(work)
        output += succeed(work, "prepare_all", "--forceall", *ours, **NOBODY)
        assert changed(before, snapshot(work)) == {"leftImg8bit"}  # a link
        assert nothing_to_do(succeed(work, "prepare_all", *ours, **NOBODY))
        assert len(site.asked) == asked

        # Gone before it is unpacked, one is fetched again.
        (work / "resources/cityscapes/unpacked/gtCoarse.tsv").unlink()
        output += succeed(work, "download", *ours, **ACCOUNT)
        assert {path.name for path in packages.iterdir()} == ZIPS

        # With the dataset gone, too.
        (packages / "gtCoarse.zip").unlink()
        shutil.rmtree(work / "resources/cityscapes/dataset")
        output += succeed(work, "prepare_all", *ours, **ACCOUNT)
        assert (packages / "gtCoarse.zip").read_bytes() == coarse
        assert snapshot(work).keys() == before.keys()
        output += succeed(work, "packages_list", *ours, **ACCOUNT)
        assert "gtFine_trainvaltest" in output
    for path in work.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word.encode() in content for word in (USERNAME, PASSWORD)), path
    assert not any(word in output for word in (USERNAME, PASSWORD))


def test_a_folder_of_zip_files_needs_no_account_and_is_only_read(work, zips):
    before = {path: path.stat().st_mtime_ns for path in (zips, *zips.iterdir())}
    ours = ("--config", *FEW, ASKED, "packages_folder=../zips", "site=http://127.0.0.1:9")
    succeed(work, "prepare_all", *ours, **NOBODY)
    made = snapshot(work)
    assert images_of(VAL, 294, ["labelIds"]) <= made.keys()

    # Another version: a frame is edited, one is gone.
    package = zips / "gtFine_trainvaltest.zip"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(work / "new")
    write_polygons(polygons_path(work / "new", VAL, 576), shift=6)
    polygons_path(work / "new", VAL, 294).unlink()
    shutil.make_archive(package.with_suffix(""), "zip", work / "new")
    before[package], before[zips] = package.stat().st_mtime_ns, zips.stat().st_mtime_ns
    succeed(work, "prepare_all", *ours, **NOBODY)
    raw = work / "resources/cityscapes/dataset" / VAL
    assert not (raw / f"{frame_name(VAL, 294)}_gtFine_polygons.json").exists()
    after = snapshot(work)
    assert not images_of(VAL, 294, ["labelIds"]) & after.keys()
    assert all(made[path] != after[path] for path in images_of(VAL, 576, ["labelIds"]))
    assert all(made[path] == after[path] for path in images_of(VAL, 1016, ["labelIds"]))

    for path in zips.iterdir():
        os.utime(path)
        before[path] = path.stat().st_mtime_ns
    assert nothing_to_do(succeed(work, "prepare_all", *ours, **NOBODY))
    shutil.rmtree(work / "resources/cityscapes/dataset")
    succeed(work, "prepare_all", *ours, **NOBODY)
    assert snapshot(work) == after
    output = refuse(work, "prepare_all", **NOBODY)
    assert "made from the packages of the config, and the dataset now is the sample" in output
    succeed(work, "clean", *ours, **NOBODY)
    assert {path: path.stat().st_mtime_ns for path in (zips, *zips.iterdir())} == before


def test_what_cannot_be_downloaded_is_said_in_one_line(work, zips):
    output = refuse(work, "download", **NOBODY)
    assert "nothing to download: name what you want as `packages` in the config" in output
    output = refuse(work, "download", "--config", "packages=[gtFine_trainval]", **NOBODY)
    assert "packages: unknown: gtFine_trainval (did you mean gtFine_trainvaltest" in output
    output = refuse(work, "download", "--config", ASKED, **NOBODY)
    assert output.count("no username and password for www.cityscapes-dataset.com: set") == 1
    with serve(zips) as site:
        site.forbidden = {"gtCoarse.zip"}
        output = refuse(work, "prepare_all", "--config", ASKED, f"site={site.url}", **ACCOUNT)
    assert f"gtCoarse.zip: {site.url} refuses it to this account" in output
    # The other packages are kept, and unpacked.
    unpacked = {path.name for path in (work / "resources/cityscapes/unpacked").iterdir()}
    assert unpacked == {"gtFine_trainvaltest.tsv", "leftImg8bit_trainvaltest.tsv"}
    assert not (work / "results").exists()
    # Zip files of a browser have names of their own.
    (zips / "gtCoarse.zip").rename(zips / "gtCoarse (1).zip")
    folder = "packages_folder=../zips"
    output = refuse(work, "download", "--config", "packages=[gtCoarse]", folder, **NOBODY)
    assert "gtCoarse.zip is not in ../zips (did you mean gtCoarse (1).zip?)\n" in output
    assert "no username and password for www.cityscapes-dataset.com: set" in output
    site = f"site=https://{USERNAME}:sesame@www.example.org"
    output = refuse(work, "download", "--config", ASKED, site, **NOBODY)
    assert "site: the address holds a username or password" in output
    logs = [path.read_text() for path in work.rglob("*.log")]
    assert not any("sesame" in text for text in [output, *logs])


def test_a_bad_zip_file_that_is_removed_is_fetched_anew(work, zips):
    name = "gtCoarse.zip"
    there = work / "resources/cityscapes/packages" / name
    raw = work / "resources/cityscapes/dataset" / COARSE
    first, second = (polygons_path(work, COARSE, number).name for number in FRAMES[COARSE])
    with serve(zips) as site:
        ours = ("--config", "packages=[gtCoarse]", f"site={site.url}")
        succeed(work, "unpack", *ours, **ACCOUNT)
        old = {path.name: path.read_bytes() for path in raw.iterdir()}

        # A new version replaces the old one, and one of its files is damaged.
        with zipfile.ZipFile(there, "w") as archive:
            for file in (first, second):
                archive.writestr(f"{COARSE}/{file}", b"new " + old[file])
        place = there.read_bytes().rindex(b"new ")
        there.write_bytes(there.read_bytes()[:place] + b"NEW" + there.read_bytes()[place + 3 :])
        refuse(work, "unpack", *ours, **ACCOUNT)
        assert (raw / first).read_bytes() == b"new " + old[first]
        there.unlink()
        succeed(work, "unpack", *ours, **ACCOUNT)
        assert {path.name: path.read_bytes() for path in raw.iterdir()} == old
        assert nothing_to_do(succeed(work, "unpack", *ours, **NOBODY))

        # A forced run says what is gone, where it cannot bring it back.
        there.unlink()
        (raw / first).unlink()
        output = refuse(work, "unpack", "--forcerun", "unpack_package", *ours, **NOBODY)
        assert "1 of its 2 files are not as they were" in output
        # The folder's name may hold what Snakemake takes for a wildcard.
        braces = ("--config", f"site={site.url}", "packages_folder=my {zip} s")
        assert "3 packages; name those" in succeed(work, "packages_list", *braces, **ACCOUNT)
