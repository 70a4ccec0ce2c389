"""The workflow on a real Slurm with two nodes: the same bytes as on one machine, come what may.

`tests/cluster/run` starts that Slurm. The tests run all at once and share its nodes, so that the
one that takes a node away does so to all of them: none of the others may notice.
"""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from cityscapes.files.tables import read_notes, read_table
from cityscapes.incremental import records
from tiny import (
    CLONE,
    FRAMES,
    blocks_of,
    copy_project,
    images_of,
    make_dataset,
    nothing_to_do,
    panoptic_images_of,
    polygons_path,
    snakemake,
    succeed,
    write_polygons,
    write_prediction,
)

CLUSTER = CLONE / "tests/cluster/slurm.sh"
VAL, LINDAU = "gtFine/val/frankfurt", "gtFine/val/lindau"
OURS = ["--config", "dataset=data", "types=[gtFine]", "splits=[val]", "kinds=[labelIds,panoptic]"]
PROFILE = ["--workflow-profile", CLONE / "profiles/slurm"]
# The shortest wait with which the jobs of this small Slurm are found finished at the first look.
SLURM = [*PROFILE, "--slurm-init-seconds-before-status-checks", "5"]
# What may differ between two runs that made the same: times, and what is computed of them.
OF_TIMES = {"state", "sources", "files", "content", "derived", "derived_listing"}


def running_job(folder, rule):
    """The Slurm id of a job of a rule that runs for a folder; waits for one."""
    command = ["squeue", "--noheader", "--states=RUNNING", "--format=%i|%Z|%k"]
    for _ in range(900):
        listed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
        for line in listed.splitlines():
            job, workdir, comment = line.split("|")
            if workdir == str(folder) and comment.startswith("rule_") and rule in comment:
                return job
        time.sleep(0.1)
    raise AssertionError(f"no job of {rule} was started in {folder}")


def on_cluster(folder, *arguments, **options):
    """The workflow as it is started on a login node."""
    return snakemake(folder, *SLURM, *arguments, cores=None, background=True, **options)


def finish(process):
    """What a run printed that must succeed."""
    output, _ = process.communicate(timeout=400)
    assert process.returncode == 0, output
    return output


def fail(process):
    """What a run printed that must fail."""
    output, _ = process.communicate(timeout=400)
    assert process.returncode != 0, output
    return output


