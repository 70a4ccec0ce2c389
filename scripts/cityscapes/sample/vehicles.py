"""Vehicles: cars, long vehicles, two-wheelers; a maker returns the vehicle and its plates.

A vehicle stands on the ground at the origin and looks along +x.
"""

import numpy as np

from cityscapes.sample.shapes import (
    Box,
    Colour,
    Patch,
    Thing,
    billboard,
    block,
    facade,
    flat,
    prism,
    rectangle,
    ring,
)

# fmt: off
PAINTS = [
    (28, 30, 34), (62, 66, 72), (148, 152, 156), (205, 207, 208), (236, 236, 232),
    (120, 24, 26), (38, 58, 104), (44, 74, 62), (176, 160, 128), (96, 110, 124),
]
# fmt: on
GLASS = (52, 62, 74)
TYRE = (24, 24, 26)
RIM = (128, 130, 134)
PLATE = (228, 228, 222)
TAIL_LIGHT = (172, 28, 26)
HEAD_LIGHT = (226, 230, 232)
SHADOW = (44, 45, 48)


def car(rng: np.random.Generator, label: str = "car") -> list[Thing]:
    """A car with windows, wheels, lights and, as a thing of its own, its number plates."""
    length = rng.uniform(3.9, 4.8)
    half = rng.uniform(0.85, 0.95)
    height = rng.uniform(1.42, 1.62)
    estate = rng.random() < 0.5
    paint = PAINTS[rng.integers(len(PAINTS))]
    back, front, belt = -length / 2, length / 2, 0.92

    body = [
        (back + 0.05, 0.28), (front - 0.05, 0.28), (front, 0.55), (front - 0.12, 0.74),
        (front - 1.15, belt), (back + 0.08, belt + 0.04), (back, 0.6),
    ]  # fmt: skip
    tail = back + (0.12 if estate else 0.65)
    roof = [tail + (0.25 if estate else 0.55), front - 1.95]
    cabin = [(tail, belt), (front - 1.1, belt), (roof[1], height), (roof[0], height)]
    narrow = [half - 0.06, half - 0.06, half - 0.22, half - 0.22]

    patches = [_shadow(length, half)]
    patches += _wheels([back + 0.8, front - 0.85], 0.32, half)
    patches += prism(body, half, paint) + prism(cabin, narrow, paint)
    patches += _cabin_windows(cabin, narrow)
    patches += _hubs([back + 0.8, front - 0.85], 0.32, half + 0.005)
    patches += _lights(back, front, half)
    size = (length, 2 * half, height)
    vehicle = Thing(label, patches, Box((0.0, 0.0, height / 2), size))
    return [vehicle, _plate(back - 0.02, 0.62, -1), _plate(front + 0.02, 0.45, 1)]


def van(rng: np.random.Generator, label: str = "car") -> list[Thing]:
    """A panel van: labelled car or caravan."""
    length, half, height = rng.uniform(4.8, 5.6), 0.98, rng.uniform(1.95, 2.6)
    paint = PAINTS[rng.integers(2, 5)]
    back, front = -length / 2, length / 2
    body = [
        (back, 0.3), (front, 0.3), (front, 0.95), (front - 0.35, 1.15), (front - 1.1, height),
        (back + 0.05, height),
    ]  # fmt: skip
    patches = [_shadow(length, half)]
    patches += _wheels([back + 1.0, front - 0.9], 0.34, half)
    patches += prism(body, half, paint)
    patches += _end_panes(back, half, [(0.1, 0.9, 1.2, height - 0.25)], GLASS, -1)
    patches += _side_panes([(front - 1.75, front - 0.95, 1.2, height - 0.35)], half, GLASS)
    patches += _hubs([back + 1.0, front - 0.9], 0.34, half + 0.005)
    patches += _lights(back, front, half)
    vehicle = Thing(label, patches, Box((0.0, 0.0, height / 2), (length, 2 * half, height)))
    return [vehicle, _plate(back - 0.02, 0.6, -1)]


