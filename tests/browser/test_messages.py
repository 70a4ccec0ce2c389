"""What the page says where something is missing, damaged, old or ended; and saved pictures."""

import json
import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from tiny import CLONE
from viewer_pages import (
    FRAME,
    address_of,
    go,
    open_context,
    open_page,
    set_view,
    settle,
    shown,
    start,
    stop,
)

NAME = FRAME.split("/")[-1]


@pytest.fixture
def own(own_folder, new_page):
    """Open pages of viewers of the folder that may be changed."""
    running, pages = [], []

    def open_page(address="", folder=own_folder, **environment):
        running.append(start(folder, **environment))
        pages.append(new_page(running[-1], address))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()  # before what it may still ask
    for one in running:
        stop(one)


@pytest.fixture
def damaged(own_folder):
    """Write other bytes to a file of the dataset; they are put back."""
    kept = {}

    def damage(name, change):
        path = own_folder / "resources/sample/dataset" / name
        kept[path] = path.read_bytes()
        path.write_bytes(change(kept[path]))

    yield damage
    for path, data in kept.items():
        path.write_bytes(data)


def test_without_the_token_the_page_says_where_the_link_stands(viewer, chromium):
    context = open_context(chromium)
    page = open_page(context)
    page.goto(viewer.link.split("#")[0])
    expect(page.locator("main")).to_contain_text("printed in the terminal")
    page.goto("about:blank")
    page.goto(re.sub("#token=.*", "#token=wrong", viewer.link))
    page.get_by_text("The link is that of a viewer which was ended").wait_for()
    context.close()


def test_a_dataset_that_is_moved_away_is_missed(own, own_folder):
    page = own()
    dataset = own_folder / "resources/sample/dataset"
    dataset.rename(dataset.with_name("moved"))
    try:
        page.reload()
        page.get_by_text(f"There are no frames any more in {dataset}.").wait_for()
    finally:
        dataset.with_name("moved").rename(dataset)


def test_the_token_leaves_the_address_at_once(viewer, new_page):
    page = new_page(viewer)
    assert "token" not in address_of(page)
    assert "token" not in page.evaluate("document.documentElement.outerHTML")


@pytest.mark.parametrize(
    ("name", "change", "query", "message"),
    [
        ("gtFine/{}_gtFine_polygons.json", lambda data: data[:500], "", "not JSON"),
        ("leftImg8bit/{}_leftImg8bit.png", lambda data: data[:5000], "image=leftImg8bit",
         "the PNG is truncated or damaged"),
        ("disparity/{}_disparity.png", lambda data: b"", "overlay=disparity", "is not a PNG"),
        ("gtBbox3d/{}_gtBbox3d.json", lambda data: b"[]", "boxes=boxes3d",
         "not an object with objects"),
    ],
)  # fmt: skip
def test_damaged_files_show_their_message_and_the_page_goes_on(
    own, damaged, name, change, query, message
):
    damaged(name.format(FRAME), change)
    page = own(f"frame/{FRAME}?{query}")
    expect(page.locator(".problems")).to_contain_text(message)
    expect(page.locator(".problems")).to_contain_text(NAME)
    page.keyboard.press("ArrowRight")
    shown(page, "frankfurt_000000_000576")
    expect(page.locator(".problems")).to_be_empty()


def test_a_damaged_image_has_its_message_in_place_of_the_small_picture(own, damaged):
    damaged(f"leftImg8bit_blurred/{FRAME}_leftImg8bit_blurred.png", lambda data: data[:3000])
    page = own("frames?q=frankfurt_000000_000294")
    expect(page.locator(".damaged")).to_contain_text(f"{NAME}_leftImg8bit_blurred.png")


def test_an_edit_makes_the_results_old(own, damaged):
    def edit(data):
        document = json.loads(data)
        document["objects"][-1]["polygon"][0][0] += 3
        return json.dumps(document).encode()

    damaged(f"gtFine/{FRAME}_gtFine_polygons.json", edit)
    page = own()
    expect(page.locator(".notices")).to_contain_text("gtFine/val/frankfurt")
    expect(page.locator(".notices")).to_contain_text("snakemake --cores all prepare_all")
    go(page, f"frame/{FRAME}")
    expect(page.locator(".problems")).to_contain_text("edited since its label images")
    go(page, "frame/val/lindau/lindau_000000_000019")
    expect(page.locator(".problems")).to_be_empty()


def test_other_settings_make_the_results_old(folder, tmp_path, new_page):
    (tmp_path / "other.yaml").write_text("fill: pillow\n")
    running = start(folder, "--configfile", str(tmp_path / "other.yaml"))
    page = new_page(running)
    expect(page.locator(".notices")).to_contain_text("other raw files, settings or code")
    page.context.close()
    stop(running)


