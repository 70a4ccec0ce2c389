"""What is known of a PNG file before it is decoded, and what is not decoded then."""

import os
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from cityscapes.checks.formats import SLOTS
from cityscapes.checks.image_file import inspect_image
from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.evaluation.pixel.reading import read_prediction
from cityscapes.files.whole import size_text
from cityscapes.ground_truth import release
from cityscapes.ground_truth.polygons import MAX_PIXELS, MAX_SIDE
from cityscapes.png.header import (
    GREY,
    MOST_BYTES,
    PALETTE,
    RGB,
    PngHeader,
    parse_header,
    refuse_too_large,
)
from cityscapes.png.labels import read_colors, read_instance_ids, read_label_ids
from cityscapes.png.write import assemble, encode
from pictures import TABLE

READERS = [
    (read_prediction, 8, GREY),
    (read_prediction, 8, PALETTE),
    (read_colors, 8, RGB),
    (read_label_ids, 8, GREY),
    (read_instance_ids, 16, GREY),
    (read_panoptic_png, 8, RGB),
]
# The first sizes beyond the limits, and 60,000 a side, beyond those of OpenCV and Pillow too.
VAST = [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1), (8193, 4096), (32_000, 32_000), (60_000, 60_000)]


def png_of(width, height, bits, color_type):
    """A sound header above too few rows: whoever decodes it asks for memory first."""
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0)
    return assemble(header, zlib.compress(bytes(100)))


@pytest.fixture
def not_decoded(monkeypatch):
    """Fails where an image is decoded."""
    monkeypatch.setattr(cv2, "imdecode", lambda *arguments: pytest.fail("decoded"))
    monkeypatch.setattr(Image.Image, "load", lambda *arguments: pytest.fail("decoded"))
    monkeypatch.setattr(np, "empty", lambda *arguments, **more: pytest.fail("decoded"))


def test_the_fields():
    data = encode(np.zeros((3, 5, 4), dtype=np.uint16))
    assert parse_header(data) == PngHeader(5, 3, 16, 6, interlaced=False, intact=True)
    assert parse_header(data).color == "RGBA"
    interlaced = png_of(5, 3, 8, 7)[:28] + b"\1" + bytes(4)
    assert parse_header(interlaced) == PngHeader(5, 3, 8, 7, interlaced=True, intact=False)
    assert parse_header(interlaced).color == "colour type 7"


def test_a_file_that_is_cut_or_of_another_format_has_none():
    data = encode(np.zeros((3, 5), dtype=np.uint8))
    assert all(parse_header(data[:end]) is None for end in range(26))
    assert all(not parse_header(data[:end]).intact for end in range(26, 33))
    assert parse_header(data[:33]) == parse_header(data)
    assert parse_header(data[:8] + data[33:]) is None
    assert parse_header(b"\xff\xd8\xff a JPEG" + bytes(40)) is None


