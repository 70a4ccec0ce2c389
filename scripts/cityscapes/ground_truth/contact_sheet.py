"""A picture of the results: frames next to their label images."""

import cv2
import numpy as np

PANEL_WIDTH, PANEL_HEIGHT = 640, 320
BLANK = 90


def contact_sheet(rows: list[list[np.ndarray | None]]) -> np.ndarray:
    """uint8 (height, width, 3), BGR: panels side by side, a row a frame.

    The panels are uint8 (height, width, 3) in BGR, of any size; None leaves its place grey.
    """
    return np.vstack([np.hstack([_small(panel) for panel in panels]) for panels in rows])


def instance_colors(instance_ids: np.ndarray) -> np.ndarray:
    """uint8 (height, width, 3): a colour for each instance id from 1000, dark grey elsewhere.

    `instance_ids` is uint16 (height, width). The colours are the same in every frame.
    """
    hues = np.random.default_rng(0).integers(0, 180, 1 << 16, dtype=np.uint8)
    full = np.full_like(hues, 230)
    colors = cv2.cvtColor(np.dstack([hues, full, full]), cv2.COLOR_HSV2BGR)[0]
    colors[:1000] = 40
    return colors[instance_ids]


def _small(panel: np.ndarray | None) -> np.ndarray:
    if panel is None:
        return np.full((PANEL_HEIGHT, PANEL_WIDTH, 3), BLANK, dtype=np.uint8)
    return cv2.resize(panel, (PANEL_WIDTH, PANEL_HEIGHT), interpolation=cv2.INTER_AREA)
