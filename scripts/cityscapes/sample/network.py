"""The prediction of an imperfect network: it misses regions, confuses classes, moves borders."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from cityscapes.ground_truth.segments import Segment, class_of, segments
from cityscapes.labels import Label, LabelTable

# fmt: off
# Classes that each class is mistaken for.
LOOKALIKES = {
    "sidewalk":      ["road"],
    "wall":          ["fence", "building"],
    "fence":         ["wall", "vegetation"],
    "pole":          ["building", "vegetation"],
    "traffic light": ["traffic sign"],
    "traffic sign":  ["traffic light", "building"],
    "vegetation":    ["terrain", "building"],
    "terrain":       ["vegetation", "sidewalk"],
    "person":        ["rider"],
    "rider":         ["person"],
    "car":           ["truck"],
    "truck":         ["bus", "car"],
    "bus":           ["truck", "train"],
    "train":         ["bus"],
    "motorcycle":    ["bicycle"],
    "bicycle":       ["motorcycle"],
}
# fmt: on

UNSEEN = 0


@dataclass(frozen=True)
class Region:
    """A single object, or a connected region without instances: a road, a group of cars."""

    label: Label
    area: int  # pixels
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Scene:
    """The regions of a frame, and the picture in which the first one has the number 1."""

    numbers: np.ndarray  # uint16 (height, width): `UNSEEN` where the class is not evaluated
    regions: list[Region]


@dataclass(frozen=True)
class Network:
    """The quality of a network."""

    shift: float  # borders move by up to so many pixels in x and y ...
    wave: int  # ... one way over so many pixels
    faint: int  # a region of so many pixels is missed every second time, a larger one more rarely
    overlooked: float  # share of the objects that are missed whatever their size
    confused: float  # share of the small regions that are taken for a lookalike, large: a third


# ASSUME: a region of this size is large, in pixels.
LARGE = 20_000


def region_of(label: Label, segment: Segment) -> Region:
    """Return the region of a segment."""
    box = (segment.x, segment.y, segment.width, segment.height)
    return Region(label, segment.area, *box)


def scene_of(instance_ids: np.ndarray, table: LabelTable) -> Scene:
    """Return the regions of a uint16 (height, width) image of instance ids."""
    lookup = np.zeros(1 << 16, dtype=np.uint16)
    regions = []
    connected = []
    for segment in segments(instance_ids, table):
        label = class_of(segment.id, table)
        if segment.id < 1000:
            connected.append((label, segment))
            continue
        regions.append(region_of(label, segment))
        lookup[segment.id] = len(regions)
    numbers = cv2.LUT(instance_ids, lookup)
    for label, (id, _, left, top, width, height) in connected:
        box = np.s_[top : top + height, left : left + width]
        mask = (instance_ids[box] == id).view(np.uint8)
        count, parts, boxes, _ = cv2.connectedComponentsWithStats(mask, ltype=cv2.CV_16U)
        np.copyto(numbers[box], parts + np.uint16(len(regions)), where=parts > 0)
        for x, y, *size, area in boxes[1:count].tolist():
            regions.append(Region(label, area, left + x, top + y, *size))
    return Scene(numbers, regions)


def recognized(
    scene: Scene, network: Network, table: LabelTable, rng: np.random.Generator
) -> list[Label | None]:
    """Return the class that the network sees in each region; None if it misses the region."""
    return [_recognized(region, network, table, rng) for region in scene.regions]


def seen(scene: Scene, classes: list[Label | None]) -> np.ndarray:
    """uint16 (height, width): the scene's numbers, with surroundings in place of missed regions.

    A network gives a class to every pixel: what it misses, and what is not evaluated (the own
    car, parking lots), becomes the nearest ground, wall or sky. Objects do not grow.
    """
    found = [label is not None for label in classes]
    stuff = [label is not None and not label.has_instances for label in classes]
    return _filled(scene.numbers, _at(scene.numbers, found), _at(scene.numbers, stuff))


def moved(image: np.ndarray, network: Network, rng: np.random.Generator) -> np.ndarray:
    """Return the image with its borders moved by a smooth random displacement."""
    height, width = image.shape
    # Corners of cells of `wave` pixels get a displacement each; the picture lies well inside.
    corners = (height // network.wave + 4, width // network.wave + 4)
    pulls = rng.uniform(-network.shift, network.shift, (*corners, 2)).astype(np.float32)
    size = (corners[1] * network.wave, corners[0] * network.wave)
    right, down = cv2.split(cv2.resize(pulls, size, interpolation=cv2.INTER_LINEAR))
    x = right[:height, :width] + np.arange(width, dtype=np.float32)
    y = down[:height, :width] + np.arange(height, dtype=np.float32)[:, None]
    return cv2.remap(image, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)


def coarse(labels: np.ndarray, factor: int) -> np.ndarray:
    """uint8 (height, width): labels of squares of `factor` pixels, the most frequent in each.

    `labels` is uint8 (height, width); thin things vanish.
    """
    height, width = labels.shape
    size = (-(-width // factor), -(-height // factor))
    present = np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).astype(np.uint8)
    shares = [
        cv2.resize((labels == value).view(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
        for value in present
    ]
    frequent = present[np.argmax(shares, axis=0)]
    large = cv2.resize(
        frequent, (size[0] * factor, size[1] * factor), interpolation=cv2.INTER_NEAREST
    )
    return np.ascontiguousarray(large[:height, :width])


def objects(
    numbers: np.ndarray, scene: Scene, classes: list[Label | None], network: Network
) -> Iterator[tuple[Label, int, int, np.ndarray]]:
    """Yield class, left, top and mask, bool (height, width), of each object that is found.

    `numbers` is the scene's picture after `moved`; a mask may have empty rows and columns.
    """
    margin = int(np.ceil(network.shift)) + 1
    for number, (region, label) in enumerate(zip(scene.regions, classes, strict=True), start=1):
        if label is None or not label.has_instances:
            continue
        left, top = max(region.left - margin, 0), max(region.top - margin, 0)
        right, bottom = region.left + region.width + margin, region.top + region.height + margin
        mask = numbers[top:bottom, left:right] == number
        if mask.any():
            yield label, left, top, mask


def _recognized(
    region: Region, network: Network, table: LabelTable, rng: np.random.Generator
) -> Label | None:
    # Always as many random numbers: what happens to one region changes nothing for the others.
    luck, mix_up, choice = rng.random(3)
    missed = 0.5 ** (region.area / network.faint)
    if region.label.has_instances:
        missed = max(missed, network.overlooked)
    if luck < missed:
        return None
    lookalikes = _lookalikes(region.label, table)
    confused = network.confused if region.area < LARGE else network.confused / 3
    if lookalikes and mix_up < confused:
        return lookalikes[int(choice * len(lookalikes))]
    return region.label


def _lookalikes(label: Label, table: LabelTable) -> list[Label]:
    """Return similar classes of the table: evaluated, and with instances if the label has them."""
    found = [table.by_name.get(name) for name in LOOKALIKES.get(label.name, [])]
    return [
        other
        for other in found
        if other and not other.ignore_in_eval and other.has_instances == label.has_instances
    ]


def _at(numbers: np.ndarray, chosen: list[bool]) -> np.ndarray:
    """bool (height, width): True in the chosen regions."""
    lookup = np.zeros(1 << 16, dtype=np.uint8)
    lookup[1 : len(chosen) + 1] = chosen
    return cv2.LUT(numbers, lookup).view(bool)


def _filled(numbers: np.ndarray, found: np.ndarray, stuff: np.ndarray) -> np.ndarray:
    """Return the numbers, with that of the nearest pixel of `stuff` for missing ones."""
    if not stuff.any():
        stuff = found
    if not stuff.any():
        return np.full_like(numbers, UNSEEN)
    # The source of a pixel is the nearest zero; each zero has a label of its own.
    _, sources = cv2.distanceTransformWithLabels(
        (~stuff).view(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    number_of = np.zeros(numbers.size + 1, dtype=numbers.dtype)
    number_of[sources[stuff]] = numbers[stuff]
    filled = numbers.copy()
    filled[~found] = number_of[sources[~found]]
    return filled
