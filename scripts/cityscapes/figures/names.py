"""All figures: names, titles and captions. Pure standard library: the Snakefile imports it."""

from collections.abc import Iterable
from dataclasses import dataclass

ENDINGS = ("svg", "png", "csv")


@dataclass(frozen=True)
class Described:
    """Title and caption of a figure, also for readers who cannot see it."""

    title: str
    caption: str


STATISTICS = {
    "pixels": Described(
        "Pixels by class",
        "A bar for each class, on a logarithmic axis, ordered by category. Hatched classes are "
        "ignored in evaluation.",
    ),
    "instances": Described(
        "Instances in a frame",
        "Above, a histogram of the number of visible instances in a frame; below, a bar for each "
        "class with their mean number.",
    ),
    "cooccurrence": Described(
        "Classes that occur together",
        "A matrix of the evaluated classes: each cell is the share of the frames with the row's "
        "class that also show the column's class.",
    ),
    "heatmaps": Described(
        "Positions of classes",
        "A map for each evaluated class that occurs: the share of frames that show it at each of "
        "64 x 32 points of the image, from dark for none to yellow for the largest share, which "
        "is the number.",
    ),
}
# Of gtFine, if a setting of `statistics` asks for it.
EXTRA = {
    "distances": Described(
        "Distances of instances",
        "Above, a histogram of the instances by distance, in bins of 10 m; below, a row for each "
        "class: the median as a dot, the middle half as a bar, and the middle 90 % as a line. The "
        "distance of an instance is the median depth of its pixels, if half of them are measured.",
    ),
    "coarse": Described(
        "Coarse and fine annotations",
        "A bar for each class shows the IoU, on the pixels where both annotations have an "
        "evaluated class; diamonds show the share of the coarse pixels that have the same class "
        "in the fine annotation, and dots the share of the fine pixels that are annotated "
        "coarsely.",
    ),
    "positions": Described(
        "Positions of frames",
        "A map of the GPS positions, one dot for each frame, with the name of each city in the "
        "middle of its frames. A kilometre has the same length in both directions.",
    ),
}
PIXEL = {
    "iou": Described(
        "IoU by class",
        "A bar for each class shows the IoU; diamonds show the iIoU of classes with instances.",
    ),
    "confusion": Described(
        "Confusion of classes",
        "A matrix: each cell is the share, in percent, of the true pixels of the row's class that "
        "are predicted as the column's class. Shares below half a percent have no number.",
    ),
    "cities": Described("mIoU by city", "A bar for each city shows the mean IoU of its frames."),
}
INSTANCE = {
    "ap": Described(
        "AP by class",
        "A bar for each class shows the AP; diamonds show the AP at an overlap of 50 %.",
    ),
    "precision_recall": Described(
        "Precision and recall",
        "A panel for each class, with a curve for an overlap of 50 % and a dashed one for 75 %. A "
        "curve ends where all predictions are counted.",
    ),
    "calibration": Described(
        "Calibration of confidences",
        "For each tenth of the confidence, the share of predictions that are true at an overlap "
        "of 50 %; grey bars show the number of predictions. Confidences that are probabilities "
        "would be on the dotted line.",
    ),
    "ranges": Described(
        "AP by distance and size",
        "A row for the mean of all classes and for each class. Above, dots show the AP at any "
        "distance, and of objects of 1,000 pixels and more up to 100 m and up to 50 m, if depth "
        "is measured; below, of small objects (below 32 x 32 pixels), medium ones (below 96 x 96) "
        "and large ones.",
    ),
    "cities": Described("AP by city", "A bar for each city shows the AP of its frames."),
}
PANOPTIC = {
    "quality": Described(
        "Panoptic quality by class",
        "Three panels for panoptic (PQ), segmentation (SQ) and recognition quality (RQ), with a "
        "bar for each class.",
    ),
    "cities": Described("PQ by city", "A bar for each city shows the PQ of its frames."),
}
# The main score of a task.
SCORE_OF = {"pixel": "mIoU", "instance": "AP", "panoptic": "PQ"}
OF_TASK = {"pixel": PIXEL, "instance": INSTANCE, "panoptic": PANOPTIC}
# Figures of all sets of a task, which scripts/evaluation_figure.py draws.
OF_ALL_SETS = {
    "boxes3d": Described(
        "Scores of 3-D vehicles",
        "Two rows of panels for each set: AP and detection score in percent; AP, and AP times the "
        "similarities of matched boxes; precision against recall; AP and the similarities against "
        "the distance of the vehicle. The area of a dot shows the number of matches.",
    ),
    "pedestrians": Described(
        "Missed pedestrians",
        "Miss rate against false positives per image, with a panel for each subset and a line for "
        "each set, with its log-average miss rate. The average is taken between the dotted lines.",
    ),
}
COMPARISON = Described(
    "Differences between prediction sets",
    "Above, the score of each set; below, by class, the differences of up to three other sets to "
    "the first one: right of 0, the other set is better. Lines are 95 % intervals from 1,000 "
    "bootstrap samples of frames; filled points are differences beyond chance; hollow ones are "
    "not, or the class is in fewer than five frames.",
)


def others(names: Iterable[str]) -> list[str]:
    """Return the files of these figures that Snakemake's report does not show: it has the SVG."""
    return [name for name in files(names) if not name.endswith(".svg")]


def files(names: Iterable[str]) -> list[str]:
    """Return the files of these figures."""
    return [f"{name}.{ending}" for name in names for ending in ENDINGS]
