"""What the rules of the evaluation ask for."""

from cityscapes.evaluation.tasks import TASKS
from cityscapes.incremental.code import code_of
from cityscapes.workflow.evaluation import Evaluation

evaluation = Evaluation(settings, shards)
ask(lambda: evaluation.sets)  # report what is wrong with them before anything runs


def any_of(names):
    """A pattern for these names of prediction sets."""
    return "|".join(map(re.escape, names)) or "none"


def names_of_task(task):
    """A pattern for the names of the prediction sets of a task."""
    return any_of(evaluation.names_of_task(task))


def of_set(attribute):
    """A function of wildcards: what the config says of the job's prediction set."""
    return lambda wildcards: str(getattr(evaluation.sets[wildcards.set], attribute))


frames_of_city = of_job(evaluation.frames_in, "set", "city")
frames_of_set = of_job(evaluation.all_frames, "set")


def await_predictions():
    """Wait for the raw files and, where they are to be scored, for the sample's predictions."""
    # The later checkpoint first: Snakemake does not look twice at a rule that waits for one after
    # the other, where both are up to date.
    if evaluation.wait_for_sample:
        checkpoints.sample_predictions.get()
    await_unpacked()


def allow_missing_flag(wildcards):
    return "--allow-missing" * evaluation.sets[wildcards.set].allow_missing


def summaries(wildcards):
    """The headline scores of all prediction sets."""
    await_predictions()
    return local(evaluation.summaries())


def drawn(task, names):
    """A function of wildcards: these reports of all prediction sets of a task."""

    def reports(wildcards):
        await_predictions()
        return local([path for name in names for path in evaluation.reports_of_task(task, name)])

    return reports


def scored(wildcards):
    """The comparison of all prediction sets, and every table that it rests on.

    Each by name: Snakemake makes a table again only where it was asked for, not where another one
    that was made of it is still there.
    """
    ask(evaluation.check_any)
    await_predictions()
    wanted = [f"{RESULTS}/evaluation/comparison.csv"]
    for name, one in evaluation.sets.items():
        wanted += [
            f"{RESULTS}/tables/evaluation/{name}.{what}.tsv" for what in ("files", "checked")
        ]
        wanted += evaluation.counts(name)
        wanted += ask(evaluation.frame_tables, name)
        wanted += expand(getattr(rules, f"{one.task}_scores").output, set=name)
    for name in evaluation.with_boundaries():
        wanted.append(f"{RESULTS}/evaluation/{name}.boundaries.csv")
        wanted += evaluation.boundary_counts(name)
    for split in evaluation.splits_of_people():
        wanted.append(f"{RESULTS}/citypersons/{split}_gt.json")
    for task in TASKS.values():
        if evaluation.names_of_task(task.name):
            wanted += [f"{RESULTS}/evaluation/{name}" for name in task.figures]
    return free(wanted)


def coco_scored(wildcards):
    """COCO's scores of all instance-level sets."""
    await_predictions()
    names = evaluation.names_of_task("instance")
    return free([f"{RESULTS}/evaluation/{name}/coco.csv" for name in names])


def all_of_polygons(wildcards):
    """What the default target makes where there are polygons: ground truth, exports, the report.

    A dataset of images alone, without edits, has links to them, and depth where that is asked for.
    """
    await_predictions()
    there = [kind for kind in settings.types if Path(settings.dataset, kind).is_dir()]
    if not (set(there) & set(config["types"]) or shards.edited):
        return prepared(wildcards) if there else [RECORDS, "results/tables/raw_links.tsv"]
    shown = [f"{RESULTS}/checks/overview.jpg", *ask(shards.compared)]
    made = [*prepared(wildcards), *free([*shown, *ask(exports.files)])]
    made += submitted(wildcards) if submissions.sets else []
    return [*made, *reported(wildcards)]
