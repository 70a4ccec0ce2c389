"""A shard of small frames in the working directory, and the job that makes its files."""

from pathlib import Path

from cityscapes.edits.folder import Edits
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.kinds import KINDS, NAMES, derived_path
from cityscapes.ground_truth.polygons import DEFAULT_RULES
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import ShardJob
from cityscapes.ground_truth.shard_records import table_path
from cityscapes.ground_truth.shard_state import state_of
from cityscapes.incremental.manifest import Manifest
from cityscapes.labels import read_labels
from cityscapes.layout import Shard
from tiny import CLONE, frame_name, polygons_path, write_polygons

DATA, RESULTS = Path("data"), Path("results")
EDITS = Edits(Path("edits"))
SHARD = Shard("gtFine", "val", "frankfurt")
TABLE = read_labels(CLONE / "config/labels.csv")
DEFAULT = [name for name in NAMES if KINDS[name].default]
GROUPS = ("labels", "trainIds", "panoptic", "exports", "statistics")


def name_of(number):
    """The name of a frame."""
    return frame_name(SHARD.folder, number)


def polygons_of(number):
    """Path of the polygon file of a frame."""
    return polygons_path(DATA, SHARD.folder, number)


def write_frames(*numbers):
    """Write the polygon files of these frames."""
    for number in numbers:
        write_polygons(polygons_of(number), shift=number)


def made_path(number, kind):
    """Path of a file that is made of a frame."""
    return RESULTS / derived_path(SHARD, name_of(number), kind)


def files_of(kinds=DEFAULT):
    """The shard's files on disk."""
    return ShardFiles.of_config(SHARD, DATA, RESULTS, kinds, edits=EDITS)


def job_of(kinds=DEFAULT, forced=False, table=TABLE, rules=DEFAULT_RULES):
    """The job of the shard."""
    files = files_of(kinds)
    folders = {kind.name: RESULTS / kind.folder_of(SHARD) for kind in files.kinds}
    return ShardJob(files, KindMaker(table, "released", folders, rules), forced)


def run(kinds=DEFAULT, state=None, **options):
    """Bring the shard up to date and save what is known of it, as the script does."""
    job = job_of(kinds, **options)
    outcome = job.run(1)
    job.save(outcome, state, [table_path(RESULTS, SHARD, group) for group in GROUPS])
    return job, outcome


def manifest():
    """The manifest of the shard."""
    return Manifest(files_of().manifest)


def token():
    """The token of the shard that Snakemake compares."""
    files = files_of()
    return state_of(files, files.list_sources())


def all_files(root=RESULTS):
    """The files and links below a folder."""
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
