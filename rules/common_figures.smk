"""What the rules of the figures use."""

from cityscapes.figures.names import EXTRA as EXTRA_SHOWN
from cityscapes.figures.names import OF_TASK
from cityscapes.figures.names import STATISTICS as STATISTICS_SHOWN
from cityscapes.figures.names import files as figure_files

TASKS_SHOWN = tuple(task for task in TASKS if task in OF_TASK)


def others(figures):
    """The files of these figures that the report of Snakemake does not show."""
    return [name for name in figure_files(figures) if not name.endswith(".svg")]


def compared_folders(task, split):
    """The folders of the scores of all sets of a task and split."""
    return [f"{RESULTS}/evaluation/{name}" for name in evaluation.comparisons()[f"{task}_{split}"]]


def compared_tables(task, split):
    """The tables of all sets of a task and split that a comparison is made from."""
    tables = {"instance": ("predictions.csv",)}.get(task, ())
    wanted = ("summary.csv", "classes.csv", "images.csv", "images_classes.csv", *tables)
    sets = evaluation.comparisons()[f"{task}_{split}"]
    return [path for name in sets for path in evaluation.score_tables(name, *wanted)]


def figures():
    """All figures of the existing statistics and scores."""
    wanted = [
        f"report/statistics/{shard_type}_{split}/{name}"
        for shard_type, split in (ask(shards.annotated_splits) if ask(statistics.files) else [])
        for name in figure_files(STATISTICS_SHOWN)
    ]
    wanted += [
        f"report/statistics/gtFine_{split}/{name}"
        for what in EXTRA_SHOWN
        for split in ask(statistics.extra_splits, what)
        for name in figure_files([what])
    ]
    for name, one in evaluation.sets.items():
        wanted += [
            f"report/sets/{name}/{file}" for file in figure_files(OF_TASK.get(one.task, {}))
        ]
    for name in evaluation.comparisons():
        if name.partition("_")[0] in TASKS_SHOWN:
            wanted += figure_files({f"report/comparisons/{name}": None})
    return [f"{RESULTS}/{path}" for path in wanted]


def with_figures(wildcards):
    """The figures, and all tables that they are made from."""
    await_predictions()
    return [*counted(wildcards), *(scored(wildcards) if evaluation.sets else []), *free(figures())]
