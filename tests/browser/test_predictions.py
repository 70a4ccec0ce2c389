"""Predictions beside the ground truth, and their scores."""

import csv

import numpy as np
import pytest
from playwright.sync_api import expect

from viewer_pages import FRAME, address_of, canvas, eventually, settle, start, stop


def test_side_by_side_shows_both_at_one_place(frame_page):
    page = frame_page("set=pixel_poor&compare=side")
    box = page.locator("canvas").bounding_box()
    told = []
    for x in (200, 200 + box["width"] / 2):
        page.mouse.move(box["x"] + x, box["y"] + 320)
        settle(page)
        told.append(page.locator(".cursor dd").first.inner_text())
    assert told[0] == told[1]


def test_the_views_of_both_sides_are_linked(frame_page):
    page = frame_page("set=pixel_poor&compare=side&opacity=0")
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 600, box["y"] + 300)
    page.mouse.wheel(0, -600)
    pixels = canvas(page)
    half = pixels.shape[1] // 2
    # Beside the line between the two.
    assert np.array_equal(pixels[:, 2 : half - 2], pixels[:, half + 2 : 2 * half - 2])


def test_swipe_shows_the_prediction_right_of_a_line_that_is_dragged(frame_page):
    page = frame_page("set=pixel_poor&compare=swipe&opacity=100&picture=off")
    before = canvas(page)
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 300, steps=4)
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    after = canvas(page)
    width = before.shape[1]
    assert "split=21" in address_of(page)
    assert np.array_equal(before[:, :150], after[:, :150])
    assert np.array_equal(before[:, width // 2 + 5 :], after[:, width // 2 + 5 :])
    assert (before[:, 210 : width // 2 - 5] != after[:, 210 : width // 2 - 5]).any()


def test_blink_shows_one_after_the_other(frame_page):
    page = frame_page("set=pixel_poor&compare=blink&opacity=100")
    seen = []

    def another():
        drawn = canvas(page).tobytes()
        return drawn if drawn not in seen[-1:] else None

    for _ in range(3):
        seen.append(eventually(another))
    assert seen[0] == seen[2] != seen[1] and None not in seen


def test_c_and_e_go_through_the_ways_to_compare(frame_page):
    page = frame_page()
    page.keyboard.press("c")
    assert "compare=only" in address_of(page) and "set=pixel_good" in address_of(page)
    page.keyboard.press("c")
    assert "compare=side" in address_of(page)
    page.keyboard.press("e")
    assert "compare=errors" in address_of(page)
    page.keyboard.press("e")
    assert "compare" not in address_of(page)


@pytest.mark.parametrize(("name", "column"), [("pixel_good", "mIoU"), ("panoptic_good", "PQ")])
def test_scores_are_those_of_the_tables(frame_page, folder, name, column):
    page = frame_page(f"set={name}&compare=only")
    page.get_by_text("Scores of this frame").click()
    with open(folder / f"results/evaluation/{name}/images.csv", newline="") as file:
        rows = {row["frame"]: row for row in csv.DictReader(file)}
    wanted = float(rows[FRAME.split("/")[-1]][column])
    table = page.locator(".scores table").first
    score = table.locator("tr", has_text=column).first.locator("td")
    expect(score).to_have_text(f"{wanted:.4f}")
    classes = page.locator(".scores table").nth(1).locator("tr")
    values = [float(t) for t in classes.locator("td").all_inner_texts() if t != "not shown"]
    assert np.mean(values) == pytest.approx(wanted, abs=1e-3)


def test_instances_have_an_ap_by_class(frame_page):
    page = frame_page("set=instance_good&compare=only")
    page.get_by_text("Scores of this frame").click()
    expect(page.locator(".scores table").first).to_contain_text("AP")
    expect(page.locator(".scores table").nth(1)).to_contain_text("car")


def test_a_frame_that_was_not_scored_says_so(own_folder, new_page):
    table = own_folder / "results/evaluation/pixel_good/images.csv"
    text = table.read_text()
    name = FRAME.split("/")[-1]
    table.write_text("".join(line for line in text.splitlines(True) if name not in line))
    running = start(own_folder)
    try:
        page = new_page(running, f"frame/{FRAME}?set=pixel_good&compare=only")
        page.get_by_text("Scores of this frame").click()
        expect(page.locator(".unscored")).to_contain_text("This frame was not scored.")
    finally:
        stop(running)
        table.write_text(text)


@pytest.mark.parametrize("name", ["boxes3d_poor", "pedestrians_poor"])
def test_boxes_are_told_true_false_and_missed(frame_page, folder, name):
    with open(folder / f"results/evaluation/{name}/images.csv") as file:
        (row,) = (row for row in csv.DictReader(file) if FRAME.endswith(row["frame"]))
    page = frame_page("overlay=none")
    before = canvas(page)
    expect(page.locator(".legend li")).to_have_count(0)
    page.locator("[name=found]").select_option(name)
    page.locator(".legend li").first.wait_for()
    settle(page)
    told = dict(line.split(": ") for line in page.locator(".legend li").all_inner_texts())
    true = row.get("true") or row["found"]
    assert (told["true"], told["false"], told["missed"]) == (true, row["false"], row["missed"])
    after = canvas(page)
    colours = {
        "true": (0x56, 0xB4, 0xE9),
        "false": (0xFF, 0x7F, 0x32),
        "missed": (0xF0, 0xE4, 0x42),
    }
    for outcome, colour in colours.items():
        # As lines on a dark rim, which the picture itself does not have.
        drawn = (np.abs(after.astype(int) - colour).max(axis=2) < 12) & (after != before).any(
            axis=2
        )
        assert drawn.any() == (told[outcome] != "0")
    page.locator("[name=found]").select_option("")
    settle(page)
    expect(page.locator(".legend li")).to_have_count(0)
    assert np.array_equal(canvas(page), before)
