"""Remove files that were made and have not been changed since; list the others."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.workflow.removal import remove_all

MOST_LISTED = 100


def main(results: Path) -> None:
    removed, left = remove_all(results)
    print(f"{results}: {removed} files removed")
    if left:
        lines = "".join(f"\n  {path}" for path in left[:MOST_LISTED])
        more = f"\n  and {len(left) - MOST_LISTED} more" * (len(left) > MOST_LISTED)
        print(
            f"{len(left)} files are kept: they were not made here, or were changed:{lines}{more}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    run(main, parser)
