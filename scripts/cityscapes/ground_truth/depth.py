"""Metric depth of a frame, from its disparity image and its camera."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np

from cityscapes.errors import DataError
from cityscapes.files.json_document import MOST_OF_A_FRAME, parse_document, read_document
from cityscapes.png.labels import parse_grey
from cityscapes.png.write import encode

# The largest value of a depth image: 256 m less a 256th.
LARGEST = (1 << 16) - 1


class Camera(NamedTuple):
    """The parameters of a stereo camera for depth: depth = baseline * fx / disparity."""

    fx: float  # focal length in pixels
    baseline: float  # distance of the two lenses in metres


class Files(Protocol):
    """The part of `frame_files.FrameFiles` used here; that module would bring the engine along."""

    def has(self, source: str) -> bool: ...
    def path(self, source: str) -> Path: ...
    def read(self, source: str) -> bytes: ...
    def parse(self, source: str, parser: Callable[[bytes], Any]) -> Any: ...


def depth_image(kind: str, files: Files) -> bytes:
    """Return the PNG file of a depth image, from the disparity image and the camera of a frame.

    Raises DataError, which names the file, where one of the two is missing or wrong.
    """
    if not files.has("camera"):
        raise DataError(
            f"{files.path('camera')}: is missing, so that {files.path('disparity')} gives no "
            "depth. Camera files come with the packages camera_trainvaltest and camera_trainextra"
        )
    camera = files.parse("camera", parse_camera)
    disparity = parse_grey(files.path("disparity"), files.read("disparity"), bits=16)
    return encode(cv2.LUT(disparity, depth_values(camera)))


def depth_values(camera: Camera) -> np.ndarray:
    """uint16 (65536,): 256 * metres, as KITTI has it, for each value of a disparity image.

    Rounded half to even. 0 where nothing was measured, and where the depth is infinite or rounds
    to more than 65535. Source: the development kit of KITTI's depth benchmark.
    """
    with np.errstate(over="ignore"):
        values = np.rint(256 * _metres(camera))
    return np.where(values <= LARGEST, values, 0).astype(np.uint16)


def read_camera(path: Path) -> Camera:
    """Read the camera of a `*_camera.json` file; raise DataError if it cannot be read."""
    document = read_document(path, MOST_OF_A_FRAME)
    try:
        return _camera(document)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def parse_camera(data: bytes) -> Camera:
    """Parse the bytes of a `*_camera.json` file; raise DataError if there is no camera."""
    return _camera(parse_document(data))


def depth_map(disparity: np.ndarray, camera: Camera) -> np.ndarray:
    """float32 (height, width): depth in metres, infinite at disparity 0, nan where not measured.

    `disparity` is uint16 (height, width) as released: p > 0 stands for (p - 1) / 256 pixels.

    >>> camera = Camera(fx=2000.0, baseline=0.2)
    >>> depth_map(np.array([[0, 1, 257, 5121]], dtype=np.uint16), camera).tolist()
    [[nan, inf, 400.0, 20.0]]
    """
    return cv2.LUT(disparity, _metres(camera).astype(np.float32))


def _camera(document: Any) -> Camera:
    try:
        camera = Camera(
            float(document["intrinsic"]["fx"]), float(document["extrinsic"]["baseline"])
        )
    # OverflowError: a whole number of hundreds of digits.
    except (ValueError, KeyError, TypeError, OverflowError):
        raise DataError("not a camera: no numbers intrinsic fx and extrinsic baseline") from None
    if not all(0 < value < np.inf for value in camera):
        raise DataError(f"fx and baseline are {camera.fx}, {camera.baseline}, not above 0")
    return camera


def _metres(camera: Camera) -> np.ndarray:
    """float64 (65536,): the depth that each value of a disparity image stands for.

    Infinite at disparity 0, nan where nothing was measured.
    """
    disparities = (np.arange(1 << 16) - 1) / 256
    disparities[0] = np.nan
    # Disparity 0 occurs in released files; the product is 0 or infinite with absurd cameras only.
    with np.errstate(all="ignore"):
        return camera.baseline * camera.fx / disparities
