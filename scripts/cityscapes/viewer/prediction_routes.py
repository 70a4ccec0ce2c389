"""The routes for the predictions and scores of a frame or a prediction set."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cityscapes.evaluation.sets import PredictionSet
from cityscapes.viewer import scores, staleness
from cityscapes.viewer.answers import Unknown, answer, packed
from cityscapes.viewer.catalogue import Place
from cityscapes.viewer.viewer import FRAME, Viewer, pixel_of


def prediction_routes(viewer: Viewer) -> list[Route]:
    """Return the routes that answer with predictions and scores."""
    project = viewer.project

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
        x, y = pixel_of(request, shape)
        found = one.masks_at(place.frame, shape, x, y) if one.set.task == "instance" else []
        return JSONResponse({"numbers": found})

    def scores_of_set(request: Request) -> Response:
        return JSONResponse(scores.of_all_frames(project, viewer.set_of(request).set))

    def scores_of_frame(request: Request) -> Response:
        place, one = viewer.place(request), viewer.set_of(request)
        return JSONResponse(scores.of_frame(project, one.set, place.frame))

    return [
        Route(f"/api/outcomes/{{set}}/{FRAME}", answer(outcomes)),
        Route(f"/api/prediction/{{set}}/{FRAME}", answer(prediction)),
        Route(f"/api/masks/{{set}}/{FRAME}", answer(masks)),
        Route("/api/scores/{set}", answer(scores_of_set)),
        Route(f"/api/scores/{{set}}/{FRAME}", answer(scores_of_frame)),
    ]


def _same_split(place: Place, one: PredictionSet) -> None:
    if place.split != one.split:
        raise Unknown(f"{one.name} predicts {one.split}, not {place.split}")
