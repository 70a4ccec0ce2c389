"""Outlines of masks as Freeman chain codes: one character per point instead of two numbers."""

from dataclasses import dataclass

import numpy as np

# Steps from pixel to pixel: east is 0, then anticlockwise as a person sees it; y grows downwards.
_STEPS = np.array(
    [(1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)], dtype=np.int64
)
# [y + 1, x + 1] of a step -> its digit.
_DIGITS = np.zeros((3, 3), dtype=np.uint8)
_DIGITS[_STEPS[:, 1] + 1, _STEPS[:, 0] + 1] = np.arange(8) + ord("0")


@dataclass(frozen=True)
class Outline:
    """A closed chain of pixels, each next to the one before it. Source: Freeman, 1961."""

    x: int  # of the first point
    y: int
    chain: str  # a digit for each further point

    @classmethod
    def of_points(cls, points: np.ndarray) -> "Outline":
        """Encode an int (n, 2) array of x, y, as OpenCV returns it without approximation.

        >>> square = np.array([[2, 1], [2, 2], [3, 2], [3, 1]])
        >>> outline = Outline.of_points(square)
        >>> outline
        Outline(x=2, y=1, chain='602')
        >>> bool((outline.points() == square).all())
        True
        """
        steps = np.diff(points, axis=0) + 1
        x, y = points[0].tolist()
        return cls(x, y, _DIGITS[steps[:, 1], steps[:, 0]].tobytes().decode())

    def points(self) -> np.ndarray:
        """int64 (n, 2): x, y of each point, the first not repeated at the end."""
        steps = _STEPS[np.frombuffer(self.chain.encode(), dtype=np.uint8) - ord("0")]
        return np.cumsum(np.concatenate(([(self.x, self.y)], steps)), axis=0)

    def __len__(self) -> int:
        return len(self.chain) + 1
