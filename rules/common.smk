"""Helpers that the rules call; no rule lives here."""

import base64
import json
import os
import re
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

SCRIPTS = Path(workflow.basedir, "scripts")
sys.path.insert(0, str(SCRIPTS))
# The jobs' `python` is the one that runs Snakemake, also where its environment is not activated.
os.environ.update(PATH=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.getenv('PATH', '')}")

from cityscapes import dataset, labels, packages, provenance
from cityscapes import manifest as manifests
from cityscapes.errors import DataError
from cityscapes.files import digest
from cityscapes.tables import read_notes, read_table

SAMPLE_DATASET = "resources/sample/dataset"
PACKAGES_DATASET = "resources/cityscapes/dataset"


def or_stop(function, *arguments):
    """The result of a library call; its DataError ends Snakemake with that one message."""
    try:
        return function(*arguments)
    except DataError as error:
        raise WorkflowError(str(error)) from None
    except OSError as error:
        raise WorkflowError(f"{error.filename}: {error.strerror}") from None


def untracked(value):
    """A param that the shell command needs but that no result depends on."""
    # Snakemake records no params that are computed from the output.
    return lambda wildcards, output: value


def script(name):
    """Path of a script, valid from whatever --directory the workflow runs in."""
    return untracked(os.path.relpath(SCRIPTS / name))


def code(name):
    """Digest of a script and its modules: as a param, an edit re-runs what depends on it."""
    return digest(str(provenance.code_digests(SCRIPTS / name)))


def configured_dataset():
    """The dataset root of config or environment; None asks for the sample."""
    root = config.get("dataset") or os.environ.get("CITYSCAPES_DATASET")
    if not root:
        return None
    root = os.path.normpath(os.path.expanduser(root))
    if os.path.realpath(root) == os.path.realpath("results"):
        raise WorkflowError(
            f"dataset {root} is this workflow's own results folder: set `dataset` in the config "
            "to the folder of the raw packages (CITYSCAPES_DATASET may stay as it is)"
        )
    return root


def labels_path():
    """The label table of the config: from the working directory, else from the workflow."""
    path = os.path.expanduser(config["labels"])
    return path if os.path.exists(path) else os.path.normpath(Path(workflow.basedir, path))


def record_of(path, kind):
    """Where Snakemake notes of a file how it was made (metadata), or that it is being made."""
    return Path(".snakemake", kind, base64.urlsafe_b64encode(str(path).encode()).decode())


def has_record(path):
    """Whether Snakemake knows how a file was made, or that it was about to make it."""
    return any(record_of(path, kind).exists() for kind in ("metadata", "incomplete"))


def spares_results():
    """Whether the targets of the command line leave the results alone (or remove them)."""
    # Snakemake's own settings are not there yet while the Snakefile is read.
    words = set(sys.argv)
    makers = {"all", "prepare_all", "check_all", "evaluate_all", "verify_release"}
    return bool(words & {"clean", "packages_list", "download", "unpack"}) and not words & makers


def mark_unrecorded_tables():
    """Have tables made again of whose making Snakemake has no record: it would notice no edit.

    As after a kill they count as half made. Their jobs compare every file with its row of the
    table, and make only what differs.
    """
    # Jobs on a cluster (--target-jobs) see files of other jobs that are made but not recorded yet.
    if spares_results() or {"--unlock", "--target-jobs"} & set(sys.argv):
        return
    tables = [path for path in Path("results/manifests").rglob("*.tsv") if path.name[0] != "."]
    unknown = [path for path in tables if not has_record(path)]
    if unknown and not Path(".snakemake/metadata.db").exists():
        logger.warning(
            f"Snakemake's records (.snakemake/metadata) of {len(unknown)} of the {len(tables)} "
            "tables in results/manifests are not there: what these tables tell is compared with "
            "every file, and only what differs is made again."
        )
        for path in unknown:
            record_of(path, "incomplete").parent.mkdir(parents=True, exist_ok=True)
            record_of(path, "incomplete").touch()


