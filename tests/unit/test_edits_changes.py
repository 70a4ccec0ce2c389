"""What edits change: pixels by class, and what of a comparison with the release is left."""

import numpy as np
import pandas as pd

from cityscapes.edits.changes import changed_classes
from release_verdict import verdict_on


def test_pixels_are_counted_by_the_classes_before_and_now():
    before = np.array([[7, 7, 7], [26, 26, 0]], dtype=np.uint8)
    now = np.array([[7, 8, 8], [26, 7, 0]], dtype=np.uint8)
    assert changed_classes(before, now) == [(7, 8, 2), (26, 7, 1)]
    assert changed_classes(before, before) == []


def test_values_of_all_8_bits_are_kept_apart():
    before, now = (np.full((2, 2), value, dtype=np.uint8) for value in (255, 254))
    assert changed_classes(before, now) == [(255, 254, 4)]


def test_without_an_image_before_all_pixels_count():
    now = np.array([[7, 7, 26]], dtype=np.uint8)
    assert changed_classes(None, now) == [(None, 7, 2), (None, 26, 1)]


def verdict(*statuses):
    rows = [
        ("gtFine", "val", "ulm", f"ulm_{number // 2}", "labelIds", status, 0, 512)
        for number, status in enumerate(statuses)
    ]
    columns = ["type", "split", "city", "frame", "kind", "status", "differing_pixels", "pixels"]
    return verdict_on(pd.DataFrame(rows, columns=columns))


def test_the_verdict_on_the_release_counts_edited_frames_once():
    text = verdict("same", "same", "edited", "edited", "edited", "edited")
    assert text == (
        "verify_release: 0 of 2 released images differ (0 of 1024 pixels). "
        "Left out: 2 edited frames."
    )
    assert "Left out: 1 edited frame." in verdict("edited", "edited", "not released")
    assert verdict("same", "same").endswith("pixels).")
