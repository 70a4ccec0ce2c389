"""The published numbers of a split: frames per city, and pixels of each class."""

from collections.abc import Iterable
from dataclasses import dataclass

from cityscapes.statistics.split_counts import SplitCounts


@dataclass(frozen=True)
class Published:
    """How a split compares with the published pixel counts."""

    verdict: str  # for people
    pixels: dict[int, int]  # class -> published pixels; empty if there are none to compare


def compare(
    counts: SplitCounts, left_out: int, pixels: dict[int, int], frames: dict[str, int],
    edited: int = 0,
) -> Published:  # fmt: skip
    """Compare pixel counts, class -> pixels, with the published ones of a whole split.

    `frames` is city -> published number of frames, `left_out` the frames that could not be made.
    Where frames are `edited`, nothing is compared: the published counts are of the release.
    """
    if not pixels:
        return Published("no published pixel counts of this split", {})
    if edited:
        what = "frame is" if edited == 1 else "frames are"
        return Published(
            f"not compared with the published pixel counts: {edited} {what} edited", {}
        )
    there = {city: 0 for city in frames}
    for frame in counts.frames:
        there[frame.city] = there.get(frame.city, 0) + 1
    if there != frames:
        whole = sum(frames.values())
        left = f", {left_out} could not be made" if left_out else ""
        return Published(
            f"not compared with the published pixel counts, which are of all {whole} frames: "
            f"there are {len(counts.frames)}{left}",
            {},
        )
    found = {
        label.id: int(number)
        for label, number in zip(counts.labels, counts.total[0], strict=True)
        if label.id >= 0
    }
    other = [id_ for id_ in pixels.keys() | found.keys() if pixels.get(id_) != found.get(id_, 0)]
    if not other:
        return Published(
            f"equal to the published pixel counts in all {len(pixels)} classes", pixels
        )
    names = {label.id: label.name for label in counts.labels}
    listed = ", ".join(names.get(id_, str(id_)) for id_ in sorted(other))
    return Published(f"differs from the published pixel counts in {listed}", pixels)


def pixels_of(rows: Iterable[dict[str, str]], shard_type: str, split: str) -> dict[int, int]:
    """Map classes to pixels of a split, from the rows of `config/published_pixels.tsv`."""
    return {
        int(row["id"]): int(row["pixels"])
        for row in rows
        if (row["type"], row["split"]) == (shard_type, split)
    }


def frames_of(rows: Iterable[dict[str, str]], split: str) -> dict[str, int]:
    """Map cities to frames of a split, from the rows of `config/frames.tsv`."""
    return {row["city"]: int(row["frames"]) for row in rows if row["split"] == split}
