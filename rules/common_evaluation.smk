"""Helpers that the rules of evaluation.smk call; no rule lives here."""

from cityscapes import prediction_sets

RESULTS = os.getenv("CITYSCAPES_RESULTS")
SAMPLE_PREDICTIONS = "resources/sample/predictions"
# set: task, path below the sample's predictions
SAMPLE_SETS = {
    "pixel_good": ("pixel", "pixel_good"),
    "pixel_poor": ("pixel", "pixel_poor"),
    "instance_good": ("instance", "instance_good"),
    "instance_coco": ("instance", "instance_coco/results.json"),
    "panoptic_good": ("panoptic", "panoptic_good/cityscapes_panoptic_val.json"),
}


def prediction_sets_of_config():
    """Name -> prediction set: of the config, else of CITYSCAPES_RESULTS, else of the sample."""
    if config["predictions"]:
        return {
            name: prediction_sets.PredictionSet(
                name, of["task"], Path(os.path.expanduser(of["path"])),
                of["split"], of["encoding"], of["allow_missing"],
            )
            for name, of in config["predictions"].items()
        }  # fmt: skip
    if RESULTS:
        found = prediction_sets.sets_of_results_folder(Path(os.path.expanduser(RESULTS)))
        return {of.name: of for of in found}
    if DATASET != SAMPLE_DATASET:
        return {}
    return {
        name: prediction_sets.PredictionSet(name, task, Path(SAMPLE_PREDICTIONS, path))
        for name, (task, path) in SAMPLE_SETS.items()
    }


SETS = prediction_sets_of_config()
if not SETS and (RESULTS or "evaluate_all" in sys.argv):
    found = f"CITYSCAPES_RESULTS is {RESULTS}, where none were found"
    advice = "name some under `predictions` in the config, or set CITYSCAPES_RESULTS"
    message = f"no predictions to score: {found if RESULTS else advice}"
    if "evaluate_all" in sys.argv:
        raise WorkflowError(message)
    logger.warning(message)


def sets_of_task(task):
    """A pattern for the names of the prediction sets of a task."""
    names = [re.escape(of.name) for of in SETS.values() if of.task == task]
    return "|".join(names) or "none"


def predictions_are_there():
    """Wait for the raw files and, where they are to be scored, for the sample's predictions."""
    # The later checkpoint first: Snakemake does not look twice at a rule that waits for one after
    # the other, where both are up to date.
    if any(of.path.is_relative_to(SAMPLE_PREDICTIONS) for of in SETS.values()):
        checkpoints.sample_predictions.get()
    raw_is_there()


def task_of_set(wildcards):
    return SETS[wildcards.set].task


def split_of_set(wildcards):
    return SETS[wildcards.set].split


def path_of_set(wildcards):
    return str(SETS[wildcards.set].path)


def encoding_of_set(wildcards):
    return SETS[wildcards.set].encoding


def allow_missing_flag(wildcards):
    return "--allow-missing" if SETS[wildcards.set].allow_missing else ""


@cache
def listing(name):
    """All files of a prediction set; the tree is walked once."""
    return prediction_sets.list_predictions(SETS[name].path, SETS[name].task)


def depth_of_city(wildcards):
    """A param that changes when what the depth of instances comes from does."""
    of = SETS[wildcards.set]
    if of.task != "instance":
        return ""
    folders = [Path(DATASET, kind, of.split, wildcards.city) for kind in ("disparity", "camera")]
    files = [entry for folder in folders for entry in dataset.list_files(folder, "")]
    return dataset.fingerprint(files)


def names_of_set(wildcards):
    """A param that changes when a set's files are added or removed, or a JSON file is edited."""
    return digest(
        *(
            repr(entry) if entry.name.endswith(".json") else entry.name
            for entry in listing(wildcards.set)
        )
    )


def released_truth(wildcards):
    """A param that changes when released label images do, where these are the ground truth."""
    if config["evaluation"]["truth"] == "prepared":
        return ""
    folder = Path(DATASET, "gtFine", split_of_set(wildcards), wildcards.city)
    return dataset.fingerprint(dataset.list_files(folder, ("_labelIds.png", "_instanceIds.png")))


