"""Names of the tables of a split's statistics; nothing else, as the Snakefile imports it."""

STATISTICS = (
    "summary", "classes", "categories", "cities", "cities_classes", "instances", "frames",
    "cooccurrence", "heatmaps",
)  # fmt: skip
# Setting of the config -> the tables of gtFine it asks for, and the kind of image they need.
EXTRA = {
    "distances": ("distances", "distances_histogram"),
    "coarse": ("coarse",),
    "positions": ("positions",),
}
IMAGES = {"distances": "instanceIds", "coarse": "labelIds", "positions": "labelIds"}
