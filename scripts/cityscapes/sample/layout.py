"""The plan of a street: its bend, the limits of its strips, and special features.

Along the street counts `s` in metres ahead of the vehicle, across it `t` in metres to the left
of the vehicle's lane.
"""

from dataclasses import dataclass

import numpy as np

# Extras of a scene besides the common things. The first frames of the cities take these sets
# in turn, so that a small sample has every class already.
THEMES = [
    {"rail", "polegroup", "parking", "hidden", "fence"},
    {"bridge", "guard rail", "truck", "trailer", "deleted"},
    {"tunnel", "guard rail", "truck", "hidden"},
    {"groups", "dynamic", "ground", "bus", "crowd"},
    {"caravan", "trailer", "motorcycle", "parking", "fence"},
    {"bus", "truck", "groups", "polegroup", "crowd", "busy"},
]

# Probability of each of them.
CHANCES = {
    "parking": 0.45,
    "truck": 0.2,
    "bus": 0.15,
    "motorcycle": 0.3,
    "groups": 0.35,
    "dynamic": 0.12,
    "ground": 0.1,
    "crowd": 0.15,
    "polegroup": 0.1,
    "hidden": 0.3,
    "busy": 0.02,
    "deleted": 0.05,
    "rail": 0.06,
    "bridge": 0.05,
    "caravan": 0.05,
    "trailer": 0.06,
    "fence": 0.25,
}


@dataclass(frozen=True)
class Layout:
    """The plan of one street."""

    bend: float  # the street's middle is at y = bend * s ** 2
    road: tuple[float, float]  # t of the right and the left edge of the carriageway
    kerb: tuple[float, float]  # t where the pavements begin, beyond the parked cars
    pavement: tuple[float, float]  # t where they end; front gardens follow where houses stand back
    front: tuple[float, float]  # t of the house fronts
    extras: frozenset[str]
    # Beyond this s nothing is visible: a tunnel's portal closes the view.
    closed_at: float

    def has(self, extra: str) -> bool:
        return extra in self.extras

    def at(self, s: float, t: float) -> tuple[float, float, float]:
        """Return x, y and heading of a place in the street."""
        return s, self.bend * s * s + t, float(np.arctan(2 * self.bend * s))

    def line(self, s: np.ndarray, t: np.ndarray | float) -> np.ndarray:
        """float (n, 2): x, y of points along the street."""
        return np.column_stack([s, self.bend * s * s + t])

    def edge(self, pair: tuple[float, float], side: int) -> float:
        """Return the right (side -1) or left (+1) value of a pair."""
        return pair[0] if side < 0 else pair[1]


def layout(rng: np.random.Generator, theme: int) -> Layout:
    """Make up a street, with the extras of a theme."""
    extras = set(THEMES[theme % len(THEMES)])
    extras |= {extra for extra, chance in CHANCES.items() if rng.random() < chance}
    left = rng.uniform(5.0, 6.0) + (3.2 if "rail" in extras else 0.0)
    road = (-rng.uniform(2.1, 2.7), left)
    parked = 2.3
    kerb = (road[0] - parked, road[1] + parked)
    walk = rng.uniform(2.6, 4.5, size=2)
    gardens = rng.uniform(1.5, 6.0, size=2) * (rng.random(2) < 0.45)
    pavement = (kerb[0] - walk[0], kerb[1] + walk[1])
    front = (pavement[0] - gardens[0], pavement[1] + gardens[1])
    closed_at = rng.uniform(48, 60) if "tunnel" in extras else np.inf
    bend = 0.0 if "tunnel" in extras else rng.uniform(-6e-4, 6e-4)
    return Layout(bend, road, kerb, pavement, front, frozenset(extras), closed_at)
