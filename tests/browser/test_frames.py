"""The frames as small pictures: search, filters, order, keys."""

import pytest
from playwright.sync_api import expect

from viewer_pages import address_of, go, settle, shown


@pytest.fixture
def page(viewer, new_page):
    return new_page(viewer)


def names(page):
    settle(page)
    return page.locator(".cards .name").all_inner_texts()


def test_every_frame_has_its_picture(page):
    assert len(names(page)) == 9
    expect(page.locator(".count")).to_have_text("9 of 9 frames")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.cards img')].every((img) => img.naturalWidth > 200)"
    )


def test_search_and_filters(page):
    page.get_by_label("Search").fill("lindau 019")
    assert set(names(page)) == {"lindau_000000_000019", "lindau_000001_000019"}
    page.get_by_label("Search").fill("")
    page.get_by_label("Split").select_option("demoVideo")
    assert all(name.startswith("stuttgart") for name in names(page))
    assert "split=demoVideo" in address_of(page)
    page.get_by_label("Split").select_option("")
    page.get_by_label("City").select_option("munster")
    assert all(name.startswith("munster") for name in names(page))
    page.get_by_role("button", name="Clear").click()
    assert len(names(page)) == 9


def test_the_classes_that_check_all_counted(page, folder):
    page.get_by_label("Class shown").select_option("bus")
    found = set(names(page))
    table = (folder / "results/checks/labels.csv").read_text().splitlines()
    fields = [line.split(",") for line in table]
    assert found == {one[2] for one in fields if one[4] in ("bus", "busgroup") and one[0] == "val"}


def test_worst_first_by_a_prediction_set(page, folder):
    for name in ("pixel_poor", "panoptic_good", "instance_good"):
        page.get_by_label("Sorted").select_option(name)
        settle(page)
        scores = [
            float(text.split(" ")[-1])
            for text in page.locator(".cards .extra").all_inner_texts()
            if "0." in text
        ]
        assert len(scores) == 7 and scores == sorted(scores)
    page.get_by_label("Sorted").select_option("pixel_poor")
    page.get_by_label("Score below").fill("0.5")
    rows = (folder / "results/evaluation/pixel_poor/images.csv").read_text().splitlines()[1:]
    assert len(names(page)) == sum(float(row.split(",")[1]) < 0.5 for row in rows)


def test_next_goes_through_the_frames_as_they_were_sorted(page):
    page.get_by_label("Sorted").select_option("pixel_poor")
    page.get_by_label("Split").select_option("val")
    page.locator(".cards .extra", has_text="0.").first.wait_for()
    order = names(page)
    page.locator(".cards a").first.click()
    shown(page, order[0])
    page.keyboard.press("ArrowRight")
    shown(page, order[1])
    page.keyboard.press("g")
    page.locator(".cards li").first.wait_for()
    assert names(page) == order


def test_arrow_keys_move_and_enter_opens(page):
    order = names(page)
    page.locator(".cards a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".cards a:focus .name")).to_have_text(order[5])
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    shown(page, order[0])


def test_an_address_with_a_filter_is_applied(page):
    go(page, "frames?city=lindau&q=000001")
    assert names(page) == ["lindau_000001_000019"]
    expect(page.get_by_label("City")).to_have_value("lindau")


def test_a_narrow_window_has_fewer_columns(page):
    page.set_viewport_size({"width": 600, "height": 500})
    settle(page)
    lefts = {
        box["x"] for box in map(lambda one: one.bounding_box(), page.locator(".cards li").all())
    }
    assert len(lefts) == 2
