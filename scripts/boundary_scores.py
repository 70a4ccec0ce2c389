"""Score the counts of boundaries: Boundary AP, Boundary PQ or the boundary F-score."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.evaluation.boundaries.f_score import RADII, class_scores
from cityscapes.evaluation.classes import IDS, TRAIN_IDS, scored_table
from cityscapes.evaluation.flags import add_counts, add_labels
from cityscapes.evaluation.instance.average_precision import average_precision
from cityscapes.evaluation.instance.result_file import result_json
from cityscapes.evaluation.panoptic.json_file import read_panoptic_truth
from cityscapes.evaluation.panoptic.quality import FrameCounts, class_rows, frame_quality, scores
from cityscapes.evaluation.pixel.encoding import decide_encoding
from cityscapes.evaluation.pixel.reading import COLORS
from cityscapes.evaluation.reports import note_on_edits, plain
from cityscapes.files.tables import read_notes, write_csv
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import VOID_TRAIN_ID, Label, LabelTable, joint_name, read_labels

Table = tuple[list[str], list[tuple]]


def main(
    task: str, counts: list[Path], files: Path, labels: Path, truth: Path | None, settings: dict,
    output: Path,
) -> None:  # fmt: skip
    rows = [row for table in counts for row in read_tracked(table)]
    frames = [json.loads(row["counts"]) for row in rows]
    if task == "pixel":
        columns, found = f_scores(frames, read_labels(labels), settings)
    elif task == "instance":
        columns, found = boundary_ap(frames, read_labels(labels), settings["encoding"])
    else:
        assert truth
        if settings["encoding"] == TRAIN_IDS:
            check_train_ids(read_labels(labels))
        columns, found = boundary_pq(frames, truth)
    notes = read_notes(files)
    said = {"frames": f"{len(frames)} of {notes['expected']}"}
    if note := note_on_edits(notes):
        said["note"] = note
    output.parent.mkdir(parents=True, exist_ok=True)
    rows_said = [(*map(plain, row), *said.values()) for row in found]
    write_csv(output, [*columns, *said], rows_said)


def f_scores(frames: list[dict], table: LabelTable, settings: dict) -> Table:
    """Write F of each class at each radius, and the means."""
    encoding, radii = settings["encoding"], settings.get("radii", RADII)
    if encoding == COLORS:
        encoding = IDS
    if encoding == "auto":
        values = np.zeros(256, dtype=np.int64)
        for frame in frames:
            for value, pixels in frame["values"]:
                values[value] += pixels
        encoding = decide_encoding(values, table, settings.get("void", ()))
    names = {number: joint_name(labels) for number, labels in evaluated_train_ids(table).items()}
    classes = sorted(names)
    # A frame whose values do not fit the encoding of the set shows none of its classes.
    of_frames = [
        {int(number): one for number, one in frame.get(encoding, {}).items()} for frame in frames
    ]
    f = class_scores(of_frames, classes, len(radii))
    rows = [(names[number], *values) for number, values in zip(classes, f.tolist(), strict=True)]
    columns = ["name", *(f"F {radius} px" for radius in radii), "encoding"]
    means = ("mean", *f.mean(axis=0).tolist())
    return columns, [(*row, encoding) for row in [*rows, means]]


def evaluated_train_ids(table: LabelTable) -> dict[int, tuple[Label, ...]]:
    """Return the trainIds of the evaluated classes, each with its classes."""
    found: dict[int, tuple[Label, ...]] = {}
    for label in table:
        if label.id >= 0 and not label.ignore_in_eval and label.train_id != VOID_TRAIN_ID:
            found[label.train_id] = (*found.get(label.train_id, ()), label)
    return found


def check_train_ids(table: LabelTable) -> None:
    """Raise DataError if classes share a trainId: their segments cannot be distinguished."""
    shared = [joint_name(labels) for labels in evaluated_train_ids(table).values() if labels[1:]]
    if shared:
        raise DataError(
            f"Boundary PQ in trainIds needs a trainId for each class; shared: {', '.join(shared)}"
        )


def boundary_ap(frames: list[Any], table: LabelTable, encoding: str) -> Table:
    """Write Boundary AP and AP of each class, and the means."""
    counts, boundaries = zip(*frames, strict=True)
    scored = scored_table(table, encoding)
    found = [
        result_json(
            average_precision(list(counts), scored, encoding=encoding, boundaries=of_boundaries)
        )["averages"]
        for of_boundaries in (boundaries, ())
    ]
    keys = ("ap", "ap50%")
    rows = [
        (name, *(one["classes"][name][key] for one in found for key in keys))
        for name in found[0]["classes"]
    ]
    means = ("mean", *(one[f"all{key.capitalize()}"] for one in found for key in keys))
    columns = ["name", "boundary AP", "boundary AP50", "AP", "AP50"]
    return columns, [*rows, means]


def boundary_pq(frames: list[Any], truth: Path) -> Table:
    """Write Boundary PQ and PQ of each class and of the groups."""
    categories = read_panoptic_truth(truth).categories
    quality = [
        np.sum(
            [
                frame_quality(FrameCounts(*counts), categories, boundaries if asked else None)
                for counts, boundaries in frames
            ],
            axis=0,
        )
        for asked in (True, False)
    ]
    edges, masks = (class_rows(one, categories) for one in quality)
    rows: list[tuple] = [
        (edge["name"], edge["pq"], edge["sq"], edge["rq"], mask["pq"])
        for edge, mask in zip(edges, masks, strict=True)
    ]
    edges_of_groups, masks_of_groups = (scores(one, categories) for one in quality)
    for group in ("Things", "Stuff", "All"):
        one = edges_of_groups[group]
        rows.append((group, one["pq"], one["sq"], one["rq"], masks_of_groups[group]["pq"]))
    return ["name", "boundary PQ", "boundary SQ", "boundary RQ", "PQ"], rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=["pixel", "instance", "panoptic"], required=True)
    add_counts(parser, "CSV file to write")
    add_labels(parser)
    parser.add_argument("--truth", type=Path, help="COCO panoptic JSON, of panoptic sets")
    parser.add_argument(
        "--settings", type=json.loads, required=True, help="ratio, radii, encoding, as JSON"
    )
    run(main, parser)
