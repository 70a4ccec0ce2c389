"""Write the ground truth of CityPersons like the benchmark: one JSON file for a split."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.evaluation.pedestrians.frames import TRUTH, read_truth
from cityscapes.evaluation.pedestrians.truth import ground_truth_json
from cityscapes.evaluation.sets import raw_shards
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.kinds import source_path
from cityscapes.person_labels import read_person_labels


def main(dataset: Path, split: str, person_labels: Path, output: Path) -> None:
    table = read_person_labels(person_labels)
    people, wrong = {}, []
    for shard, frames in raw_shards(dataset, TRUTH, split).items():
        for frame in frames:
            try:
                people[frame] = read_truth(dataset / source_path(shard, frame, TRUTH), table)
            except DataError as error:
                wrong.append(str(error))
    if wrong:
        lines = "".join(f"\n  {problem}" for problem in wrong)
        raise DataError(f"{len(wrong)} files of {TRUTH} are wrong:{lines}")
    if not people:
        raise DataError(f"{dataset}: no frames in {TRUTH}/{split}")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, ground_truth_json(dict(sorted(people.items()))))
    logging.info("%d frames of %s", len(people), split)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root of the raw files")
    parser.add_argument("--split", required=True)
    parser.add_argument(
        "--person-labels", type=Path, required=True, help="label table of CityPersons (CSV)"
    )
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    run(main, parser)
