"""Decoded images are OpenCV's, whatever the file: those of this project by a way of our own."""

import resource
import struct
import zlib
from itertools import pairwise

import cv2
import numpy as np
import pytest

from cityscapes.png import write as png
from cityscapes.png.decode import (
    AS_GREY,
    AS_RGB,
    ROWS,
    UNCHANGED,
    _decode_simple,
    chunks_fit,
    decode,
)
from cityscapes.png.header import MAX_PIXELS, parse_header
from cityscapes.png.signature import SIGNATURE
from cityscapes.png.write import assemble, encode

KINDS = {  # shape behind height and width, dtype -> bits, colour type, flags
    "grey 8": ((), np.uint8, 8, 0, (AS_GREY, UNCHANGED)),
    "grey 16": ((), np.uint16, 16, 0, (AS_GREY, UNCHANGED)),
    "RGB": ((3,), np.uint8, 8, 2, (AS_RGB, UNCHANGED)),
    "RGB 16": ((3,), np.uint16, 16, 2, (UNCHANGED,)),
    "RGBA": ((4,), np.uint8, 8, 6, (UNCHANGED,)),
}
OURS = ("grey 8", "grey 16", "RGB")


def opencv(data, flags):
    try:
        return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error:
        return None


def assert_as_opencv(data, flags):
    header = parse_header(data)
    if header is None or header.width * header.height > MAX_PIXELS:
        return
    found, wanted = decode(data, header, flags), opencv(data, flags)
    assert (found is None) == (wanted is None)
    if wanted is not None:
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)


def random_image(rng, kind):
    channels, dtype, *_ = KINDS[kind]
    height, width = rng.integers(1, 2.5 * ROWS), rng.integers(1, 20)
    most = rng.choice([2, 40, np.iinfo(dtype).max + 1])
    return rng.integers(0, most, (height, width, *channels)).astype(dtype)


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def odd_png(rng, kind):
    """A PNG file, most of it as the specification wants it: filters, pieces, chunks by chance."""
    channels, _, bits, color_type, _ = KINDS[kind]
    height, width = rng.integers(1, 30, 2).tolist()
    stride = 1 + width * (channels or (1,))[0] * bits // 8
    rows = rng.integers(0, 256, (height, stride), dtype=np.uint8)
    others = rng.integers(0, rng.choice([1, 2, 3, 6]), height)  # 3 and more are not undone by us
    rows[:, 0] = np.where(rng.random(height) < rng.choice([0, 0.5, 1]), 2, others)
    packed = zlib.compress(rows.tobytes()[: -rng.choice([1, 2, stride]) or None])
    if rng.random() < 0.7:
        packed = zlib.compress(rows.tobytes() + bytes(rng.choice([0, 0, 0, 1, stride])))
    packed += rng.choice([b"", b"", b"more"])
    ends = [0, *sorted(rng.integers(0, len(packed), rng.integers(3)).tolist()), len(packed)]
    methods = (rng.random(3) < 0.04).tolist()
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, *methods)
    chunks = [(b"IHDR", header), *((b"IDAT", packed[a:b]) for a, b in pairwise(ends))]
    if rng.random() < 0.3:
        names = [b"tEXt", b"tRNS", b"gAMA", b"PLTE", b"IHDR", b"acTL", b"ABCD", b"eXIf"]
        extra = (rng.choice(names), rng.bytes(rng.integers(9)))
        chunks.insert(rng.integers(len(chunks) + 1), extra)
    chunks.append((b"IEND", rng.choice([b"", b"", b"end"])))
    return SIGNATURE + b"".join(chunk(*each) for each in chunks) + rng.choice([b"", b"tail"])


@pytest.mark.parametrize("kind", KINDS)
def test_images_that_we_wrote(kind):
    for seed in range(40):
        image = random_image(np.random.default_rng(seed), kind)
        data = encode(image)
        for flags in KINDS[kind][-1]:
            assert_as_opencv(data, flags)
        own = _decode_simple(data, parse_header(data)) if kind in OURS else image
        np.testing.assert_array_equal(own, image)


