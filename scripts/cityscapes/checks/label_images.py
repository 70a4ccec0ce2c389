"""The label images of a frame compared with each other and with published counts."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from cityscapes.checks.problem import Problem
from cityscapes.checks.wording import MOST_LISTED, and_more
from cityscapes.labels import VOID_TRAIN_ID, LabelTable
from cityscapes.pixel_runs import joint_runs

# Pixels of each id from 0 in the 500 released labelIds images of gtFine/val.
VAL_PIXELS = (
    375854, 51330054, 19784166, 15817000, 15650152, 4449872, 18676902, 345264442, 49568652,
    4151398, 638410, 201005428, 6718315, 7521741, 38838, 312193, 0, 13565658, 78175, 1808393,
    6098373, 158868008, 7625026, 30765347, 11913424, 1975596, 59731217, 2760211, 3563120, 53411,
    201086, 1031648, 729415, 6504475,
)  # fmt: skip
# A table of labels may be edited; the released images keep these ids.
RELEASED_IDS = frozenset(range(len(VAL_PIXELS)))


@dataclass(frozen=True)
class LabelImages:
    """The contents of the label images of a frame, and the problems of each."""

    pixels: list[int] | None  # of each labelId from 0 to 255; None without labelIds
    problems: dict[str, list[Problem]]  # "labelIds" -> what is wrong with it


@dataclass(frozen=True)
class Difference:
    """A number of pixels that differs from the published one."""

    id: int
    found: int
    published: int


def check_label_images(
    label_ids: np.ndarray | None, instance_ids: np.ndarray | None, color: np.ndarray | None,
    table: LabelTable,
) -> LabelImages:  # fmt: skip
    """Find ids of no class, and compare the label images of a frame with each other.

    `label_ids` is uint8 (height, width), `instance_ids` uint16 of the same shape: id * 1000 + n,
    or below 1000 the id itself; `color` is uint8 (height, width, 4). Any may be None. Each
    contradiction is reported for one image only, and an image of a single value is skipped.
    """
    images: dict[str, np.ndarray] = {}
    if label_ids is not None:
        images["labelIds"] = label_ids
    if instance_ids is not None:
        images["instanceIds"] = instance_ids
    if color is not None:
        images["color"] = color.view(np.uint32)[..., 0]  # four bytes as one number
    if not images:
        return LabelImages(None, {})
    values, _, lengths = joint_runs(*images.values())
    runs = dict(zip(images, values, strict=True))
    ids = runs.get("labelIds")
    pixels = None if ids is None else _pixels(ids, lengths).astype(np.int64).tolist()
    runs = {name: shown for name, shown in runs.items() if np.ptp(shown)}
    if "instanceIds" in runs:
        numbers = runs["instanceIds"]
        runs["instanceIds"] = np.where(numbers >= 1000, numbers // 1000, numbers)
    known = RELEASED_IDS | table.by_id.keys()
    problems: dict[str, list[Problem]] = {
        name: _unknown_ids(runs[name], lengths, known)
        for name in ("labelIds", "instanceIds")
        if name in runs
    }
    if len(problems) == 2 and not any(problems.values()):
        differing = int(lengths[ids != runs["instanceIds"]].sum())
        if differing:
            what = f"{differing} pixels have another class than in instanceIds"
            problems["labelIds"] = [Problem("error", "labelIds not of instanceIds", what)]
    if ids is not None and "color" in runs and problems.get("labelIds") == []:
        problems["color"] = _recoloured(ids, runs["color"], lengths)
    return LabelImages(pixels, problems)


def val_difference(counts: list[int]) -> list[Difference]:
    """Return the ids of gtFine/val whose number of pixels is not the published one.

    `counts` are the sums of `LabelImages.pixels` over all its 500 frames.
    """
    published = [*VAL_PIXELS, *[0] * (len(counts) - len(VAL_PIXELS))]
    pairs = zip(counts, published, strict=True)
    return [Difference(id, *pair) for id, pair in enumerate(pairs) if pair[0] != pair[1]]


def _pixels(ids: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """float64 (256 or more): number of pixels of each id in runs of these lengths."""
    return np.bincount(ids, weights=lengths, minlength=256)  # exact below 2**53


def _unknown_ids(ids: np.ndarray, lengths: np.ndarray, known: Set[int]) -> list[Problem]:
    """Return a problem if runs of pixels show ids that are not `known`."""
    pixels = _pixels(ids, lengths)
    unknown = [id for id in np.flatnonzero(pixels).tolist() if id not in known]
    if not unknown:
        return []
    listed = ", ".join(f"{id} in {pixels[id]:.0f} pixels" for id in unknown[:MOST_LISTED])
    what = f"ids that are not in the label table: {listed}{and_more(len(unknown))}"
    if unknown == [VOID_TRAIN_ID]:
        what += "; 255 is void in images of trainIds"
    return [Problem("error", "unknown id", what)]


def _recoloured(ids: np.ndarray, colors: np.ndarray, lengths: np.ndarray) -> list[Problem]:
    """Return a problem if runs of pixels of one class have several colours.

    Which colour a class has does not matter: that of the label table may have been edited.
    """
    of_class = np.zeros(256, colors.dtype)
    of_class[ids] = colors  # that of any of its runs
    if (of_class[ids] == colors).all():
        return []
    pixels: Counter[tuple[int, int]] = Counter()
    for id, color, length in zip(ids.tolist(), colors.tolist(), lengths.tolist(), strict=True):
        pixels[id, color] += length
    most: Counter[int] = Counter()
    for (id, _), number in pixels.items():
        most[id] = max(most[id], number)
    differing = pixels.total() - most.total()
    what = f"{differing} pixels have another colour than most pixels of their class in labelIds"
    return [Problem("error", "color not of labelIds", what)]
