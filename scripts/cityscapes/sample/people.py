"""People: walking, standing, sitting, riding; all face the camera as flat figures."""

import numpy as np

from cityscapes.sample.shapes import Colour, Patch, Thing, billboard, moved, rectangle, ring

# fmt: off
SHIRTS = [
    (38, 42, 52), (70, 76, 88), (132, 40, 44), (46, 82, 120), (190, 186, 174), (72, 96, 66),
    (168, 128, 62), (92, 58, 96), (214, 214, 214), (30, 60, 60),
]
TROUSERS = [(34, 36, 44), (52, 62, 86), (92, 84, 72), (60, 60, 62), (110, 112, 118)]
SKINS = [(214, 174, 148), (186, 140, 110), (128, 90, 68), (232, 194, 170)]
HAIRS = [(44, 34, 28), (92, 66, 42), (24, 22, 22), (150, 132, 104), (170, 168, 164)]

# Right half of a standing figure of height 1, from the neck down to the crotch.
HALF = np.array([
    (.030, .870), (.065, .845), (.118, .825), (.140, .760), (.148, .640), (.140, .520),
    (.118, .470), (.112, .540), (.104, .640), (.100, .560), (.108, .500), (.106, .400),
    (.092, .250), (.082, .100), (.110, .015), (.045, .000), (.038, .120), (.030, .260),
    (.012, .450),
])
# fmt: on


def person(rng: np.random.Generator, height: float | None = None) -> list[Thing]:
    """A person on foot."""
    height = height or rng.uniform(1.55, 1.9)
    stride = rng.uniform(0.0, 0.10) * rng.choice([-1, 1])
    return [Thing("person", _figure(rng, height, stride))]


def sitting_person(rng: np.random.Generator) -> list[Thing]:
    """A person on a bench, seen from the front."""
    lowered = [_lowered(patch, 0.42) for patch in _figure(rng, 1.75, 0.0)]
    return [Thing("person", lowered, kind="sitting person")]


def rider(rng: np.random.Generator, lift: float = 0.3) -> list[Thing]:
    """The rider of a two-wheeler, feet at `lift` metres."""
    height = rng.uniform(1.55, 1.75)
    patches = []
    for patch in _figure(rng, height, 0.04):
        points = patch.points.copy()
        legs = points[..., 2] < 0.45 * height
        points[..., 2] = np.where(
            legs, 0.45 * height + (points[..., 2] - 0.45 * height) * 0.55, points[..., 2]
        )
        points[..., 2] += lift - 0.2 * height
        patches.append(Patch(points, patch.colour, patch.detail, patch.private))
    return [Thing("rider", patches)]


def people_group(rng: np.random.Generator, count: int) -> list[Thing]:
    """Several people close together, annotated as one `persongroup`."""
    patches = []
    for k in range(count):
        aside = (k - (count - 1) / 2) * 0.42 + rng.uniform(-0.1, 0.1)
        figure = _figure(rng, rng.uniform(1.5, 1.9), rng.uniform(-0.08, 0.08))
        patches += moved(figure, -0.02 * k, aside)
    return [Thing("persongroup", patches)]


def _figure(rng: np.random.Generator, height: float, stride: float) -> list[Patch]:
    """One silhouette and, as details on it, legs, bag, head and hair."""
    shirt, trousers = _pick(rng, SHIRTS), _pick(rng, TROUSERS)
    wide = rng.uniform(0.95, 1.2)
    right = _stepped(HALF, stride) * (wide, 1.0)
    left = _stepped(HALF, -stride)[::-1] * (-wide, 1.0)
    head = ring(0.058, 14, (0.0, 0.935)) * (0.92, 1.0)
    crown = head[(head[:, 1] > 0.885)]
    order = np.argsort(np.arctan2(crown[:, 1] - 0.9, crown[:, 0]))
    outline = np.concatenate([left, crown[order][::-1], right]) * height

    # Clothes end at the hips: the trousers repeat the outline below them.
    legs = [np.concatenate([half[half[:, 1] < 0.47], half[-1:]]) for half in (right, left[::-1])]
    patches = [billboard(outline, shirt)]
    patches += [billboard(leg * height, trousers, x=-0.01, detail=True) for leg in legs]
    if rng.random() < 0.3:
        strap = rectangle(0.06, 0.17, 0.42, 0.58) * height
        patches.append(billboard(strap, _pick(rng, TROUSERS), x=-0.01, detail=True))
    skin = _pick(rng, SKINS)
    face = ring(0.054, 14, (0.0, 0.935)) * (0.92, 1.0) * height
    patches.append(billboard(face, skin, x=-0.01, detail=True, private=True))
    hair = face[face[:, 1] >= 0.945 * height]
    patches.append(billboard(hair, _pick(rng, HAIRS), x=-0.02, detail=True))
    return patches


def _stepped(half: np.ndarray, stride: float) -> np.ndarray:
    """Return the half figure with its foot moved sideways; knees follow by half."""
    moved = half.copy()
    moved[:, 0] += stride * np.clip(0.45 - half[:, 1], 0, None) / 0.45
    return moved


def _lowered(patch: Patch, drop: float) -> Patch:
    points = patch.points.copy()
    points[..., 2] = np.maximum(points[..., 2] - drop, 0.0)
    return Patch(points, patch.colour, patch.detail, patch.private)


def _pick(rng: np.random.Generator, colours: list[Colour]) -> Colour:
    return colours[rng.integers(len(colours))]
