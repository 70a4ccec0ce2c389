"""All figures: names, titles and captions. Pure standard library: the Snakefile imports it."""

from dataclasses import dataclass

ENDINGS = ("svg", "png", "csv")


@dataclass(frozen=True)
class Described:
    """What a figure shows, for captions and for those who cannot see it."""

    title: str
    caption: str


STATISTICS = {
    "pixels": Described(
        "Pixels by class",
        "Bars on a logarithmic axis, a class each, ordered by category. Hatched classes are "
        "ignored in evaluation.",
    ),
    "instances": Described(
        "Instances a frame",
        "Left, a histogram of visible instances a frame; right, bars of their mean number by "
        "class.",
    ),
    "cooccurrence": Described(
        "Classes that are seen together",
        "A matrix: of the frames that show the class of the row, the share that shows the class "
        "of the column, too.",
    ),
    "heatmaps": Described(
        "Where classes lie",
        "A map for each evaluated class that occurs: the share of frames that show it at each of "
        "64 x 32 points of the image. The number is the largest share.",
    ),
}
# Of gtFine, where a setting of `statistics` asks for it.
EXTRA = {
    "distances": Described(
        "Distances of instances",
        "Left, a histogram of the instances by distance, in parts of 10 m; right, a row each for "
        "the classes: the median as a dot, the middle half as a bar, and the middle 90 % as a "
        "line. Distances are medians of the depth of an instance's pixels, where half of these "
        "are measured.",
    ),
    "coarse": Described(
        "Coarse annotations against fine ones",
        "On the pixels that both annotations have an evaluated class for, bars of IoU, a class "
        "each; diamonds show the share of the coarse pixels that have the class in the fine "
        "annotation, too, and dots the share of the fine pixels that are annotated coarsely.",
    ),
    "positions": Described(
        "Where frames were recorded",
        "A map of the GPS positions, a dot a frame, with the name of each city at the middle of "
        "its frames. A kilometre is as long in both directions.",
    ),
}
PIXEL = {
    "iou": Described(
        "IoU by class", "Bars of IoU, a class each; diamonds show iIoU of classes with instances."
    ),
    "confusion": Described(
        "Confusion of classes",
        "A matrix: of the true pixels of the class of the row, the share in percent that is "
        "predicted as the class of the column. Shares below half a percent have no number.",
    ),
    "cities": Described("mIoU by city", "Bars of the mean IoU over the frames of each city."),
}
INSTANCE = {
    "ap": Described(
        "AP by class", "Bars of AP, a class each; diamonds show AP at an overlap of 50 %."
    ),
    "precision_recall": Described(
        "Precision over recall",
        "A panel for each class with a curve for an overlap of 50 %, and dashed one of 75 %. A "
        "curve ends where the least confident prediction is counted.",
    ),
    "calibration": Described(
        "Calibration of confidences",
        "For tenths of the confidence, the share of predictions that are true at an overlap of "
        "50 %; grey bars tell how many predictions there are. On the dotted line, confidences "
        "would be probabilities.",
    ),
    "ranges": Described(
        "AP by distance and size",
        "A row each for all classes and for every class. Left, dots of AP at any distance, and of "
        "objects of 1,000 pixels and more up to 100 m and up to 50 m, where depth is measured; "
        "right, of small objects (below 32 x 32 pixels), medium ones (below 96 x 96) and large "
        "ones.",
    ),
    "cities": Described("AP by city", "Bars of the AP over the frames of each city."),
}
PANOPTIC = {
    "quality": Described(
        "Panoptic quality by class",
        "A panel each for panoptic (PQ), segmentation (SQ) and recognition quality (RQ), with a "
        "bar for each class.",
    ),
    "cities": Described("PQ by city", "Bars of the PQ over the frames of each city."),
}
# The headline score of a task.
SCORE_OF = {"pixel": "mIoU", "instance": "AP", "panoptic": "PQ"}
OF_TASK = {"pixel": PIXEL, "instance": INSTANCE, "panoptic": PANOPTIC}
# Figures of all sets of a task, which scripts/evaluation_figure.py draws.
OF_ALL_SETS = {
    "boxes3d": Described(
        "Scores of 3-D vehicles",
        "Two rows of panels a set: AP and detection score in percent; AP, and the similarities of "
        "matched boxes times AP; precision over recall; AP and the similarities over the distance "
        "of the vehicle. The area of a dot stands for the number of matches.",
    ),
    "pedestrians": Described(
        "Missed pedestrians",
        "Miss rate over false positives an image, a panel a subset, a line a set with its "
        "log-average miss rate. Dotted lines bound what is averaged.",
    ),
}
COMPARISON = Described(
    "Differences between prediction sets",
    "Left, the score of each set; right, by class, how much higher that of another set is than "
    "that of the first. Lines are 95 % intervals of 1,000 draws of frames; filled points are "
    "differences beyond chance; hollow ones are not, or rest on fewer than five frames.",
)


def files(names: dict[str, Described]) -> list[str]:
    """The files of these figures."""
    return [f"{name}.{ending}" for name in names for ending in ENDINGS]
