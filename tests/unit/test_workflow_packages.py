"""Which packages are to be fetched and unpacked, and what stands for each."""

import zipfile
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.packages.registry import write_unpacked, zip_listing
from cityscapes.packages.zips import directory_digest
from cityscapes.workflow.packages import Packages
from config_defaults import settings_of
from text_frames import touch


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working directory in which nothing is."""
    monkeypatch.chdir(tmp_path)


FETCHED = "resources/cityscapes/tables/gtCoarse.fetched.tsv"


def packages_of(**config):
    return Packages(settings_of(**config))


def test_the_sample_consists_of_those_packages_that_the_table_says():
    zips = packages_of().sample_zips()
    assert "resources/sample/packages/gtFine_trainvaltest.zip" in zips
    assert packages_of().to_unpack() == [Path(path).stem for path in zips]


def test_packages_of_the_config_are_unpacked_in_place_of_the_sample():
    assert packages_of(packages=["gtCoarse.zip"]).to_unpack() == ["gtCoarse"]


def test_without_packages_there_is_nothing_to_download():
    assert packages_of(packages=["gtCoarse"]).receipts() == [FETCHED]
    with pytest.raises(DataError, match="nothing to download"):
        packages_of().receipts()


def test_zips_lie_in_the_folder_of_the_config_and_the_samples_in_its_own():
    packages = packages_of(packages_folder="zips/")
    assert packages.zip_path("cityscapes", "gtCoarse") == "zips/gtCoarse.zip"
    assert packages.zip_path("sample", "gtCoarse") == "resources/sample/packages/gtCoarse.zip"


def test_only_packages_that_are_not_there_are_fetched():
    packages = packages_of(packages=["gtCoarse", "camera_trainvaltest"], packages_folder="zips")
    assert packages.to_fetch() == ["gtCoarse", "camera_trainvaltest"]
    Path("zips").mkdir()
    Path("zips/gtCoarse.zip").write_text("")
    assert packages.to_fetch() == ["camera_trainvaltest"]
    assert packages.missing_zips(["camera_trainvaltest"]).startswith(
        "camera_trainvaltest.zip is not in zips"
    )


def test_a_package_that_was_unpacked_is_not_fetched_again():
    packages = packages_of(packages=["gtCoarse"])
    manifest = Path("resources/cityscapes/unpacked/gtCoarse.tsv")
    manifest.parent.mkdir(parents=True)
    manifest.write_text("# zip=a zip_listing=b zip_directory=c\nfile\n")
    assert not packages.is_fetched("gtCoarse")
    Path("resources/cityscapes/dataset").mkdir()
    assert packages.is_fetched("gtCoarse")


def test_the_other_packages_that_are_fetched_need_room_with_one():
    packages = packages_of(packages=["gtCoarse", "camera_trainvaltest"])
    assert packages.other_downloads("gtCoarse") == ["camera_trainvaltest.zip"]


def test_the_sample_waits_for_its_zip_files_and_packages_for_their_receipts():
    packages = packages_of(packages=["gtCoarse"])
    assert packages.source_of("sample", "gtCoarse") == "resources/sample/packages/gtCoarse.zip"
    assert packages.source_of("cityscapes", "gtCoarse") == FETCHED


def test_the_token_of_what_was_unpacked_changes_with_the_zip_file():
    packages = packages_of(packages=["gtCoarse"], packages_folder="zips")
    Path("zips").mkdir()
    package = Path("zips/gtCoarse.zip")
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("a", "one")
    Path("resources/cityscapes/dataset").mkdir(parents=True)
    manifest = Path("resources/cityscapes/unpacked/gtCoarse.tsv")
    manifest.parent.mkdir(parents=True)

    def token():
        return packages.unpacked_token("cityscapes", "gtCoarse")

    assert token() == token()
    notes = {"zip": token(), "zip_listing": zip_listing(package)}
    write_unpacked(manifest, [], **notes, zip_directory=directory_digest(package))
    assert token() == notes["zip"]
    touch(package)
    assert token() == notes["zip"]
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("a", "another")
    assert token() != notes["zip"]


def test_what_is_known_of_packages_lies_where_snakemake_tracks_nothing():
    packages = packages_of()
    assert packages.receipt_of("gtCoarse") == "resources/cityscapes/downloaded/gtCoarse.tsv"
    assert packages.manifest_of("sample", "gtCoarse") == "resources/sample/unpacked/gtCoarse.tsv"
