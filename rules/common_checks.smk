"""Helpers of the checks of the raw files."""

from cityscapes.checks import listing as raw_listing
from cityscapes.checks.formats import TYPES

CHECKED_TYPES = [kind for kind in TYPES if kind in [*config["types"], *dataset.RAW_TYPES]]


@cache
def checked_cities():
    """(split, city) of all folders with raw files, or with results of such."""
    raw_is_there()
    return or_stop(raw_listing.find_cities, Path(DATASET), CHECKED_TYPES, config["splits"])


def check_manifests(wildcards):
    """The tables of what was found in the raw files, a city each."""
    return [f"results/manifests/checks/{split}/{city}.tsv" for split, city in checked_cities()]


@cache
def raw_files(split, city):
    """The raw files of a city, of all types."""
    return or_stop(raw_listing.list_raw, Path(DATASET), CHECKED_TYPES, split, city)


def raw_fingerprint(wildcards):
    """A param that changes when any raw file of a city does."""
    return dataset.fingerprint(raw_files(wildcards.split, wildcards.city).entries())


def raw_frames_in(wildcards):
    """Number of frames of a city; as a priority, it starts the longest jobs first."""
    return len(raw_files(wildcards.split, wildcards.city).frames)


def share_of_checks(wildcards):
    """Threads of a job: its share of all frames."""
    total = sum(len(raw_files(*city).frames) for city in checked_cities())
    return max(1, (workflow.cores or 1) * raw_frames_in(wildcards) // max(1, total))


def minutes_of_checks(wildcards, attempt):
    """Minutes that the checks of a city ask a cluster for.

    A core needs less than 0.5 s a frame of all types; a slow disk may take six times as long.
    """
    return attempt * (10 + raw_frames_in(wildcards) // 20)


def image_size(wildcards):
    """Width and height that every image should have."""
    sample = config["sample"]
    of_sample = [sample["width"], sample["height"]]
    return of_sample if DATASET == SAMPLE_DATASET else config["checks"]["image_size"]


def label_classes(wildcards):
    """Digest of all of the label table that the checks depend on."""
    return digest(*(repr(label) for label in TABLE))


def blur_limits(wildcards):
    """The limits beyond which a blurred image is reported."""
    limits = config["checks"]["blurred"]
    return [limits[key] for key in ("max_share", "min_psnr_outside", "min_on_objects")]


def counts_flag(wildcards):
    """The table of published counts, where the dataset is to have these; the sample has not."""
    official = DATASET != SAMPLE_DATASET and config["checks"]["counts"] == "published"
    return ["--counts", os.path.relpath(f"{workflow.basedir}/config/frames.tsv")] * bool(official)


def folder_names(wildcards):
    """A param that changes when a folder with a strange name or place comes or goes."""
    where = (Path(DATASET), CHECKED_TYPES, config["splits"])
    odd = [raw_listing.odd_folders(*where), raw_listing.broken_links(*where)]
    return [raw_listing.misplaced_types(Path(DATASET)), *odd]


def parquet_if_asked(wildcards):
    """The table of frames as Parquet, where the config asks for it."""
    return ["results/checks/frames.parquet"] * config["checks"]["parquet"]
