"""The instances of a frame, as records and as lists in the manifest."""

from dataclasses import dataclass

from cityscapes.exports.outlines import Outline


@dataclass(frozen=True)
class Instance:
    """One value of instanceIds; the box is x, y, width, height in pixels."""

    value: int  # class * 1000 + number, or the class itself for a group
    area: int
    box: tuple[int, int, int, int]
    counts: str  # COCO's compressed run-length code
    outlines: tuple[Outline, ...]  # of a single object, in the order of OpenCV; a group has none

    @property
    def is_group(self) -> bool:
        """Return True for a group of objects, such as `cargroup`."""
        return self.value < 1000

    @property
    def class_id(self) -> int:
        """Return the id of its class."""
        return self.value if self.is_group else self.value // 1000


def as_list(one: Instance) -> list:
    """Return an instance as a short list for the manifest, since a frame has dozens."""
    outlines = [[outline.x, outline.y, outline.chain] for outline in one.outlines]
    return [one.value, one.area, *one.box, one.counts, outlines]


def read_instances(value: dict) -> list[Instance]:
    """Read the instances that the manifest keeps for a frame."""
    return [
        Instance(number, area, (x, y, w, h), counts, tuple(Outline(*one) for one in outlines))
        for number, area, x, y, w, h, counts, outlines in value["instances"]
    ]
