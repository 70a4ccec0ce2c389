"""Draw the scores of the prediction sets of one task in one figure, as PNG, SVG or PDF."""

import argparse
import io
from pathlib import Path

import matplotlib

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.evaluation.tasks import TASKS
from cityscapes.files.whole import write_atomic
from cityscapes.incremental.code import function_of
from cityscapes.labels import read_labels

# No dates and versions: the same scores give the same bytes.
METADATA = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def main(task: str, files: list[Path], labels: Path, output: list[Path]) -> None:
    wrong = [path for path in output if path.suffix not in METADATA]
    if wrong:
        raise DataError(f"{wrong[0]}: a figure ends in {', '.join(METADATA)}")
    # A set is named as the folder of its result file.
    figure = function_of(TASKS[task].figure)(files, read_labels(labels))
    for path in output:
        file = io.BytesIO()
        with matplotlib.rc_context({"svg.hashsalt": "cityscapes"}):
            figure.savefig(file, format=path.suffix[1:], metadata=METADATA[path.suffix])
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, file.getvalue())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--task", choices=[t.name for t in TASKS.values() if t.figure], required=True
    )
    parser.add_argument(
        "--files",
        type=Path,
        nargs="+",
        required=True,
        help="of all sets: <set>/results.json, or curves.csv",
    )
    parser.add_argument(
        "--labels", type=Path, required=True, help="label table (CSV), for colours"
    )
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="files to write")
    run(main, parser)
