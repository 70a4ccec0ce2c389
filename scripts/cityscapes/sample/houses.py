"""Houses and other masonry: façades with windows, roofs, walls, fences, bridges, tunnels.

A house stands at the origin with its façade on y = 0, from x = 0 onwards; side +1 is a house on
the left of the street (its body at y > 0), -1 one on the right.
"""

import numpy as np

from cityscapes.sample.shapes import Patch, Thing, billboard, block, facade, moved

# fmt: off
PLASTER = [
    (196, 184, 160), (178, 164, 140), (206, 198, 184), (160, 150, 138), (186, 150, 122),
    (150, 120, 104), (170, 172, 168), (208, 190, 150), (136, 92, 76), (188, 178, 172),
]
ROOFS = [(112, 66, 54), (92, 60, 52), (70, 70, 76), (96, 90, 86)]
# fmt: on
PANE = (62, 74, 88)
FRAME = (222, 220, 212)
STONE = (138, 134, 126)


def house(
    rng: np.random.Generator, side: int, width: float, storeys: int, plain: bool
) -> list[Thing]:
    """A house with rows of windows, shops below and a pitched roof; far ones are plain."""
    floor = rng.uniform(2.9, 3.5)
    height = storeys * floor + 0.6
    deep = rng.uniform(9, 13)
    colour = PLASTER[rng.integers(len(PLASTER))]
    roof = ROOFS[rng.integers(len(ROOFS))]
    rise = rng.uniform(1.5, 4.0)
    back = side * deep

    gable = [
        (0, 0, 0),
        (0, back, 0),
        (0, back, height),
        (0, back / 2, height + rise),
        (0, 0, height),
    ]
    if side > 0:
        gable.reverse()
    slope = [(0, 0, height), (width, 0, height), (width, back / 2, height + rise),
             (0, back / 2, height + rise)]  # fmt: skip
    if side < 0:
        slope.reverse()
    patches = [Patch(np.array([gable], float), colour)]
    patches.append(Patch(facade(0, width, 0, height, 0.0, side), colour))
    patches.append(Patch(np.array([slope], float), roof))
    patches += _chimneys(rng, side, width, deep, height + rise)
    if not plain:
        patches += _windows(rng, side, width, storeys, floor)
        patches += _gable_windows(side, deep, storeys, floor)
    return [Thing("building", patches)]


def wall(
    rng: np.random.Generator, side: int, length: float, height: float, label: str = "wall"
) -> list[Thing]:
    """A wall along the street, with a coping."""
    colour = [STONE, (168, 160, 148), (128, 104, 90)][rng.integers(3)]
    patches = [Patch(facade(0, length, 0, height, 0.0, side), colour)]
    coping = facade(0, length, height - 0.15, height, 0.0, side)
    patches.append(Patch(coping, (176, 172, 164), detail=True))
    ends = billboard(np.array([(-0.15, 0), (0.15, 0), (0.15, height), (-0.15, height)]), colour)
    return [Thing(label, [*patches, ends])]


def fence(rng: np.random.Generator, side: int, length: float, height: float) -> list[Thing]:
    """A fence of posts and rails along the street; one looks at its boards, not through."""
    colour = [(112, 92, 70), (86, 96, 90), (150, 148, 142)][rng.integers(3)]
    r, g, b = colour
    light = (min(255, r + 28), min(255, g + 28), min(255, b + 28))
    posts = np.arange(0.1, length, max(0.4, length / 40))
    patches = [Patch(facade(0, length, 0, height, 0.0, side), colour)]
    patches.append(Patch(facade(posts, posts + 0.12, 0, height, 0.0, side), light, detail=True))
    return [Thing("fence", patches)]


def guard_rail(side: int, length: float) -> list[Thing]:
    """A crash barrier along the road: one band on posts."""
    posts = np.arange(0.3, length, 4.0)
    steel = (168, 172, 176)
    patches = [
        Patch(facade(posts, posts + 0.12, 0, 0.5, 0.0, side), (120, 124, 128)),
        Patch(facade(0, length, 0.42, 0.75, 0.0, side), steel),
        Patch(facade(0, length, 0.56, 0.61, 0.0, side), (132, 136, 140), detail=True),
    ]
    return [Thing("guard rail", patches)]


