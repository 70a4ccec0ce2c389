"""Results that an earlier version made are taken over: nothing that is current is made again.

tests/stored/make.sh says how they were made.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

from cityscapes.png import write as png
from small_project import (
    EVERYTHING,
    contents_below,
    contents_of_images,
    dry_run,
    link,
    nothing_more,
    run_once,
    tables,
    times_of_images,
)
from stored_results import unpack
from tiny import (
    images_of,
    nothing_to_do,
    panoptic_images_of,
    panoptic_json_of,
    polygons_path,
    succeed,
    write_polygons,
)

VAL = "gtFine/val/frankfurt"
OWN = {
    "evaluation/notes.txt": b"my notes",
    f"{VAL}/notes.txt": b"frankfurt",
    f"{VAL}/frankfurt_000000_009999_gtFine_labelIds.png": png.encode(
        np.full((16, 32), 11, dtype=np.uint8)
    ),
}


@pytest.fixture(params=["with records", "without records"])
def earlier(request, tmp_path):
    """What the earlier version left, with all times, with and without Snakemake's records."""
    folder = tmp_path / "earlier"
    unpack(folder)
    if request.param == "without records":
        shutil.rmtree(folder / ".snakemake")
    return folder


def test_results_of_an_earlier_version_are_taken_over(earlier):
    images, reports = contents_of_images(earlier), tables(earlier)
    assert len(images) > 50
    dry_run(earlier)
    assert without_new_kinds(run_once(earlier)) == set()
    now = contents_of_images(earlier)
    assert {path: now[path] for path in images} == images
    # Reports may gain columns, but none may go, and scores are what they were.
    assert tables(earlier).keys() >= reports.keys()
    results = [path for path in reports if Path(path).name.startswith("result")]
    assert len(results) == 3
    assert {path: tables(earlier)[path] for path in results} == {
        path: reports[path] for path in results
    }
    nothing_more(earlier)

    # All of it is known as made by the workflow: clean leaves only what is the user's.
    for path, content in OWN.items():
        (earlier / "results" / path).write_bytes(content)
    raw = sorted((earlier / "data").rglob("*"))
    succeed(earlier, "clean")
    assert left_in(earlier) == OWN
    assert sorted((earlier / "data").rglob("*")) == raw


def test_an_earlier_version_is_cleaned_without_a_run_between(tmp_path):
    unpack(tmp_path)
    for path, content in OWN.items():
        (tmp_path / "results" / path).write_bytes(content)
    succeed(tmp_path, "clean")
    assert left_in(tmp_path) == OWN


def test_an_edit_and_the_users_own_files_between_the_versions(tmp_path):
    earlier = tmp_path / "earlier"
    unpack(earlier)
    for path, content in OWN.items():
        (earlier / "results" / path).write_bytes(content)
    write_polygons(polygons_path(earlier / "data", VAL, 294), shift=4)
    made = without_new_kinds(run_once(earlier, "prepare_all"))
    frame = images_of(VAL, 294) | panoptic_images_of(VAL, 294)
    assert made - {link(294)} == frame | panoptic_json_of("val")
    assert {path: (earlier / "results" / path).read_bytes() for path in OWN} == OWN
    assert nothing_to_do(succeed(earlier, "prepare_all"))
    succeed(earlier, *EVERYTHING)
    assert times_of_images(earlier).keys() >= frame
    nothing_more(earlier)


def without_new_kinds(made):
    """What was made, without what that version did not make: links of exports."""
    return {path for path in made if not path.startswith("annotations/")}


def left_in(folder):
    """Path below the results -> content, of all files and links that are left."""
    found = contents_below(folder / "results")
    return {path: content for path, (kind, content) in found.items() if kind != "folder"}