def shell(commands, folder):
    """Commands of the README, in a process group of their own."""
    return subprocess.Popen(
        ["bash", "-euxo", "pipefail", "-c", commands],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def results(folder):
    """Path -> what is in it, of all results; of manifests and links what is not of a time."""
    found = {}
    for path in sorted((folder / "results").rglob("*")):
        if path == folder / "results" / records.TOKEN:
            continue  # random
        if path.is_symlink():
            found[path.relative_to(folder)] = os.readlink(path)
        elif path.is_file():
            found[path.relative_to(folder)] = without_times(path)
    return found


def without_times(path):
    """The content of a file; of a manifest, without times and what is computed of them."""
    if "manifests" not in path.parts:
        return path.read_bytes()
    if "written" in path.parts:
        return json.loads(path.read_text())["contents"]
    if path.suffix == ".tsv":
        notes = {key: value for key, value in read_notes(path).items() if key not in OF_TIMES}
        return notes, read_table(path)
    header, *rows = map(json.loads, path.read_text().splitlines())
    for row in rows:
        for source in row["sources"].values():
            source[1] = None
        for cell in row["cells"].values():
            cell[2] = None
            if "gtFine" not in path.parts:  # counts and checks go by sizes and times of raw files
                cell[0] = None
    return {key: value for key, value in header.items() if key not in OF_TIMES}, rows


@pytest.fixture
def tiny(tmp_path):
    """A folder with the tiny dataset."""
    make_dataset(tmp_path / "data")
    return tmp_path


@pytest.fixture(scope="session")
def expected(tmp_path_factory):
    """What one machine makes of the tiny dataset."""
    folder = tmp_path_factory.mktemp("expected")
    make_dataset(folder / "data")
    succeed(folder, "prepare_all", *OURS)
    return results(folder)


def test_the_sample_gives_the_same_bytes_as_on_one_machine(tmp_path):
    """Its own folder, its own dataset, predictions of every task; then nothing is to be done."""
    config = (
        "sample: {frames: 5, width: 256, height: 128}\n"
        "types: [gtFine]\n"
        "splits: [val]\n"
        "predictions:\n"
        "  pixels: {task: pixel, path: resources/sample/predictions/pixel_good}\n"
        "  masks: {task: instance, path: resources/sample/predictions/instance_good}\n"
        "  panoptic: {task: panoptic, path: resources/sample/predictions/panoptic_good}\n"
    )
    targets = ["prepare_all", "check_all", "evaluate_all"]
    for folder in ("cluster", "local"):
        (tmp_path / folder / "config").mkdir(parents=True)
        (tmp_path / folder / "config/config.yaml").write_text(config)
    run = on_cluster(tmp_path / "cluster", *targets)
    succeed(tmp_path / "local", *targets)
    finish(run)
    assert nothing_to_do(finish(on_cluster(tmp_path / "cluster", *targets)))
    assert nothing_to_do(succeed(tmp_path / "cluster", *targets))
    cluster, local = results(tmp_path / "cluster"), results(tmp_path / "local")
    assert cluster.keys() == local.keys()
    assert len([path for path in local if path.suffix == ".png"]) == 2 * 8  # with a link each
    assert [path for path in local if cluster[path] != local[path]] == []


def test_the_commands_of_the_readme(tmp_path):
    """From git clone to the result. When the first job runs, Snakemake is killed."""
    for shard in (VAL, LINDAU):
        for number in FRAMES[shard]:
            write_polygons(polygons_path(tmp_path / "cityscapes", shard, number))
            write_prediction(tmp_path / "predictions", shard, number)
    ours = {
        "config/config.yaml": (
            "predictions: {}",
            "predictions: {mine: {task: pixel, path: ../predictions}}",
        ),
        "profiles/slurm/config.yaml": ("status-checks: 15", "status-checks: 5"),
    }
    copy_project(tmp_path / "local")
    for name, (theirs, own) in ours.items():
        text = (tmp_path / "local" / name).read_text()
        assert theirs in text
        (tmp_path / "local" / name).write_text(text.replace(theirs, own))
    start, resume = blocks_of("docs/cluster.md")
    for theirs, own in {
        "git clone <this repository>": "cp -r local",
        "make env": f"ln -s {CLONE / '.venv'} .venv",
    }.items():
        assert theirs in start
        start = start.replace(theirs, own)
    start, resume = (
        block.replace("/data/cityscapes", "../cityscapes") for block in (start, resume)
    )

    started = shell(start, tmp_path)
    folder = tmp_path / "cityscapes-workflow"
    running_job(folder, "ground_truth")
    os.killpg(started.pid, signal.SIGKILL)
    started.communicate()
    assert "scancel" in finish(shell(resume, folder))
    assert nothing_to_do(finish(shell(resume, folder)))
    succeed(tmp_path / "local", "prepare_all", "evaluate_all", CITYSCAPES_DATASET="../cityscapes")
    assert results(folder) == results(tmp_path / "local")


def test_a_cancelled_job_is_tried_again(tiny, expected):
    run = on_cluster(tiny, "prepare_all", *OURS)
    job = running_job(tiny, "ground_truth")
    # All kinds of a shard are one job.
    asked = ["squeue", "--noheader", "--jobs", job, "--format=%C %m %l"]
    assert subprocess.check_output(asked, text=True).split() == ["1", "700M", "5:00"]
    subprocess.run(["scancel", job], check=True)
    output = finish(run)
    assert "Error in rule ground_truth" in output
    assert "Trying to restart" in output
    assert results(tiny) == expected
    assert nothing_to_do(finish(on_cluster(tiny, "prepare_all", *OURS)))


def test_a_node_that_loses_power_in_the_middle_of_a_job(tiny):
    """The frames that were made before stay, and a job on the other node makes the others."""
    shutil.rmtree(tiny / "data/gtFine/val/lindau")
    for number in range(3000, 3150):
        path = polygons_path(tiny / "data", VAL, number)
        write_polygons(path)
        path.write_text(
            path.read_text().replace(": 16, ", ": 2048, ").replace(": 32, ", ": 4096, ")
        )
    kinds = "kinds=[labelIds]"
    # First on the node that goes, where no job is that may not be tried again.
    node = "n2"
    where = ["--set-resources", f"ground_truth:constraint='{node}' if attempt == 1 else 'n1'"]
    run = on_cluster(tiny, "prepare_all", *where, *OURS, kinds)
    while not len(list(tiny.glob(f"results/{VAL}/*.png"))) > 10:
        assert run.poll() is None, run.stdout.read()
        time.sleep(0.01)
    subprocess.run([CLUSTER, "cut-power", node], check=True)
    try:
        before = {path: path.stat().st_mtime_ns for path in tiny.glob(f"results/{VAL}/*.png")}
        assert len(before) < 153
        output = finish(run)
    finally:
        subprocess.run([CLUSTER, "boot", node], check=True)
    assert "Error in rule ground_truth" in output
    assert len(list(tiny.glob(f"results/{VAL}/*.png"))) == 153
    kept = [path for path, time in before.items() if path.stat().st_mtime_ns == time]
    assert len(kept) > len(before) / 2
    assert not list(tiny.rglob("results/**/.*"))  # neither temporary files nor journals
    assert nothing_to_do(succeed(tiny, "prepare_all", *OURS, kinds))


def test_a_job_that_runs_out_of_memory_is_tried_again_with_more(tmp_path):
    """More than the 1000 MB that the profile gives to a rule that does not say."""
    eat = "import time; memory = bytes(range(10)) * 110_000_000; time.sleep(5)"
    (tmp_path / "eat.py").write_text(eat)
    (tmp_path / "Snakefile").write_text(
        "rule hungry:\n    output: 'eaten'\n    shell: 'python eat.py && touch {output}'\n"
    )
    output = finish(on_cluster(tmp_path, clone=tmp_path))
    assert "Trying to restart" in output
    assert "mem_mb=2000" in output
    assert (tmp_path / "eaten").exists()


def test_a_job_over_its_time_limit_is_named(tmp_path):
    (tmp_path / "Snakefile").write_text(
        "rule overlong:\n    output: 'never'\n"
        "    resources: runtime=1, constraint='n1'\n    shell: 'sleep 600'\n"
    )
    output = fail(on_cluster(tmp_path, "--retries", "0", clone=tmp_path))
    assert "Error in rule overlong" in output
    assert "SLURM status is: 'TIMEOUT'" in output
    assert "DUE TO TIME LIMIT" in output


def test_a_bad_file_fails_no_job_of_the_cluster(tiny, expected):
    """The dataset is named by the environment, and no environment of Python is activated."""
    bad = polygons_path(tiny / "data", VAL, 576)
    write_polygons(bad, label="caar")
    ours = ["--config", *OURS[2:]]
    elsewhere = {"CITYSCAPES_DATASET": "data", "PATH": os.defpath}
    output = fail(on_cluster(tiny, "prepare_all", *ours, **elsewhere))
    assert f"{bad.relative_to(tiny)}: object 1: label 'caar' is not in the label table" in output
    assert "Trying to restart" not in output
    made = {path: what for path, what in results(tiny).items() if path.suffix == ".png"}
    assert made.items() <= expected.items()
    good = [*images_of(VAL, 294, ["labelIds"]), *images_of(LINDAU, 19, ["labelIds"])]
    good += [path for path in panoptic_images_of(VAL, 1016) if "trainId" not in path]
    assert {str(path) for path in made} >= {f"results/{path}" for path in good}
    write_polygons(bad, shift=576 % 7)
    finish(on_cluster(tiny, "prepare_all", *ours, **elsewhere))
    assert results(tiny) == expected
    assert nothing_to_do(succeed(tiny, "prepare_all", *ours, **elsewhere))
