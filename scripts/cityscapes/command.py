"""The one way in which a script is run: flags, a log on stderr, errors without a traceback."""

import argparse
import logging
import os
import sys
from collections.abc import Callable

from cityscapes.errors import DataError
from cityscapes.memory import keep_freed_memory

# Not from credentials.py: an edit there would make all results again.
ACCOUNT = ("CITYSCAPES_USERNAME", "CITYSCAPES_PASSWORD")


def run(main: Callable, parser: argparse.ArgumentParser, needs_account: bool = False) -> None:
    """Call `main` with the flags by name; bad input and full disks end it with a message.

    The account at the site is taken out of the environment of those that do not need it.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    keep_freed_memory()
    if not needs_account:
        for name in ACCOUNT:
            os.environ.pop(name, None)
    try:
        main(**vars(parser.parse_args()))
    except DataError as error:
        sys.exit(f"ERROR {error}")
    except KeyboardInterrupt:
        sys.exit("stopped")
    except OSError as error:  # a full disk or a lack of rights, wherever it strikes
        sys.exit(f"ERROR {error.filename or 'writing'}: {error.strerror}")