def stop_mixing(root):
    """Refuse to replace results of a user's dataset by those of the sample, or the reverse."""
    made_from = unquote(read_notes(Path("results/manifests/raw_links.tsv")).get("dataset", root))
    if (made_from == SAMPLE_DATASET) != (root == SAMPLE_DATASET) and not spares_results():
        name = {SAMPLE_DATASET: "the sample", PACKAGES_DATASET: "the packages of the config"}
        raise WorkflowError(
            f"results/ was made from {name.get(made_from, made_from)}, and the dataset now is "
            f"{name.get(root, root)}. Name the dataset (CITYSCAPES_DATASET, or `dataset` or "
            "`packages` in the config), work in another folder (--directory), or remove the results first: "
            "snakemake --cores 1 clean"
        )


def warn_of_closed_results():
    """Say early that nothing can be made; where nothing is to be made, that does no harm."""
    if os.path.exists("results") and not os.access("results", os.W_OK) and not spares_results():
        logger.warning(
            f"{os.path.abspath('results')} cannot be written to: it is read-only for you, or its "
            "file system is. Change its permissions, or work in another folder (--directory)."
        )


def end_future_times():
    """Give the present time to our files of the future, of which jobs are to make others.

    A machine with another clock wrote them. Snakemake refuses what is older than its input; and
    files that are touched re-make nothing.
    """
    inputs = {path for job in workflow.dag.needrun_jobs() for path in job.input}
    ours = ("results/", "resources/sample/", "resources/cityscapes/")
    for path in filter(os.path.exists, inputs):
        if path.startswith(ours) and os.path.getmtime(path) > time.time():
            with suppress(OSError):  # of somebody else; Snakemake says what is wrong
                os.utime(path)


PACKAGES_TABLE = Path(workflow.basedir, "config/packages.tsv")
KNOWN_PACKAGES = read_table(PACKAGES_TABLE)
PACKAGES = or_stop(
    packages.package_names, config["packages"], [row["name"] for row in KNOWN_PACKAGES]
)
PACKAGES_FOLDER = os.path.normpath(os.path.expanduser(config["packages_folder"]))
# Where packages come from: the folder of this name in resources/ holds all that is made of them.
SOURCE = "cityscapes" if PACKAGES else "sample"
CONFIGURED = configured_dataset()
DATASET = CONFIGURED or f"resources/{SOURCE}/dataset"
stop_mixing(DATASET)
warn_of_closed_results()
LABELS = labels_path()
TABLE = or_stop(labels.read_labels, Path(LABELS))
mark_unrecorded_tables()


@cache
def raw_shards():
    """Shard -> its raw polygon files. Packages must have been unpacked before the first call."""
    return or_stop(dataset.find_shards, Path(DATASET), config["types"], config["splits"])


if CONFIGURED and not spares_results():
    needs_polygons = {"prepare_all", "verify_release", "evaluate_all"} & set(sys.argv)
    if needs_polygons or not dataset.raw_types(Path(DATASET)):
        raw_shards()  # a root without frames is an error at once
    for folder in dataset.odd_folders(Path(DATASET), config["types"], config["splits"]):
        logger.warning(f"{folder} is left out: it is not named like a city")


@cache
def shards():
    """Shard -> its raw polygon files; none for shards that have results but no raw files now."""
    found = dict(raw_shards())
    for shard in made_groups():
        if shard.type in config["types"] and shard.split in config["splits"]:
            found.setdefault(shard, [])
    return found


@cache
def made_groups():
    """Shard -> the groups of which files were made before."""
    return manifests.shards_with_results(Path("results"))


def raw_is_there():
    """Wait for the packages, where they are the dataset; then the shards can be listed."""
    if not CONFIGURED:
        checkpoints.unpack.get()


def unpacked(wildcards):
    """What raw files wait for: nothing in a dataset of the user's, else the packages."""
    return [] if CONFIGURED else [f"resources/{SOURCE}/unpacked.tsv"]


def shard_of(wildcards):
    """The shard that a job works on."""
    return dataset.Shard(wildcards.type, wildcards.split, wildcards.city)


# Kinds of files that one job makes, by group; the links to the raw polygons are no images.
GROUPS = {
    group: [kind for kind in kinds if kind in ["polygons", *config["kinds"]]]
    for group, kinds in dataset.GROUPS.items()
}


