"""What the checks of the raw files depend on."""

import time
from functools import cached_property
from pathlib import Path

from cityscapes.checks import folders
from cityscapes.checks import listing as raw_listing
from cityscapes.checks.formats import TYPES
from cityscapes.checks.listing import RawFiles
from cityscapes.incremental.manifest import read_header
from cityscapes.layout import RAW_TYPES, fingerprint
from cityscapes.workflow.settings import Settings


class Checks:
    """The cities with raw files of any type, and the params of the rules that check them."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._root = Path(settings.dataset)
        self._raw: dict[tuple[str, str], RawFiles] = {}

    @property
    def types(self) -> list[str]:
        """The types to check."""
        asked = [*self._settings.config["types"], *RAW_TYPES]
        return [kind for kind in TYPES if kind in asked]

    @property
    def splits(self) -> list[str]:
        """The splits to check."""
        return list(self._settings.config["splits"])

    @cached_property
    def cities(self) -> list[tuple[str, str]]:
        """(split, city) of all folders with raw files."""
        return raw_listing.find_cities(self._root, self.types, self.splits)

    def tables(self) -> list[str]:
        """The tables of what was found, a city each."""
        root = self._settings.results
        return [f"{root}/tables/checks/{split}/{city}.tsv" for split, city in self.cities]

    def files(self, split: str, city: str) -> RawFiles:
        """The raw files of a city, of all types."""
        if (split, city) not in self._raw:
            found = raw_listing.list_raw(self._root, self.types, split, city)
            self._raw[split, city] = found
        return self._raw[split, city]

    def token(self, split: str, city: str) -> list:
        """A param that changes when any raw file of a city does.

        Changes with each run where files could not be read, as no listing shows when they can be.
        """
        unread = read_header(self._manifest_path(split, city)).problems
        again = time.time_ns() if unread else 0
        return [fingerprint(self.files(split, city).entries()), again]

    def _manifest_path(self, split: str, city: str) -> Path:
        return self._settings.results / "manifests" / "checks" / split / f"{city}.jsonl"

    def frames_in(self, split: str, city: str) -> int:
        """Number of frames of a city."""
        return len(self.files(split, city).frames)

    def all_frames(self) -> int:
        """Number of all frames."""
        return sum(self.frames_in(*city) for city in self.cities)

    def image_size(self) -> list[int]:
        """Width and height that every image should have."""
        sample = self._settings.config["sample"]
        if self._settings.is_sample:
            return [sample["width"], sample["height"]]
        return self._settings.config["checks"]["image_size"]

    def blur_limits(self) -> list[float]:
        """The limits beyond which a blurred image is reported."""
        limits = self._settings.config["checks"]["blurred"]
        return [limits[key] for key in ("max_share", "min_psnr_outside", "min_on_objects")]

    def counts_are_published(self) -> bool:
        """Whether the dataset is to have the published number of frames; the sample has not."""
        return not self._settings.is_sample and self._settings.config["checks"]["counts"] == (
            "published"
        )

    def odd_folders(self) -> list[str]:
        """A param that changes when a folder with a strange name or place comes or goes."""
        odd = folders.find_odd_folders(self._root, self.types, self.splits)
        return [f"{folder.check} {folder.where}: {folder.what}" for folder in odd]
