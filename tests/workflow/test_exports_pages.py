"""Every command of docs/exports.md and docs/submissions.md, with the settings that stand there."""

import os
import re
import subprocess
import sys

import yaml

from tiny import CLONE, blocks_of, copy_project, frame_name, make_dataset, write_prediction

PAGES = ("docs/exports.md", "docs/submissions.md")


def settings_of(page):
    """The settings that a page shows, together."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (CLONE / page).read_text(), re.M | re.S)
    return {key: value for block in blocks for key, value in yaml.safe_load(block).items()}


def test_all_commands_work_in_order(tmp_path):
    data, clone = tmp_path / "cityscapes", tmp_path / "clone"
    make_dataset(data)
    write_prediction(tmp_path / "scratch/my_network_test", "gtFine/test/berlin", 19)
    copy_project(clone)
    config = yaml.safe_load((clone / "config/config.yaml").read_text())
    for page in PAGES:
        config |= settings_of(page)
    config |= {"dataset": str(data), "checks": {"image_size": [32, 16], "counts": "any"}}
    text = yaml.safe_dump(config).replace("/scratch/me", str(tmp_path / "scratch"))
    (clone / "config/config.yaml").write_text(text)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CITYSCAPES")}
    path = f"{os.path.dirname(sys.executable)}:{environment['PATH']}"
    pages = (*PAGES, "docs/frameworks.md")
    commands = "".join(block for page in pages for block in blocks_of(page))
    commands = commands.replace("/data/cityscapes", str(data))
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", commands],
        cwd=clone, env={**environment, "PATH": path}, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    results = clone / "results"
    assert (results / "annotations/instancesonly_filtered_gtFine_val.json").is_file()
    assert (results / "submissions/my_network.zip").is_file()
    assert "edited: 0 of 3 frames written" in done.stdout
    assert [path.is_file() for path in (clone / "images").iterdir()] == [True]
    copied = clone / "copied"
    assert (copied / "annotations/instancesonly_filtered_gtFine_val.json").is_file()
    assert not [path for path in copied.rglob("*") if path.is_symlink()]
    first = (results / "exports/file_lists/gtFine/mine/train.txt").read_text().splitlines()[0]
    name = frame_name("gtFine/train/aachen", 19)
    assert first.split()[0] == f"leftImg8bit/train/aachen/{name}_leftImg8bit.png"
    assert (results / "exports/file_lists/gtFine/hrnet/trainval.lst").is_file()