def listing_of_city(wildcards):
    """A param that changes when predictions for a city do.

    Masks may have any name, and a JSON file is for all cities: then it is any change of the set.
    """
    entries = listing(wildcards.set)
    if task_of_set(wildcards) == "pixel":
        prefix = f"{wildcards.city}_"
        entries = [entry for entry in entries if os.path.basename(entry.name).startswith(prefix)]
    return dataset.fingerprint(entries)


def frame_manifests(wildcards):
    """The manifests that name the frames of a prediction set's split."""
    return [manifest_of(shard, "labels") for shard in shards_of_split(split_of_set(wildcards))]


def frames_checked(wildcards):
    """The file that is there where no polygon file of a prediction set's split is wrong."""
    return [checked_of(shard, "labels") for shard in shards_of_split(split_of_set(wildcards))[:1]]


def truth_root(wildcards):
    """The dataset root whose label images are the ground truth."""
    return "results" if config["evaluation"]["truth"] == "prepared" else DATASET


def panoptic_truth(wildcards):
    """The COCO panoptic JSON that a prediction set is compared with."""
    of = SETS[wildcards.set]
    variant = "_trainId" if of.encoding == "trainIds" else ""
    return f"results/gtFine/cityscapes_panoptic_{of.split}{variant}.json"


def truth_of_counts(wildcards):
    """What must have been made before predictions for a city can be compared with it."""
    of = SETS[wildcards.set]
    shard = dataset.Shard("gtFine", of.split, wildcards.city)
    if of.task == "panoptic":
        return [panoptic_truth(wildcards), manifest_of(shard, "panoptic")]
    return [manifest_of(shard, "labels")]


def manifest_flag(wildcards):
    """The manifest that the ground truth is verified against, where it was made here."""
    if task_of_set(wildcards) != "panoptic" and config["evaluation"]["truth"] == "released":
        return ""
    return f"--truth-manifest {truth_of_counts(wildcards)[-1]}"


def counts_of_set(wildcards):
    """The counts of all cities of a prediction set's split."""
    shards = shards_of_split(split_of_set(wildcards))
    return [f"results/manifests/evaluation/{wildcards.set}/{shard.city}.tsv" for shard in shards]


def share_of_split(wildcards):
    """Threads of a job: its share of the frames of the split."""
    of_city = {
        shard.city: len(raw_shards()[shard]) for shard in shards_of_split(split_of_set(wildcards))
    }
    return share_of(of_city[wildcards.city], lambda: sum(of_city.values()))


def minutes_of_counts(wildcards, attempt):
    """Minutes that counting a city asks a cluster for: as for its shard."""
    shard = dataset.Shard("gtFine", split_of_set(wildcards), wildcards.city)
    return attempt * (5 + len(raw_shards()[shard]) // 100)


def settings_of_counts(wildcards):
    """Digest of what the counting needs of the label table: its ids."""
    return provenance.settings_digest("labelIds", TABLE, "")


def all_settings():
    """Digest of the whole label table."""
    return provenance.settings_digest("panoptic_trainId.json", TABLE, "")


def average_sizes():
    """The configured mean sizes of instances, as text for the command line."""
    return json.dumps(config["evaluation"]["average_sizes"], sort_keys=True)


def summaries(wildcards):
    """The headline scores of all prediction sets."""
    predictions_are_there()
    return [f"results/evaluation/{name}/summary.csv" for name in SETS]


def scored(wildcards):
    """The comparison of all prediction sets, and every table that it rests on.

    Each by name: Snakemake makes a table again only where it was asked for, not where another one
    that was made of it is still there.
    """
    predictions_are_there()
    wanted = ["results/evaluation/comparison.csv"]
    for name, of in SETS.items():
        wanted += [
            f"results/manifests/evaluation/{name}.{what}.tsv" for what in ("files", "checked")
        ]
        wanted += expand(getattr(rules, f"{of.task}_scores").output, set=name)
    return wanted


def all_of_polygons(wildcards):
    """What the default target makes where there are polygons: ground truth, checks of it, scores.

    A dataset of images alone has links to them.
    """
    predictions_are_there()
    if not any(Path(DATASET, kind).is_dir() for kind in config["types"]):
        return ["results/manifests/raw_links.tsv"]
    compared = ["results/checks/release_differences.csv", "results/checks/overview.jpg"]
    return [*prepared(wildcards), *compared, *(scored(wildcards) if SETS else [])]