def test_results_that_are_up_to_date_have_no_notice(viewer, new_page):
    page = new_page(viewer)
    settle(page)
    assert page.locator(".notice").count() == 0


def test_without_results_layers_are_shown_and_commands_told(own, folder, tmp_path):
    dataset = (folder / "resources/sample/dataset").resolve()
    page = own(folder=tmp_path, CITYSCAPES_DATASET=str(dataset))
    for target in ("prepare_all", "check_all"):
        expect(page.locator(".notices")).to_contain_text(f"snakemake --cores all {target}")
    go(page, f"frame/{FRAME}")
    expect(page.locator(".problems")).to_be_empty()
    assert not (tmp_path / "results").exists()


def test_problems_of_check_all_are_a_filter(own, own_folder):
    table = own_folder / "results/checks/problems.csv"
    text = table.read_text()
    where = f"leftImg8bit/{FRAME}_leftImg8bit.png"
    table.write_text(f"{text}error,truncated,{where},the file is cut,unpack it again\n")
    try:
        page = own("frames?problem=truncated")
        expect(page.locator(".cards .name")).to_have_text([NAME])
        expect(page.locator(".cards")).to_contain_text("1 problem")
        go(page, f"frame/{FRAME}")
        page.keyboard.press("f")
        expect(page.locator(".about")).to_contain_text("truncated: the file is cut")
    finally:
        table.write_text(text)


def test_markup_in_files_is_text(own, damaged):
    def edit(data):
        document = json.loads(data)
        evil = "<img src=x onerror=alert(1)>"
        deleted = {"label": evil, "polygon": [[1, 1], [2, 2], [3, 1]], "deleted": 1}
        document["objects"].append(deleted)
        return json.dumps(document).encode()

    damaged(f"gtFine/{FRAME}_gtFine_polygons.json", edit)
    page = own(f"frame/{FRAME}?outlines=deleted")
    page.get_by_text("Objects", exact=True).click()
    expect(page.locator(".objects")).to_contain_text("<img src=x")
    assert page.locator(".objects img").count() == 0


def test_quit_ends_the_viewer_with_exit_code_0(folder, new_page):
    running = start(folder)
    page = new_page(running)
    page.get_by_role("button", name="Quit").click()
    page.get_by_text("The viewer was ended").wait_for()
    assert running.process.wait(timeout=120) == 0


def test_a_saved_view_is_the_blurred_image_with_plates_blanked(frame_page, folder):
    page = frame_page("opacity=0&image=leftImg8bit")
    set_view(page, 0, 0, 1)
    with page.expect_download() as found:
        page.keyboard.press("s")
    assert found.value.suggested_filename == f"{NAME}_view.png"
    saved = cv2.imread(found.value.path())[:256, :512]
    kind = "leftImg8bit_blurred"
    blurred = cv2.imread(str(folder / f"resources/sample/dataset/{kind}/{FRAME}_{kind}.png"))
    polygons = json.loads(
        (folder / f"resources/sample/dataset/gtFine/{FRAME}_gtFine_polygons.json").read_text()
    )
    plates = np.zeros((256, 512), dtype=np.uint8)
    for one in polygons["objects"]:
        if one["label"] == "license plate":
            points = np.array(one["polygon"], dtype=np.int32)
            cv2.fillPoly(plates, [points], 1)
    rim = cv2.dilate(plates, np.ones((5, 5), np.uint8)) > 0
    assert plates.sum() > 10
    assert np.array_equal(saved[~rim], blurred[~rim])
    assert (saved[cv2.erode(plates, np.ones((3, 3), np.uint8)) > 0] == 0).all()
    expect(page.locator("#status")).to_contain_text("with the blurred image")


def test_of_right_images_none_is_saved(frame_page):
    page = frame_page("image=rightImg8bit")
    page.keyboard.press("s")
    expect(page.locator("#status")).to_contain_text("Not saved")


def test_the_page_loads_nothing_from_elsewhere(viewer, chromium):
    context = open_context(chromium)
    page = open_page(context)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(viewer.link)
    page.locator(".cards li").first.wait_for()
    settle(page)
    host = viewer.link.split("/#")[0]
    assert len(asked) > 10
    assert all(url.startswith((host, f"blob:{host}")) for url in asked)
    context.close()


def test_every_module_is_asked_for_at_once():
    pages = CLONE / "scripts/cityscapes/viewer/pages"
    named = set(re.findall(r'(?:href|src)="([^"]+\.js)"', (pages / "index.html").read_text()))
    assert named == {path.name for path in pages.glob("*.js")}
