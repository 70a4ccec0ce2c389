"""The report: a page that loads nothing, with what lies in the results and what is missing."""

import re
import subprocess
from html.parser import HTMLParser
from itertools import pairwise

import cv2
import numpy as np
import pytest
from test_figures import FRAMES, LABELS, pixel_set, write_statistics
from test_statistics import STREET, TABLE

import draw_figures
import frame_pictures
import html_report
from cityscapes.files.tables import write_csv
from cityscapes.incremental.tables import write_tracked
from cityscapes.png import write as png
from cityscapes.report.commit import commit_of
from cityscapes.report.frames import RIGHT, VOID, WRONG, choose, error_map, panels
from cityscapes.report.html import read_rows, short, table
from cityscapes.report.made import Made
from cityscapes.report.notes import licence, notice
from cityscapes.report.single_frames import single_frames
from tiny import CLONE

SPLIT = "gtFine_val"
NAME = "a&b <set>"


class Reader(HTMLParser):
    """What a page consists of."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def attributes(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Statistics, two sets of pixel predictions, figures of both, and no pictures of frames."""
    root = tmp_path_factory.mktemp("report") / "results"
    write_statistics(root / "statistics" / SPLIT, STREET)
    statistics = root / "statistics" / SPLIT
    draw_figures.main(
        "statistics", [statistics], None, LABELS, "", root / "report/statistics" / SPLIT
    )
    folders = []
    for name, right in ((NAME, 80), ("other", 20)):
        scratch = root.parent / f"counts_{right}"
        scratch.mkdir()
        (root / "evaluation").mkdir(exist_ok=True)
        folder = pixel_set(scratch, right).rename(root / "evaluation" / name)
        draw_figures.main("pixel", [folder], None, LABELS, "", root / "report/sets" / name)
        folders.append(folder)
    draw_figures.main("pixel", folders, None, LABELS, "pixel_val", root / "report/comparisons")
    columns, (row,) = read_rows(folders[0] / "summary.csv")
    both = [(name, *row) for name in (NAME, "other")]
    write_csv(root / "evaluation/comparison.csv", ["set", *columns], both)
    problem = ("error", "size", "a.png", "<b>", "nothing")
    columns = ["severity", "check", "where", "what", "to_do"]
    write_csv(root / "checks/problems.csv", columns, [problem] * 3)
    return root


def write_page(results, **options):
    values = {
        "splits": [SPLIT], "extra": {}, "sets": {NAME: "pixel", "other": "pixel"},
        "comparisons": ["pixel_val"],
        "settings": {"fill": "released"}, "release": "9.9", "pictures": False, "sample": False,
    } | options  # fmt: skip
    output = results / "report/index.html"
    html_report.main(results=results, labels=LABELS, output=output, **values)
    return output.read_text()


@pytest.fixture(scope="module")
def page(results):
    return write_page(results)


def text_of(page):
    return " ".join(" ".join(Reader(page).text).split())


