"""The label tool's additions to the viewer of a project."""

from pathlib import Path

from starlette.routing import Route

from cityscapes.editing.left_over import remove_left_over
from cityscapes.editing.stamp import user_name
from cityscapes.editing.store import Store
from cityscapes.ground_truth.polygons import MB
from cityscapes.label_tool.frames import Frames
from cityscapes.label_tool.geometry_routes import geometry_routes
from cityscapes.label_tool.making import Making, command
from cityscapes.label_tool.making_routes import making_routes
from cityscapes.label_tool.review_routes import review_routes
from cityscapes.label_tool.routes import edit_routes
from cityscapes.viewer.project import Project
from cityscapes.viewer.server import Addition
from cityscapes.viewer.viewer import Viewer

PAGES = Path(__file__).parent / "pages"


def addition(project: Project, clone: Path, configfile: Path | None) -> Addition:
    """Return its pages and routes; raise DataError if the folder of edits cannot be used."""
    datasets = [project.dataset, *project.settings.roots]
    store = Store(project.edits, datasets, int(project.rules.max_mb * MB))
    remove_left_over(store.root)
    making = Making(lambda targets: command(clone, configfile, targets))
    fill = project.settings.config["fill"]

    def routes(viewer: Viewer) -> list[Route]:
        frames = Frames(viewer, store)
        return [
            *edit_routes(frames),
            *review_routes(frames),
            *geometry_routes(fill),
            *making_routes(frames, making),
        ]

    return Addition(PAGES, routes, {"editing": True, "user": user_name()})
