"""What all requests share: the frames, files and prediction sets that they may name."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request

from cityscapes.viewer import catalogue, layers
from cityscapes.viewer.answers import Unknown
from cityscapes.viewer.catalogue import Catalogue, Place
from cityscapes.viewer.objects import frame_objects
from cityscapes.viewer.outcomes import BoxPredictions
from cityscapes.viewer.predictions import Predictions
from cityscapes.viewer.project import Project
from cityscapes.viewer.thumbnails import Thumbnails

IMAGES = ("leftImg8bit_blurred", "leftImg8bit", "rightImg8bit", "leftImg16bit", "rightImg16bit")
# The path parameters that name a frame.
FRAME = "{split}/{city}/{frame}"


@dataclass
class Viewer:
    """The state shared by all requests; the frames are listed again when the page is loaded."""

    project: Project
    thumbnails: Thumbnails
    quit: Callable[[], None]
    about: dict[str, Any] = field(default_factory=dict)  # more data for the page at its start
    catalogue: Catalogue = field(default_factory=lambda: Catalogue({}))
    listing: bytes = b""  # the catalogue as sent to the page
    predictions: dict[str, Predictions] = field(default_factory=dict)
    box_predictions: dict[str, BoxPredictions] = field(default_factory=dict)
    _stamp: list = field(default_factory=list)
    _annotated: dict[str, list[str]] = field(default_factory=dict)  # split -> frames of gtFine

    def list_frames(self) -> None:
        """List the frames again if folders changed, and the predictions in any case."""
        splits = self.project.settings.config["splits"]
        where = self.project.dataset, splits, self.project.edits.root
        stamp = catalogue.stamp(*where)
        if stamp != self._stamp or not self.listing:
            self.catalogue = catalogue.take(*where)
            self.listing = json.dumps(self.catalogue.document(), separators=(",", ":")).encode()
            self._annotated = {}
            for place in self.catalogue.frames:
                if self.catalogue.has(place, "gtFine"):
                    self._annotated.setdefault(place.split, []).append(place.frame)
            self._stamp = stamp
        self.predictions = {
            name: Predictions(self.project, one, self._annotated.get(one.split, []))
            for name, one in self.project.sets.items()
        }
        self.box_predictions = {
            name: BoxPredictions(self.project, one) for name, one in self.project.box_sets.items()
        }

    def place(self, request: Request) -> Place:
        """Return the frame of a request; raise Unknown if the catalogue lacks it."""
        place = Place(*(request.path_params[key] for key in Place._fields))
        if place not in self.catalogue.frames:
            raise Unknown(f"there is no frame {'/'.join(place)}")
        return place

    def path(self, place: Place, kind: str) -> Path:
        """Return the file of a type of a frame; raise Unknown if there is none."""
        if not self.catalogue.has(place, kind):
            raise Unknown(f"{place.frame} has no {kind}")
        return self.project.checked(self.project.path(place, kind))

    def set_of(self, request: Request) -> Predictions:
        """Return the prediction set of a request; raise Unknown if there is none."""
        name = request.path_params["set"]
        if name not in self.predictions:
            raise Unknown(f"there is no prediction set {name}")
        return self.predictions[name]

    def shape(self, place: Place) -> tuple[int, int]:
        """Return (height, width) of a frame, from its image or else from its polygons."""
        for kind in IMAGES:
            if self.catalogue.has(place, kind):
                _, header = layers.png_file(self.path(place, kind))
                return header.height, header.width
        table, fill = self.project.table, self.project.settings.config["fill"]
        kind = "gtFine" if self.catalogue.has(place, "gtFine") else "gtCoarse"
        objects = frame_objects(self.path(place, kind), table, fill, self.project.rules)
        height, width = objects.numbers.shape
        return height, width


def pixel_of(request: Request, shape: tuple[int, int]) -> tuple[int, int]:
    """Return x and y of a request's pixel; raise Unknown if it is not in the image."""
    height, width = shape
    texts = request.query_params.get("x", ""), request.query_params.get("y", "")
    if not all(text.isascii() and text.isdigit() and len(text) < 6 for text in texts):
        raise Unknown("x and y are the whole numbers of a pixel")
    x, y = map(int, texts)
    if not (x < width and y < height):
        raise Unknown(f"{x}, {y} is not in the image of {width} x {height}")
    return x, y