@pytest.mark.parametrize("bit", range(8 * 16, 8 * 33))
def test_no_bit_of_an_intact_header_can_change(bit):
    data = bytearray(encode(np.zeros((3, 5), dtype=np.uint8)))
    data[bit // 8] ^= 1 << bit % 8
    assert not parse_header(bytes(data)).intact


def test_the_limit():
    path, header = Path("a.png"), PngHeader(8192, 4096, 8, GREY, False, True)
    refuse_too_large(path, header)
    refuse_too_large(path, replace(header, width=MAX_SIDE, height=1024))
    with pytest.raises(DataError) as caught:
        refuse_too_large(path, replace(header, width=8193))
    limits = f"at most {MAX_PIXELS:,} and {MAX_SIDE:,} a side"
    assert str(caught.value) == f"a.png: is 8193 x 4096 pixels; an image has {limits}"
    with pytest.raises(DataError, match="is 32769 x 1 pixels"):
        refuse_too_large(path, replace(header, width=MAX_SIDE + 1, height=1))
    # Its size is not real, and no decoder believes it.
    refuse_too_large(path, replace(header, width=60_000, height=60_000, intact=False))


@pytest.mark.parametrize(("width", "height"), VAST)
@pytest.mark.parametrize(("read", "bits", "color_type"), READERS)
def test_a_vast_image_is_refused_before_it_is_decoded(
    tmp_path, not_decoded, read, bits, color_type, width, height
):
    (tmp_path / "a.png").write_bytes(png_of(width, height, bits, color_type))
    with pytest.raises(DataError, match=f"a.png: is {width} x {height} pixels; .*{MAX_PIXELS:,}"):
        read(tmp_path / "a.png")


@pytest.mark.parametrize(("read", "bits", "color_type"), READERS)
def test_a_vast_size_in_a_damaged_header_is_damage(tmp_path, read, bits, color_type):
    data = bytearray(png_of(9, 9, bits, color_type))
    data[16] ^= 0x80
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(DataError, match=r"a\.png: .*damaged"):
        read(tmp_path / "a.png")


@pytest.mark.parametrize(("read", "bits", "color_type"), READERS)
def test_a_vast_file_is_not_read(tmp_path, read, bits, color_type):
    with open(tmp_path / "a.png", "wb") as file:
        file.write(png_of(9, 9, bits, color_type))
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(
        DataError, match=rf"a\.png: cannot be read: it has {size_text(MOST_BYTES + 1)}, more than"
    ):
        read(tmp_path / "a.png")


@pytest.mark.parametrize("slot", ["leftImg8bit", "gtFine_instanceIds", "gtFine_labelIds"])
def test_the_checks_decode_no_vast_image(not_decoded, slot):
    expected = SLOTS[slot].format
    data = png_of(60_000, 60_000, expected.bits, expected.color_type)
    (problem,) = inspect_image(data, expected, (2048, 1024)).problems
    assert (problem.check, problem.what) == (
        "wrong size",
        "the image is 60000 x 60000, not 2048 x 1024",
    )


def test_the_checks_name_the_chunk_in_the_place_of_the_header():
    data = encode(np.zeros((3, 5), dtype=np.uint8))
    expected = SLOTS["gtFine_labelIds"].format
    (problem,) = inspect_image(data[:8] + data[33:], expected, (5, 3)).problems
    assert problem.check == "damaged"
    assert problem.what.startswith("the first chunk is 'IDAT' of ")


def test_a_vast_released_image_has_another_size(tmp_path, not_decoded):
    (tmp_path / "made.png").write_bytes(png_of(9, 9, 8, GREY))
    (tmp_path / "released.png").write_bytes(png_of(60_000, 60_000, 8, GREY))
    found = release.compare(tmp_path / "made.png", tmp_path / "released.png")
    assert found == release.Difference("size differs")


def test_released_images_that_cannot_be_read(tmp_path):
    image = encode(np.zeros((3, 5), dtype=np.uint8))
    (tmp_path / "made.png").write_bytes(image)
    (tmp_path / "cut.png").write_bytes(image[:-20])
    (tmp_path / "text.png").write_bytes(b"text")
    (tmp_path / "folder.png").mkdir()
    for name in ("cut.png", "text.png", "folder.png"):
        found = release.compare(tmp_path / "made.png", tmp_path / name)
        assert found == release.Difference("unreadable"), name
    found = release.compare(tmp_path / "made.png", tmp_path / "made.png")
    assert found == release.Difference("same", 0, 15)


@pytest.mark.parametrize("name", ["vast.png", "palette.png", "vast.bmp", "vast.tif", "vast.gif"])
def test_a_vast_mask_is_refused_before_it_is_decoded(tmp_path, monkeypatch, name):
    # One bit a pixel: more than Pillow finds suspicious, in 22 MB of memory here.
    if name.endswith(".png"):
        color_type = PALETTE if name == "palette.png" else GREY
        (tmp_path / name).write_bytes(png_of(60_000, 60_000, 8, color_type))
        size = "60000 x 60000"
    else:
        Image.new("1", (13_400, 13_300)).save(tmp_path / name)
        size = "13400 x 13300"
    (tmp_path / "a.txt").write_text(f"{name} 26 0.5\n")
    monkeypatch.setattr(cv2, "imdecode", lambda *arguments: pytest.fail("decoded"))
    with pytest.raises(DataError, match=f"line 1: .*{name} is {size} pixels, .* 8 x 6"):
        list(text_predictions(tmp_path / "a.txt", tmp_path, (6, 8), class_numbers(TABLE, "ids")))


def test_a_pipe_for_a_mask_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "m.png")
    (tmp_path / "a.txt").write_text("m.png 26 0.5\n")
    with pytest.raises(DataError, match=r"m\.png cannot be read: it is a pipe, not a file"):
        list(text_predictions(tmp_path / "a.txt", tmp_path, (6, 8), class_numbers(TABLE, "ids")))
