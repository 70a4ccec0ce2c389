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
    snakemake,
    snapshot,
    succeed,
    write_polygons,
)

VAL = "gtFine/val/frankfurt"
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


def refuse(folder, *arguments, **environment):
    """Run the workflow, which must fail without a traceback of ours; what it printed."""
    done = snakemake(folder, *arguments, **environment)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    return done.stdout


def test_from_an_account_to_results_and_nothing_twice(work, zips):
    with serve(zips) as site:
        ours = ("--config", *FEW, ASKED, f"site={site.url}")
        site.cuts = [1000]
        output = succeed(work, "prepare_all", *ours, **ACCOUNT)
        for shard in (VAL, "gtCoarse/train_extra/bad-honnef"):
            for number in FRAMES[shard]:
                assert images_of(shard, number, ["labelIds"]) <= snapshot(work).keys()
        assert (work / "results/leftImg8bit/val/frankfurt").is_dir()
        packages = work / "resources/cityscapes/packages"
        assert {path.name for path in packages.iterdir()} == ZIPS
        asked = len(site.asked)

        # Unpacked zip files may go. A forced run brings back what is missing, and no more.
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
        output += succeed(work, "packages_list", *ours, **ACCOUNT)
        assert "gtFine_trainvaltest" in output
    for path in work.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(of.encode() in content for of in (USERNAME, PASSWORD)), path
    assert not any(of in output for of in (USERNAME, PASSWORD))


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
