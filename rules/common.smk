"""What all rules use: the objects of the library, and short functions of a job's wildcards."""

import gc
import json
import os
import re
import sys
from functools import cache, partial
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

SCRIPTS = Path(CLONE, "scripts")
# The jobs' `python` is the one that runs Snakemake, even if its environment is not activated.
os.environ.update(PATH=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.getenv('PATH', '')}")

from cityscapes.errors import DataError, printable
from cityscapes.files.whole import digest
from cityscapes.incremental import outputs, records
from cityscapes.incremental.code import code_digests
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard
from cityscapes.workflow import may_write, runs
from cityscapes.workflow.checks import Checks
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.exports import Exports
from cityscapes.workflow.figures import Figures
from cityscapes.workflow.overview import Overview
from cityscapes.workflow.packages import Packages
from cityscapes.workflow.panoptic import Panoptic
from cityscapes.workflow.prediction_tokens import PredictionTokens
from cityscapes.workflow.release import Release
from cityscapes.workflow.report import Report
from cityscapes.workflow.resources import Cores, memory_mb, minutes
from cityscapes.workflow.scoring import Scoring
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import POLYGON_GROUPS, Shards
from cityscapes.workflow.statistics import Statistics
from cityscapes.workflow.submissions import Submissions
from cityscapes.workflow.truth import Truth
from cityscapes.workflow.unedited import UNEDITED_GROUPS, Unedited

# What is loaded by now stays until the end. Looking through it for garbage, each time that many
# files were listed, takes a tenth of a run with nothing to do.
gc.freeze()


def ask(function, *arguments):
    """The result of a library call; its DataError ends Snakemake with that one message.

    It calls sys.exit, because Snakemake prints a traceback of exceptions in input functions.
    """
    try:
        return function(*arguments)
    except DataError as error:
        sys.exit(printable(f"ERROR {error}"))
    except OSError as error:
        sys.exit(printable(f"ERROR {error.filename}: {error.strerror}"))


@cache
def warn(line):
    """Warn once: input functions are called again after each checkpoint."""
    logger.warning(printable(line))


def untracked(value):
    """A param that the shell command needs but that no result depends on."""
    # Snakemake records no params that are computed from the output.
    return lambda wildcards, output: value


def script(name):
    """Path of a script, valid in any --directory that the workflow runs in."""
    return untracked(os.path.relpath(SCRIPTS / name))


def code(name):
    """Digest of a script and its modules: as a param, an edit re-runs what depends on it."""
    return digest(str(code_digests(SCRIPTS / name)))


def table_digest(name):
    """Digest of a table in config/ of the workflow, as a param."""
    return digest(Path(CLONE, "config", name).read_bytes())


def placed(folder):
    """The path that Snakemake gives to `folder` of the rules: a module may have a prefix."""
    return Path(workflow.modifier.modify_path(f"{folder}/"))


# The library returns paths on disk: rules mark them as local(), so that Snakemake does not add the
# prefix of a module again.
RESULTS, RESOURCES = placed("results"), placed("resources")
settings = Settings(config, os.environ, Path(CLONE), RESULTS, RESOURCES)
shards = Shards(settings)
raw_packages, checks = Packages(settings), Checks(settings)
unedited, panoptic = Unedited(settings, shards), Panoptic(settings, shards)
overview, released_images = Overview(settings, shards), Release(settings, shards)
exports, submissions = Exports(settings, shards), Submissions(settings, shards)
evaluation = Evaluation(settings, shards)
truth = Truth(settings, shards, unedited, evaluation)
scoring = Scoring(settings, evaluation, truth)
tokens = PredictionTokens(settings, evaluation, truth)
statistics = Statistics(settings, shards, unedited)
figures = Figures(settings, shards, statistics, evaluation)
page = Report(settings, shards, statistics, evaluation, figures)
# Report what is wrong with the settings before anything runs.
ask(lambda: (settings.packages, settings.table, settings.digest_of_people()))
ask(lambda: (evaluation.sets, submissions.sets))

# A sentinel file among Snakemake's own records. Where these were deleted it is missing, too, and
# with results from elsewhere it is of others: then all jobs over frames run once, compare all files
# with their manifests, and make what differs.
# Each folder of results has one, as several modules may use this workflow.
kept = "kept" if RESULTS == Path("results") else f"kept_{digest(str(RESULTS))}"
RECORDS = local(f".snakemake/metadata/{kept}")


def cores_at_hand():
    """The cores of this machine, or of the cluster that the jobs are submitted to."""
    return Cores(workflow.cores, workflow.remote_exec or not workflow.local_exec)


def forced_flag(wildcards, output):
    """The flag to compare contents, too, if the user forces existing files to be made again."""
    return runs.forced_flag(workflow.dag_settings, workflow.remote_exec, os.environ)


def await_unpacked():
    """Wait for the packages if they are the dataset; after that, the shards can be listed."""
    ask(settings.check_one_dataset)
    if settings.is_joined:
        checkpoints.join_roots.get()
    elif not settings.configured:
        checkpoints.unpack.get()


def await_predictions():
    """Wait for the raw files and, if they are to be scored, for the sample's predictions."""
    # The later checkpoint first: Snakemake does not look twice at a rule that waits for one after
    # the other, where both are up to date.
    if evaluation.wait_for_sample:
        checkpoints.sample_predictions.get()
    await_unpacked()