@pytest.mark.parametrize("kind", KINDS)
def test_images_that_opencv_wrote(kind):
    for seed in range(40):
        data = cv2.imencode(".png", random_image(np.random.default_rng(seed), kind))[1].tobytes()
        for flags in KINDS[kind][-1]:
            assert_as_opencv(data, flags)


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("filters", [[0], [1], [2], [0, 1, 2]], ids=str)
def test_rows_with_simple_filters_are_undone_here(kind, filters):
    rng = np.random.default_rng(7)
    channels, _, bits, color_type, (flags, *_) = KINDS[kind]
    height, width = 2 * ROWS + 5, 9
    stride = 1 + width * (channels or (1,))[0] * bits // 8
    rows = rng.integers(0, 256, (height, stride), dtype=np.uint8)
    rows[:, 0] = rng.choice(filters, height)
    rows[:ROWS, 0] = filters[0]
    data = assemble(struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0),
                    zlib.compress(rows.tobytes()))  # fmt: skip
    found = _decode_simple(data, parse_header(data))
    assert found is not None
    np.testing.assert_array_equal(found, opencv(data, flags))


@pytest.mark.parametrize("kind", KINDS)
def test_odd_files(kind):
    for seed in range(500):
        data = odd_png(np.random.default_rng(seed), kind)
        for flags in KINDS[kind][-1]:
            assert_as_opencv(data, flags)


@pytest.mark.parametrize("kind", OURS)
def test_files_that_are_cut_or_have_a_wrong_bit(kind):
    # Slow (seconds): some 2,000 files, each decoded by OpenCV, too; the images are tiny already.
    data = encode(random_image(np.random.default_rng(1), kind)[:4])
    flags = KINDS[kind][-1][0]
    for end in range(len(data)):
        assert_as_opencv(data[:end], flags)
    for bit in range(0, 8 * len(data), 5):  # every bit of a byte, in some bytes
        broken = bytearray(data)
        broken[bit // 8] ^= 1 << bit % 8
        assert_as_opencv(bytes(broken), flags)


@pytest.mark.parametrize("kind", OURS)
def test_a_wrong_bit_below_a_right_checksum(kind):
    # Only the checksum of the inflated bytes, and their number, can tell now.
    data = encode(random_image(np.random.default_rng(2), kind)[:4])
    packed, flags = data[41:-16], KINDS[kind][-1][0]
    for bit in range(0, 8 * len(packed), 5):
        broken = bytearray(packed)
        broken[bit // 8] ^= 1 << bit % 8
        assert_as_opencv(assemble(data[16:29], bytes(broken)), flags)


@pytest.mark.parametrize("rows", [3, ROWS, 20 * ROWS + 1])
def test_a_stream_that_goes_on_is_left_to_opencv(rows):
    data = encode(np.ones((rows, 5), dtype=np.uint8))
    filtered = png._filtered(np.ones((rows, 5), dtype=np.uint8)).tobytes()
    longer = assemble(data[16:29], zlib.compress(filtered + bytes(1 << 20)))
    assert _decode_simple(longer, parse_header(longer)) is None
    assert_as_opencv(longer, AS_GREY)


# Found by fuzzing: OpenCV took 2 and 3 GB of memory for these 80 bytes.
@pytest.mark.parametrize(("bits", "color"), [(8, 2), (16, 0)])
def test_a_chunk_longer_than_the_file_takes_no_memory(bits, color):
    whole = encode(np.zeros((6, 8, 3)[: 3 if color else 2], np.uint8 if bits == 8 else np.uint16))
    assert chunks_fit(whole) and chunks_fit(whole + b"beyond the end")
    length = whole.index(b"IDAT") - 4
    broken = whole[:length] + b"\x80" + whole[length + 1 :]
    assert not chunks_fit(broken)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert decode(broken, parse_header(broken), UNCHANGED) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
