"""Starting a server of pages: the common part of viewer and label tool."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from cityscapes.viewer.launch import (
    bind,
    greeting,
    has_display,
    link,
    open_browser,
    port_of,
    remove_leading,
)
from cityscapes.viewer.project import Project
from cityscapes.viewer.server import Addition, Server

VIEWER = "viewer"


def flags(description: str | None) -> argparse.ArgumentParser:
    """Return the flags of such a script, by the names of the parameters of `start`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--directory", type=Path, default=Path(), help="the folder that Snakemake runs in"
    )
    parser.add_argument("--configfile", type=Path, help="as Snakemake's, over config/config.yaml")
    parser.add_argument(
        "--links-to", type=Path, nargs="+", default=[], metavar="FOLDER",
        help="folders outside of the dataset that its links may lead to",
    )  # fmt: skip
    parser.add_argument("--port", type=int, help="default: one that follows from the folder")
    parser.add_argument("--no-browser", action="store_true", help="open none, only print the link")
    return parser


def start(
    clone: Path,
    directory: Path,
    configfile: Path | None,
    links_to: list[Path],
    port: int | None,
    no_browser: bool,
    tool: str = VIEWER,
    adding: Callable[[Project], Addition] | None = None,
) -> None:
    """Serve the project of a directory until it is ended; raise DataError if that fails.

    `tool` is its name in messages, `adding` what it adds to the viewer.
    """
    configfile = configfile.resolve() if configfile else None
    links_to = [folder.resolve() for folder in links_to]
    os.chdir(directory)
    project = Project.here(clone, configfile, links_to)
    project.check_dataset()
    addition = adding(project) if adding else None
    usual = port_of(Path.cwd(), "" if tool == VIEWER else tool)
    with bind(usual if port is None else port, tool) as bound:
        server = Server(project, bound, addition)
        address = link(server.port, server.token)
        print(f"{project.dataset}, and what was made of it in {project.results}:", flush=True)
        print(greeting(address, server.port, os.environ, tool), flush=True)
        leading = None
        if not no_browser and has_display(os.environ):
            leading = open_browser(address)
            if leading is None:
                print("No browser could be started: open the link yourself.", flush=True)
        try:
            server.run()
        finally:
            if leading:
                remove_leading(leading)