def unpacked(wildcards):
    """What must exist before raw files are read: for packages, the table of unpacked ones."""
    if settings.is_joined:
        return ["resources/joined/tables/joined.tsv"]
    return [] if settings.configured else [f"resources/{settings.source}/tables/unpacked.tsv"]


def into_results(wildcards):
    """No files; stops the run before it starts if the results cannot be written."""
    for line in ask(may_write.check_results, settings, shards):
        warn(line)
    return []


@cache
def check_free(paths):
    """Check once for each run: input functions are called again after each checkpoint."""
    ask(may_write.check_free, settings, paths)


def free(paths):
    """These files; stops the run if a file of the user has the name of one of them."""
    check_free(tuple(paths))
    return [RECORDS, *map(local, paths)]


def shard_of(wildcards):
    """The shard that a job works on."""
    return Shard(wildcards.get("type", "disparity"), wildcards.split, wildcards.city)


def of_shard(method):
    """A function of wildcards that returns `method` of the job's shard."""
    return lambda wildcards: ask(method, shard_of(wildcards))


def of_fine_shard(method):
    """The same for the fine annotations of the job's city."""
    return lambda wildcards: ask(method, Shard("gtFine", wildcards.split, wildcards.city))


def of_job(method, *names):
    """A function of wildcards that returns `method` of the wildcards with these names."""
    return lambda wildcards: ask(method, *(wildcards[name] for name in names))


def untracked_of_job(method, *names):
    """The same for a param that no result depends on."""
    return lambda wildcards, output: ask(method, *(wildcards[name] for name in names))


def after_unpacking(function):
    """The same function of wildcards, but it first waits for the raw files."""
    return lambda wildcards: (await_unpacked(), function(wildcards))[1]


def after_predictions(function):
    """The same, but it waits for the sample's predictions, too, if they are to be scored."""
    return lambda wildcards: (await_predictions(), function(wildcards))[1]


def of_export(method, made):
    """A function of wildcards that returns `method` of the export and the job's split."""
    return lambda wildcards: ask(
        method,
        made.export,
        wildcards.get("type", "gtFine"),
        made.split or wildcards.split,
    )


def state_of_export(made):
    """A function of wildcards: the state of the files that a job of this rule writes."""
    return lambda wildcards: ask(
        exports.state,
        made,
        wildcards.get("type", "gtFine"),
        made.split or wildcards.split,
    )


def any_of(names):
    """A pattern for these names of prediction sets."""
    return "|".join(map(re.escape, names)) or "none"


def of_set(attribute, of_run=evaluation):
    """A function of wildcards that returns a setting of the job's prediction set."""
    return lambda wildcards: str(getattr(of_run.sets[wildcards.set], attribute))


def json_of_set(attribute):
    """The same as JSON."""
    return lambda wildcards: json.dumps([*getattr(evaluation.sets[wildcards.set], attribute)])


def drawn(task, names):
    """A function of wildcards that returns reports of all prediction sets of a task."""
    paths = [path for name in names for path in evaluation.reports_of_task(task, name)]
    return after_predictions(lambda wildcards: local(paths))


def manifest_of_table(wildcards, output):
    """The manifest behind a tracked table."""
    return runs.manifest_of_table(output[0], RESULTS)


def dataset_root(wildcards):
    """The dataset root as a param; a function, because its name may contain braces."""
    return settings.dataset


def share_of(frames_in, all_frames):
    """Threads of a job, by its share of all frames, so that a few large shards use all cores."""
    return lambda wildcards: cores_at_hand().share(
        frames_in(wildcards), lambda: all_frames(wildcards)
    )


def minutes_of(frames_in, formula=minutes):
    """Run time in minutes that a job requests from a cluster, by its number of frames."""
    return lambda wildcards, attempt: formula(frames_in(wildcards), attempt)


frames_of_shard, all_frames = of_shard(shards.frames_in), of_job(shards.all_frames)


def memory_of_job(wildcards, threads, attempt):
    """MB that a job over frames requests from a cluster."""
    return memory_mb(threads, attempt)


def all_cores(wildcards):
    """Threads of a job that runs alone; a few on a cluster."""
    return cores_at_hand().all_cores()


def frame_sources(wildcards):
    """The polygon file of one image, or the packages if it is not unpacked yet."""
    raw = ask(
        may_write.image_source,
        settings,
        shards,
        shard_of(wildcards),
        wildcards.frame,
        wildcards.kind,
    )
    whole = settings.configured and not settings.is_joined
    there = whole or os.path.exists(raw.replace("{{", "{").replace("}}", "}"))
    return unpacked(wildcards) + [local(raw)] * bool(there)


def before_jobs():
    """Before the first job: stop if it would replace a file of the user's, copy edited files.

    And correct the times of files that are in the future.
    """
    jobs = list(workflow.dag.needrun_jobs())
    made = [path for job in jobs for path in job.output]
    # Whatever the target is: a file, too, or `check_tables`. `frame_sources` looks at single images.
    # A workflow that uses this one as a module has rules of its own.
    ours = [job for job in jobs if job.rule.snakefile.startswith(f"{CLONE}{os.sep}")]
    image = rules.frame_image.rule.name
    written = [path for job in ours if job.rule.name != image for path in job.output]
    ask(may_write.check_free, settings, written)
    for line in ask(outputs.keep_copies, made, RESULTS):
        logger.warning(line)
    folders = (RESULTS, *(RESOURCES / name for name in ("sample", "cityscapes", "joined")))
    runs.end_future_times({path for job in jobs for path in job.input}, folders)
