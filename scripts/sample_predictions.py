"""Write predictions of known quality for a split, as an example for the evaluators."""

import argparse
import logging
from pathlib import Path

from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.files.tables import write_table
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.kinds import source_path
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.labels import LabelTable, read_labels
from cityscapes.layout import Shard
from cityscapes.png.labels import read_instance_ids
from cityscapes.sample.box_predictions import BoxPredictions, predict_boxes, results_of_people
from cityscapes.sample.predictions import (
    FilePrediction,
    FramePredictions,
    find_frames,
    predict,
    split_files,
)

BOXES = ("gtBbox3d", "gtBboxCityPersons")


def main(
    dataset: Path, labels: Path, split: str, output: Path, manifest: Path, seed: int, jobs: int
) -> None:
    table = read_labels(labels)
    frames = find_frames(dataset, split)
    logging.info("predicting %d frames of %s", len(frames), split)
    work = Parallel(worker_count(jobs, len(frames)), return_as="generator")(
        delayed(predict_file)(dataset, path, frame, split, table, seed)
        for frame, path in frames.items()
    )
    rows, predicted, people = [], [], {}
    for frame, (made, boxes) in zip(
        frames, progress(work, len(frames), "predictions"), strict=True
    ):
        rows += [write(file, output) for file in made.files + boxes.files]
        predicted.append(made._replace(files=[]))
        if boxes.people is not None:
            people[frame] = boxes.people
    rows += [write(file, output) for file in split_files(split, predicted, table)]
    if people:
        results = results_of_people(people[frame] for frame in sorted(people))
        rows.append(write(results, output))
    manifest.parent.mkdir(parents=True, exist_ok=True)
    write_table(manifest, ["set", "frame", "path"], rows)


def predict_file(
    dataset: Path, path: Path, frame: str, split: str, table: LabelTable, seed: int
) -> tuple[FramePredictions, BoxPredictions]:
    ids = read_instance_ids(path)
    height, width = ids.shape
    shard = Shard("gtFine", split, frame.split("_")[0])
    files = [dataset / source_path(shard, frame, kind) for kind in BOXES]
    vehicles, people = (file.read_bytes() if file.exists() else None for file in files)
    boxes = predict_boxes(frame, vehicles, people, (width, height), seed, split == "test")
    return predict(frame, split, ids, table, seed), boxes


def write(file: FilePrediction, output: Path) -> dict[str, str]:
    """Write a file below the output; return its row of the manifest."""
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