def test_every_element_is_closed_and_the_page_loads_nothing(page):
    reader = Reader(page)
    assert reader.open == []
    for attributes in reader.attributes("img"):
        assert attributes["src"].startswith("data:image/")
    assert {a["href"][0] for a in reader.attributes("a")} == {"#"}
    assert not {"link", "iframe", "object"} & {tag for tag, _ in reader.found}
    assert all("src" not in attributes for attributes in reader.attributes("script"))
    (policy,) = (a["content"] for a in reader.attributes("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'")


def test_pictures_say_what_they_show_and_tables_have_headers(page):
    reader = Reader(page)
    assert all(len(attributes["alt"]) > 40 for attributes in reader.attributes("img"))
    assert {a["scope"] for a in reader.attributes("th")} == {"col", "row"}
    assert len(reader.attributes("caption")) == len(reader.attributes("table"))
    assert reader.attributes("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in reader.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_the_table_of_contents_leads_to_every_part(page):
    reader = Reader(page)
    ids = {attributes["id"] for _, attributes in reader.found if "id" in attributes}
    assert {a["href"][1:] for a in reader.attributes("a")} == ids
    assert len(ids) == 9


def test_names_are_escaped(page):
    assert "a&amp;b &lt;set&gt;" in page
    assert "<set>" not in page and "a&b" not in page


def test_the_page_has_the_numbers(page):
    text = text_of(page)
    assert "3 of 3" in text and "0.8000" in text
    assert "differences between pixel val sets are beyond chance" in text
    assert "error size 3" in text
    assert "this workflow 9.9" in text
    assert 'fill "released"' in text


def test_the_page_begins_with_the_best_set_and_whether_that_is_chance(page):
    brief = text_of(page).split(" In brief ")[2]  # after the table of contents
    assert f"{NAME} has mIoU 0.817, other 0.378: a difference of 0.439" in brief
    assert "No difference of a class is beyond chance" in brief  # three frames
    assert page.index('id="brief"') < page.index('id="statistics"')


def test_a_set_that_is_compared_with_none_has_its_score_in_brief(results):
    text = text_of(write_page(results, comparisons=[]))
    assert f"Sets that are not compared with others {NAME}: mIoU 0.8167" in text


def test_one_split_and_one_set_are_not_plural(results):
    text = text_of(write_page(results, sets={NAME: "pixel"}, comparisons=[]))
    assert "of 1 split with annotations and 1 prediction set." in text


def test_what_is_missing_stands_at_the_top(results, tmp_path, page):
    assert "No scores of instance predictions" in page.split("<nav")[0]
    bare = text_of(write_page(results, splits=[], sets={}, comparisons=[]))
    assert "No statistics" in bare and "No scores: there are no prediction sets" in bare


def test_sets_that_are_scored_in_part_are_named(results):
    path = results / "evaluation/other/summary.csv"
    before = path.read_text()
    path.write_text(before.replace("3 of 3", "2 of 3"))
    assert "other: 2 of 3 frames are scored" in text_of(write_page(results))
    path.write_text(before)


def test_no_path_and_no_name_of_the_machine_is_in_the_page(results, page):
    assert str(results.parent) not in page
    assert "/home/" not in page and "/root/" not in page


def test_where_nothing_is_missing_the_page_says_so():
    assert "Nothing is missing" in notice([])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""), ("nan", ""), ("road", "road"), ("0.123456", "0.1235"), ("12", "12"),
        ("1048576000", "1,048,576,000"), ("67583.7", "67,584"), ("-3", "-3"), ("inf", "inf"),
    ],
)  # fmt: skip
def test_numbers_are_for_people(text, shown):
    assert short(text) == shown


def test_tables_keep_the_numbers_that_they_are_sorted_by():
    cells = Reader(table("t", ["a", "b"], [["x", "0.123456"], ["y", "nan"]])).attributes("td")
    assert [cell["data-value"] for cell in cells] == ["0.123456", ""]


def test_chosen_frames_are_the_worst_the_median_and_the_best():
    ranked = [("a", 0.1), ("b", 0.2), ("c", 0.9), ("d", float("nan"))]
    assert [(one.what, one.frame) for one in choose(ranked)] == [
        ("worst", "a"), ("median", "b"), ("best", "c"),
    ]  # fmt: skip
    assert [one.frame for one in choose(ranked[:1])] == ["a"] * 3
    assert [one.frame for one in choose(ranked[3:])] == ["d"] * 3


def test_an_error_map_tells_right_wrong_and_void():
    truth = np.array([[7, 7, 0]], dtype=np.uint8)
    predicted = np.array([[7, 26, 7]], dtype=np.uint8)
    assert error_map(truth, predicted, TABLE).tolist() == [[[*RIGHT], [*WRONG], [*VOID]]]


def test_panels_without_an_image_leave_its_place_grey():
    ids = np.full((16, 32), 7, dtype=np.uint8)
    shown = panels(None, ids, ids, TABLE)
    assert shown.shape == (640, 1280, 3)
    assert (shown[:320, :640] == 90).all()
    assert shown[0, 640].tolist() == [128, 64, 128]  # road


