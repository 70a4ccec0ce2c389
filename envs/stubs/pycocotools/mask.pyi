# What scripts/ uses of pycocotools. types-pycocotools does not know RLEs whose counts are numbers.
from typing import TypedDict, overload

import numpy as np

class Rle(TypedDict):
    size: list[int]
    counts: str | list[int]

class PackedRle(TypedDict):
    size: list[int]
    counts: bytes

@overload
def frPyObjects(rle: Rle, h: int, w: int, /) -> PackedRle: ...
@overload
def frPyObjects(
    polygons: list[list[float]], h: int, w: int, /
) -> list[PackedRle]: ...
def merge(rles: list[PackedRle], /) -> PackedRle: ...
def encode(mask: np.ndarray, /) -> PackedRle: ...
def decode(rle: Rle | PackedRle, /) -> np.ndarray: ...
def toBbox(rle: Rle | PackedRle, /) -> np.ndarray: ...
