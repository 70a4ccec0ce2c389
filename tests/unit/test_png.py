"""Images survive the PNG file in value, depth and channels."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from cityscapes import pixel_runs as runs
from cityscapes.pixel_runs import changes
from cityscapes.png.write import encode, encode_lookup


@pytest.mark.parametrize("shape", [(7, 5), (1, 1), (6, 4, 3), (3, 9, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_round_trip(shape, dtype):
    image = np.random.default_rng(1).integers(0, np.iinfo(dtype).max, shape, endpoint=True)
    image = image.astype(dtype)
    read = cv2.imdecode(np.frombuffer(encode(image), dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if image.ndim == 3:  # OpenCV's order is blue, green, red
        read = cv2.cvtColor(read, {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}[shape[2]])
    assert read.dtype == dtype
    np.testing.assert_array_equal(read, image)


def test_pillow_sees_the_modes_of_the_released_files():
    grey = np.zeros((2, 3), dtype=np.uint8)
    modes = [
        Image.open(io.BytesIO(encode(image))).mode
        for image in (grey, grey.astype(np.uint16), np.dstack([grey] * 3), np.dstack([grey] * 4))
    ]
    assert modes == ["L", "I;16", "RGB", "RGBA"]


@pytest.mark.parametrize("band", [1, 40, 1 << 18])
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_lookup_is_encoded_as_its_image(monkeypatch, dtype, channels, band):
    monkeypatch.setattr(runs, "BAND", band)
    rng = np.random.default_rng(2)
    for shape in ((1, 1), (9, 1), (1, 9), (30, 20)):
        values = rng.integers(0, np.iinfo(dtype).max, (7, *channels), endpoint=True).astype(dtype)
        for count in (1, 7):
            numbers = rng.integers(0, count, shape).astype(np.uint8)
            encoded = encode_lookup(values, changes(numbers), *shape)
            assert encoded == encode(values[numbers])


def test_a_noisy_lookup_is_encoded_as_its_image():
    # Long enough that zlib moves its window, in bands and at once.
    rng = np.random.default_rng(3)
    numbers = rng.integers(0, 300, (700, 900)).astype(np.uint16)
    numbers[200:400] = numbers[200]
    values = rng.integers(0, 1 << 16, 300).astype(np.uint16)
    assert encode_lookup(values, changes(numbers), 700, 900) == encode(values[numbers])


def test_floats_are_refused():
    with pytest.raises(TypeError, match="float64"):
        encode_lookup(np.zeros(2), [], 2, 2)
    with pytest.raises(TypeError, match="float64"):
        encode(np.zeros((2, 2)))
