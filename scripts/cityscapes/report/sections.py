"""The sections of the report, from the tables and figures in the results."""

from collections import Counter
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

from cityscapes.evaluation.bootstrap import DRAWS
from cityscapes.figures.names import (
    COMPARISON,
    EXTRA,
    OF_ALL_SETS,
    OF_TASK,
    SCORE_OF,
    STATISTICS,
    Described,
)
from cityscapes.report.brief import ranking, sentences
from cityscapes.report.html import (
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
from cityscapes.report.made import Made, split_title
from cityscapes.report.single_frames import single_frames

_CHANCE = (
    f"In brackets, the middle 95 % of the differences in {DRAWS:,} bootstrap samples of frames. A "
    "difference is beyond chance if they are all on one side of 0 and the class is in five frames "
    "or more. Of two sets that are equally good, one class in twenty still differs so much."
)


class Section(NamedTuple):
    """A part of the page, and its subsections for the table of contents."""

    id: str
    title: str
    html: str
    below: list[tuple[str, str]]  # id and title


def in_brief(made: Made) -> Section:
    """Return the section that says which sets are the best, where, and if that may be chance."""
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
    """Return the section with the statistics of all splits."""
    parts, below = [], []
    for split in made.splits:
        folder, name = made.statistics(split), split_title(split)
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
    """Return the section with the headline scores, comparisons, and the scores of each set."""
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
    """Return the section with the numbers of problems of the raw files."""
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
    """Return the section with versions, settings and fingerprints."""
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
    return element("div", *shown, class_="plots" if numbers else "whole")
