"""Depth images: 256 * metres from disparity and camera, against a formula of Python's own."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.ground_truth.depth import (
    Camera,
    depth_image,
    depth_values,
    parse_camera,
    read_camera,
)
from cityscapes.incremental.code import SCRIPTS, code_digests
from cityscapes.png import write as png
from depth_formula import slow_value

CAMERAS = [
    Camera(2262.52, 0.209313),
    Camera(2268.36, 0.222126),
    Camera(565.63, 0.209313),  # of a sample a quarter as wide
    Camera(1e5, 12.5),  # everything is far
    Camera(3.0, 0.001),  # everything is near
]
CAMERA_FILE = b'{"intrinsic": {"fx": 2262.52}, "extrinsic": {"baseline": 0.209313}}'


@dataclass
class GivenFiles:
    """The files of a frame as bytes; None for one that is missing."""

    disparity: bytes | None
    camera: bytes | None

    def has(self, source):
        return getattr(self, source) is not None

    def path(self, source):
        return Path("data", source)

    def read(self, source):
        return getattr(self, source)

    def parse(self, source, parser):
        try:
            return parser(self.read(source))
        except DataError as error:
            raise DataError(f"{self.path(source)}: {error}") from None


@pytest.mark.parametrize("camera", CAMERAS)
def test_all_values_are_those_of_the_formula(camera):
    values = depth_values(camera)
    assert values.dtype == np.uint16
    assert values.tolist() == [slow_value(p, camera) for p in range(1 << 16)]


@pytest.mark.parametrize("camera", CAMERAS)
def test_no_value_is_further_from_the_exact_depth_than_rounding_takes_it(camera):
    """Exact fractions of the two numbers in the file, without any rounding on the way."""
    of_file = Fraction(camera.baseline) * Fraction(camera.fx)
    values = depth_values(camera).tolist()
    for p in [*range(2, 1000), *range(1000, 1 << 16, 97)]:
        exact = 256 * of_file / Fraction(p - 1, 256)
        if exact > 65535.5:
            assert values[p] == 0
        else:
            assert abs(values[p] - exact) <= Fraction(1, 2) + Fraction(1, 10**9)


def test_half_is_rounded_to_even():
    # At p = 2 the value is 65536 * baseline * fx: exactly n + 1/2 with these cameras.
    found = [int(depth_values(Camera((n + 0.5) / 65536, 1.0))[2]) for n in range(6)]
    assert found == [0, 2, 2, 4, 4, 6]


def test_values_end_at_65535():
    def at_two(value):
        return int(depth_values(Camera(value / 65536, 1.0))[2])

    assert [at_two(value) for value in (65534.5, 65535, 65535.25)] == [65534, 65535, 65535]
    assert [at_two(value) for value in (65535.5, 65536, 1e12)] == [0, 0, 0]  # no 65536 % 65536


@pytest.mark.filterwarnings("error")
def test_a_product_that_overflows_is_too_far():
    assert not depth_values(Camera(1e200, 1e200)).any()
    assert not depth_values(Camera(1e-200, 1e-200)).any()
    assert not depth_values(Camera(1e300, 1e6)).any()


def test_invalid_and_infinite_are_0():
    values = depth_values(CAMERAS[0])
    assert values[[0, 1]].tolist() == [0, 0]
    # baseline * fx = 473.57: 256 m and more are below 1.85 pixels, that is below p = 474.57.
    assert values[[474, 475]].tolist() == [0, 65477]
    assert values[1 + 256 * 10] == 12124  # 47.357 m at 10 pixels


def test_the_file_is_a_grey_png_of_16_bits(tmp_path):
    disparity = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    data = depth_image("depth", GivenFiles(png.encode(disparity), CAMERA_FILE))
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image.dtype == np.uint16
    np.testing.assert_array_equal(image, depth_values(CAMERAS[0])[disparity])
    assert data == png.encode(image)


def test_files_of_other_programs_are_read(tmp_path):
    """With other filters than ours, as the released files have."""
    disparity = np.random.default_rng(0).integers(0, 1 << 16, (9, 7), dtype=np.uint16)
    path = str(tmp_path / "x.png")
    cv2.imwrite(path, disparity)
    data = depth_image("depth", GivenFiles(Path(path).read_bytes(), CAMERA_FILE))
    assert data == png.encode(depth_values(CAMERAS[0])[disparity])


GREY = png.encode(np.zeros((4, 4), np.uint16))
RGB = png.encode(np.zeros((4, 4, 3), np.uint16))


@pytest.mark.parametrize(
    ("disparity", "camera", "message"),
    [
        (GREY, None, "data/camera: is missing, so that data/disparity gives no depth"),
        (GREY, b"", "data/camera: not JSON: the file is empty"),
        (GREY, b"{}", "data/camera: not a camera: no numbers"),
        (GREY, CAMERA_FILE.replace(b"2262", b"-2262"), "data/camera: fx and baseline are -2262"),
        (b"", CAMERA_FILE, "data/disparity: is not a PNG file"),
        (GREY[:-20], CAMERA_FILE, "data/disparity: cannot be decoded"),
        (RGB, CAMERA_FILE, "data/disparity: is 16-bit RGB, not 16-bit grey"),
        (
            png.encode(np.zeros((4, 4), np.uint8)),
            CAMERA_FILE,
            "data/disparity: is 8-bit grey, not 16-bit grey",
        ),
    ],
)
def test_messages_name_the_file(disparity, camera, message):
    with pytest.raises(DataError) as error:
        depth_image("depth", GivenFiles(disparity, camera))
    assert str(error.value).startswith(message)


def test_a_camera_is_the_same_from_bytes_and_from_a_file(tmp_path):
    (tmp_path / "camera.json").write_bytes(CAMERA_FILE)
    assert parse_camera(CAMERA_FILE) == read_camera(tmp_path / "camera.json") == CAMERAS[0]


def test_depth_depends_on_no_code_of_the_engine_or_of_labels():
    found = set(code_digests(SCRIPTS / "cityscapes/ground_truth/depth.py"))
    assert "cityscapes/png/decode.py" in found
    assert not [path for path in found if "incremental" in path]
    others = {"frame_files.py", "kinds.py", "polygons.py", "paint.py", "images.py"}
    assert not {path.rpartition("/")[2] for path in found} & others
    assert "cityscapes/labels.py" not in found
