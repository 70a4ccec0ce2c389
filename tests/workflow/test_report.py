"""The report of a finished run: made and read without a network, with a caption for each table."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from tiny import CLONE, FRAMES, make_dataset, succeed, write_prediction, write_released

SETTINGS = {
    "dataset": "data",
    "splits": "[val]",
    "kinds": "[labelIds,instanceIds,color]",
    "predictions": "{mine: {task: pixel, path: mine}}",
}
OURS = ["--config", *(f"{key}={value}" for key, value in SETTINGS.items())]
NO_NETWORK = ["unshare", "--map-root-user", "--net"]


def network_can_be_cut_off():
    try:
        return subprocess.run([*NO_NETWORK, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Everything that the tiny dataset allows, and its report, written without a network."""
    if not network_can_be_cut_off():
        pytest.skip("unshare --net is not there or not permitted: no way to cut off the network")
    folder = tmp_path_factory.mktemp("report")
    make_dataset(folder / "data")
    write_released(folder / "data")
    for shard, numbers in FRAMES.items():
        if shard.startswith("gtFine/val"):
            for number in numbers:
                write_prediction(folder / "mine", shard, number)
    succeed(folder, *OURS)
    command = [sys.executable, "-m", "snakemake", "-s", CLONE / "Snakefile", *OURS]
    done = subprocess.run(
        [*NO_NETWORK, *command, "--report", "report.html"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def page(folder):
    """The report of Snakemake."""
    return (folder / "report.html").read_text()


@pytest.fixture(scope="module")
def captions(page):
    """File -> its caption, as HTML."""
    (results,) = re.findall(r"^\s*var results = ({.*});$", page, re.M)
    return {path: result["caption"] for path, result in json.loads(results).items()}


def test_every_table_that_matters_has_a_caption(captions):
    assert {path: caption.split("<p>")[1].split(" ")[0] for path, caption in captions.items()} == {
        "results/checks/inventory.csv": "Frames",
        "results/checks/overview.jpg": "One",
        "results/checks/problems.csv": "Raw",
        "results/checks/release_differences.csv": "Label",
        "results/evaluation/comparison.csv": "The",
        "results/evaluation/mine/classes.csv": "The",
        **{
            f"results/report/statistics/gtFine_val/{name}.svg": "Statistics"
            for name in ("pixels", "instances", "cooccurrence", "heatmaps")
        },
        **{
            f"results/report/sets/mine/{name}.svg": "The"
            for name in ("iou", "confusion", "cities")
        },
    }


def test_our_own_page_was_made_too_and_loads_nothing(folder):
    text = (folder / "results/report/index.html").read_text()
    assert "mine" in text and "gtFine val" in text
    assert "data:image/jpeg" in text  # frames of the set
    assert not re.search(r"""(src|href)=["'](?!data:|#|https://www.cityscapes-dataset)""", text)
    assert str(folder) not in text


def test_the_scores_stand_in_the_captions(captions):
    for name, cells in (("comparison", ["mIoU", "mine"]), ("mine/classes", ["IoU", "road"])):
        caption = captions[f"results/evaluation/{name}.csv"]
        for cell in cells:
            assert re.search(rf"<t[hd][^>]*>(<p>)?{cell}<", caption)


def test_the_page_loads_nothing(page):
    loaded = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            loaded.extend(value for name, value in attributes if name in ("src", "href"))

    Reader().feed(page)
    assert [address for address in loaded if not address.startswith(("#", "data:"))] == []
