"""What the rules of the report use."""

PAGE = f"{RESULTS}/report/index.html"
# The settings that the page shows: those that numbers depend on, without paths.
NAMED = ("types", "splits", "kinds", "fill", "statistics", "evaluation")


def json_of_set(attribute):
    """A function of wildcards that returns a setting of the job's prediction set, as JSON."""
    return lambda wildcards: json.dumps([*getattr(evaluation.sets[wildcards.set], attribute)])


def panoptic_truth_flag(name):
    """The flag of the JSON file of the split that a panoptic set is compared with."""
    return [f"--panoptic-truth={path}" for path in truth.of_split(name)]


def names_with_pictures():
    """The names of the prediction sets whose single frames can be shown."""
    return [name for name, one in evaluation.sets.items() if one.task in TASKS_SHOWN]


def pictures_of_sets():
    """The pictures of single frames of prediction sets; none if the config disables them."""
    shown = names_with_pictures() if config["report"]["pictures"] else []
    return [
        f"{RESULTS}/report/sets/{name}/frames/{file}"
        for name in shown
        for file in ("worst.jpg", "median.jpg", "best.jpg", "frames.csv")
    ]


def page_inputs(wildcards):
    """All tables, figures and pictures that the page shows."""
    await_predictions()
    tables = [path for name in evaluation.sets for path in evaluation.score_tables(name)]
    comparison = [f"{RESULTS}/evaluation/comparison.csv"] * bool(evaluation.sets)
    for task in TASKS.values():
        if evaluation.names_of_task(task.name):
            comparison += [f"{RESULTS}/evaluation/{name}" for name in task.figures]
    checks_of_raw = [f"{RESULTS}/checks/problems.csv"]
    shown = [path for path in figures() if not path.endswith(".png")]
    of_splits = [*ask(statistics.files), *ask(statistics.changes), *ask(statistics.extra)]
    made = [*of_splits, *shown, *pictures_of_sets()]
    return local([*tables, *comparison, *checks_of_raw, *made])


def page_settings(wildcards):
    """The settings that the page shows, as JSON."""
    sets = {
        name: {key: value for key, value in one.items() if key != "path"}
        for name, one in config["predictions"].items()
    }
    named = {key: config[key] for key in NAMED} | ({"predictions": sets} if sets else {})
    return json.dumps(named, sort_keys=True)


def page_sets(wildcards):
    """Name and task of all prediction sets, as JSON, in the order of the config."""
    return json.dumps({name: one.task for name, one in evaluation.sets.items()})


def page_splits(wildcards):
    """The splits with statistics."""
    await_unpacked()
    there = ask(shards.annotated_splits) if ask(statistics.files) else []
    return [f"{shard_type}_{split}" for shard_type, split in there]


def page_extra(wildcards):
    """Split -> the additional statistics that it has, as JSON."""
    await_unpacked()
    found = {}
    for what in EXTRA_SHOWN:
        for split in ask(statistics.extra_splits, what):
            found.setdefault(f"gtFine_{split}", []).append(what)
    return json.dumps(found)


def page_comparisons(wildcards):
    """The comparisons of sets."""
    return [n for n in evaluation.comparisons() if n.partition("_")[0] in TASKS_SHOWN]


def release():
    """The version of this workflow."""
    text = Path(CLONE, "CITATION.cff").read_text()
    return re.search(r"^version: (\S+)$", text, re.M)[1]


def reported(wildcards):
    """The report and everything that it is made from, each listed to be made if missing."""
    return [*with_figures(wildcards), *free([*pictures_of_sets(), PAGE])]