def truck(rng: np.random.Generator) -> list[Thing]:
    """A lorry: cab, box and visible wheels."""
    length, half, height = rng.uniform(6.5, 9.0), 1.22, rng.uniform(3.0, 3.7)
    back, front = -length / 2, length / 2
    paint = PAINTS[rng.integers(len(PAINTS))]
    cover = [(218, 219, 214), (84, 108, 142), (196, 178, 84), (150, 60, 52)][rng.integers(4)]
    axles = [back + 1.0, back + 2.2, front - 1.1]
    patches = [_shadow(length, half)]
    patches += _wheels(axles, 0.48, half - 0.05)
    patches += block(back, front, 2 * half - 0.2, 0.55, 0.95, (54, 56, 60))
    patches += block(front - 1.9, front, 2 * half, 0.6, height - 0.5, paint)
    patches += _side_panes([(front - 1.5, front - 0.5, 1.7, height - 0.75)], half, GLASS)
    patches += _end_panes(front, half, [(0.06, 0.94, 1.6, height - 0.8)], GLASS, 1)
    patches += block(back, front - 2.1, 2 * half, 0.95, height, cover)
    patches += _end_panes(back, half, [(0.49, 0.51, 1.0, height - 0.1)], (120, 120, 118), -1)
    patches += _hubs(axles, 0.48, half + 0.005)
    patches += _lights(back, front, half, low=0.6)
    vehicle = Thing("truck", patches, Box((0.0, 0.0, height / 2), (length, 2 * half, height)))
    return [vehicle, _plate(back - 0.02, 0.7, -1)]


def bus(rng: np.random.Generator) -> list[Thing]:
    """A city bus with a band of windows."""
    length, half, height = 11.8, 1.27, 3.05
    paint = [(196, 160, 60), (178, 44, 40), (222, 222, 216), (60, 104, 148)][rng.integers(4)]
    return _coach("bus", length, half, height, paint, [-3.6, 3.2], plate=True)


def train(rng: np.random.Generator) -> list[Thing]:
    """A tram car."""
    paint = [(208, 190, 120), (186, 40, 44), (70, 112, 92)][rng.integers(3)]
    return _coach("train", rng.uniform(18, 26), 1.2, 3.4, paint, [-7.0, -5.4, 5.4, 7.0])


def caravan(rng: np.random.Generator) -> list[Thing]:
    """A caravan on its two wheels."""
    length, half, height = rng.uniform(4.2, 5.6), 1.1, 2.55
    back, front = -length / 2, length / 2
    body = [
        (back + 0.2, 0.45), (front - 0.2, 0.45), (front, 1.0), (front - 0.35, height),
        (back + 0.3, height), (back, 1.0),
    ]  # fmt: skip
    patches = [_shadow(length, half), *_wheels([-0.2], 0.33, half)]
    patches += prism(body, half, (232, 230, 222))
    patches += _end_panes(back + 0.1, half, [(0.18, 0.82, 1.35, 1.95)], GLASS, -1)
    patches += _side_panes([(back + 0.7, back + 1.7, 1.3, 1.9), (0.3, 1.4, 1.3, 1.9)], half, GLASS)
    patches += _hubs([-0.2], 0.33, half + 0.005)
    vehicle = Thing("caravan", patches, Box((0.0, 0.0, height / 2), (length, 2 * half, height)))
    return [vehicle, _plate(back - 0.02, 0.6, -1)]


def trailer(rng: np.random.Generator) -> list[Thing]:
    """A small open trailer with a tarpaulin."""
    length, half, height = rng.uniform(2.4, 3.4), 0.85, rng.uniform(1.3, 1.8)
    patches = [_shadow(length, half), *_wheels([0.0], 0.3, half)]
    patches += block(-length / 2, length / 2, 2 * half, 0.42, 0.85, (112, 116, 120))
    patches += block(-length / 2, length / 2, 2 * half, 0.85, height, (62, 90, 84))
    patches += _hubs([0.0], 0.3, half + 0.005)
    vehicle = Thing("trailer", patches, Box((0.0, 0.0, height / 2), (length, 2 * half, height)))
    return [vehicle, _plate(-length / 2 - 0.02, 0.6, -1)]


