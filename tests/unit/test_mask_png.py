"""Masks decoded in part are what OpenCV decodes whole, whatever wrote them."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from cityscapes.png import write as png
from cityscapes.png.masks import decode_box
from cityscapes.png.signature import SIGNATURE
from cityscapes.png.write import _chunk

WRITERS = {
    "opencv": lambda mask: cv2.imencode(".png", mask * 255)[1].tobytes(),
    "pillow": lambda mask: pillow(mask * 255),
    "ours": lambda mask: png.encode(mask),
    "one bit": lambda mask: pillow(mask.astype(bool)),
    "16 bits": lambda mask: png.encode(mask * np.uint16(300)),
    "rgb": lambda mask: pillow(np.dstack([mask, mask * 200, mask])),
    "rgba 16 bits": lambda mask: png.encode(np.dstack([mask * np.uint16(700)] * 4)),
}


def pillow(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def filtered(mask, rng):
    """A PNG whose rows have filters by chance; see the PNG specification, 9.2."""
    height, width = mask.shape
    padded = np.zeros((height + 1, width + 1), dtype=int)  # black above and to the left
    padded[1:, 1:] = mask
    left, above, corner = padded[1:, :-1], padded[:-1, 1:], padded[:-1, :-1]
    guess = left + above - corner
    distance = np.stack([abs(guess - left), abs(guess - above), abs(guess - corner)])
    paeth = np.choose(distance.argmin(axis=0), [left, above, corner])
    predicted = np.stack([0 * left, left, above, (left + above) // 2, paeth])
    filters = rng.choice(5, height, p=rng.dirichlet(np.ones(5)))
    rows = (mask - predicted[filters, np.arange(height)]).astype(np.uint8)
    packed = zlib.compress(np.column_stack([filters.astype(np.uint8), rows]).tobytes())
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", packed[:9]), (b"IDAT", packed[9:]), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks)


def random_mask(rng):
    """uint8, 0 or 1: empty, full, or some boxes and dots."""
    mask = np.zeros(rng.integers(1, 30, 2), dtype=np.uint8)
    for _ in range(rng.integers(4)):
        top, left = rng.integers(0, mask.shape)
        mask[top : top + rng.integers(1, 30), left : left + rng.integers(1, 30)] ^= 1
    return mask if rng.random() < 0.7 else mask * rng.integers(0, 2, mask.shape, dtype=np.uint8)


def assert_decoded(data, mask):
    part, left, top = decode_box(data, mask.shape)
    whole = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    assert part.dtype == whole.dtype
    found = np.zeros_like(whole)
    found[top : top + part.shape[0], left : left + part.shape[1]] = part
    np.testing.assert_array_equal(found, whole)
    np.testing.assert_array_equal(whole.reshape(*mask.shape, -1).any(axis=2), mask > 0)


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_as_opencv_decodes_the_whole(writer):
    for seed in range(100):
        mask = random_mask(np.random.default_rng(seed))
        assert_decoded(writer(mask), mask)


def test_whatever_filters_the_rows_have():
    for seed in range(500):
        rng = np.random.default_rng(seed)
        mask = random_mask(rng)
        assert_decoded(filtered(mask * rng.choice([1, 255]).astype(np.uint8), rng), mask)


def test_a_palette_and_another_size_are_left_to_others():
    mask = np.eye(9, dtype=np.uint8)
    palette = Image.fromarray(mask)
    palette.putpalette([255, 255, 255, 0, 0, 0])
    file = io.BytesIO()
    palette.save(file, "PNG")
    assert decode_box(file.getvalue(), (9, 9)) is None
    assert decode_box(png.encode(mask), (9, 8)) is None
    assert decode_box(b"no PNG", (9, 9)) is None


def test_damage_anywhere_is_noticed():
    data = png.encode(np.eye(9, dtype=np.uint8))
    for place in range(len(data)):
        assert decode_box(data[:place], (9, 9)) is None
        broken = bytearray(data)
        broken[place] ^= 0x40
        assert decode_box(bytes(broken), (9, 9)) is None


@pytest.mark.parametrize("header", [(9, 9, 0, 0), (9, 9, 3, 0), (9, 9, 8, 1), (9, 9, 8, 0)])
def test_a_header_that_does_not_fit_is_noticed(header):
    rows = zlib.compress(bytes(9 if header[2] == 0 else 200))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", *header, 0, 0, 0)), (b"IDAT", rows)]
    data = SIGNATURE + b"".join(_chunk(*chunk) for chunk in [*chunks, (b"IEND", b"")])
    assert decode_box(data, (9, 9)) is None
