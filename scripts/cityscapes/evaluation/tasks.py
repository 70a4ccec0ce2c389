"""The tasks that predictions are scored for: one entry a task, and the functions behind it.

Everything that has to know the tasks follows from this list: the files of a prediction set, what
is counted, the rules of the scores, the config's schema and the documentation. Pure standard
library: the Snakefile imports it each time it is read.

By its name a task has a rule `<task>_scores`, a script `scripts/<task>_scores.py` and a caption
`rules/captions/<task>_classes.rst`.
"""

from dataclasses import dataclass, field

# Tables of scores that every task has.
COMMON_TABLES = ("classes.csv", "images.csv", "summary.csv")


@dataclass(frozen=True)
class Task:
    """A task: how its predictions are found, what they are compared with, and what is reported."""

    name: str
    predictions: str  # what lies at the path of a set, for people
    find: str  # module:function (PredictionSet, frames, LabelTable), see `prediction_files.py`
    work: str  # module:function (City) -> list of Work, see `counting.py`
    result: str  # the file that the benchmark's own tool would write
    endings: tuple[str, ...]  # of all files that may belong to a set; "" where any may
    ending: str = ""  # of the one file of a frame, where its name begins with the frame's
    pictures: tuple[str, ...] = ()  # endings in the folder named like its JSON file
    by_city: bool = False  # the name of every file in a folder begins with its frame's
    truth: tuple[str, ...] = ()  # the kinds of files that it is compared with, of one group
    split_truth: dict[str, str] = field(default_factory=dict)  # encoding -> kind of a JSON file
    raw_truth: tuple[str, ...] = ()  # types of the dataset that it is compared with, too
    tables: tuple[str, ...] = ()  # tables of scores besides COMMON_TABLES
    options: tuple[str, ...] = ()  # flags of its script that not all have
    sample: dict[str, str] = field(default_factory=dict)  # name -> path of the sample's sets

    @property
    def reports(self) -> tuple[str, ...]:
        """The files of its scores, besides the table of classes."""
        tables = (*self.tables, *COMMON_TABLES)
        return (self.result, *(table for table in tables if table != "classes.csv"))

    @property
    def scores_script(self) -> str:
        """The script that scores what was counted."""
        return f"{self.name}_scores.py"


TASKS = {
    task.name: task
    for task in (
        Task(
            "pixel",
            predictions="folder of 8-bit PNG files",
            find="cityscapes.evaluation.pixel.frames:find",
            work="cityscapes.evaluation.pixel.frames:work",
            result="resultPixelLevelSemanticLabeling.json",
            endings=(".png",),
            ending=".png",
            by_city=True,
            truth=("labelIds", "instanceIds"),
            tables=("categories.csv", "confusion.csv"),
            options=("labels", "encoding", "average-sizes"),
            sample={"pixel_good": "pixel_good", "pixel_poor": "pixel_poor"},
        ),
        Task(
            "instance",
            predictions="folder of text files and masks, or a COCO results JSON file",
            find="cityscapes.evaluation.instance.frames:find",
            work="cityscapes.evaluation.instance.frames:work",
            result="resultInstanceLevelSemanticLabeling.json",
            endings=("",),
            ending=".txt",
            truth=("instanceIds",),
            raw_truth=("disparity", "camera"),
            tables=("overlaps.csv",),
            options=("labels",),
            sample={
                "instance_good": "instance_good",
                "instance_coco": "instance_coco/results.json",
            },
        ),
        Task(
            "panoptic",
            predictions="COCO panoptic JSON file, its pictures in the folder of the same name, or "
            "a folder that holds both",
            find="cityscapes.evaluation.panoptic.frames:find",
            work="cityscapes.evaluation.panoptic.frames:work",
            result="resultPanopticSemanticLabeling.json",
            endings=(".json", ".png"),
            pictures=(".json", ".png"),
            truth=("segments",),
            split_truth={"auto": "panoptic", "ids": "panoptic", "trainIds": "panoptic_trainId"},
            tables=("groups.csv",),
            options=("truth",),
            sample={"panoptic_good": "panoptic_good/cityscapes_panoptic_val.json"},
        ),
    )
}

# The prediction sets of the sample: name -> task, path below the sample's predictions.
SAMPLE_SETS = {
    name: (task.name, path) for task in TASKS.values() for name, path in task.sample.items()
}
