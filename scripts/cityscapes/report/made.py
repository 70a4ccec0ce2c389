"""The results that a report shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cityscapes.labels import LabelTable


@dataclass(frozen=True)
class Made:
    """The contents of the results, and how they were made."""

    results: Path
    splits: list[str]  # <type>_<split>
    sets: Mapping[str, str]  # name -> task, as the config has them
    comparisons: list[str]  # <task>_<split>
    table: LabelTable
    pictures: bool
    is_sample: bool
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    # Split -> those of EXTRA that it has.
    extra: Mapping[str, list[str]] = field(default_factory=dict)

    def statistics(self, split: str) -> Path:
        """Return the folder of the statistics of a split."""
        return self.results / "statistics" / split

    def scores(self, name: str) -> Path:
        """Return the folder of the scores of a set."""
        return self.results / "evaluation" / name

    def frames(self, name: str) -> Path:
        """Return the folder of the pictures of single frames of a set."""
        return self.results / "report/sets" / name / "frames"


def split_title(split: str) -> str:
    """Return `<type>_<split>` as text: `gtFine val`."""
    return split.replace("_", " ", 1)
