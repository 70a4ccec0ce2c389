"""The tables of a split's statistics, by name. The Snakefile imports it: nothing else is here."""

STATISTICS = (
    "summary", "classes", "categories", "cities", "cities_classes", "instances", "frames",
    "cooccurrence", "heatmaps",
)  # fmt: skip
# Those of splits with depth, where the config asks for them.
DISTANCES = ("distances", "distances_histogram")
