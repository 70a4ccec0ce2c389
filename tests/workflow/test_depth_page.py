"""Every command of docs/depth.md, run in order in a copy of the project."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from cityscapes.ground_truth.depth import depth_values, read_camera
from cityscapes.png.labels import read_grey
from tiny import CLONE, copy_project, make_dataset, stereo_paths, write_stereo

PAGE = (CLONE / "docs/depth.md").read_text()


def test_the_page_is_short():
    assert len(PAGE.splitlines()) <= 40


def test_all_commands_work_in_order(tmp_path):
    data = tmp_path / "cityscapes"
    make_dataset(data)
    (data / "camera/val/frankfurt").rmdir()
    write_stereo(data, "val/frankfurt", 294)
    copy_project(tmp_path / "clone")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.M | re.S)
    assert [language for language, _ in blocks] == ["sh", "python", "sh"]
    show = "\nnumpy.savez('read.npz', metres=metres, measured=measured)\n"
    commands = "".join(
        f"python - <<'END'\nimport numpy\n{block}{show}END\n" if language == "python" else block
        for language, block in blocks
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CITYSCAPES")}
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", commands.replace("/data/cityscapes", str(data))],
        cwd=tmp_path / "clone",
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing to be done" in done.stdout + done.stderr  # the city was made already
    read = np.load(tmp_path / "clone/read.npz")
    disparity, camera = stereo_paths(data, "val/frankfurt", 294)
    values = depth_values(read_camera(camera))[read_grey(disparity, bits=16)]
    np.testing.assert_array_equal(read["metres"] * 256, values)
    np.testing.assert_array_equal(read["measured"], values > 0)