def kinds_of_group(wildcards):
    """The kinds of files that a job makes."""
    return GROUPS[wildcards.group]


def settings_of_group(wildcards):
    """Kind of image -> digest of all settings that it depends on."""
    images = [kind for kind in GROUPS[wildcards.group] if kind != "polygons"]
    return {kind: provenance.settings_digest(kind, TABLE, config["fill"]) for kind in images}


def settings_of_kind(wildcards):
    """Digest of all settings that one kind of image depends on."""
    return provenance.settings_digest(wildcards.kind, TABLE, config["fill"])


def dataset_root(wildcards):
    """The dataset root, as a param; by a function, as its name may hold braces."""
    return DATASET


def shard_text(wildcards):
    """The shard that a job works on, as for the command line."""
    return shard_of(wildcards).folder


def raw_polygons(wildcards):
    """The polygon file behind one image."""
    return (
        f"{DATASET}/{shard_of(wildcards).folder}/{wildcards.frame}_{wildcards.type}_polygons.json"
    )


def frame_sources(wildcards):
    """The polygon file behind one image; where it is not unpacked yet, the packages."""
    raw = raw_polygons(wildcards)
    there = CONFIGURED or os.path.exists(raw)
    return unpacked(wildcards) + [raw.replace("{", "{{").replace("}", "}}")] * bool(there)


def frames_in(wildcards):
    """Number of frames of a job's shard; as a priority, it starts the longest jobs first."""
    return len(shards()[shard_of(wildcards)])


def on_cluster():
    """Whether the jobs are submitted to a cluster, or this is one of them."""
    return workflow.remote_exec or not workflow.local_exec


