"""Write predictions of known quality for a split, to try the evaluators on."""

import argparse
import logging
from pathlib import Path

from joblib import Parallel, delayed

from cityscapes.files.tables import write_table
from cityscapes.files.whole import write_atomic
from cityscapes.jobs.command import run
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.labels import LabelTable, read_labels
from cityscapes.png.labels import read_instance_ids
from cityscapes.sample.predictions import (
    FilePrediction,
    FramePredictions,
    find_frames,
    predict,
    split_files,
)


def main(
    dataset: Path, labels: Path, split: str, output: Path, manifest: Path, seed: int, jobs: int
) -> None:
    table = read_labels(labels)
    frames = find_frames(dataset, split)
    logging.info("predicting %d frames of %s", len(frames), split)
    work = Parallel(worker_count(jobs, len(frames)), return_as="generator")(
        delayed(predict_file)(path, frame, split, table, seed) for frame, path in frames.items()
    )
    rows, predicted = [], []
    for made in progress(work, len(frames), "predictions"):
        rows += [write(file, output) for file in made.files]
        predicted.append(made._replace(files=[]))
    rows += [write(file, output) for file in split_files(split, predicted, table)]
    manifest.parent.mkdir(parents=True, exist_ok=True)
    write_table(manifest, ["set", "frame", "path"], rows)


def predict_file(
    path: Path, frame: str, split: str, table: LabelTable, seed: int
) -> FramePredictions:
    return predict(frame, split, read_instance_ids(path), table, seed)


def write(file: FilePrediction, output: Path) -> dict[str, str]:
    """Write a file below the output; its row of the manifest."""
    path = output / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, file.content)
    return {"set": file.set, "frame": file.frame, "path": file.path}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--split", default="val", help="of gtFine (val)")
    parser.add_argument("--output", type=Path, required=True, help="folder for the predictions")
    parser.add_argument("--manifest", type=Path, required=True, help="table of the files")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other mistakes (0)")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes (1)")
    run(main, parser)
