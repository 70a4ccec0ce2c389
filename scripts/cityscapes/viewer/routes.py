"""What the page may ask for. All routes read; the one that does not, ends the server."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cityscapes.errors import DataError, printable
from cityscapes.evaluation.sets import PredictionSet
from cityscapes.layout import GROUND_TRUTH_TYPES
from cityscapes.png.labels import read_grey
from cityscapes.viewer import boxes, catalogue, layers, scores, staleness, tables
from cityscapes.viewer.answers import Unknown, answer, one_of, packed
from cityscapes.viewer.catalogue import Catalogue, Place
from cityscapes.viewer.objects import frame_objects, objects_at
from cityscapes.viewer.outcomes import BoxPredictions
from cityscapes.viewer.predictions import Predictions
from cityscapes.viewer.project import Project
from cityscapes.viewer.thumbnails import Thumbnails

IMAGES = ("leftImg8bit_blurred", "leftImg8bit", "rightImg8bit", "leftImg16bit", "rightImg16bit")
BOXES = {
    "gtBboxCityPersons": boxes.city_persons, "gtBbox3d": boxes.boxes3d,
    "gtBboxValidated": boxes.validated,
}  # fmt: skip
RECORDS = ("camera", "vehicle", "timestamp")


@dataclass
class Viewer:
    """What all requests share. The frames are listed anew when the page is loaded."""

    project: Project
    thumbnails: Thumbnails
    quit: Callable[[], None]
    about: dict[str, Any] = field(default_factory=dict)  # what else the page learns at its start
    catalogue: Catalogue = field(default_factory=lambda: Catalogue({}))
    listing: bytes = b""  # the catalogue as the page gets it
    predictions: dict[str, Predictions] = field(default_factory=dict)
    box_predictions: dict[str, BoxPredictions] = field(default_factory=dict)
    _stamp: list = field(default_factory=list)
    _annotated: dict[str, list[str]] = field(default_factory=dict)  # split -> frames of gtFine

    def list_frames(self) -> None:
        """List the frames of folders that changed, and forget what is known of predictions."""
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
        """The frame that is asked for: one of the catalogue."""
        place = Place(*(request.path_params[key] for key in Place._fields))
        if place not in self.catalogue.frames:
            raise Unknown(f"there is no frame {'/'.join(place)}")
        return place

    def path(self, place: Place, kind: str) -> Path:
        """The file of a type of a frame, which the catalogue knows."""
        if not self.catalogue.has(place, kind):
            raise Unknown(f"{place.frame} has no {kind}")
        return self.project.checked(self.project.path(place, kind))

    def set_of(self, request: Request) -> Predictions:
        """The prediction set that is asked for."""
        name = request.path_params["set"]
        if name not in self.predictions:
            raise Unknown(f"there is no prediction set {name}")
        return self.predictions[name]

    def shape(self, place: Place) -> tuple[int, int]:
        """(height, width) of a frame, from its image or else from its polygons."""
        for kind in IMAGES:
            if self.catalogue.has(place, kind):
                _, header = layers.png_file(self.path(place, kind))
                return header.height, header.width
        table, fill = self.project.table, self.project.settings.config["fill"]
        kind = "gtFine" if self.catalogue.has(place, "gtFine") else "gtCoarse"
        objects = frame_objects(self.path(place, kind), table, fill, self.project.rules)
        height, width = objects.numbers.shape
        return height, width


def routes(viewer: Viewer) -> list[Route]:
    """All routes below /api/."""
    project = viewer.project
    fill = project.settings.config["fill"]
    frame = "{split}/{city}/{frame}"

    def about(request: Request) -> Response:
        sets, box_sets = (
            {
                name: {"task": one.task, "split": one.split, "path": str(one.path)}
                for name, one in named.items()
            }
            for named in (project.sets, project.box_sets)
        )
        return JSONResponse(
            {
                "dataset": str(project.dataset.absolute()),
                "results": str(project.results.absolute()),
                "isSample": project.settings.is_sample,
                "fill": fill,
                "labels": [label._asdict() for label in project.table],
                "sets": sets,
                "boxSets": box_sets,
                "images": IMAGES,
                "tolerance": project.settings.config["checks"]["blurred"]["tolerance"],
                **viewer.about,
            }
        )

    def frames(request: Request) -> Response:
        viewer.list_frames()
        return Response(viewer.listing, media_type="application/json")

    def notices(request: Request) -> Response:
        return JSONResponse(staleness.notices(project))

    def classes(request: Request) -> Response:
        return JSONResponse(tables.classes_of_frames(project.results, project.table))

    def problems(request: Request) -> Response:
        found = tables.problems_of_frames(project.results)
        made = (project.results / "checks/problems.csv").exists()
        return JSONResponse({"made": made, "frames": found})

    def one_frame(request: Request) -> Response:
        place = viewer.place(request)
        types = viewer.catalogue.types(place)
        return JSONResponse(
            {
                "paths": {kind: str(project.path(place, kind).absolute()) for kind in types},
                "records": {
                    kind: layers.record(viewer.path(place, kind))
                    for kind in types
                    if kind in RECORDS
                },
                "stale": staleness.of_frame(project, place),
                "problems": tables.problems_of_frames(project.results).get(place.frame, []),
            }
        )

    def image(request: Request) -> Response:
        kind = one_of(request, IMAGES)
        path = viewer.path(viewer.place(request), kind)
        return Response(layers.camera_image(path), media_type="image/png")

    def values(request: Request) -> Response:
        kind = one_of(request, IMAGES)
        path = viewer.path(viewer.place(request), kind)
        return packed(request, {}, values=layers.values_of_image(path))

    def thumbnail(request: Request) -> Response:
        place = viewer.place(request)
        for kind in IMAGES:
            if viewer.catalogue.has(place, kind):
                picture = viewer.thumbnails.of(viewer.path(place, kind))
                return Response(picture, media_type="image/jpeg")
        raise Unknown(f"{place.frame} has no image")

    def objects(request: Request) -> Response:
        kind = one_of(request, GROUND_TRUTH_TYPES)
        path = viewer.path(viewer.place(request), kind)
        found = frame_objects(path, project.table, fill, project.rules)
        return packed(request, {"objects": found.records}, numbers=found.numbers)

    def under(request: Request) -> Response:
        place, kind = viewer.place(request), one_of(request, GROUND_TRUTH_TYPES)
        path, (x, y) = viewer.path(place, kind), _pixel(request, viewer.shape(place))
        return JSONResponse(
            {"objects": objects_at(path, project.table, fill, x, y, project.rules)}
        )

    def label_image(request: Request) -> Response:
        place, kind = viewer.place(request), one_of(request, GROUND_TRUTH_TYPES)
        roots = {"prepared": project.results, "released": project.dataset}
        if request.path_params["whose"] not in roots:
            raise Unknown(f"label images are {' or '.join(roots)}")
        root = roots[request.path_params["whose"]]
        path = root / kind / place.split / place.city / f"{place.frame}_{kind}_labelIds.png"
        return packed(request, {}, numbers=read_grey(project.checked(path), bits=8))

    def disparity(request: Request) -> Response:
        place = viewer.place(request)
        path = viewer.path(place, "disparity")
        camera = project.checked(place.path(project.dataset, "camera"))
        found, document = layers.disparity(path, camera)
        return packed(request, document, values=found)

    def boxes_of(request: Request) -> Response:
        place = viewer.place(request)
        found: dict[str, Any] = {}
        for kind, read in BOXES.items():
            if viewer.catalogue.has(place, kind):
                try:
                    found[kind] = read(viewer.path(place, kind))
                except DataError as error:
                    found[kind] = {"problem": printable(str(error))}
        return JSONResponse(found)

    def prediction(request: Request) -> Response:
        place, one = viewer.place(request), viewer.set_of(request)
        _same_split(place, one.set)
        predicted = one.frame(place.frame, viewer.shape(place))
        stale = staleness.of_scores(project, one.set, one.file(place.frame))
        document = {
            "path": str(one.file(place.frame).absolute()),
            "task": one.set.task,
            "records": predicted.records,
            "stale": stale,
            **predicted.document,
        }
        return packed(request, document, numbers=predicted.numbers)

    def outcomes(request: Request) -> Response:
        place, name = viewer.place(request), request.path_params["set"]
        if name not in viewer.box_predictions:
            raise Unknown(f"there is no prediction set of boxes {name}")
        one = viewer.box_predictions[name]
        _same_split(place, one.set)
        found = one.frame(place.frame, viewer.path(place, one.truth))
        file = one.file(place.frame)
        stale = staleness.of_scores(project, one.set, file) if file else ""
        return JSONResponse(
            {"path": str(file.absolute()) if file else "", "stale": stale, **found}
        )

    def masks(request: Request) -> Response:
        place, one = viewer.place(request), viewer.set_of(request)
        _same_split(place, one.set)
        shape = viewer.shape(place)
        x, y = _pixel(request, shape)
        found = one.masks_at(place.frame, shape, x, y) if one.set.task == "instance" else []
        return JSONResponse({"numbers": found})

    def scores_of_set(request: Request) -> Response:
        return JSONResponse(scores.of_all_frames(project, viewer.set_of(request).set))

    def scores_of_frame(request: Request) -> Response:
        place, one = viewer.place(request), viewer.set_of(request)
        return JSONResponse(scores.of_frame(project, one.set, place.frame))

    async def quit(request: Request) -> Response:
        async for _ in request.stream():
            pass
        viewer.quit()
        return JSONResponse({"quit": True})

    return [
        Route("/api/project", answer(about)),
        Route("/api/frames", answer(frames)),
        Route("/api/notices", answer(notices)),
        Route("/api/classes", answer(classes)),
        Route("/api/problems", answer(problems)),
        Route(f"/api/frame/{frame}", answer(one_frame)),
        Route(f"/api/image/{{type}}/{frame}", answer(image)),
        Route(f"/api/values/{{type}}/{frame}", answer(values)),
        Route(f"/api/thumbnail/{frame}", answer(thumbnail)),
        Route(f"/api/objects/{{type}}/{frame}", answer(objects)),
        Route(f"/api/under/{{type}}/{frame}", answer(under)),
        Route(f"/api/labels/{{whose}}/{{type}}/{frame}", answer(label_image)),
        Route(f"/api/disparity/{frame}", answer(disparity)),
        Route(f"/api/boxes/{frame}", answer(boxes_of)),
        Route(f"/api/outcomes/{{set}}/{frame}", answer(outcomes)),
        Route(f"/api/prediction/{{set}}/{frame}", answer(prediction)),
        Route(f"/api/masks/{{set}}/{frame}", answer(masks)),
        Route("/api/scores/{set}", answer(scores_of_set)),
        Route(f"/api/scores/{{set}}/{frame}", answer(scores_of_frame)),
        Route("/api/quit", quit, methods=["POST"]),
    ]


def _same_split(place: Place, one: PredictionSet) -> None:
    if place.split != one.split:
        raise Unknown(f"{one.name} predicts {one.split}, not {place.split}")


def _pixel(request: Request, shape: tuple[int, int]) -> tuple[int, int]:
    height, width = shape
    texts = request.query_params.get("x", ""), request.query_params.get("y", "")
    if not all(text.isascii() and text.isdigit() and len(text) < 6 for text in texts):
        raise Unknown("x and y are the whole numbers of a pixel")
    x, y = map(int, texts)
    if not (x < width and y < height):
        raise Unknown(f"{x}, {y} is not in the image of {width} x {height}")
    return x, y
