"""Changes from row to row, against a slow search."""

import numpy as np
import pytest

from cityscapes import pixel_runs as runs
from cityscapes.pixel_runs import changes


@pytest.mark.parametrize("band", [1, 12, 1 << 18])
@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (6, 1), (11, 5)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_as_a_slow_search(monkeypatch, dtype, shape, band):
    monkeypatch.setattr(runs, "BAND", band)
    image = np.random.default_rng(4).integers(0, 3, shape).astype(dtype)
    height, width = shape
    expected = [
        (row, column, image[row, column], image[row - 1, column] if row else -1)
        for row in range(height)
        for column in range(width)
        if row == 0 or image[row, column] != image[row - 1, column]
    ]
    found, next_row = [], 0
    for band_changes in changes(image):
        assert band_changes.first_row == next_row
        next_row += band_changes.rows
        columns = (getattr(band_changes, name) for name in ("row", "column", "now", "above"))
        found += zip(*columns, strict=True)
        assert all(band_changes.first_row <= row < next_row for row in band_changes.row)
    assert found == expected
    assert next_row == height