@pytest.fixture
def frames(results, tmp_path):
    """Truth, predictions and images of the frames of a set: the first is blurred."""
    for number, frame in enumerate(FRAMES):
        city = frame.split("_")[0]
        for root, ending in (("truth/gtFine", "gtFine_labelIds"), ("predicted", "pred")):
            folder = tmp_path / root / "val" / city
            folder.mkdir(parents=True, exist_ok=True)
            image = np.full((16, 32), 7, dtype=np.uint8)
            (folder / f"{frame}_{ending}.png").write_bytes(png.encode(image))
        kinds = ["leftImg8bit"] + ["leftImg8bit_blurred"] * (number == 0)
        for kind in kinds:
            folder = tmp_path / "data" / kind / "val" / city
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / f"{frame}_{kind}.png"), np.full((16, 32, 3), 200, np.uint8))
    rows = [
        {
            "frame": frame,
            "city": frame.split("_")[0],
            "path": tmp_path / "predicted/val" / frame.split("_")[0] / f"{frame}_pred.png",
        }
        for frame in FRAMES
    ]
    write_tracked(tmp_path / "files.tsv", ["frame", "city", "path"], rows, expected="3")
    output = results / "report/sets" / NAME / "frames"
    frame_pictures.main(
        "pixel", results / "evaluation" / NAME, tmp_path / "predicted", tmp_path / "files.tsv",
        tmp_path / "truth", None, tmp_path / "data", "val", LABELS, "auto", [], [], "", None,
        output,
    )  # fmt: skip
    return output


def test_pictures_of_frames_are_of_blurred_images_where_there_are_any(frames):
    _, rows = read_rows(frames / "frames.csv")
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("worst", FRAMES[0], "leftImg8bit_blurred"),
        ("median", FRAMES[1], "leftImg8bit"),
        ("best", FRAMES[2], "leftImg8bit"),
    ]
    shown = cv2.imread(str(frames / "worst.jpg"))
    assert shown.shape == (640, 1280, 3)
    assert abs(int(shown[100, 100, 0]) - 200) < 5


def test_the_licence_is_named_where_frames_are_shown(results, frames):
    top = write_page(results, sets={NAME: "pixel"}, comparisons=[], pictures=True)
    before_contents = top.split("<nav")[0]
    assert "cityscapes-dataset.com/license" in before_contents
    assert "not blurred" in before_contents
    assert len(re.findall("data:image/jpeg", top)) == 3
    drawn = write_page(results, sets={NAME: "pixel"}, comparisons=[], pictures=True, sample=True)
    assert "of the sample, which is drawn" in drawn


def test_no_frame_is_in_a_page_without_pictures(page):
    assert "data:image/jpeg" not in page
    assert "cityscapes-dataset.com" not in page


@pytest.mark.parametrize(("task", "score"), [("instance", "AP"), ("panoptic", "PQ")])
def test_frames_of_other_tasks_are_shown_with_their_score(results, frames, task, score):
    made = Made(results, [], {NAME: task}, [], TABLE, pictures=True, is_sample=False)
    text = " ".join(" ".join(Reader(single_frames(made, NAME, task)).text).split())
    assert f"The worst frame : {FRAMES[0]}, {score} 0." in text
    assert "cityscapes-dataset.com/license" in licence(made)


def git(folder, *arguments):
    named = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", "-C", folder, *named, *arguments], check=True, capture_output=True)


def test_the_commit_is_that_of_the_clone_and_says_where_files_differ(tmp_path, monkeypatch):
    assert commit_of(tmp_path) == ""
    git(tmp_path, "init", "-q")
    assert commit_of(tmp_path) == ""  # nothing is committed
    (tmp_path / "a").write_text("a")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-q", "-m", "a")
    commit = commit_of(tmp_path)
    assert re.fullmatch("[0-9a-f]{40}", commit)
    (tmp_path / "results").write_text("not tracked")
    assert commit_of(tmp_path) == commit
    (tmp_path / "a").write_text("b")
    assert commit_of(tmp_path) == f"{commit}, with changes"
    monkeypatch.setenv("GIT_DIR", str(CLONE / ".git"))
    assert commit_of(tmp_path).startswith(commit)
    below = tmp_path / "below"
    below.mkdir()
    assert commit_of(below) == ""  # a copy of the workflow in another repository
    monkeypatch.setenv("PATH", "")
    assert commit_of(tmp_path) == ""


def test_the_page_names_the_commit(page):
    commit = commit_of(CLONE)
    assert not commit or commit[:40] in page
