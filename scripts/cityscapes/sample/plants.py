"""Plants: trees, bushes, hedges and the wooded background, with ragged outlines."""

import numpy as np

from cityscapes.sample.shapes import Patch, Thing, billboard, ring

GREENS = [(72, 92, 48), (58, 80, 44), (92, 104, 56), (66, 86, 60), (104, 108, 60)]
BARK = (74, 62, 52)


def tree(rng: np.random.Generator, height: float, corners: int) -> list[Thing]:
    """A tree with a crown of so many corners."""
    green = GREENS[rng.integers(len(GREENS))]
    stem = height * rng.uniform(0.18, 0.3)
    crown = _crown(rng, corners) * (height * rng.uniform(0.26, 0.36), (height - stem) / 2)
    crown += (0.0, (height + stem) / 2)
    foot = 0.02 * height + 0.06
    trunk = [(-foot, 0), (foot, 0), (foot * 0.7, stem * 1.5), (-foot * 0.7, stem * 1.5)]
    patches = [billboard(np.array(trunk), BARK), billboard(crown, green)]
    return [Thing("vegetation", patches + _leaves(rng, crown, green, 7))]


def bush(rng: np.random.Generator, width: float, height: float, corners: int) -> list[Thing]:
    """A bush or hedge standing on the ground, wider than high."""
    green = GREENS[rng.integers(len(GREENS))]
    angle = np.linspace(0, np.pi, corners)
    squared = np.abs(np.sin(angle)) ** 0.35
    ragged = 1 + rng.normal(0, 0.05, corners)
    outline = np.column_stack([np.cos(angle) * width / 2, squared * height * ragged])
    outline[[0, -1], 1] = 0.0
    patches = [billboard(outline, green), *_leaves(rng, outline, green, 4)]
    return [Thing("vegetation", patches)]


def wood(rng: np.random.Generator, width: float, height: float, corners: int) -> list[Thing]:
    """A far row of trees: one wide polygon with a ragged upper edge."""
    green = GREENS[rng.integers(len(GREENS))]
    across = np.linspace(-width / 2, width / 2, corners)
    waves = sum(np.sin(across / size + rng.uniform(0, 7)) for size in (9.0, 4.0, 1.7)) / 3
    top = height * (0.75 + 0.2 * waves) + rng.normal(0, 0.03 * height, corners)
    edge = np.column_stack([across, np.maximum(top, 1.0)])
    outline = np.concatenate([edge, [(width / 2, 0.0), (-width / 2, 0.0)]])
    return [Thing("vegetation", [billboard(outline, green), *_leaves(rng, outline, green, 12)])]


def _crown(rng: np.random.Generator, corners: int) -> np.ndarray:
    """float (corners, 2): a ragged blob of radius about 1."""
    angle = np.arange(corners) * (2 * np.pi / corners)
    lobes = sum(
        rng.uniform(0.03, 0.1) * np.sin(k * angle + rng.uniform(0, 7)) for k in (2, 3, 5, 8)
    )
    radius = 0.92 + lobes + rng.normal(0, 0.045, corners)
    return np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]


def _leaves(rng: np.random.Generator, outline: np.ndarray, green, count: int) -> list[Patch]:
    """Blobs of shade and light: darker below, lighter above."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    patches = []
    for tone, height in ((0.8, -0.35), (0.92, -0.1), (1.08, 0.2), (1.2, 0.42)):
        aside = rng.uniform(-0.66, 0.66, count)
        up = (height + rng.uniform(-0.25, 0.25, count)) * np.sqrt(1 - aside**2)
        size = min(half) * rng.uniform(0.1, 0.26, count)
        ragged = rng.uniform(0.75, 1.25, (count, 9, 1))
        blobs = ring(1.0, 9) * size[:, None, None] * ragged
        blobs = blobs + (middle + half * np.column_stack([aside, up]))[:, None]
        blobs[..., 1] = np.maximum(blobs[..., 1], 0.0)
        r, g, b = green
        colour = (int(r * tone), int(g * tone), int(b * tone))
        patches.append(billboard(blobs, colour, x=-0.01, detail=True))
    return patches
