# What scripts/ uses of pycocotools. types-pycocotools does not know RLEs whose counts are numbers.
from typing import TypedDict

import numpy as np

class Rle(TypedDict):
    size: list[int]
    counts: str | list[int]

class PackedRle(TypedDict):
    size: list[int]
    counts: bytes

def frPyObjects(rle: Rle, h: int, w: int, /) -> PackedRle: ...
def encode(mask: np.ndarray, /) -> PackedRle: ...
def decode(rle: Rle | PackedRle, /) -> np.ndarray: ...
def toBbox(rle: Rle | PackedRle, /) -> np.ndarray: ...
