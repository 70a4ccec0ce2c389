"""Flat surfaces: terrain, carriageway with its marks, pavements, parking bays, rails."""

import numpy as np

from cityscapes.sample.layout import Layout
from cityscapes.sample.shapes import UNLABELED, Colour, Patch, Thing, flat, place

ASPHALT = (98, 98, 102)
PAVING = (142, 136, 130)
PAINT = (206, 206, 202)
GRASS = (98, 112, 66)
EARTH = (122, 112, 96)
KERB = (164, 162, 156)
NEAR = 3.2
FAR = 260.0


def surfaces(rng: np.random.Generator, plan: Layout) -> list[Thing]:
    """The ground from the far terrain up to the marks on the road, in painting order."""
    things = [_base(rng)]
    for side in (-1, 1):
        things += _pavement(rng, plan, side)
    things.append(_road(rng, plan))
    for side in (-1, 1):
        if plan.has("parking"):
            things.append(_bays(rng, plan, side))
    if plan.has("rail"):
        things.append(_rails(plan))
    if plan.has("ground"):
        things.append(_square(rng, plan))
    return place(things, 0.0, 0.0)


def _base(rng: np.random.Generator) -> Thing:
    """Terrain; in some frames waste land without a label."""
    waste = rng.random() < 0.4
    label, colour = (UNLABELED, EARTH) if waste else ("terrain", GRASS)
    return Thing(
        label, [flat([(NEAR, -90), (FAR, -140), (FAR, 140), (NEAR, 90)], _toned(colour, rng))]
    )


def _pavement(rng: np.random.Generator, plan: Layout, side: int) -> list[Thing]:
    """Pavement between kerb and fronts, its slabs, and sometimes a strip of grass along it."""
    inner, outer = plan.edge(plan.road, side), plan.edge(plan.pavement, side) + side * 0.3
    paving = _toned(PAVING, rng)
    slabs = [flat(_strip(plan, inner, outer, 22, rng), paving)]
    seams = [_strip_between(plan, s, s + 0.05, inner, outer) for s in np.arange(5, 40, 1.5)]
    dark = _darker(paving, 10)
    slabs.append(flat(np.stack(seams), dark, detail=True))
    slabs.append(flat(_strip(plan, inner, inner + side * 0.16, 22), KERB, detail=True))
    things = [Thing("sidewalk", slabs)]
    if rng.random() < 0.5:
        start, stop = sorted(rng.uniform(6, 70, size=2))
        verge = plan.edge(plan.kerb, side)
        grass = _strip(plan, verge, verge + side * rng.uniform(1.0, 2.2), 12, rng, start, stop + 8)
        things.append(Thing("terrain", [flat(grass, GRASS)]))
    return things


def _road(rng: np.random.Generator, plan: Layout) -> Thing:
    right, left = plan.road
    grey = _toned(ASPHALT, rng)
    patches = [flat(_strip(plan, right, left, 26), grey)]
    worn = _darker(grey, 5)
    for t in (-0.8, 0.8):
        patches.append(flat(_strip(plan, t - 0.25, t + 0.25, 14), worn, detail=True))
    dashes = [_strip_between(plan, s, s + 3.0, 1.72, 1.86) for s in np.arange(5, 130, 6.0)]
    patches.append(flat(np.stack(dashes), PAINT, detail=True))
    rim = _strip(plan, right + 0.25, right + 0.37, 20)
    patches.append(flat(rim, PAINT, detail=True))
    if rng.random() < 0.35:
        patches += _crossing(plan, rng.uniform(16, 40))
    return Thing("road", patches)


def _crossing(plan: Layout, s: float) -> list[Patch]:
    """Zebra bars and the stop line before them."""
    bars = np.arange(plan.road[0] + 0.4, plan.road[1] - 0.5, 1.0)
    zebra = np.stack([_strip_between(plan, s, s + 3.2, t, t + 0.5) for t in bars])
    stop = _strip_between(plan, s - 1.6, s - 1.2, plan.road[0], 1.7)
    return [flat(zebra, PAINT, detail=True), flat(stop, PAINT, detail=True)]


def _bays(rng: np.random.Generator, plan: Layout, side: int) -> Thing:
    inner, outer = plan.edge(plan.road, side), plan.edge(plan.kerb, side)
    start, stop = rng.uniform(7, 14), rng.uniform(60, 110)
    patches = [flat(_strip(plan, inner, outer, 12, None, start, stop), (112, 104, 104))]
    marks = [_strip_between(plan, s, s + 0.12, inner, outer) for s in np.arange(start, stop, 6.0)]
    return Thing("parking", [*patches, flat(np.stack(marks), PAINT, detail=True)])


def _rails(plan: Layout) -> Thing:
    """The bed of two tram rails in the left half of the road."""
    middle = plan.road[1] - 1.9
    patches = [flat(_strip(plan, middle - 1.2, middle + 1.2, 20), (118, 110, 104))]
    for t in (middle - 0.72, middle + 0.72):
        patches.append(flat(_strip(plan, t - 0.06, t + 0.06, 20), (64, 60, 60), detail=True))
    return Thing("rail track", patches)


def _square(rng: np.random.Generator, plan: Layout) -> Thing:
    """A paved place that is neither road nor pavement: ground."""
    start = rng.uniform(18, 30)
    side = int(rng.choice([-1, 1]))
    inner = plan.edge(plan.kerb, side) + side * 0.6
    strip = _strip(plan, inner, inner + side * 2.0, 10, rng, start, start + 22)
    return Thing("ground", [flat(strip, (150, 132, 120))])


def _darker(colour: Colour, by: int) -> Colour:
    red, green, blue = colour
    return red - by, green - by, blue - by


def _toned(colour: Colour, rng: np.random.Generator) -> Colour:
    """The colour somewhat lighter or darker, and a little warmer or colder."""
    tone, warmth = rng.integers(-12, 13), rng.integers(-4, 5)
    red, green, blue = colour
    return int(red + tone + warmth), int(green + tone), int(blue + tone - warmth)


def _strip(
    plan: Layout,
    t0: float,
    t1: float,
    count: int,
    rng: np.random.Generator | None = None,
    start: float = NEAR,
    stop: float = FAR,
) -> np.ndarray:
    """float (2 * count, 2): a strip along the street; with rng its outer edge is uneven."""
    s = np.geomspace(start, stop, count)
    uneven = 0.0 if rng is None else rng.normal(0, 0.06, count)
    return np.concatenate([plan.line(s, t0), plan.line(s, t1 + uneven)[::-1]])


def _strip_between(plan: Layout, s0: float, s1: float, t0: float, t1: float) -> np.ndarray:
    """float (4, 2): a short piece of a strip."""
    ends = np.array([s0, s1])
    return np.concatenate([plan.line(ends, t0), plan.line(ends, t1)[::-1]])
