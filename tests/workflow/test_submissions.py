"""A rehearsal on val: the zip files of prediction sets, unpacked, score as the sets themselves."""

import zipfile

import numpy as np

from cityscapes.png import write as png
from small_project import SETS, VAL, configure, fail, make_project, nothing_more
from tiny import frame_name, succeed

SUBMISSIONS = {name: {**one, "split": "val"} for name, one in SETS.items()}


def test_zip_files_score_as_the_sets_that_they_were_made_of(tmp_path):
    make_project(tmp_path)
    configure(tmp_path, submissions=SUBMISSIONS)
    succeed(tmp_path, "submit")
    nothing_more(tmp_path, "submit")
    results = tmp_path / "results"
    packed = {name: (results / f"submissions/{name}.zip").read_bytes() for name in SETS}
    for name in SETS:
        with zipfile.ZipFile(results / f"submissions/{name}.zip") as archive:
            archive.extractall(tmp_path / f"unpacked/{name}")
    json_file = "unpacked/segments/cityscapes_panoptic_val.json"
    unpacked = {
        "mine_unpacked": {"task": "pixel", "path": "unpacked/mine"},
        "segments_unpacked": {"task": "panoptic", "path": json_file},
    }
    configure(tmp_path, {**SETS, **unpacked}, submissions=SUBMISSIONS)
    succeed(tmp_path, "evaluate_all")
    for name in SETS:
        first, second = (
            (results / f"evaluation/{one}/classes.csv").read_bytes()
            for one in (name, f"{name}_unpacked")
        )
        assert first == second

    # What changed is packed again, the same bytes of the same files; what is wrong is not.
    (edited,) = (tmp_path / "pixel").rglob(f"{frame_name(VAL, 294)}*")
    before = edited.read_bytes()
    for content, as_before in (
        (png.encode(np.full((16, 32), 8, dtype=np.uint8)), False),
        (before, True),
    ):
        edited.write_bytes(content)
        succeed(tmp_path, "submit")
        again = {name: (results / f"submissions/{name}.zip").read_bytes() for name in SETS}
        assert again["segments"] == packed["segments"]
        assert (again["mine"] == packed["mine"]) == as_before
    # A zip file that was damaged is packed again.
    damaged = results / "submissions/mine.zip"
    damaged.write_bytes(packed["mine"][:-1])
    succeed(tmp_path, "submit")
    assert damaged.read_bytes() == packed["mine"]
    nothing_more(tmp_path, "submit")
    edited.unlink()
    assert f"{frame_name(VAL, 294)}: missing: no file" in fail(tmp_path, "submit")
    assert not (results / "submissions/mine.zip").exists()
    succeed(tmp_path, "clean")
    assert not results.exists() or not list(results.rglob("*.zip"))


def test_without_submissions_it_says_what_to_do(tmp_path):
    make_project(tmp_path)
    assert "no submissions: name some under `submissions` in the config" in fail(
        tmp_path, "submit"
    )
    configure(tmp_path, submissions={"x": {"task": "pixel", "path": "pixel"}})
    assert "submission x: no frames of gtFine/test" in fail(tmp_path, "submit")