def two_wheeler(
    rng: np.random.Generator, label: str, length: float = 1.75, height: float = 1.05
) -> list[Thing]:
    """A bicycle or motorcycle seen from its side; its wheels stand on the line x = 0."""
    motor = label == "motorcycle"
    paint = PAINTS[rng.integers(len(PAINTS))]
    radius, thick = (0.31, 0.13) if motor else (0.34, 0.035)
    rear, front = -length / 2 + radius, length / 2 - radius
    seat, bar = (-0.25, height * 0.78), (front - 0.25, height)
    hubs = [(rear, radius), (front, radius)]
    patches = [billboard(_tyre(radius, thick, hub), TYRE) for hub in hubs]
    tube = 0.16 if motor else 0.03
    for a, b in [(hubs[0], seat), (hubs[0], (0.0, radius)), ((0.0, radius), seat),
                 (seat, bar), ((0.0, radius), bar), (hubs[1], bar)]:  # fmt: skip
        patches.append(billboard(_bar(a, b, tube), paint))
    patches.append(billboard(_bar(seat, (seat[0] - 0.28, seat[1] + 0.02), 0.08), TYRE))
    patches.append(billboard(_bar(bar, (bar[0] - 0.16, bar[1] + 0.03), 0.04), TYRE))
    if motor:
        tank = [(-0.2, 0.55), (0.35, 0.6), (0.3, 0.95), (-0.15, 0.85)]
        patches.append(billboard(np.array(tank), paint))
    # Its length lies along y: it heads to the right.
    box = Box((0.0, 0.0, height / 2), (length, 0.5, height), -np.pi / 2)
    return [Thing(label, patches, box)]


def two_wheeler_from_behind(rng: np.random.Generator, label: str) -> list[Thing]:
    """A bicycle or motorcycle seen from behind."""
    motor = label == "motorcycle"
    half = 0.08 if motor else 0.025
    paint = PAINTS[rng.integers(len(PAINTS))]
    height = 1.1
    patches = [
        billboard(rectangle(-half, half, 0.0, 0.66), TYRE),
        billboard(rectangle(-half * 2.2, half * 2.2, 0.5, 0.9), paint),
        billboard(rectangle(-0.3, 0.3, height - 0.06, height), TYRE),
        billboard(ring(0.045, 8, (0.0, 0.62)), TAIL_LIGHT, x=-0.01, detail=True),
    ]
    box = Box((0.0, 0.0, height / 2), (1.75, 0.6, height))
    things = [Thing(label, patches, box)]
    if motor:
        plate = billboard(rectangle(-0.1, 0.1, 0.42, 0.56), PLATE, x=-0.02, private=True)
        things.append(Thing("license plate", [plate]))
    return things


