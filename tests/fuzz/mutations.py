"""Damage done to small valid files, each time another: of bytes, of JSON values, of PNG chunks."""

import copy
import json
import random
import struct
import zlib
from typing import Any

TOKENS = [
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n", b"\t", b" ", b'"', b"'", b"#"),
    *(b",", b";", b":", b"[", b"]", b"{", b"}", b"\\", b"\\u0000", b"\\ud800", b"\x1b[2J", b"-"),
    *(b"NaN", b"-Infinity", b"1e999", b"1_0", b"0x1", b"null", b"true", b"-1", b"0", b"1"),
    *(b"255", b"256", b"65535", b"65536", b"2147483648", b"1" + b"0" * 20, b"9" * 400),
    *(b"9" * 5000, b"[" * 2000, b'{"a":' * 2000, b" " * 100_000, b"[[],", b"..", b"/", b"\xe4"),
    *("\u0660\uff18".encode(), "\u202e".encode(), "\U0001f600".encode()),
]
VALUES = [
    *(None, True, False, 0, -1, 1, 255, 256, 1000, 65_536, 1 << 31, 1 << 63, 1 << 64, -(10**20)),
    *(10**400, 0.5, -0.0, 1e-320, 1e308, float("nan"), float("inf"), -float("inf")),
    *("", " ", "a", "\0", "\ud800", "\udcff", "../x", "/etc/passwd", "\x1b[2J", "x" * 300),
    *("x" * 100_000, "bonn\n", "\u202e", "cargroup", "group", [], {}, [[]], {"": None}),
    *([0] * 2000, [[0, 0]] * 2000, [[[[[]]]]], {"a": {"b": [1]}}, [1e308] * 4, [10**400] * 4),
]


def mutated(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """A damaged version of a file; `others` are more files of its kind."""
    if data.startswith(b"\x89PNG") and rng.random() < 0.7:
        data = _png(rng, data)
    elif data[:1] in b"{[" and rng.random() < 0.6:
        data = _json(rng, data)
        if rng.random() < 0.8:
            return data
    for _ in range(rng.choice([0, 1, 1, 1, 2, 4])):
        data = _bytes(rng, data, others)
    return data


def _bytes(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    start = rng.randrange(len(data) + 1)
    end = min(len(data), start + rng.choice([1, 1, 2, 5, 20, 200]))
    change = rng.randrange(7)
    if change == 0:  # cut
        return data[:start]
    if change == 1:  # a piece is gone
        return data[:start] + data[end:]
    if change == 2:  # a piece is there often
        return data[:start] + data[start:end] * rng.choice([2, 3, 50]) + data[end:]
    if change == 3:  # something is put in
        return data[:start] + rng.choice(TOKENS) + data[start:]
    if change == 4:  # something is put in its place
        return data[:start] + rng.choice(TOKENS) + data[end:]
    if change == 5 and data:  # bits are turned
        changed = bytearray(data)
        for _ in range(rng.choice([1, 1, 3, 10])):
            changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return bytes(changed)
    other = rng.choice(others)  # two files in one
    return data[:start] + other[rng.randrange(len(other)) :]


def _json(rng: random.Random, data: bytes) -> bytes:
    try:
        document = [json.loads(data)]
    except ValueError:  # damaged before
        return data
    for step in range(rng.choice([1, 1, 1, 2, 3])):
        value = copy.deepcopy(rng.choice(VALUES))
        holders = list(_holders(document))
        holder = rng.choice(holders)
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        change = rng.randrange(6)
        if not keys or change == 0:
            if isinstance(holder, list):
                holder.append(value)
            else:
                holder[rng.choice(["", "deleted", "size", "\0"])] = copy.deepcopy(
                    rng.choice(VALUES)
                )
        elif change == 1 and holder is not document:
            del holder[rng.choice(keys)]
        elif change == 2:
            key = rng.choice(keys)
            for _ in range(rng.choice([1, 50, 900])):
                holder[key] = [holder[key]]
        elif change == 3 and isinstance(holder, list) and holder is not document:
            # Often only once: what holds itself often, often again, fills the memory.
            holder += [rng.choice(holder)] * (rng.choice([1, 20, 1500]) if step == 0 else 1)
        else:
            holder[rng.choice(keys)] = value
    try:
        text = json.dumps(document[0], ensure_ascii=rng.random() < 0.8)
    except (RecursionError, ValueError):
        return data
    return text.encode(errors="surrogatepass")


def _holders(value: Any):
    """The lists and objects of a document, one in the other."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, (list, dict)):
            yield value
            waiting += value.values() if isinstance(value, dict) else value[:50]


def _png(rng: random.Random, data: bytes) -> bytes:
    """Chunks changed, with checksums that fit."""
    chunks, start = [], 8
    while start + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, start)
        chunks.append((name, data[start + 8 : start + 8 + length]))
        start += length + 12
    place = rng.randrange(len(chunks))
    name, body = chunks[place]
    change = rng.randrange(6)
    if change == 0:  # another header
        fields = list(struct.unpack(">IIBBBBB", chunks[0][1]))
        field = rng.randrange(7)
        sizes = [0, 1, 7, 9, 2048, 20_000, 60_000, 1 << 20, (1 << 31) - 1, (1 << 32) - 1]
        fields[field] = rng.choice(sizes if field < 2 else [0, 1, 2, 3, 4, 6, 8, 16, 255])
        chunks[0] = (chunks[0][0], struct.pack(">IIBBBBB", *fields))
    elif change == 1:  # other rows
        rows = rng.choice([b"", b"\0" * 20, rng.randbytes(300), b"\4" * 300, b"\0" * 10_000_000])
        chunks = [(n, zlib.compress(rows) if n == b"IDAT" else b) for n, b in chunks]
    elif change == 2:
        name = rng.choice([b"tRNS", b"PLTE", b"eXIf", b"iCCP", b"zTXt", b"gAMA", b"IDAT", b"IHDR"])
        chunks.insert(place, (name, rng.randbytes(rng.choice([0, 2, 6, 768, 5000]))))
    elif change == 3:
        del chunks[place]
    elif change == 4:
        chunks[place] = (name, _bytes(rng, body, [body or b"\0"]))
    else:
        chunks.insert(rng.randrange(len(chunks)), chunks[place])
    return data[:8] + b"".join(
        struct.pack(">I", len(body))
        + name
        + body
        + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))
        for name, body in chunks
    )
