"""What all rules use: the settings, the shards, and short functions of a job's wildcards."""

import json
import os
import re
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

SCRIPTS = Path(CLONE, "scripts")
# The jobs' `python` is the one that runs Snakemake, even if its environment is not activated.
os.environ.update(PATH=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.getenv('PATH', '')}")

from cityscapes.incremental.code import code_digests
from cityscapes.ground_truth import links as raw_links
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard, raw_types
from cityscapes.errors import DataError, printable
from cityscapes.files.whole import digest
from cityscapes.incremental import outputs
from cityscapes.ground_truth.kinds import FIRST_SOURCE, KINDS, NAMES
from cityscapes.roots import plan_links
from cityscapes.workflow import runs
from cityscapes.workflow.may_write import check_apart, image_source
from cityscapes.workflow.overview import Overview
from cityscapes.workflow.panoptic import Panoptic
from cityscapes.workflow.prepared import prepared_files
from cityscapes.workflow.raw_sources import without_sources
from cityscapes.workflow.resources import Cores, memory_mb, minutes, minutes_of_checks
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import POLYGON_GROUPS, Shards


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


def placed(folder):
    """The path that Snakemake gives to `folder` of the rules: a module may have a prefix."""
    return Path(workflow.modifier.modify_path(f"{folder}/"))


# The library returns paths on disk: rules mark them as local(), so that Snakemake does not add the
# prefix of a module again.
RESULTS, RESOURCES = placed("results"), placed("resources")
settings = Settings(config, os.environ, Path(CLONE), RESULTS, RESOURCES)
shards = Shards(settings)
panoptic, overview = Panoptic(settings, shards), Overview(settings, shards)
# Report what is wrong with them before anything runs.
ask(lambda: (settings.packages, settings.table, settings.digest_of_people()))

# A sentinel file among Snakemake's own records. If these were deleted, it is missing, too: then
# all jobs over frames run once, compare all files with their manifests, and make what differs.
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


def roots_token():
    """A param that changes when the links to several roots change."""
    return digest(*(f"{path}:{root}" for path, root in plan_links(settings.roots).items()))


def unpacked(wildcards):
    """What must exist before raw files are read: for packages, the table of unpacked ones."""
    if settings.is_joined:
        return ["resources/joined/tables/joined.tsv"]
    return [] if settings.configured else [f"resources/{settings.source}/tables/unpacked.tsv"]


def into_results(wildcards):
    """No files; stops the run before it starts if the results cannot be written."""
    ask(settings.check_one_dataset)
    if settings.is_joined:
        ask(roots_token)  # reports files that are in two roots
    ask(check_apart, settings, shards)
    ask(shards.check_root)
    if settings.is_joined:
        shards.forget()  # the listings from before the roots are joined
    for folder in ask(shards.odd_folders):
        what = "a city's name holds no braces, and nothing that cannot be shown"
        logger.warning(printable(f"{folder} is left out: {what}"))
    if os.path.exists(RESULTS) and not os.access(RESULTS, os.W_OK):
        logger.warning(
            f"{os.path.abspath(RESULTS)} cannot be written to: it is read-only for you, or its "
            "file system is. Change its permissions, or work in another folder (--directory)."
        )
    return []


@cache
def check_free(paths):
    """Check once for each run: input functions are called again after each checkpoint."""
    ask(outputs.check_free, paths, RESULTS)


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
    raw = ask(image_source, settings, shards, shard_of(wildcards), wildcards.frame, wildcards.kind)
    whole = settings.configured and not settings.is_joined
    there = whole or os.path.exists(raw.replace("{{", "{").replace("}}", "}"))
    return unpacked(wildcards) + [local(raw)] * bool(there)


def prepared(wildcards):
    """All files of prepare_all; waits for the raw files."""
    await_unpacked()
    for line in ask(without_sources, settings, shards):
        warn(line)
    return free(ask(prepared_files, settings, shards))


def before_jobs():
    """Before the first job: copy edited files that will be replaced, and correct file times."""
    jobs = list(workflow.dag.needrun_jobs())
    made = [path for job in jobs for path in job.output]
    for line in ask(outputs.keep_copies, made, RESULTS):
        logger.warning(line)
    ours = (RESULTS, *(RESOURCES / name for name in ("sample", "cityscapes", "joined")))
    runs.end_future_times({path for job in jobs for path in job.input}, ours)
