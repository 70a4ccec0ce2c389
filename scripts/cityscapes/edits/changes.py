"""The changes that an edit makes in a label image."""

import numpy as np

# Id before (None: there is no image before), id now, and pixels.
Change = tuple[int | None, int, int]


def changed_classes(before: np.ndarray | None, now: np.ndarray) -> list[Change]:
    """Count the differing pixels of two label images by pair of classes, most first.

    Both are uint8 (height, width) of ids; without one before, all pixels count.

    >>> before = np.array([[7, 7, 26]], dtype=np.uint8)
    >>> changed_classes(before, np.array([[7, 26, 26]], dtype=np.uint8))  # (before, now, pixels)
    [(7, 26, 1)]
    """
    if before is None:
        ids, pixels = np.unique(now, return_counts=True)
        found: list[Change] = [
            (None, int(id_), int(number)) for id_, number in zip(ids, pixels, strict=True)
        ]
    else:
        differs = before != now
        pairs = before[differs].astype(np.uint16) << 8 | now[differs]
        values, pixels = np.unique(pairs, return_counts=True)
        found = [
            (int(value) >> 8, int(value) & 255, int(number))
            for value, number in zip(values, pixels, strict=True)
        ]
    return sorted(found, key=lambda change: -change[2])
