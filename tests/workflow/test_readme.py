"""Every command of the README, run in a clean copy of the project as a new user would."""

import os
import subprocess
from pathlib import Path

import pytest

from site_server import PASSWORD, USERNAME, serve
from tiny import (
    CLONE,
    FRAMES,
    blocks_of,
    copy_project,
    make_dataset,
    make_packages,
    write_prediction,
    write_released,
)

# This test is part of the first.
NOT_RUN = "make test\n"
# As somebody would read them who takes each command in turn: demo and packages before a dataset of
# the environment, which goes before packages. tests/cluster runs docs/cluster.md, test_module.py
# docs/module.md, test_depth_page.py docs/depth.md, test_boxes.py docs/boxes.md,
# test_exports_pages.py docs/exports.md, docs/submissions.md and docs/frameworks.md,
# test_own_datasets.py docs/own-datasets.md, test_viewer_launch.py docs/viewer.md, and in a browser
# test_label_walk_through.py docs/label-tool.md.
README = blocks_of("README.md")
PAGES = (
    "checks", "evaluation", "report", "coming-from-cityscapesscripts", "editing",
    "troubleshooting",
)  # fmt: skip
COMMANDS = [
    *README[:2],
    *blocks_of("docs/packages.md"),
    *README[2:],
    *(block for page in PAGES for block in blocks_of(f"docs/{page}.md")),
]
RUN_ELSEWHERE = {
    "boxes", "cluster", "depth", "exports", "frameworks", "label-tool", "own-datasets",
    "submissions", "viewer",
}  # fmt: skip


@pytest.fixture(scope="module")
def clean_clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("user") / "clone"
    copy_project(folder)
    return folder


def test_the_readme_has_commands():
    assert README[:2] == ["make demo\n", "make test\n"]


def test_the_readme_is_short():
    assert len((CLONE / "README.md").read_text().splitlines()) <= 120


def test_the_commands_of_every_page_are_run():
    pages = {path.stem for path in (CLONE / "docs").glob("*.md") if blocks_of(path)}
    assert pages == {"packages", *PAGES, *RUN_ELSEWHERE}


def test_ci_runs_the_test_command_of_the_readme():
    assert "make test\n" in (CLONE / ".ci/run").read_text()


def test_all_commands_work_in_order(clean_clone, tmp_path):
    """One test: each command stands on what the ones before it made."""
    make_dataset(tmp_path / "cityscapes")
    write_released(tmp_path / "cityscapes")
    for number in FRAMES["gtFine/val/frankfurt"]:
        write_prediction(tmp_path / "scratch/my_network", "gtFine/val/frankfurt", number)
    write_prediction(tmp_path / "scratch/my_network", "gtFine/val/lindau", 19)
    make_packages(tmp_path / "zips")
    config = clean_clone / "config/config.yaml"
    script = "".join(block for block in COMMANDS if block != NOT_RUN)
    script = script.replace("/data/cityscapes", str(tmp_path / "cityscapes"))
    script = script.replace("/scratch/me", str(tmp_path / "scratch"))
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("CITYSCAPES", "VIRTUAL_ENV", "MAKE", "PYTEST"))
    }
    own = str(CLONE / ".venv/bin")
    path = [entry for entry in environment["PATH"].split(":") if entry != own]
    account = {"CITYSCAPES_USERNAME": USERNAME, "CITYSCAPES_PASSWORD": PASSWORD}
    with serve(tmp_path / "zips") as site:
        real = "https://www.cityscapes-dataset.com"
        config.write_text(config.read_text().replace(real, site.url))
        done = subprocess.run(
            ["bash", "-euxo", "pipefail", "-c", script],
            cwd=clean_clone,
            env={**environment, **account, "PATH": ":".join(path), "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "a frame of each split next to its label images" in done.stdout
    )  # make demo's last words
    assert "3 packages; name those you want" in done.stdout
    assert (clean_clone / "resources/cityscapes/dataset/gtFine/val/frankfurt").is_dir()
    assert "panoptic_good 7 of 7" in done.stdout  # the sample's prediction sets
    assert "my_network" in done.stdout
    made = [path for path in (clean_clone / "results").rglob("*") if path.suffix == ".png"]
    assert [path.name for path in made] == ["frankfurt_000000_000294_gtFine_color.png"]
    assert (tmp_path / "scratch/cityscapes/results/gtFine/cityscapes_panoptic_val.json").exists()
    assert not Path(tmp_path / "scratch/cityscapes/results/gtFine/train").exists()
