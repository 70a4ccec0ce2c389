"""What the label tool adds to the viewer of a project."""

from pathlib import Path

from starlette.routing import Route

from cityscapes.edits.folder import Edits
from cityscapes.edits.stamp import user_name
from cityscapes.edits.store import Store
from cityscapes.files.config_paths import config_path
from cityscapes.ground_truth.polygons import MB
from cityscapes.label_tool.frames import Frames
from cityscapes.label_tool.routes import edit_routes
from cityscapes.viewer.project import Project
from cityscapes.viewer.routes import Viewer
from cityscapes.viewer.server import Addition

PAGES = Path(__file__).parent / "pages"


def addition(project: Project, clone: Path, configfile: Path | None) -> Addition:
    """Its pages and routes; DataError where no edit could be saved in the folder of the config."""
    named = project.settings.config.get("edits", "edits")
    edits = Edits(Path(config_path(named)) if named else None)
    most = int(project.rules.max_mb * MB)
    store = Store(edits, [project.dataset, *project.settings.roots], most)

    def routes(viewer: Viewer) -> list[Route]:
        frames = Frames(viewer, store)
        return edit_routes(frames)

    return Addition(PAGES, routes, {"editing": True, "user": user_name()})
