"""What the rules of the evaluation use."""

from cityscapes.evaluation.tasks import TASKS
from cityscapes.incremental.code import code_of
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.prediction_tokens import PredictionTokens
from cityscapes.workflow.scoring import Scoring
from cityscapes.workflow.truth import Truth

evaluation = Evaluation(settings, shards)
truth = Truth(settings, shards, unedited, evaluation)
scoring = Scoring(settings, evaluation, truth)
tokens = PredictionTokens(settings, evaluation, truth)
ask(lambda: evaluation.sets)  # report problems of the settings before any job runs


def any_of(names):
    """A pattern for these names of prediction sets."""
    return "|".join(map(re.escape, names)) or "none"


def names_of_task(task):
    """A pattern for the names of the prediction sets of a task."""
    return any_of(evaluation.names_of_task(task))


def of_set(attribute):
    """A function of wildcards that returns a setting of the job's prediction set."""
    return lambda wildcards: str(getattr(evaluation.sets[wildcards.set], attribute))


frames_of_city = of_job(evaluation.frames_in, "set", "city")
frames_of_set = of_job(evaluation.all_frames, "set")


def await_predictions():
    """Wait for the raw files and, if they are to be scored, for the sample's predictions."""
    # The later checkpoint first: Snakemake does not look twice at a rule that waits for one after
    # the other, where both are up to date.
    if evaluation.wait_for_sample:
        checkpoints.sample_predictions.get()
    await_unpacked()


def allow_missing_flag(wildcards):
    return "--allow-missing" * evaluation.sets[wildcards.set].allow_missing


def summaries(wildcards):
    """The summaries of the scores of all prediction sets."""
    await_predictions()
    return local(evaluation.summaries())


def drawn(task, names):
    """A function of wildcards that returns reports of all prediction sets of a task."""

    def reports(wildcards):
        await_predictions()
        return local([path for name in names for path in evaluation.reports_of_task(task, name)])

    return reports


def scored(wildcards):
    """The comparison of all prediction sets, and every table that it is made from.

    Each is listed: Snakemake makes a missing table again only if it is requested, not if a file
    that was made from it still exists.
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
    """The scores of all instance-level sets by COCO's protocol."""
    await_predictions()
    names = evaluation.names_of_task("instance")
    return free([f"{RESULTS}/evaluation/{name}/coco.csv" for name in names])


def all_of_polygons(wildcards):
    """What the default target makes if there are polygons: ground truth, exports, the report.

    For a dataset with images only, without edits, it makes links to them, and depth if the config
    asks for it.
    """
    await_predictions()
    there = [kind for kind in settings.types if Path(settings.dataset, kind).is_dir()]
    if not (set(there) & set(config["types"]) or shards.edited):
        return prepared(wildcards) if there else [RECORDS, "results/tables/raw_links.tsv"]
    shown = [f"{RESULTS}/checks/overview.jpg", *ask(released_images.compared)]
    made = [*prepared(wildcards), *free([*shown, *ask(exports.files)])]
    made += submitted(wildcards) if submissions.sets else []
    return [*made, *reported(wildcards)]