def _coach(
    label: str,
    length: float,
    half: float,
    height: float,
    paint: Colour,
    axles: list[float],
    plate: bool = False,
) -> list[Thing]:
    """A long box with a row of windows and doors."""
    back, front = -length / 2, length / 2
    patches = [_shadow(length, half), *_wheels(axles, 0.45, half - 0.05)]
    patches += block(back, front, 2 * half, 0.3, height, paint)
    starts = np.arange(back + 0.4, front - 1.4, 1.5)
    patches += _side_panes([(x, x + 1.3, 1.25, height - 0.55) for x in starts], half, GLASS)
    door = starts[len(starts) // 2]
    patches += _side_panes([(door, door + 1.3, 0.4, height - 0.5)], half + 0.002, (38, 44, 52))
    for end, sign in ((back, -1), (front, 1)):
        patches += _end_panes(end, half, [(0.08, 0.92, 1.3, height - 0.5)], GLASS, sign)
        sign_board = [(0.25, 0.75, height - 0.42, height - 0.15)]
        patches += _end_panes(end, half, sign_board, (236, 178, 60), sign)
    patches += _hubs(axles, 0.45, half + 0.005)
    patches += _lights(back, front, half, low=0.6)
    vehicle = Thing(label, patches, Box((0.0, 0.0, height / 2), (length, 2 * half, height)))
    return [vehicle, _plate(back - 0.02, 0.7, -1)] if plate else [vehicle]


def _shadow(length: float, half: float) -> Patch:
    """The dark ground below; painted first and no part of the outline."""
    round_off = np.array([0.93, 1.0, 0.93])
    x = np.concatenate([round_off * length / 2, -round_off * length / 2])
    y = np.array([-half, 0.0, half, half, 0.0, -half]) * 1.08
    return flat(np.column_stack([x, y]), SHADOW, detail=True)


def _wheels(axles: list[float], radius: float, half: float) -> list[Patch]:
    """Make tyres on both sides; the treads are their visible parts from behind or ahead."""
    patches = [_treads(axles, radius, half, end) for end in (-1, 1)]
    for side in (-1, 1):
        discs = [_disc(x, side * half, radius, radius, side) for x in axles]
        patches.append(Patch(np.stack(discs), TYRE))
    return patches


def _hubs(axles: list[float], radius: float, half: float) -> list[Patch]:
    """Make the wheels again, with rims, on the body that hides their upper halves."""
    patches = []
    for side in (-1, 1):
        for colour, size in ((TYRE, radius), (RIM, radius * 0.62)):
            discs = [_disc(x, side * half, radius, size, side) for x in axles]
            patches.append(Patch(np.stack(discs), colour, detail=True))
    return patches


def _treads(axles: list[float], radius: float, half: float, end: int) -> Patch:
    """Rectangles on the ground below both sides, seen from the rear (end -1) or the front."""
    quads = []
    for x in axles:
        for outer, inner in ((half, half - 0.22), (-half + 0.22, -half)):
            there = x + end * radius * 0.5
            quad = [
                (there, outer, 0),
                (there, inner, 0),
                (there, inner, radius),
                (there, outer, radius),
            ]
            quads.append(quad if end < 0 else quad[::-1])
    return Patch(np.array(quads, float), TYRE)


def _disc(x: float, y: float, z: float, radius: float, side: int) -> np.ndarray:
    circle = ring(radius, 14, (x, z))
    points = np.column_stack([circle[:, 0], np.full(14, y), circle[:, 1]])
    return points if side < 0 else points[::-1]


def _cabin_windows(cabin: list[tuple[float, float]], half: list[float]) -> list[Patch]:
    """Panes slightly smaller than the faces of the cabin, on its slanted faces."""
    solid = prism(cabin, half, GLASS)
    panes = []
    for patch in [solid[1], solid[3], *solid[4:]]:  # windscreen, rear window, both sides
        middle = patch.points.mean(axis=1, keepdims=True)
        inset = middle + (patch.points - middle) * 0.86
        panes.append(Patch(inset, GLASS, detail=True))
    return panes


def _side_panes(panes: list[tuple], half: float, colour: Colour) -> list[Patch]:
    """Panes (x0, x1, z0, z1) on both sides of a vehicle."""
    x0, x1, z0, z1 = np.array(panes).T
    return [
        Patch(facade(x0, x1, z0, z1, -side * half, side), colour, detail=True) for side in (-1, 1)
    ]


def _end_panes(x: float, half: float, panes: list[tuple], colour: Colour, end: int) -> list[Patch]:
    """Panes (from, to, z0, z1), from and to in shares of the width; end -1 is the rear."""
    quads = []
    for start, stop, z0, z1 in panes:
        y0, y1 = (-half + 2 * half * share for share in (start, stop))
        corners = [(x, y1, z0), (x, y0, z0), (x, y0, z1), (x, y1, z1)]
        quads.append(corners if end < 0 else corners[::-1])
    return [Patch(np.array(quads, float), colour, detail=True)]


def _lights(back: float, front: float, half: float, low: float = 0.66) -> list[Patch]:
    panes = [(0.02, 0.17, low, low + 0.16), (0.83, 0.98, low, low + 0.16)]
    rear = _end_panes(back - 0.01, half, panes, TAIL_LIGHT, -1)
    return rear + _end_panes(front + 0.01, half, panes, HEAD_LIGHT, 1)


def _plate(x: float, z: float, end: int) -> Thing:
    """A number plate, 52 x 11 cm."""
    pane = _end_panes(x, 0.26, [(0.0, 1.0, z - 0.055, z + 0.055)], PLATE, end)[0]
    return Thing("license plate", [Patch(pane.points, PLATE, private=True)])


def _tyre(radius: float, thick: float, hub: tuple[float, float]) -> np.ndarray:
    """float (34, 2): a ring with a slit, so that one sees through the wheel."""
    outer, inner = ring(radius, 16), ring(radius - thick, 16)
    closed = np.concatenate([outer, outer[:1], inner[:1], inner[::-1]])
    return closed + hub


def _bar(a: tuple[float, float], b: tuple[float, float], thick: float) -> np.ndarray:
    """float (4, 2): a straight tube from a to b."""
    start, end = np.array(a), np.array(b)
    along = (end - start) / np.hypot(*(end - start))
    across = np.array([-along[1], along[0]]) * thick / 2
    return np.array([start - across, end - across, end + across, start + across])
