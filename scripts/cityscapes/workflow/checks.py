"""The dependencies of the checks of the raw files."""

import os
import time
from functools import cached_property
from pathlib import Path

from cityscapes.checks import folders
from cityscapes.checks import listing as raw_listing
from cityscapes.checks.edits import cities_with_edits, with_edits
from cityscapes.checks.formats import TYPES
from cityscapes.checks.listing import RawFiles
from cityscapes.files.tables import read_table
from cityscapes.incremental.manifest import read_header
from cityscapes.layout import RAW_TYPES, Entry, Shard, fingerprint
from cityscapes.workflow.settings import Settings


class Checks:
    """The cities with raw files of any type, and the params of the rules that check them."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._root = Path(settings.dataset)
        self._raw: dict[tuple[str, str], RawFiles] = {}

    @property
    def types(self) -> list[str]:
        """Return the types to check."""
        asked = [*self._settings.config["types"], *RAW_TYPES]
        return [kind for kind in TYPES if kind in asked]

    @property
    def splits(self) -> list[str]:
        """Return the splits to check."""
        return list(self._settings.config["splits"])

    @cached_property
    def cities(self) -> list[tuple[str, str]]:
        """Return (split, city) of all folders with raw files."""
        return cities_with_edits(
            self._settings.edits, self._root, self.types, self.splits, self.official_splits
        )

    def tables(self) -> list[str]:
        """Return the tables of findings, one for each city."""
        root = self._settings.results
        return [f"{root}/tables/checks/{split}/{city}.tsv" for split, city in self.cities]

    def files(self, split: str, city: str) -> RawFiles:
        """Return the raw files of a city, of all types."""
        if (split, city) not in self._raw:
            official = split in self.official_splits
            found = raw_listing.list_raw(self._root, self.types, split, city, official)
            if any(shard[1:] == (split, city) for shard in self._edited):
                found, _ = with_edits(found, self._settings.edits, self.types, split, city)
            self._raw[split, city] = found
        return self._raw[split, city]

    @cached_property
    def _edited(self) -> dict[Shard, list[Entry]]:
        return self._settings.edits.find(self.types, self.splits)

    def token(self, split: str, city: str) -> list:
        """Return a param that changes when any raw file of a city does.

        It changes with each run if files could not be read, as no listing shows when they can be.
        """
        unread = read_header(self._manifest_path(split, city)).problems
        again = time.time_ns() if unread else 0
        return [fingerprint(self.files(split, city).entries()), again]

    def _manifest_path(self, split: str, city: str) -> Path:
        return self._settings.results / "manifests" / "checks" / split / f"{city}.jsonl"

    def frames_in(self, split: str, city: str) -> int:
        """Return the number of frames of a city."""
        return len(self.files(split, city).frames)

    def all_frames(self) -> int:
        """Return the number of all frames."""
        return sum(self.frames_in(*city) for city in self.cities)

    def image_sizes(self) -> list[str]:
        """Return the allowed sizes of images, such as 2048x1024; none if any is right."""
        sample = self._settings.config["sample"]
        asked = self._settings.config["checks"]["image_size"]
        if self._settings.is_sample:
            asked = [sample["width"], sample["height"]]
        if asked == "any":
            return []
        sizes = asked if isinstance(asked[0], list) else [asked]
        return [f"{width}x{height}" for width, height in sizes]

    def first_size(self) -> list[int]:
        """Return width and height of the first of these sizes; of Cityscapes if any is right."""
        return [int(side) for side in (self.image_sizes() or ["2048x1024"])[0].split("x")]

    def blur_limits(self) -> list[float]:
        """Return the limits beyond which a blurred image is reported."""
        limits = self._settings.config["checks"]["blurred"]
        return [limits[key] for key in ("max_share", "min_psnr_outside", "min_on_objects")]

    @property
    def _asked_counts(self) -> str:
        return "any" if self._settings.is_sample else self._settings.config["checks"]["counts"]

    @cached_property
    def official_splits(self) -> list[str]:
        """Return the splits whose cities and frames should have official names."""
        if self._settings.is_sample or self._asked_counts == "published":
            return self.splits
        if self._asked_counts == "any":
            return []
        published: dict[str, set[str]] = {}
        for row in read_table(self._settings.clone / "config/frames.tsv"):
            published.setdefault(row["split"], set()).add(row["city"])
        return [
            split
            for split in self.splits
            if raw_listing.has_official_names(
                self._root, self.types, split, published.get(split, ())
            )
        ]

    def official_flag(self, split: str) -> list[str]:
        """Return the flag that asks for official names in a split, or ""."""
        return ["--official"] * (split in self.official_splits)

    def counts_flag(self) -> list[str]:
        """Return the flags for the table of published counts, and the splits to have them."""
        if self._asked_counts == "any":
            return []
        table = os.path.relpath(self._settings.clone / "config/frames.tsv")
        return ["--counts", table, "--published", *self.published_splits()]

    def published_splits(self) -> list[str]:
        """Return the splits that should have the published number of frames."""
        return [] if self._asked_counts == "any" else self.official_splits

    def odd_folders(self) -> list[str]:
        """Return a param that changes when a misnamed or misplaced folder comes or goes."""
        odd = folders.find_odd_folders(self._root, self.types, self.splits, self.official_splits)
        return [f"{folder.check} {folder.where}: {folder.what}" for folder in odd]
