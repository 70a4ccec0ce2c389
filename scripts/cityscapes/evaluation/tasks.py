"""The tasks that predictions are scored for: one entry each, with its functions.

Everything that has to know the tasks follows from this list: the files of a prediction set, what
is counted, the rules of the scores, the config's schema and the documentation. Pure standard
library: the Snakefile imports it each time it is read.

By its name a task has a rule `<task>_scores`, a script `scripts/<task>_scores.py` and a caption
`rules/captions/<task>_classes.rst`; one with a figure has `rules/captions/<task>_figure.rst`, too.
"""

from dataclasses import dataclass, field

# Tables of scores that every task has.
COMMON_TABLES = ("classes.csv", "images.csv", "summary.csv")
FIGURE_ENDINGS = (".png", ".svg")


@dataclass(frozen=True)
class Task:
    """A task: how its predictions are found, compared and reported."""

    name: str
    predictions: str  # what is at the path of a set, for people
    find: str  # module:function (PredictionSet, frames, LabelTable), see `prediction_files.py`
    work: str  # module:function (City) -> list of Work, see `counting.py`
    result: str  # the file that the reference tool writes
    endings: tuple[str, ...]  # of all files that may belong to a set; "" if any may
    ending: tuple[str, ...] = ()  # of the one file of a frame, whose name holds the frame's
    pictures: tuple[str, ...] = ()  # endings in the folder named like its JSON file
    by_city: bool = False  # the name of every file in a folder holds its frame's
    truth: tuple[str, ...] = ()  # the kinds of ground truth, of one group
    split_truth: dict[str, str] = field(default_factory=dict)  # encoding -> kind of a JSON file
    raw_truth: tuple[str, ...] = ()  # types of the dataset that it is compared with, too
    frames_of: str = ""  # the one that defines the frames; "" for the polygons of gtFine
    tables: tuple[str, ...] = ()  # tables of scores besides COMMON_TABLES
    other_tables: tuple[str, ...] = ()  # tables of other protocols, which have their own rule
    settings: tuple[str, ...] = ()  # settings of a set that not all tasks have
    options: tuple[str, ...] = ()  # flags of its script that not all have
    count_options: tuple[str, ...] = ()  # the same of `evaluation_counts.py`
    figure: str = ""  # module:function (files, LabelTable) that draws all of its sets in one
    drawn: tuple[str, ...] = ()  # files of a set that the figure shows: the first is asked for
    metric: str = ""  # of boundaries, which a set may ask for
    boundaries: str = ""  # module:function (City) -> list of Work, for this metric
    sample: dict[str, str] = field(default_factory=dict)  # name -> path of the sample's sets

    @property
    def reports(self) -> tuple[str, ...]:
        """Return the files of its scores, besides the table of classes."""
        tables = (*self.tables, *COMMON_TABLES)
        return (self.result, *(table for table in tables if table != "classes.csv"))

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the files of its figure, if there is one, next to the comparison of all sets."""
        return tuple(f"{self.name}{ending}" for ending in FIGURE_ENDINGS) if self.figure else ()

    @property
    def scores_script(self) -> str:
        """Return the script that scores the counts."""
        return f"{self.name}_scores.py"


TASKS = {
    task.name: task
    for task in (
        Task(
            "pixel",
            predictions="folder of 8-bit PNG files, or of .npy label maps",
            find="cityscapes.evaluation.pixel.frames:find",
            work="cityscapes.evaluation.pixel.frames:work",
            result="resultPixelLevelSemanticLabeling.json",
            endings=(".png", ".npy"),
            ending=(".png", ".npy"),
            by_city=True,
            truth=("labelIds", "instanceIds"),
            tables=("categories.csv", "confusion.csv", "images_classes.csv"),
            settings=("void", "classes", "resize", "colors"),
            options=("labels", "encoding", "void", "classes", "average-sizes"),
            metric="boundary_f",
            boundaries="cityscapes.evaluation.boundaries.frames:pixel_work",
            sample={"pixel_good": "pixel_good", "pixel_poor": "pixel_poor"},
        ),
        Task(
            "instance",
            predictions="folder of text files and masks, or a COCO results JSON file",
            find="cityscapes.evaluation.instance.frames:find",
            work="cityscapes.evaluation.instance.frames:work",
            result="resultInstanceLevelSemanticLabeling.json",
            endings=("",),
            ending=(".txt",),
            truth=("instanceIds",),
            raw_truth=("disparity", "camera"),
            tables=("overlaps.csv", "sizes.csv", "images_classes.csv", "predictions.csv"),
            other_tables=("coco.csv", "coco_classes.csv"),
            settings=("classes", "images"),
            options=("labels", "encoding", "classes"),
            metric="boundary_iou",
            boundaries="cityscapes.evaluation.boundaries.frames:instance_work",
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
            tables=("groups.csv", "images_classes.csv"),
            settings=("classes", "images"),
            options=("truth", "labels", "encoding", "classes"),
            metric="boundary_iou",
            boundaries="cityscapes.evaluation.boundaries.frames:panoptic_work",
            sample={"panoptic_good": "panoptic_good/cityscapes_panoptic_val.json"},
        ),
        Task(
            "boxes3d",
            predictions="folder of JSON files with 3-D boxes",
            find="cityscapes.evaluation.boxes3d.frames:find",
            work="cityscapes.evaluation.boxes3d.frames:work",
            result="results.json",
            endings=(".json",),
            ending=(".json",),
            by_city=True,
            raw_truth=("gtBbox3d",),
            frames_of="gtBbox3d",
            tables=("depths.csv", "thresholds.csv", "matches.csv", "skipped.csv"),
            options=("settings",),
            count_options=("settings",),
            figure="cityscapes.evaluation.boxes3d.figure:draw",
            drawn=("results.json",),
            sample={"boxes3d_good": "boxes3d_good", "boxes3d_poor": "boxes3d_poor"},
        ),
        Task(
            "pedestrians",
            predictions="folder of text files, or a COCO results JSON file",
            find="cityscapes.evaluation.pedestrians.frames:find",
            work="cityscapes.evaluation.pedestrians.frames:work",
            result="results.txt",
            endings=(".txt",),
            ending=(".txt",),
            by_city=True,
            raw_truth=("gtBboxCityPersons",),
            frames_of="gtBboxCityPersons",
            tables=("curves.csv",),
            options=("settings",),
            count_options=("settings", "person-labels"),
            figure="cityscapes.evaluation.pedestrians.figure:draw",
            drawn=("curves.csv", "classes.csv"),
            sample={
                "pedestrians_good": "pedestrians_good/results.json",
                "pedestrians_poor": "pedestrians_poor",
            },
        ),
    )
}

# The prediction sets of the sample: name -> task, path below the sample's predictions.
SAMPLE_SETS = {
    name: (task.name, path) for task in TASKS.values() for name, path in task.sample.items()
}
