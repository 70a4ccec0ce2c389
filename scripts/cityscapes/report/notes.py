"""The notes at the top of the report: what is missing, edits, and the licence of pictures."""

from collections.abc import Iterable

from cityscapes.evaluation.reports import AGAINST_EDITS
from cityscapes.figures.names import OF_TASK
from cityscapes.report.html import counted, element, items, paragraph, read_rows
from cityscapes.report.made import Made, split_title

LICENCE = "https://www.cityscapes-dataset.com/license/"


def missing(made: Made) -> list[str]:
    """Return what is missing in the page, one line for each."""
    lines = []
    for split in made.splits:
        measures = dict(read_rows(made.statistics(split) / "summary.csv")[1])
        left_out = int(measures["frames left out, as they could not be made"])
        if left_out:
            frames = counted(left_out, "frame")
            lines.append(f"{split_title(split)}: {frames} left out, which could not be made")
    for name in made.sets:
        columns, (row, *_) = read_rows(made.scores(name) / "summary.csv")
        scored, _, expected = row[columns.index("frames")].partition(" of ")
        if scored != expected:
            lines.append(f"{name}: {scored} of {expected} frames are scored")
    if not made.splits:
        lines.append("No statistics: no label images are made, or there are no annotations")
    if not made.sets:
        lines.append("No scores: there are no prediction sets")
    for task in ("pixel", "instance", "panoptic"):
        if made.sets and task not in made.sets.values():
            lines.append(f"No scores of {task} predictions: there is no set of this task")
    return lines


def edits(made: Made) -> str:
    """Say which splits hold edited frames, and which sets are scored against edits, or ""."""
    lines = []
    for split in made.splits:
        measures = dict(read_rows(made.statistics(split) / "summary.csv")[1])
        if edited := measures.get("edited frames"):
            lines.append(f"{split_title(split)}: {counted(int(edited), 'edited frame')}")
    for name in made.sets:
        columns, (row, *_) = read_rows(made.scores(name) / "summary.csv")
        note = row[columns.index("note")] if "note" in columns else ""
        if AGAINST_EDITS in note:
            lines.append(f"{name}: {note}")
    if not lines:
        return ""
    head = element("strong", "Edits")
    return element("div", head, items(lines), class_="note", role="note")


def licence(made: Made) -> str:
    """Say whose pictures are in the page; "" if there are none."""
    shown = [name for name, task in made.sets.items() if task in OF_TASK and made.pictures]
    if not shown:
        return ""
    if made.is_sample:
        return paragraph("The pictures of frames are of the sample, which is drawn.", class_="dim")
    kinds = {row[3] for name in shown for row in read_rows(made.frames(name) / "frames.csv")[1]}
    blurred = (
        "Faces and number plates in them are blurred."
        if kinds <= {"leftImg8bit_blurred", ""}
        else "Faces and number plates in them are not blurred, because the package of blurred "
        "images is not available for all: do not publish them."
    )
    link = element("a", "licence", href=LICENCE)
    text = f"This page shows pictures of the Cityscapes dataset, whose {link} applies to them. "
    return element(
        "p", f"{text}{blurred} <code>report: {{pictures: false}}</code> leaves them out."
    )


def notice(lines: Iterable[str]) -> str:
    """Return the list of what is missing, for the top of the page."""
    listed = [*lines]
    if not listed:
        return paragraph("Nothing is missing: all frames were made, and all sets are scored.")
    head = element("strong", "What is missing")
    return element("div", head, items(listed), class_="note", role="note")
