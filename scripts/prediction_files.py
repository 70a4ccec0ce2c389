"""Find the predictions of every frame of a split, or list all that is wrong with the set."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.instance_predictions import read_coco_results
from cityscapes.labels import read_labels
from cityscapes.panoptic_predictions import read_panoptic_predictions
from cityscapes.prediction_sets import PredictionSet, files_of_frames, panoptic_json
from cityscapes.tables import read_table, write_table


def main(
    name: str, task: str, predictions: Path, split: str, manifests: list[Path],
    labels: Path,
    allow_missing: bool, output: Path,
) -> None:  # fmt: skip
    if split == "test":
        raise DataError(
            f"prediction set {name}: the ground truth of test is withheld, so nothing can be "
            "scored here; the benchmark's server scores submissions for test"
        )
    if not predictions.exists():
        raise DataError(f"prediction set {name}: {predictions}: no such file or folder")
    frames = [row["frame"] for manifest in manifests for row in read_table(manifest)]
    asked = PredictionSet(name, task, predictions, split, allow_missing=allow_missing)
    if task == "panoptic":
        found, problems = frames_of_panoptic(asked, frames)
    elif predictions.suffix == ".json":
        # Read here as well, so that what is wrong is listed once and not for every city. A frame
        # in which nothing was found has no entry: none is missing.
        read_coco_results(predictions, frames, read_labels(labels))
        found, problems = dict.fromkeys(frames, predictions), []
    else:
        found, problems = files_of_frames(asked, frames)
    if not found and not problems:
        problems = [f"none of the {len(frames)} frames of {split} is predicted"]
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(f"prediction set {name}: {len(problems)} problems:{lines}")
    rows = [{"frame": frame, "path": path} for frame, path in found.items()]
    output.parent.mkdir(parents=True, exist_ok=True)
    write_table(output, ["frame", "path"], rows, expected=str(len(frames)))
    logging.info("prediction set %s: %d of %d frames", name, len(found), len(frames))


def frames_of_panoptic(
    asked: PredictionSet, frames: list[str]
) -> tuple[dict[str, Path], list[str]]:
    """The JSON file for each frame that it holds, and a line a missing or unexpected frame."""
    path = panoptic_json(asked.path)
    predicted = read_panoptic_predictions(path).frames
    problems = []
    if not asked.allow_missing:
        problems = [
            f"{path}: missing: image {frame}" for frame in frames if frame not in predicted
        ]
        known = set(frames)
        problems += [
            f"{path}: unexpected: image {image} is no frame of {asked.split}"
            for image in predicted
            if image not in known
        ]
    return {frame: path for frame in frames if frame in predicted}, problems


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="of the prediction set")
    parser.add_argument("--task", choices=["pixel", "instance", "panoptic"], required=True)
    parser.add_argument("--predictions", type=Path, required=True, help="folder or JSON file")
    parser.add_argument("--split", required=True)
    parser.add_argument(
        "--manifests", type=Path, nargs="+", required=True, help="tables of the split's frames"
    )
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--allow-missing", action="store_true", help="score what is there")
    parser.add_argument("--output", type=Path, required=True, help="table to write")
    run(main, parser)
