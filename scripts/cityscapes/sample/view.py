"""The view of a camera: every patch of a scene in pixels."""

from dataclasses import dataclass

import numpy as np

from cityscapes.sample.camera import Camera
from cityscapes.sample.shapes import Patch, Thing


@dataclass(frozen=True)
class Sight:
    """A thing and, for each of its patches, float (k, n, 2) pixels x, y."""

    thing: Thing
    pixels: list[np.ndarray]

    def outlines(self) -> list[np.ndarray]:
        """Return the polygons float (n, 2) that make up the silhouette."""
        return [
            polygon
            for patch, pixels in zip(self.thing.patches, self.pixels, strict=True)
            if not patch.detail
            for polygon in pixels
        ]

    def patches(self) -> list[tuple[Patch, np.ndarray]]:
        return list(zip(self.thing.patches, self.pixels, strict=True))


@dataclass(frozen=True)
class View:
    """The things that a camera sees, in painting order."""

    camera: Camera
    sights: list[Sight]


def look(things: list[Thing], camera: Camera) -> View:
    """Project a scene; things wholly outside the image are left out."""
    patches = [patch for thing in things for patch in thing.patches]
    points = np.concatenate([patch.points.reshape(-1, 3) for patch in patches])
    pixels = camera.project(points)
    sizes = [len(patch.points) * patch.points.shape[1] for patch in patches]
    pieces = iter(np.split(pixels, np.cumsum(sizes)[:-1]))
    sights = []
    for thing in things:
        projected = [next(pieces).reshape(*p.points.shape[:2], 2) for p in thing.patches]
        sight = Sight(thing, projected)
        if _in_image(sight, camera):
            sights.append(sight)
    return View(camera, sights)


def _in_image(sight: Sight, camera: Camera) -> bool:
    outlines = sight.outlines()
    if not outlines:
        return False
    points = np.concatenate(outlines)
    low, high = points.min(axis=0), points.max(axis=0)
    size = (camera.width - 1, camera.height - 1)
    return bool((high >= 0).all() and (low <= size).all())
