"""Annotate and correct frames in the browser: the viewer, with editing.

Started in the folder of the results, it uses the workflow's own config and defaults. The dataset
is not changed: edits are in the folder `edits` next to the results, and the workflow uses them.
"""

from pathlib import Path

from cityscapes.command import run
from cityscapes.label_tool.tool import addition
from cityscapes.viewer.start import flags, start

CLONE = Path(__file__).parent.parent.resolve()


def main(
    directory: Path, configfile: Path | None, links_to: list[Path], port: int | None,
    no_browser: bool,
) -> None:  # fmt: skip
    configfile = configfile.resolve() if configfile else None
    start(
        CLONE,
        directory,
        configfile,
        links_to,
        port,
        no_browser,
        tool="label tool",
        adding=lambda project: addition(project, CLONE, configfile),
    )


if __name__ == "__main__":
    run(main, flags(__doc__))
