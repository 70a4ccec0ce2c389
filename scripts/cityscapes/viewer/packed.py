"""Arrays and a document in one exact answer, because browsers' images have 8 bits.

Bytes: length of the header (uint32), the header (JSON, padded with blanks to a multiple of 4), the
arrays one after the other; all numbers little-endian.
"""

import json
import struct
from typing import Any

import numpy as np


def pack(document: dict[str, Any], **arrays: np.ndarray) -> bytes:
    """Return the bytes of a document and its arrays, uint8 or uint16 of any shape.

    The header gets `arrays`: name -> dtype, shape and offset behind the header.
    """
    places, parts, offset = {}, [], 0
    for name, array in arrays.items():
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        places[name] = {"dtype": array.dtype.name, "shape": array.shape, "offset": offset}
        data += bytes(-len(data) % 4)
        parts.append(data)
        offset += len(data)
    header = json.dumps({**document, "arrays": places}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 4)
    return b"".join([struct.pack("<I", len(header)), header, *parts])