def bridge(rng: np.random.Generator, half_span: float) -> list[Thing]:
    """A bridge across the street: a deck on two piers, with a railing."""
    low = rng.uniform(4.6, 5.4)
    colour = (150, 146, 138)
    deck = np.array([(-60, low), (60, low), (60, low + 1.3), (-60, low + 1.3)])
    rail = np.array([(-60, low + 1.3), (60, low + 1.3), (60, low + 1.5), (-60, low + 1.5)])
    pier = block(0, 1.2, 1.4, 0, low, STONE)
    patches = moved(pier, 0.0, -half_span) + moved(pier, 0.0, half_span)
    patches += [billboard(deck, colour), billboard(rail, (110, 112, 112))]
    lip = np.array([(-60, low), (60, low), (60, low + 0.25), (-60, low + 0.25)])
    patches.append(billboard(lip, (112, 108, 102), x=-0.01, detail=True))
    return [Thing("bridge", patches)]


def tunnel(rng: np.random.Generator, half_span: float) -> list[Thing]:
    """A tunnel mouth: its portal is a wall, the dark inside is the tunnel."""
    top = 6.0
    angle = np.linspace(0, np.pi, 19)
    arch = np.column_stack([np.cos(angle) * half_span, 3.2 + np.sin(angle) * (top - 3.2)])
    mouth = np.concatenate([[(half_span, 0.0)], arch, [(-half_span, 0.0)]])
    portal = [
        (-45, 0),
        (45, 0),
        (45, top + 4.5),
        (20, top + 3.0),
        (-20, top + 3.4),
        (-45, top + 5),
    ]
    lamps = [np.array([(x, 3.4), (x + 0.5, 3.4), (x + 0.5, 3.5), (x, 3.5)]) for x in (-2, 0, 2)]
    inside = [billboard(mouth, (46, 44, 44), x=-0.2)]
    inside.append(billboard(np.stack(lamps), (232, 206, 130), x=-0.25, detail=True))
    rim = [billboard(np.array(portal, float), (146, 140, 130))]
    return [Thing("wall", rim), Thing("tunnel", inside)]


def _windows(
    rng: np.random.Generator, side: int, width: float, storeys: int, floor: float
) -> list[Patch]:
    """Frames and panes in a regular grid, and shop windows or doors on the ground floor."""
    columns = max(1, int(width / rng.uniform(2.4, 3.4)))
    pitch = width / columns
    x, z = np.meshgrid((np.arange(columns) + 0.5) * pitch, np.arange(1, storeys) * floor + 1.5)
    x, z = x.ravel(), z.ravel()
    half, tall = 0.26 * pitch, 0.8
    frame = facade(x - half - 0.08, x + half + 0.08, z - tall - 0.1, z + tall + 0.1, 0.0, side)
    pane = facade(x - half, x + half, z - tall, z + tall, 0.0, side)
    patches = []
    if len(x):
        patches = [Patch(frame, FRAME, detail=True), Patch(pane, PANE, detail=True)]
        cross = facade(x - 0.04, x + 0.04, z - tall, z + tall, 0.0, side)
        patches.append(Patch(cross, FRAME, detail=True))
    shop = (np.arange(columns) + 0.5) * pitch
    lit = (84, 92, 98) if rng.random() < 0.5 else (150, 132, 96)
    patches.append(Patch(facade(0, width, 0, 0.5, 0.0, side), (104, 98, 92), detail=True))
    panes = facade(shop - 0.38 * pitch, shop + 0.38 * pitch, 0.5, 2.5, 0.0, side)
    patches.append(Patch(panes, lit, detail=True))
    if rng.random() < 0.5:
        sign = [(150, 40, 38), (40, 76, 120), (60, 104, 70), (206, 170, 60)][rng.integers(4)]
        start = rng.uniform(0.05, 0.4) * width
        board = facade(start, start + 0.5 * width, 2.6, 3.1, 0.0, side)
        patches.append(Patch(board, sign, detail=True))
    return patches


def _gable_windows(side: int, deep: float, storeys: int, floor: float) -> list[Patch]:
    """Two columns of windows on the end that looks down the street."""
    quads = []
    for storey in range(1, storeys):
        for share in (0.3, 0.65):
            y0, y1 = sorted((side * deep * share, side * (deep * share + 1.0)))
            z0, z1 = storey * floor + 0.8, storey * floor + 2.2
            quads.append([(0, y1, z0), (0, y0, z0), (0, y0, z1), (0, y1, z1)])
    return [Patch(np.array(quads, float), PANE, detail=True)] if quads else []


def _chimneys(
    rng: np.random.Generator, side: int, width: float, deep: float, ridge: float
) -> list[Patch]:
    patches = []
    for _ in range(rng.integers(0, 3)):
        x = rng.uniform(0.1, 0.8) * width
        chimney = block(x, x + 0.8, 0.8, ridge - 0.7, ridge + 0.9, (126, 84, 70))
        patches += moved(chimney, 0.0, side * deep * 0.5)
    return patches
