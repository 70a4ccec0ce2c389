"""The routes for a frame and its raw files, annotations and label images."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cityscapes.errors import DataError, printable
from cityscapes.layout import GROUND_TRUTH_TYPES
from cityscapes.png.labels import read_grey
from cityscapes.viewer import boxes, layers, staleness, tables
from cityscapes.viewer.answers import Unknown, answer, one_of, packed
from cityscapes.viewer.objects import frame_objects, objects_at
from cityscapes.viewer.viewer import FRAME, IMAGES, Viewer, pixel_of

BOXES = {
    "gtBboxCityPersons": boxes.city_persons, "gtBbox3d": boxes.boxes3d,
    "gtBboxValidated": boxes.validated,
}  # fmt: skip
RECORDS = ("camera", "vehicle", "timestamp")


def frame_routes(viewer: Viewer) -> list[Route]:
    """Return the routes that answer with the files of a frame."""
    project = viewer.project
    fill = project.settings.config["fill"]

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
        path, (x, y) = viewer.path(place, kind), pixel_of(request, viewer.shape(place))
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

    return [
        Route(f"/api/frame/{FRAME}", answer(one_frame)),
        Route(f"/api/image/{{type}}/{FRAME}", answer(image)),
        Route(f"/api/values/{{type}}/{FRAME}", answer(values)),
        Route(f"/api/thumbnail/{FRAME}", answer(thumbnail)),
        Route(f"/api/objects/{{type}}/{FRAME}", answer(objects)),
        Route(f"/api/under/{{type}}/{FRAME}", answer(under)),
        Route(f"/api/labels/{{whose}}/{{type}}/{FRAME}", answer(label_image)),
        Route(f"/api/disparity/{FRAME}", answer(disparity)),
        Route(f"/api/boxes/{FRAME}", answer(boxes_of)),
    ]
