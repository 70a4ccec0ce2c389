"""How every script is run: flags, a log on stderr, errors without a traceback."""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import cityscapes.environment  # noqa: F401  ends here if the packages imported below are missing
from cityscapes.errors import DataError, printable
from cityscapes.files.whole import call_before_naming
from cityscapes.incremental.outputs import Recorder
from cityscapes.jobs.memory import keep_freed_memory

# Not from credentials.py: an edit there would make all results again.
ACCOUNT = ("CITYSCAPES_USERNAME", "CITYSCAPES_PASSWORD")


def run(main: Callable, parser: argparse.ArgumentParser, needs_account: bool = False) -> None:
    """Call `main` with the flags by name; end with a message on bad input or a full disk.

    With `--record`, which every script has, files that are written to the results are recorded as
    ours. The account at the site is removed from the environment of scripts that do not need it.
    """
    log = logging.StreamHandler(sys.stderr)
    log.setFormatter(PrintableFormatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[log])
    keep_freed_memory()
    if not needs_account:
        for name in ACCOUNT:
            os.environ.pop(name, None)
    parser.add_argument(
        "--record", type=Path, help="folder of results, in which written files are recorded"
    )
    parser.add_argument(
        "--record-state", default="", help="the workflow's token for the files that are recorded"
    )
    try:
        arguments = vars(parser.parse_args())
        results, state = arguments.pop("record"), arguments.pop("record_state")
        if results:
            call_before_naming(Recorder(results, state))
        main(**arguments)
    except DataError as error:
        sys.exit(printable(f"ERROR {error}"))
    except KeyboardInterrupt:
        sys.exit("stopped")
    except OSError as error:  # a full disk or a lack of rights, wherever it strikes
        sys.exit(printable(f"ERROR {error.filename or 'writing'}: {error.strerror}"))


class PrintableFormatter(logging.Formatter):
    """Formats lines of a log without control characters, whatever file names they contain."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, or lines with a traceback."""
        return printable(super().format(record))
