"""Metric depth of a frame, from its disparity image and its camera."""

import json
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from cityscapes.errors import DataError


class Camera(NamedTuple):
    """What of a stereo camera makes depth: depth = baseline * fx / disparity."""

    fx: float  # focal length in pixels
    baseline: float  # distance of the two lenses in metres


def read_camera(path: Path) -> Camera:
    """The camera in a `*_camera.json` file; DataError where it cannot be had."""
    try:
        document = json.loads(path.read_bytes())
        camera = Camera(
            float(document["intrinsic"]["fx"]), float(document["extrinsic"]["baseline"])
        )
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise DataError(
            f"{path}: not a camera: no numbers intrinsic fx and extrinsic baseline"
        ) from None
    if not all(0 < value < np.inf for value in camera):
        raise DataError(f"{path}: fx and baseline are {camera.fx}, {camera.baseline}, not above 0")
    return camera


def depth_map(disparity: np.ndarray, camera: Camera) -> np.ndarray:
    """float32 (height, width): depth in metres, infinite at disparity 0, nan where not measured.

    `disparity` is uint16 (height, width) as released: p > 0 stands for (p - 1) / 256 pixels.
    """
    return cv2.LUT(disparity, _depths(camera))


def _depths(camera: Camera) -> np.ndarray:
    """float32 (65536,): the depth that each value of a disparity image stands for."""
    disparities = (np.arange(1 << 16) - 1) / 256
    disparities[0] = np.nan
    with np.errstate(divide="ignore"):  # disparity 0 occurs in released files
        return (camera.baseline * camera.fx / disparities).astype(np.float32)
