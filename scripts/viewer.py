"""Look at the dataset, at results and at mistakes in the browser; nothing is changed.

Started in the folder of the results, it uses the workflow's own config and defaults.
"""

from pathlib import Path

from cityscapes.command import run
from cityscapes.viewer.start import flags, start

CLONE = Path(__file__).parent.parent.resolve()


def main(
    directory: Path, configfile: Path | None, links_to: list[Path], port: int | None,
    no_browser: bool,
) -> None:  # fmt: skip
    start(CLONE, directory, configfile, links_to, port, no_browser)


if __name__ == "__main__":
    run(main, flags(__doc__))
