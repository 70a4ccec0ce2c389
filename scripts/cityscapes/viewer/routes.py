"""The routes of the viewer. All of them read, except the one that ends the server."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cityscapes.viewer import staleness, tables
from cityscapes.viewer.answers import answer
from cityscapes.viewer.frame_routes import frame_routes
from cityscapes.viewer.prediction_routes import prediction_routes
from cityscapes.viewer.viewer import IMAGES, Viewer


def routes(viewer: Viewer) -> list[Route]:
    """Return all routes below /api/."""
    project = viewer.project

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
                "fill": project.settings.config["fill"],
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
        *frame_routes(viewer),
        *prediction_routes(viewer),
        Route("/api/quit", quit, methods=["POST"]),
    ]
