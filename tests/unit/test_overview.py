"""The contact sheet."""

import numpy as np

from cityscapes.ground_truth.contact_sheet import (
    PANEL_HEIGHT,
    PANEL_WIDTH,
    contact_sheet,
    instance_colors,
)


def test_frames_are_rows_and_missing_pictures_stay_grey():
    white = np.full((10, 20, 3), 255, dtype=np.uint8)
    sheet = contact_sheet([[white, None], [None, white]])
    assert sheet.shape == (2 * PANEL_HEIGHT, 2 * PANEL_WIDTH, 3)
    assert set(sheet[:PANEL_HEIGHT, :PANEL_WIDTH].flat) == {255}
    assert set(sheet[:PANEL_HEIGHT, PANEL_WIDTH:].flat) == {90}


def test_only_instances_are_coloured():
    colors = instance_colors(np.array([[7, 26, 26000, 26001]], dtype=np.uint16))[0].tolist()
    assert colors[0] == colors[1] == [40, 40, 40]
    assert colors[2] != colors[3]
