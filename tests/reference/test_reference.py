"""What the workflow makes of its sample, against the reference package in its own environment."""

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from reference_environment import reference_python
from tiny import KINDS, succeed

CONFIG = "fill: pillow\nsample: {frames: 12, width: 1024, height: 512, seed: 3}\n"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The results of the workflow with today's fill, and those of the reference."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "config").mkdir()
    (folder / "config/config.yaml").write_text(CONFIG)
    succeed(folder, "prepare_all")
    reference = folder / "reference"
    reference.mkdir()
    # The results are the dataset root here: that they can be one is part of the test.
    script = Path(__file__).with_name("label_images.py")
    command = [reference_python(), script, folder / "results", reference]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "results", reference


@pytest.mark.parametrize("kind", KINDS)
def test_label_images_are_equal(both, kind):
    ours, theirs = both
    paths = sorted(ours.glob(f"gt*/*/*/*_{kind}.png"))
    assert len(paths) >= 10
    for path in paths:
        made, expected = read(path), read(theirs / path.relative_to(ours))
        assert made.dtype == expected.dtype
        assert np.count_nonzero(made != expected) == 0, path


@pytest.mark.parametrize("suffix", ["", "_trainId"])
@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_panoptic_files_are_equal(both, split, suffix):
    ours, theirs = both
    name = f"cityscapes_panoptic_{split}{suffix}"
    assert (ours / "gtFine" / f"{name}.json").read_bytes() == (
        theirs / f"{name}.json"
    ).read_bytes()
    images = sorted((theirs / name).iterdir())
    assert {path.name for path in images} == {
        path.name for path in (ours / "gtFine" / name).iterdir()
    }
    for path in images:
        assert np.array_equal(read(ours / "gtFine" / name / path.name), read(path)), path


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
