"""Look at the dataset, at results and at mistakes in the browser; nothing is changed.

Started in the folder of the results, it takes the workflow's own config and defaults.
"""

import argparse
import os
from pathlib import Path

from cityscapes.jobs.command import run
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
from cityscapes.viewer.server import Server

CLONE = Path(__file__).parent.parent.resolve()


def main(directory: Path, configfile: Path | None, port: int | None, no_browser: bool) -> None:
    configfile = configfile.resolve() if configfile else None
    os.chdir(directory)
    project = Project.here(CLONE, configfile)
    project.check_dataset()
    with bind(port_of(Path.cwd()) if port is None else port) as bound:
        server = Server(project, bound)
        address = link(server.port, server.token)
        print(f"{project.dataset}, and what was made of it in {project.results}:", flush=True)
        print(greeting(address, server.port, os.environ), flush=True)
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--directory", type=Path, default=Path(), help="the folder that Snakemake runs in"
    )
    parser.add_argument("--configfile", type=Path, help="as Snakemake's, over config/config.yaml")
    parser.add_argument("--port", type=int, help="default: one that follows from the folder")
    parser.add_argument("--no-browser", action="store_true", help="open none, only print the link")
    run(main, parser)
