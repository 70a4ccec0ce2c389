"""Helpers of the checks of the raw files."""

from cityscapes.checks import folders
from cityscapes.checks import listing as raw_listing
from cityscapes.checks.formats import TYPES

CHECKED_TYPES = [kind for kind in TYPES if kind in [*config["types"], *dataset.RAW_TYPES]]


@cache
def checked_cities():
    """(split, city) of all folders with raw files."""
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
    """A param that changes when any raw file of a city does.

    With each run where files could not be read: that they can be now, no listing tells.
    """
    table = Path(f"results/manifests/checks/{wildcards.split}/{wildcards.city}.tsv")
    again = time.time_ns() if raw_listing.frames_to_read_again(table) else 0
    return [dataset.fingerprint(raw_files(wildcards.split, wildcards.city).entries()), again]


def raw_frames_in(wildcards):
    """Number of frames of a city; as a priority, it starts the longest jobs first."""
    return len(raw_files(wildcards.split, wildcards.city).frames)


def share_of_checks(wildcards):
    """Threads of a job: its share of all frames."""

    def count_all():
        return sum(len(raw_files(*city).frames) for city in checked_cities())

    return share_of(raw_frames_in(wildcards), count_all)


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
    return provenance.settings_digest("checks", TABLE, "")


def blur_limits(wildcards):
    """The limits beyond which a blurred image is reported."""
    limits = config["checks"]["blurred"]
    return [limits[key] for key in ("max_share", "min_psnr_outside", "min_on_objects")]


def table_digest(name):
    """Digest of a table in config/ of the workflow, as a param."""
    return digest(Path(workflow.basedir, "config", name).read_bytes())


def counts_flag(wildcards):
    """The table of published counts, where the dataset is to have these; the sample has not."""
    official = DATASET != SAMPLE_DATASET and config["checks"]["counts"] == "published"
    return ["--counts", os.path.relpath(f"{workflow.basedir}/config/frames.tsv")] * bool(official)


def folder_names(wildcards):
    """A param that changes when a folder with a strange name or place comes or goes."""
    odd = folders.find_odd_folders(Path(DATASET), CHECKED_TYPES, config["splits"])
    return [f"{folder.check} {folder.where}: {folder.what}" for folder in odd]


def checked(wildcards):
    """All reports of check_all, by name: Snakemake makes only what is asked for again."""
    parquet = ["results/checks/frames.parquet"] * config["checks"]["parquet"]
    return [*rules.check_tables.output, "results/checks/summary.txt", *parquet]
