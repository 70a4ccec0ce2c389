"""The workflow as a module of another one, as docs/module.md shows it."""

import re
import shutil
import subprocess

import pytest
import yaml

from small_project import (
    SHARDS,
    VAL,
    configure,
    contents_below,
    edit_polygons,
    image,
    in_the_way,
    out_of_the_way,
    write_polygons,
)
from tiny import CLONE, changed, images_of, nothing_to_do, polygons_path, snakemake, succeed

EXAMPLE = re.search(r"```python\n(.*?)```", (CLONE / "docs/module.md").read_text(), re.S)[1]
PREFIX = "other/ground_truth"
PROFILE = ("--workflow-profile", CLONE / "profiles/default")


def write_outer(folder, prefix):
    """Write the workflow of the documentation, with a prefix or without, into a new folder."""
    text = EXAMPLE.replace("/path/to/cityscapes-workflow", str(CLONE))
    assert str(CLONE) in text
    if prefix:
        line = '    config: config["cityscapes"]\n'
        assert line in text
        text = text.replace(line, f"{line}    prefix: {prefix!r}\n")
    folder.mkdir()
    (folder / "Snakefile").write_text(text)


def nest_config(folder):
    """Make the config of a folder a part of another workflow's, most of it left out."""
    configure(folder, {}, kinds=["labelIds", "panoptic"])
    path = folder / "config/config.yaml"
    path.write_text(yaml.safe_dump({"cityscapes": yaml.safe_load(path.read_text()), "more": 1}))


@pytest.fixture(scope="module")
def outer(tmp_path_factory):
    """The folder of the outer workflow, which has a prefix for its module."""
    folder = tmp_path_factory.mktemp("outer") / "workflow"
    write_outer(folder, PREFIX)
    return folder


@pytest.fixture(scope="module")
def finished(outer, tmp_path_factory):
    """A folder, another than the workflow's, in which the outer workflow was run."""
    folder = tmp_path_factory.mktemp("module") / "work"
    for shard, numbers in SHARDS.items():
        for number in numbers:
            write_polygons(polygons_path(folder / "data", shard, number), shift=number % 7)
    nest_config(folder)
    succeed(folder, *PROFILE, clone=outer)
    return folder


def images_below(results):
    """Path below the results -> content of all images and JSON files."""
    return {
        name: what
        for name, what in contents_below(results / "gtFine").items()
        if what[0] == "file" and name.endswith((".png", ".json"))
    }


def times(folder):
    """Path below the results -> time of writing of all images, without links of exports."""
    results = folder / PREFIX / "results"
    images = (path for path in results.rglob("*.png") if "annotations" not in path.parts)
    return {str(path.relative_to(results)): path.stat().st_mtime_ns for path in images}


def run(folder, outer):
    """Run the outer workflow, and again, which finds nothing to do; the images that were made."""
    before = times(folder)
    succeed(folder, *PROFILE, clone=outer)
    after = times(folder)
    assert nothing_to_do(succeed(folder, *PROFILE, clone=outer))
    assert times(folder) == after
    return changed(before, after)


def made_of(number):
    """The images that are made of a frame of frankfurt here."""
    name = f"frankfurt_000000_{number:06d}_gtFine_panoptic.png"
    return images_of(VAL, number, ["labelIds"]) | {f"gtFine/cityscapes_panoptic_val/{name}"}


def test_results_are_those_of_the_workflow_by_itself(finished, tmp_path):
    write_outer(tmp_path / "outer", "")
    shutil.copytree(finished / "data", tmp_path / "data")
    nest_config(tmp_path)
    succeed(tmp_path, clone=tmp_path / "outer")  # with the defaults of Snakemake
    assert nothing_to_do(succeed(tmp_path, clone=tmp_path / "outer"))
    as_module = images_below(tmp_path / "results")
    shutil.rmtree(tmp_path / "results")
    configure(tmp_path, {}, kinds=["labelIds", "panoptic"])
    succeed(tmp_path, "prepare_all")
    alone = images_below(tmp_path / "results")
    assert len(alone) == 2 * 3 + 1
    assert images_below(finished / PREFIX / "results") == as_module == alone
    digests = (finished / "label_digests.txt").read_text()
    assert digests.count(f" {PREFIX}/results/gtFine/val/") == 3
    assert not (finished / "results").exists()