def share_of(frames, count_all):
    """Threads of a job over so many of all frames: its share of the cores; one on a cluster."""
    # There nothing is counted: every job would list the files of all others.
    return 1 if on_cluster() else max(1, workflow.cores * frames // max(1, count_all()))


def all_cores(wildcards):
    """Threads of a job that nothing else runs beside; a few on a cluster."""
    return 4 if on_cluster() else workflow.cores


def share_of_cores(wildcards):
    """Threads of a job: its share of all frames, so that three large shards fill the cores too."""
    return share_of(frames_in(wildcards), lambda: sum(map(len, shards().values())))


def memory_of_job(wildcards, threads, attempt):
    """MB that a job over frames asks a cluster for, whatever their number.

    Measured: 100 for the job and for each worker of it, 200 for Snakemake beside it.
    """
    return attempt * (500 + 200 * threads)


def minutes_of_shard(wildcards, attempt):
    """Minutes that a job over the frames of a shard asks a cluster for.

    A core needs less than 0.1 s a frame; a slow disk or node may take six times as long.
    """
    return attempt * (5 + frames_in(wildcards) // 100)


def manifest_of(shard, group):
    """The file that stands for all files of a group that are made from a shard."""
    return str(manifests.manifest_path(Path("results"), shard, group))


def groups_of(shard):
    """The groups to be made of a shard; where it has no raw files now, those to be removed."""
    groups = [group for group in GROUPS if dataset.kinds_of(shard, GROUPS[group])]
    return [group for group in groups if shards()[shard] or group in made_groups()[shard]]


def manifests_of_split(wildcards):
    """The files that stand for all that is made of a group from the shards of a type and split."""
    raw_is_there()
    of_split = [shard for shard in shards() if shard[:2] == (wildcards.type, wildcards.split)]
    group = wildcards.group
    return [manifest_of(shard, group) for shard in of_split if group in groups_of(shard)]


def checked_of(shard, group):
    """The file that is there where no polygon file of the shard's type and split is wrong."""
    return f"results/manifests/{shard.type}/{shard.split}.{group}.checked.tsv"


def raw_token(wildcards):
    """A param that changes when a polygon file of the shard is edited, added or removed."""
    shard = shard_of(wildcards)
    manifest = Path(manifest_of(shard, wildcards.group))
    folder = Path(DATASET, shard.folder)
    return or_stop(manifests.raw_token, manifest, folder, shards()[shard])


def derived_token(wildcards):
    """A param that changes when files that the job made were deleted or damaged."""
    shard = shard_of(wildcards)
    manifest = Path(manifest_of(shard, wildcards.group))
    kinds = GROUPS[wildcards.group]
    return or_stop(manifests.derived_token, manifest, Path("results"), shard, kinds)


def prepared(wildcards):
    """All files that prepare_all asks for, once the raw files are there."""
    raw_is_there()
    wanted = ["results/manifests/raw_links.tsv"]
    for shard in shards():
        for group in groups_of(shard):
            wanted += [manifest_of(shard, group), checked_of(shard, group)]
    splits = {shard.split for shard in raw_shards() if shard.type == "gtFine"}
    for kind in GROUPS["panoptic"]:
        for split in sorted(splits):
            name = dataset.panoptic_name(dataset.Shard("gtFine", split, ""), kind)
            wanted.append(f"results/{name}.json")
    return sorted(set(wanted))


def shards_of_split(split):
    """The gtFine shards of a split that have frames."""
    return [shard for shard in raw_shards() if shard[:2] == ("gtFine", split)]


def panoptic_manifests(wildcards):
    """The manifests of all gtFine shards of a split that have frames."""
    raw_is_there()
    return [manifest_of(shard, "panoptic") for shard in shards_of_split(wildcards.split)]


def category_ids(wildcards):
    """The column of the label table that a panoptic JSON file takes its category ids from."""
    return "trainId" if wildcards.variant else "id"


def panoptic_settings(wildcards):
    """Digest of all of the label table that a panoptic JSON file depends on."""
    return provenance.settings_digest(f"panoptic{wildcards.variant}.json", TABLE, "")


def panoptic_token(wildcards):
    """A param that changes when the panoptic JSON file of a split was damaged."""
    name = f"{wildcards.split}{wildcards.variant}"
    file = Path(f"results/gtFine/cityscapes_panoptic_{name}.json")
    notes = read_notes(Path(f"results/manifests/panoptic/{name}.tsv"))
    # One that is missing Snakemake sees by itself.
    listing = digest(file.read_bytes()) if file.exists() else notes.get("derived_listing")
    return manifests.token(notes, "derived", listing, lambda: False)


def raw_types(wildcards):
    """The raw types that the dataset holds besides the ground truth."""
    return dataset.raw_types(Path(DATASET))


def links_token(wildcards):
    """A param that changes when a link to a raw type was removed or replaced."""
    links = dataset.list_links(Path("results"))
    notes = read_notes(Path("results/manifests/raw_links.tsv"))
    return manifests.token(notes, "derived", dataset.fingerprint(links), lambda: False)


def released_kinds():
    """The prepared kinds of image that the official packages hold, too."""
    return [kind for kind in ("labelIds", "instanceIds", "color") if kind in config["kinds"]]


def released_fingerprint(wildcards):
    """A param that changes when a released label image of the shard does."""
    folder = Path(DATASET, shard_of(wildcards).folder)
    endings = tuple(f"_{dataset.ENDINGS[kind]}" for kind in released_kinds())
    return dataset.fingerprint(dataset.list_files(folder, endings))


def release_tables(wildcards):
    """The comparisons of all shards that have frames."""
    raw_is_there()
    return [
        f"results/checks/release_differences/{kind}/{split}/{city}.csv"
        for kind, split, city in raw_shards()
    ]


def sample_packages():
    """The packages that the sample consists of."""
    names = [row["name"] for row in KNOWN_PACKAGES if row["sample"] == "yes"]
    return [f"resources/sample/packages/{name}" for name in names]


def overview_shards():
    """The first shard of each split."""
    raw_is_there()
    first = {}
    for shard in raw_shards():
        first.setdefault(shard[:2], shard)
    return list(first.values())


def overview_manifests(wildcards):
    """The manifests of the label images that the overview shows, and of the links to images."""
    manifests = [manifest_of(shard, "labels") for shard in overview_shards()]
    return [*manifests, "results/manifests/raw_links.tsv"]


def overview_frames(wildcards):
    """Path of a frame's label images below the results, without ending, for each split."""
    return [
        f"{shard.folder}/{raw_shards()[shard][0].name.removesuffix(dataset.POLYGONS)}"
        for shard in overview_shards()
    ]
