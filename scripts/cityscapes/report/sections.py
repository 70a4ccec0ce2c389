"""The sections of the report, from the tables and figures in the results."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import NamedTuple

from cityscapes.evaluation.bootstrap import DRAWS
from cityscapes.evaluation.reports import AGAINST_EDITS
from cityscapes.figures.names import (
    COMPARISON,
    EXTRA,
    OF_ALL_SETS,
    OF_TASK,
    SCORE_OF,
    STATISTICS,
    Described,
)
from cityscapes.labels import LabelTable
from cityscapes.report.brief import ranking, sentences
from cityscapes.report.html import (
    counted,
    element,
    folded,
    items,
    paragraph,
    picture,
    read_rows,
    short,
    table,
    table_of,
)

LICENCE = "https://www.cityscapes-dataset.com/license/"
# Frames as the evaluation ranks them, for people.
_WHICH = {"worst": "The worst frame", "median": "The median frame", "best": "The best frame"}

# What the pictures of a frame show, and what the colours of its errors mean.
_PANELS = {
    "pixel": (
        "classes",
        "wrong pixels are orange, right ones blue, those that are not evaluated black",
    ),
    "instance": (
        "objects",
        "missed objects, false ones and the wrong parts of masks are orange, what is right is "
        "blue, what is not evaluated black, and what is no object grey. As many predictions are "
        "drawn as there are objects, the most confident ones; an overlap of 50 % makes a match",
    ),
    "panoptic": (
        "segments",
        "wrong classes and things without a match are orange, what is right is blue, what is not "
        "evaluated black",
    ),
}


_CHANCE = (
    f"In brackets, the middle 95 % of the differences in {DRAWS:,} bootstrap samples of frames. A "
    "difference is beyond chance if they are all on one side of 0 and the class is in five frames "
    "or more. Of two sets that are equally good, one class in twenty still differs so much."
)


class Section(NamedTuple):
    """A part of the page, and the parts below it for the table of contents."""

    id: str
    title: str
    html: str
    below: list[tuple[str, str]]  # id and title


@dataclass(frozen=True)
class Made:
    """The contents of the results, and how they were made."""

    results: Path
    splits: list[str]  # <type>_<split>
    sets: Mapping[str, str]  # name -> task, as the config has them
    comparisons: list[str]  # <task>_<split>
    table: LabelTable
    pictures: bool
    is_sample: bool
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    # Split -> those of EXTRA that it has.
    extra: Mapping[str, list[str]] = field(default_factory=dict)

    def statistics(self, split: str) -> Path:
        """The folder of the statistics of a split."""
        return self.results / "statistics" / split

    def scores(self, name: str) -> Path:
        """The folder of the scores of a set."""
        return self.results / "evaluation" / name


def missing(made: Made) -> list[str]:
    """What is missing in the page, one line for each."""
    lines = []
    for split in made.splits:
        measures = dict(read_rows(made.statistics(split) / "summary.csv")[1])
        left_out = int(measures["frames left out, as they could not be made"])
        if left_out:
            frames = counted(left_out, "frame")
            lines.append(f"{_name(split)}: {frames} left out, which could not be made")
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
    """Which splits hold edited frames, and which sets are scored against edits; "" for none."""
    lines = []
    for split in made.splits:
        measures = dict(read_rows(made.statistics(split) / "summary.csv")[1])
        if edited := measures.get("edited frames"):
            lines.append(f"{_name(split)}: {counted(int(edited), 'edited frame')}")
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
    """Whose pictures are in the page; "" where there are none."""
    shown = [name for name, task in made.sets.items() if task in OF_TASK and made.pictures]
    if not shown:
        return ""
    if made.is_sample:
        return paragraph("The pictures of frames are of the sample, which is drawn.", class_="dim")
    kinds = {
        row[3] for name in shown for row in read_rows(_frames_of(made, name) / "frames.csv")[1]
    }
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


def in_brief(made: Made) -> Section:
    """Which sets are the best ones, where, and whether that is beyond chance."""
    parts, compared = [], set()
    for name in made.comparisons:
        path = made.results / "report/comparisons" / f"{name}.csv"
        task, _, split = name.partition("_")
        compared |= {*ranking(path)}
        parts.append(element("h3", f"{task.capitalize()} predictions of {split}"))
        parts.append(items(sentences(path, task)))
    columns, rows = read_rows(made.results / "evaluation/comparison.csv")
    alone = []
    for row in (dict(zip(columns, row, strict=True)) for row in rows):
        if row["set"] not in compared and row["task"] in SCORE_OF:
            score = SCORE_OF[row["task"]]
            alone.append(f"{row['set']}: {score} {short(row[score])}")
    if alone:
        parts += [element("h3", "Sets that are not compared with others"), items(alone)]
    if compared:
        parts.append(paragraph(_CHANCE, class_="dim"))
    return Section("brief", "In brief", "".join(parts), [])


def statistics(made: Made) -> Section:
    """The statistics of all splits."""
    parts, below = [], []
    for split in made.splits:
        folder, name = made.statistics(split), _name(split)
        figures = STATISTICS | {one: EXTRA[one] for one in made.extra.get(split, [])}
        below.append((f"statistics-{split}", name))
        parts += [
            element("h3", name, id=f"statistics-{split}"),
            table_of(folder / "summary.csv", f"{name}: summary"),
            _figures(made.results / "report/statistics" / split, figures, name),
            folded("Classes", table_of(folder / "classes.csv", f"{name}: classes")),
            folded("Categories", table_of(folder / "categories.csv", f"{name}: categories")),
            folded(
                "Sizes of instances",
                table_of(folder / "instances.csv", f"{name}: pixels of visible instances"),
            ),
            folded("Cities", table_of(folder / "cities.csv", f"{name}: cities")),
        ]
    return Section("statistics", "Statistics of the dataset", "".join(parts), below)


def scores(made: Made) -> Section:
    """The headline scores of all sets, comparisons, and each set."""
    parts, below = [], [("comparison", "All sets")]
    parts.append(element("h3", "All sets", id="comparison"))
    for task in dict.fromkeys(made.sets.values()):
        parts.append(_headlines(made, task))
        if task in OF_ALL_SETS:
            shown = {task: OF_ALL_SETS[task]}
            parts.append(_figures(made.results / "evaluation", shown, "all sets", numbers=False))
    for name in made.comparisons:
        parts.append(_comparison(made, name))
    for number, (name, task) in enumerate(made.sets.items(), start=1):
        below.append((f"set-{number}", name))
        parts.append(element("h3", escape(name), id=f"set-{number}"))
        parts.append(paragraph(f"A set of {task} predictions.", class_="dim"))
        parts.append(_figures(made.results / "report/sets" / name, OF_TASK.get(task, {}), name))
        parts.append(
            folded("Classes", table_of(made.scores(name) / "classes.csv", f"{name}: classes"))
        )
        if made.pictures and task in OF_TASK:
            parts.append(single_frames(made, name, task))
    return Section("scores", "Scores of the predictions", "".join(parts), below)


def checks(made: Made) -> Section:
    """The numbers of problems of the raw files."""
    columns, rows = read_rows(made.results / "checks/problems.csv")
    severity, check = columns.index("severity"), columns.index("check")
    found = Counter((row[severity], row[check]) for row in rows)
    numbers = [(level, name, str(number)) for (level, name), number in found.items()]
    text = (
        table("Problems of the raw files", ["severity", "check", "number"], numbers)
        if numbers
        else paragraph("No problems were found in the raw files.")
    )
    more = paragraph("checks/problems.csv in the results lists each of them, and what to do.")
    return Section("checks", "The raw files", text + more * bool(numbers), [])


def how(made: Made) -> Section:
    """Versions, settings and fingerprints."""
    parts = [
        table("Versions", ["software", "version"], [*made.versions.items()]),
        table("Settings", ["setting", "value"], [*made.settings.items()]),
        table(
            "Fingerprints of the results: equal fingerprints mean equal content",
            ["of", "fingerprint"],
            [*made.fingerprints.items()],
        ),
    ]
    return Section("how", "How this was made", "".join(parts), [])


def _headlines(made: Made, task: str) -> str:
    columns, rows = read_rows(made.results / "evaluation/comparison.csv")
    place = columns.index("task")
    of_task = [row for row in rows if row[place] == task]
    used = [
        n for n, name in enumerate(columns) if name != "task" and any(row[n] for row in of_task)
    ]
    return table(
        f"Scores of {task} predictions",
        [columns[n] for n in used],
        [[row[n] for n in used] for row in of_task],
    )


def _comparison(made: Made, name: str) -> str:
    folder = made.results / "report/comparisons"
    columns, rows = read_rows(folder / f"{name}.csv")
    beyond = [row for row in rows if row[columns.index("beyond chance")] == "yes"]
    text = paragraph(
        f"{len(beyond)} of {len(rows)} differences between {name.replace('_', ' ')} sets are "
        f"beyond chance: the middle 95 % of {DRAWS:,} bootstrap samples of frames are all on one "
        "side of 0."
    )
    title = element("h4", f"Comparison of {name.partition('_')[0]} sets")
    return title + text + _figures(folder, {name: COMPARISON}, name.replace("_", " "))


def single_frames(made: Made, name: str, task: str) -> str:
    """The worst, the median and the best frame of a set."""
    folder = _frames_of(made, name)
    what, colors = _PANELS[task]
    shown = []
    for which, frame, score, kind in read_rows(folder / "frames.csv")[1]:
        alternative = (
            f"{_WHICH[which]} of {name}, {frame}: image, true {what}, predicted {what}, and a "
            f"map in which wrong pixels are orange."
        )
        note = "" if kind else " There is no image of it."
        text = (
            f"<strong>{_WHICH[which]}</strong>: {frame}, {SCORE_OF[task]} {short(score)}. Above, "
            f"the image and the true {what}; below, the predicted {what} and errors: {colors}."
            f"{note}"
        )
        body = picture(folder / f"{which}.jpg", alternative) + element("figcaption", text)
        shown.append(element("figure", body))
    return element("h4", "Single frames") + element("div", *shown, class_="figures")


def _figures(
    folder: Path, described: Mapping[str, Described], whose: str, numbers: bool = True
) -> str:
    shown = []
    for name, one in described.items():
        body = picture(folder / f"{name}.svg", f"{one.title}, {whose}. {one.caption}", "plot")
        caption = element("strong", f"{one.title}.") + one.caption
        below = ""
        if numbers:
            below = folded("Numbers", table_of(folder / f"{name}.csv", f"{one.title}, {whose}"))
        shown.append(element("figure", body, element("figcaption", caption), below))
    return element("div", *shown, class_="plots" if numbers else "figures")


def _frames_of(made: Made, name: str) -> Path:
    return made.results / "report/sets" / name / "frames"


def _name(split: str) -> str:
    return split.replace("_", " ", 1)


def notice(lines: Iterable[str]) -> str:
    """What is missing, at the top of the page."""
    listed = [*lines]
    if not listed:
        return paragraph("Nothing is missing: all frames were made, and all sets are scored.")
    head = element("strong", "What is missing")
    return element("div", head, items(listed), class_="note", role="note")
