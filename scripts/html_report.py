"""Write the report: one HTML page of statistics, scores and checks."""

import argparse
import json
import logging
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from cityscapes.command import run
from cityscapes.files.tables import read_notes
from cityscapes.files.whole import digest, size_text, write_atomic
from cityscapes.labels import read_labels
from cityscapes.report.commit import commit_of
from cityscapes.report.made import Made
from cityscapes.report.page import page

SOFTWARE = (
    "snakemake", "numpy", "opencv-python-headless", "pillow", "zlib-ng", "pandas", "matplotlib",
    "pycocotools",
)  # fmt: skip


def main(
    results: Path, splits: list[str], extra: dict, sets: dict, comparisons: list[str],
    labels: Path, settings: dict, release: str, pictures: bool, sample: bool, output: Path,
) -> None:  # fmt: skip
    commit = commit_of(Path(__file__).resolve().parents[1])
    versions = {"this workflow": release} | ({"its commit": commit} if commit else {})
    versions |= {"Python": platform.python_version()}
    made = Made(
        results, splits, sets, comparisons, read_labels(labels), pictures, sample,
        {key: json.dumps(value) for key, value in settings.items()},
        versions | {name: version(name) for name in SOFTWARE},
        fingerprints(results, splits, sets),
        extra,
    )  # fmt: skip
    text = page(made, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC").encode(errors="backslashreplace")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, text)
    logging.info("%s: %s", output, size_text(len(text)))


def fingerprints(results: Path, splits: list[str], sets: dict) -> dict[str, str]:
    """Map names to digests of the results: label images, and counts of predictions."""
    found = {}
    tables = results / "tables"
    for split in splits:
        place = tables / split.replace("_", "/", 1)
        found[f"label images of {split.replace('_', ' ', 1)}"] = _joint(place.glob("*.labels.tsv"))
    for name in sets:
        found[f"counts of {name}"] = _joint((tables / "evaluation" / name).glob("*.tsv"))
    return found


def _joint(paths) -> str:
    return digest(*(read_notes(path).get("content", "") for path in sorted(paths)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    parser.add_argument("--splits", nargs="*", default=[], help="such as gtFine_val")
    parser.add_argument(
        "--extra", type=json.loads, default={}, help="split -> its extra figures, as JSON"
    )
    parser.add_argument("--sets", type=json.loads, default={}, help="name -> task, as JSON")
    parser.add_argument("--comparisons", nargs="*", default=[], help="such as pixel_val")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument(
        "--settings", type=json.loads, default={}, help="settings to show, as JSON"
    )
    parser.add_argument("--release", default="", help="version of the workflow")
    parser.add_argument("--pictures", action="store_true", help="show frames of the dataset")
    parser.add_argument("--sample", action="store_true", help="the dataset is the drawn sample")
    parser.add_argument("--output", type=Path, required=True, help="HTML file to write")
    run(main, parser)
