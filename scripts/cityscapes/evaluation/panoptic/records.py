"""The content of COCO panoptic files: categories, segments and frames."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

VOID = 0  # the segment id of pixels that belong to no segment
MAX_SEGMENT_ID = (1 << 24) - 1


class Category(NamedTuple):
    """A class that is evaluated; `thing` if it has instances, else it is "stuff"."""

    id: int
    name: str
    thing: bool


class SegmentInfo(NamedTuple):
    """The JSON entry of a segment; of predictions only id and category are read."""

    id: int
    category: int
    crowd: int = 0  # 1: a group of things without outlines of their own
    area: int | None = None  # in pixels


class PanopticFrame(NamedTuple):
    """The JSON entry of one frame."""

    image_id: str  # <city>_<sequence>_<frame>
    file_name: str  # of the picture, below the folder of the pictures
    segments: list[SegmentInfo]


@dataclass(frozen=True)
class PanopticFile:
    """A JSON file of a split: its frames by image id, in the order of the file."""

    path: Path
    pictures: Path  # the folder that holds them
    categories: list[Category]  # none in predictions
    frames: dict[str, PanopticFrame]
    note: str = ""  # how it was read, if that is not obvious