def test_other_rules_of_the_workflow_may_write_into_the_results(work, tmp_path):
    write_outer(tmp_path / "outer", PREFIX)
    snakefile = tmp_path / "outer/Snakefile"
    text = snakefile.read_text().replace('"label_digests.txt"', f'"{PREFIX}/results/digests.txt"')
    snakefile.write_text(text)
    run(work, tmp_path / "outer")
    edit_polygons(polygons_path(work / "data", VAL, 576))
    before = (work / PREFIX / "results/digests.txt").read_text()
    run(work, tmp_path / "outer")
    assert (work / PREFIX / "results/digests.txt").read_text() != before


def test_without_records_what_is_stale_is_made(work, outer):
    shutil.rmtree(work / ".snakemake")
    assert run(work, outer) == set()
    assert (work / ".snakemake/metadata").is_dir()
    shutil.rmtree(work / ".snakemake")
    digests = (work / "label_digests.txt").read_text()
    edit_polygons(polygons_path(work / "data", VAL, 576))
    assert run(work, outer) == made_of(576)
    assert (work / "label_digests.txt").read_text() != digests


def test_after_a_folder_in_place_of_a_label_image_it_is_made(work, outer):
    edit_polygons(polygons_path(work / "data", VAL, 576))
    path = work / PREFIX / "results" / image(576, "labelIds")
    in_the_way(path)
    done = snakemake(work, *PROFILE, clone=outer)
    assert done.returncode != 0
    assert str(path.relative_to(work)) in done.stdout
    out_of_the_way(path)
    assert image(576, "labelIds") in run(work, outer)
    assert times(work).keys() >= made_of(576)


def test_an_edited_report_is_copied_before_it_is_replaced(work, outer):
    report = work / PREFIX / "results/gtFine/cityscapes_panoptic_val.json"
    edited = report.read_bytes().replace(b"road", b"mine")
    assert edited != report.read_bytes()
    report.write_bytes(edited)
    output = succeed(work, *PROFILE, clone=outer)
    said = f"{report.relative_to(work)} was changed since it was made; a copy of it is (.*)"
    assert (work / re.search(said, output)[1]).read_bytes() == edited
    assert report.read_bytes() != edited


def test_an_empty_config_has_the_defaults_and_a_wrong_one_a_message(work, outer):
    config = work / "config/config.yaml"
    config.write_text("cityscapes: {}\n")
    done = snakemake(work, "--dry-run", clone=outer, CITYSCAPES_DATASET="data")
    assert done.returncode == 0, done.stdout
    config.write_text("cityscapes: {checks: {counts: few}}\n")
    done = snakemake(work, "--dry-run", clone=outer)
    assert done.returncode != 0
    assert "checks: counts: " in done.stdout
    assert "'few' is not one of ['auto', 'published', 'any']" in done.stdout


def test_a_module_of_a_commit_is_refused(tmp_path):
    git = ("git", "-c", "user.name=me", "-c", "user.email=me@example.org")
    clone = tmp_path / "clone"
    clone.mkdir()
    shutil.copy(CLONE / "Snakefile", clone)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"], ["tag", "v1"]):
        subprocess.run([*git, *command], cwd=clone, check=True)
    write_outer(tmp_path / "outer", "")
    path = tmp_path / "outer/Snakefile"
    local = f'"{CLONE}/Snakefile"'
    assert local in path.read_text()
    remote = f'gitfile("{clone}", path="Snakefile", tag="v1")'
    path.write_text(path.read_text().replace(local, remote))
    nest_config(tmp_path)
    done = snakemake(tmp_path, "--dry-run", clone=tmp_path / "outer")
    assert done.returncode != 0
    assert "clone the repository" in done.stdout
