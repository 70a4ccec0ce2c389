"""Objects that are fixed in the image and not in the street: sky, bonnet, borders.

Outlines are given for 2048 x 1024 pixels and scaled to the image.
"""

import numpy as np

from cityscapes.sample.camera import FULL_HEIGHT, FULL_WIDTH, Camera

# fmt: off
BONNET = np.array([
    (262, 1030), (320, 1010), (402, 990), (508, 968), (640, 946), (776, 929), (920, 917),
    (1050, 913), (1190, 916), (1330, 927), (1468, 944), (1590, 965), (1688, 987), (1752, 1006),
    (1788, 1030),
])
# fmt: on
BORDER = 5
MARGIN = 3


def sky(camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """float (n, 2): from the upper border down to below the far roofs."""
    across = np.linspace(0, FULL_WIDTH, 14)
    low = 392 + rng.uniform(-18, 18, len(across))
    corners = [(FULL_WIDTH, -1), (0, -1)]
    return _scaled(camera, np.concatenate([np.column_stack([across, low]), corners]))


def bonnet(camera: Camera) -> np.ndarray:
    """float (n, 2): the vehicle's own bonnet at the lower border."""
    return _scaled(camera, BONNET)


def rectification_border(camera: Camera) -> np.ndarray:
    """float (n, 2): the rim that rectifying the image left empty, wider on the right."""
    right, bottom = camera.width, camera.height
    x0, y0 = _at_least_one(camera, BORDER, BORDER)
    x1, y1 = right - 2 * x0, bottom - y0
    bow = max(1, y0 // 2)
    inner = [
        (x0, y0),
        (right // 2, y0 - bow),
        (x1, y0),
        (x1, y1),
        (right // 2, y1 + bow),
        (x0, y1),
    ]
    return _ring(inner, right, bottom)


def out_of_roi(camera: Camera) -> np.ndarray:
    """float (n, 2): the outermost rim."""
    right, bottom = camera.width, camera.height
    x, y = _at_least_one(camera, MARGIN, MARGIN)
    return _ring([(x, y), (right - x, y), (right - x, bottom - y), (x, bottom - y)], right, bottom)


def _ring(inner: list[tuple[int, int]], right: int, bottom: int) -> np.ndarray:
    """Return the image without the inner polygon: one outline with a slit."""
    outer = [(0, 0), (right, 0), (right, bottom), (0, bottom), (0, 0)]
    return np.array([*outer, inner[0], *inner[:0:-1], inner[0]], float)


def _at_least_one(camera: Camera, x: int, y: int) -> tuple[int, int]:
    return max(1, x * camera.width // FULL_WIDTH), max(1, y * camera.height // FULL_HEIGHT)


def _scaled(camera: Camera, outline: np.ndarray) -> np.ndarray:
    return outline * (camera.width / FULL_WIDTH, camera.height / FULL_HEIGHT)
