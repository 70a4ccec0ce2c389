"""Street furniture: poles, signs, traffic lights, lamps, bins and other objects."""

import numpy as np

from cityscapes.sample.shapes import Patch, Thing, billboard, block, rectangle, ring

STEEL = (116, 120, 122)
BACK = (150, 152, 152)


def pole(height: float, radius: float = 0.05) -> list[Thing]:
    """A plain pole."""
    return [Thing("pole", [_shaft(height, radius)])]


def bollard(rng: np.random.Generator) -> list[Thing]:
    """A short post at the kerb, red and white or grey."""
    patches = [_shaft(0.95, 0.06)]
    if rng.random() < 0.6:
        band = billboard(rectangle(-0.06, 0.06, 0.62, 0.8), (196, 52, 46), x=-0.01, detail=True)
        patches.append(band)
    return [Thing("pole", patches)]


def lamp(rng: np.random.Generator, towards: int) -> list[Thing]:
    """A street lamp whose arm reaches over the road; towards +1 is right."""
    height = rng.uniform(6.5, 9.0)
    arm = np.array([
        (0, height - 0.5), (0.05, height - 0.6), (1.1, height - 0.12), (1.7, height - 0.1),
        (1.7, height), (1.0, height),
    ]) * (towards, 1)  # fmt: skip
    head = rectangle(1.1, 1.75, height - 0.2, height - 0.08) * (towards, 1)
    patches = [_shaft(height - 0.4, 0.08), billboard(arm, STEEL)]
    return [Thing("pole", [*patches, billboard(head, (206, 206, 196), x=-0.01)])]


def traffic_light(rng: np.random.Generator) -> list[Thing]:
    """A light on its pole: green, yellow or red."""
    height = rng.uniform(2.4, 3.2)
    case = rectangle(-0.17, 0.17, height, height + 0.95)
    hood = np.concatenate([case, [(-0.17, height + 0.95), (-0.2, height + 0.5)]])
    on = rng.integers(3)
    glow = [(74, 222, 120), (246, 198, 70), (240, 62, 52)]
    patches = [billboard(hood, (34, 38, 36))]
    for lens in range(3):
        colour = glow[lens] if lens == on else (58, 60, 58)
        disc = ring(0.11, 12, (0.0, height + 0.17 + 0.3 * lens))
        patches.append(billboard(disc, colour, x=-0.01, detail=True))
    return [*pole(height + 0.1, 0.06), Thing("traffic light", patches)]


def traffic_sign(rng: np.random.Generator, towards_camera: bool = True) -> list[Thing]:
    """A sign on its pole: round, triangular, square or a direction board."""
    height = rng.uniform(2.1, 2.6)
    things = pole(height + 0.3, 0.035)
    kind = rng.integers(5)
    centre = (0.0, height + 0.25)
    if not towards_camera:
        return [*things, Thing("traffic sign", [billboard(ring(0.31, 16, centre), BACK, x=-0.05)])]
    if kind == 0:  # no entry, or a limit
        plates = [
            (ring(0.32, 18, centre), (188, 30, 34)),
            (ring(0.23, 18, centre), (236, 236, 232)),
        ]
    elif kind == 1:  # danger or give way
        turn = rng.choice([-1, 1])
        corners = np.array([(-0.38, -0.3), (0.38, -0.3), (0.0, 0.36)]) * (1, turn)
        plates = [(corners + centre, (188, 30, 34)), (corners * 0.66 + centre, (236, 236, 232))]
    elif kind == 2:  # parking, crossing
        plates = [(rectangle(-0.3, 0.3, height, height + 0.6), (36, 84, 158)),
                  (rectangle(-0.1, 0.1, height + 0.1, height + 0.5), (232, 234, 236))]  # fmt: skip
    elif kind == 3:  # priority road
        diamond = ring(0.42, 4, centre)
        plates = [
            (diamond, (236, 236, 230)),
            (diamond * 0.7 + np.array(centre) * 0.3, (240, 196, 50)),
        ]
    else:  # direction board
        arrow = np.array([(-0.7, 0), (0.45, 0), (0.7, 0.2), (0.45, 0.4), (-0.7, 0.4)])
        plates = [(arrow + np.array([0.1, height]), (238, 200, 40)),
                  (rectangle(-0.5, 0.3, height + 0.15, height + 0.22), (30, 30, 30))]  # fmt: skip
    patches = [billboard(plates[0][0], plates[0][1], x=-0.05)]
    patches += [billboard(shape, colour, x=-0.06, detail=True) for shape, colour in plates[1:]]
    return [*things, Thing("traffic sign", patches)]


def gantry(rng: np.random.Generator, half_span: float) -> list[Thing]:
    """Signal poles on both sides joined by a beam: a `polegroup` with a light in its middle."""
    high = 5.6
    patches = [
        billboard(rectangle(y - 0.1, y + 0.1, 0, high), STEEL) for y in (-half_span, half_span)
    ]
    patches.append(billboard(rectangle(-half_span, half_span, high - 0.2, high), STEEL))
    case = billboard(rectangle(-0.2, 0.2, high - 1.2, high - 0.1), (34, 38, 36), x=-0.1)
    lens = billboard(ring(0.12, 12, (0, high - 0.3)), (240, 62, 52), x=-0.12, detail=True)
    return [Thing("polegroup", patches), Thing("traffic light", [case, lens])]


def bin_or_box(rng: np.random.Generator) -> list[Thing]:
    """A litter bin, letter box or switch cabinet: static."""
    width, height = rng.uniform(0.4, 1.1), rng.uniform(0.8, 1.5)
    colour = [(198, 168, 50), (86, 96, 88), (120, 122, 120), (150, 74, 46)][rng.integers(4)]
    return [Thing("static", block(-0.25, 0.25, width, 0, height, colour))]


def advertising_column(rng: np.random.Generator) -> list[Thing]:
    """A round column with posters: static."""
    body = np.concatenate(
        [rectangle(-0.6, 0.6, 0, 2.9)[:2], [(0.6, 2.9), (0.45, 3.2), (-0.45, 3.2), (-0.6, 2.9)]]
    )
    poster = rectangle(-0.5, 0.15, 0.9, 2.2)
    colour = [(206, 150, 60), (80, 120, 160), (170, 64, 80)][rng.integers(3)]
    patches = [billboard(body, (154, 152, 142)), billboard(poster, colour, x=-0.01, detail=True)]
    return [Thing("static", patches)]


def bench(rng: np.random.Generator) -> list[Thing]:
    """A bench: static."""
    wood = (122, 88, 58)
    legs = [rectangle(y - 0.04, y + 0.04, 0, 0.45) for y in (-0.7, 0.7)]
    patches = [Patch(billboard(np.stack(legs), STEEL).points, STEEL)]
    patches += [billboard(rectangle(-0.85, 0.85, 0.4, 0.85), wood)]
    return [Thing("static", patches)]


def pram(rng: np.random.Generator) -> list[Thing]:
    """A pram, a wheeled bin or a suitcase: dynamic."""
    colour = [(60, 74, 110), (70, 70, 74), (120, 50, 56)][rng.integers(3)]
    body = np.array([(-0.33, 0.26), (0.3, 0.26), (0.42, 0.95), (0.1, 1.05), (-0.4, 0.75)])
    wheels = [billboard(ring(0.15, 12, (y, 0.15)), (30, 30, 32)) for y in (-0.25, 0.25)]
    return [Thing("dynamic", [*wheels, billboard(body, colour)])]


def _shaft(height: float, radius: float) -> Patch:
    return billboard(rectangle(-radius, radius, 0.0, height), STEEL)
