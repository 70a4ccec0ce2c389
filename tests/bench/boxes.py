"""Evaluation of boxes: CPU seconds for 500 frames, from files to scores, start-up left out."""

import argparse
import json
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

CLONE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CLONE / "scripts"), str(CLONE / "tests")]

from cityscapes.evaluation.boxes3d.counts import count_frame
from cityscapes.evaluation.boxes3d.scores import class_scores, results_json
from cityscapes.evaluation.boxes3d.settings import Settings3d
from vehicles import make_frame, write_files

HABITS = {"noise": 0.05, "far": 90.0, "digits": 17, "other": 0.05}
LIMIT = 1.5


def main(frames: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="cityscapes-bench-") as folder:
        objects = vehicles(Path(folder), frames)
        best = min(cpu(vehicle_scores, Path(folder)) for _ in range(rounds))
        verdict = "PASS" if best <= LIMIT else "FAIL"
        print(
            f"boxes3d: {frames} frames, {objects} objects: {best:.2f} CPU s <= {LIMIT} {verdict}"
        )
        for share in (2, 1):
            peak = peak_memory(vehicle_scores, Path(folder), frames // share)
            print(f"boxes3d: at most {peak / 1e6:.1f} MB for {frames // share} frames")


def vehicles(folder: Path, frames: int) -> int:
    """Write the files of so many frames; the number of true objects."""
    rng = np.random.default_rng(0)
    made = {f"ulm_{k:06d}_000019": make_frame(rng, 15, HABITS) for k in range(frames)}
    write_files({key: one for key, (one, _) in made.items()}, folder / "gt", "gtBbox3d")
    write_files({key: one for key, (_, one) in made.items()}, folder / "predictions", "pred")
    return sum(len(truth["objects"]) for truth, _ in made.values())


def vehicle_scores(folder: Path, most: int | None = None) -> str:
    settings = Settings3d()
    counts = (
        count_frame(
            path.read_bytes(),
            (folder / "predictions" / path.name.replace("gtBbox3d", "pred")).read_bytes(),
            settings,
        )
        for path in sorted((folder / "gt").iterdir())[:most]
    )
    return json.dumps(results_json(class_scores(counts, settings), settings), indent=4)


def cpu(function, *arguments) -> float:
    begin = time.process_time()
    function(*arguments)
    return time.process_time() - begin


def peak_memory(function, *arguments) -> int:
    tracemalloc.start()
    function(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    main(**vars(parser.parse_args()))
