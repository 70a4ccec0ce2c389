"""The routes that run the workflow for a frame."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import KINDS, derived_path
from cityscapes.label_tool.frames import Frame, Frames
from cityscapes.label_tool.making import Busy, Making, lines_of
from cityscapes.label_tool.requests import Refused, told, with_body


def making_routes(frames: Frames, making: Making) -> list[Route]:
    """Return the routes that start a run and follow its log."""

    def make(request: Request, body: dict) -> Response:
        frame = frames.asked(request)
        targets = targets_of(frames, frame)
        try:
            return told({"run": making.start(targets).number})
        except Busy as error:
            raise Refused(409, {"error": str(error)}) from None

    async def log(request: Request) -> Response:
        run = making.run(request.path_params["id"])
        if run is None:
            return told({"error": "there is no such run"}, 404)
        return StreamingResponse(lines_of(run), media_type="text/plain; charset=utf-8")

    return [
        Route("/api/make/{type}/{split}/{city}/{frame}", with_body(make), methods=["POST"]),
        Route("/api/make/{id}", log, methods=["GET"]),
    ]


def targets_of(frames: Frames, frame: Frame) -> list[str]:
    """Return the label images of a frame that the config asks for, as Snakemake's targets."""
    settings = frames.project.settings
    names = [
        name for name in settings.polygon_kinds if KINDS[name].group in ("labels", "trainIds")
    ]
    if not names:
        raise DataError("`kinds` in the config asks for no label image: there is nothing to make")
    return [
        str(frames.project.results / derived_path(frame.shard, frame.place.frame, name))
        for name in names
    ]
