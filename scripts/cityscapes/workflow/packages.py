"""The packages to be fetched and unpacked, and the files that stand for each."""

import os
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.packages import registry as packages
from cityscapes.workflow.settings import Settings


class Packages:
    """The packages of a run: those of the config; without any, those of the sample."""

    def __init__(self, settings: Settings):
        self._settings = settings

    def sample_zips(self) -> list[str]:
        """Return the zip files that the sample consists of."""
        rows = self._settings.known_packages
        return [
            self.zip_path("sample", Path(row["name"]).stem)
            for row in rows
            if row["sample"] == "yes"
        ]

    def to_unpack(self) -> list[str]:
        """Return the packages that make the dataset."""
        return self._settings.packages or [Path(path).stem for path in self.sample_zips()]

    def receipts(self) -> list[str]:
        """Return the files that stand for the config's packages; DataError if it names none."""
        if not self._settings.packages:
            raise DataError(
                "nothing to download: name what you want as `packages` in the config, such as "
                "[gtFine_trainvaltest]; `snakemake --cores 1 packages_list` prints what there is"
            )
        return [self.fetched_table(package) for package in self._settings.packages]

    def source_of(self, source: str, package: str) -> str:
        """Return the input of a job that unpacks: the package's receipt, or the drawn package."""
        return (
            self.zip_path(source, package) if source == "sample" else self.fetched_table(package)
        )

    def other_downloads(self, package: str) -> list[str]:
        """Return the other zip files that a run fetches, for which the disk must have room."""
        return [f"{name}.zip" for name in self.to_fetch() if name != package]

    def zip_path(self, source: str, package: str) -> str:
        """Return the path of a package's zip file, whether it exists or not."""
        sample = source == "sample"
        resources = self._settings.resources
        folder = f"{resources}/sample/packages" if sample else self._settings.packages_folder
        return f"{folder}/{package}.zip"

    def to_fetch(self) -> list[str]:
        """Return the packages of the config that are neither present as zip files nor unpacked."""
        return [package for package in self._settings.packages if not self.is_fetched(package)]

    def is_fetched(self, package: str) -> bool:
        """Return True if a package needs no request to the site."""
        manifest = Path(self.manifest_of("cityscapes", package))
        return os.path.exists(self.zip_path("cityscapes", package)) or packages.is_unpacked(
            manifest, Path(self._settings.packages_dataset)
        )

    def fetched_token(self, package: str) -> str:
        """Return a param that changes when a zip file that is not unpacked was removed."""
        paths = (
            self.receipt_of(package),
            self.zip_path("cityscapes", package),
            self.manifest_of("cityscapes", package),
            self._settings.packages_dataset,
        )
        return packages.fetched_token(*map(Path, paths))

    def unpacked_token(self, source: str, package: str) -> str:
        """Return a param that changes when the content of a package's zip file does."""
        paths = (
            self.manifest_of(source, package),
            self.zip_path(source, package),
            f"{self._settings.resources}/{source}/dataset",
        )
        return packages.unpacked_token(*map(Path, paths))

    def missing_zips(self, names: list[str]) -> str:
        """Return a line for each of these packages whose zip file is missing."""
        return packages.missing_zips(sorted(names), Path(self._settings.packages_folder))

    def fetched_table(self, package: str) -> str:
        """Return the file that stands for a fetched package."""
        return f"{self._settings.resources}/cityscapes/tables/{package}.fetched.tsv"

    def receipt_of(self, package: str) -> str:
        """Return the record of a fetched package, which Snakemake does not track."""
        return f"{self._settings.resources}/cityscapes/downloaded/{package}.tsv"

    def manifest_of(self, source: str, package: str) -> str:
        """Return the record of an unpacked package's files, which Snakemake does not track."""
        return f"{self._settings.resources}/{source}/unpacked/{package}.tsv"
