"""Answers of the server that come late, after the user went on."""

import re

import pytest
from playwright.sync_api import expect

from label_pages import ready
from viewer_pages import FRAME, settle

FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def hold():
    """A function that holds back the answers of a page to some requests; it returns a release."""

    def hold(page, pattern):
        waiting = []
        page.route(pattern, lambda route: waiting.append(route))

        def release():
            for route in waiting:
                route.continue_()
            page.unroute(pattern)

        return release

    return hold


def test_a_frame_stays_whole_while_others_are_asked_for(frame_page, hold):
    page = frame_page()
    release = hold(page, re.compile("/api/(image|objects)/"))
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("+")
        page.evaluate(FRAMES)  # it is drawn again; an error of the page fails the test
    release()
    settle(page)


def test_scores_of_an_earlier_choice_do_not_come_back(viewer, new_page, hold):
    page = new_page(viewer)
    release = hold(page, "**/api/scores/pixel_poor")
    page.get_by_label("Sorted").select_option("pixel_poor")
    page.get_by_label("Sorted").select_option("panoptic_good")
    expect(page.locator(".cards .extra").first).to_contain_text("PQ")
    release()
    settle(page)
    for width, height in ((700, 300), (1280, 720)):  # cards are made anew
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
    texts = page.locator(".cards .extra").all_inner_texts()
    assert any("PQ" in text for text in texts)
    assert not any("mIoU" in text for text in texts), texts


def test_another_image_chosen_while_the_frame_loads_leaves_it_to_be_edited(
    label_tool, new_page, hold
):
    page = new_page(label_tool)
    release_first = hold(page, re.compile("/api/image/leftImg8bit_blurred/"))
    release_second = hold(page, re.compile("/api/image/leftImg8bit/"))
    page.evaluate("(frame) => { location.hash = `#/frame/${frame}` }", FRAME)
    page.locator("[name=image]").select_option("leftImg8bit")
    page.evaluate(FRAMES)
    with page.expect_response("**/api/edit/**") as answer:
        release_first()  # now the editor reads the frame, and has no image to show it on
    answer.value.finished()
    for _ in range(10):
        page.evaluate(FRAMES)
    release_second()
    ready(page)
