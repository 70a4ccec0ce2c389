"""Figures of scores: drawn without a display, the same bytes each time, for all scores."""

import json
import shutil
import sys
from pathlib import Path

import pytest

import evaluation_figure
from cityscapes.errors import DataError
from tiny import CLONE

VECTORS = Path(__file__).parent / "vectors/objects"
LABELS = CLONE / "config/labels.csv"


def results(tmp_path, *names):
    """Files of results, as sets have them."""
    paths = []
    for name in names:
        path = tmp_path / name / "results.json"
        path.parent.mkdir()
        vector = json.loads((VECTORS / f"bbox3d_{name}.json").read_text())
        path.write_text(json.dumps(vector["expected"]))
        paths.append(path)
    return paths


def draw(task, paths, *output):
    evaluation_figure.main(task, list(paths), LABELS, list(output))
    return [path.read_bytes() for path in output]


def test_several_sets_are_drawn_in_one_figure_the_same_each_time(tmp_path):
    paths = results(tmp_path, "labels", "no_gt_objects")
    png, svg = draw("boxes3d", paths, tmp_path / "a.png", tmp_path / "a.svg")
    assert png[1:4] == b"PNG"
    assert [svg] == draw("boxes3d", paths, tmp_path / "a.svg")
    assert "matplotlib.pyplot" not in sys.modules  # it may ask for a display


def test_curves_of_nobody_and_of_all_found_are_drawn(tmp_path):
    for name, rate, rows in (("none", "nan", ""), ("all", "0.0", "Reasonable,0.5,0.0,0.0\n")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "curves.csv").write_text(
            f"name,score,false positives per image,miss rate\n{rows}"
        )
        (folder / "classes.csv").write_text(f"name,miss rate\nReasonable,{rate}\n")
    files = [tmp_path / name / "curves.csv" for name in ("none", "all")]
    (svg,) = draw("pedestrians", files, tmp_path / "a.svg")
    assert b"<svg" in svg


def test_a_file_of_another_kind_and_an_ending_are_refused(tmp_path):
    (path,) = results(tmp_path, "base")
    with pytest.raises(DataError, match=r"a.txt: a figure ends in .png, .svg, .pdf"):
        draw("boxes3d", [path], tmp_path / "a.txt")
    path.write_text('{"AP": {}}')
    with pytest.raises(DataError, match="holds no results of 3-D detection"):
        draw("boxes3d", [path], tmp_path / "a.png")
    shutil.rmtree(path.parent)
    with pytest.raises(DataError, match="cannot be read"):
        draw("boxes3d", [path], tmp_path / "a.png")
