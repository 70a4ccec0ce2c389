"""A frame: pointer, keys, layers, and the address that leads back to what is shown."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from viewer_pages import FRAME, actual_size, address_of, canvas, go, set_view, settle, shown

# `drawn`: the frames that are drawn from now on, however short a time each.
WATCH_FRAMES = """
() => {
  const canvas = document.querySelector("canvas");
  window.drawn = [canvas.dataset.drawn];
  const note = () => canvas.dataset.drawn !== drawn.at(-1) && drawn.push(canvas.dataset.drawn);
  new MutationObserver(note).observe(canvas, { attributeFilter: ["data-drawn"] });
}
"""


def readout(page):
    """What is said of the pixel below the pointer, by name."""
    settle(page)
    names = page.locator(".cursor dt").all_inner_texts()
    return dict(zip(names, page.locator(".cursor dd").all_inner_texts(), strict=True))


def view(page):
    """x, y and scale of the address, which is written when the view has come to rest."""
    return tuple(map(float, re.search(r"view=([^&]+)", address_of(page))[1].split("%2C")))


def point(page, x, y):
    """Put the pointer on a pixel of the image that is shown at its size."""
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + x + 0.5, box["y"] + y + 0.5)
    settle(page)


def test_below_the_pointer_everything_of_the_pixel_is_told(frame_page):
    page = frame_page("overlay=disparity&outlines=groups&set=pixel_good&compare=errors")
    actual_size(page)
    point(page, 250, 200)
    told = readout(page)
    assert told["pixel"] == "250, 200"
    assert re.fullmatch(r"\d+, \d+, \d+", told["value"])
    assert told["gtFine"] == "road"
    assert told["id, trainId"] == "7, 0"
    assert told["instance"] == "7"
    assert re.fullmatch(r"\d+ of \d+", told["object"])
    assert re.fullmatch(r"[\d.]+ px \(\d+\)", told["disparity"])
    assert re.fullmatch(r"[\d.]+ m", told["depth"])
    assert told["pixel_good"] == "road (7), value 7"


def test_of_16_bits_the_raw_value_is_told(frame_page):
    page = frame_page("image=leftImg16bit")
    actual_size(page)
    point(page, 250, 200)
    assert max(map(int, readout(page)["value"].split(", "))) > 255


def test_the_topmost_object_is_hatched_and_only_that(frame_page):
    page = frame_page("opacity=100")
    actual_size(page)
    before = canvas(page)
    point(page, 250, 200)
    after = canvas(page)
    changed = (before != after).any(axis=2)
    assert changed[200, 240:260].any()
    assert (
        0.2 < changed[:256, :512][(before[:256, :512] == (128, 64, 128)).all(axis=2)].mean() < 0.6
    )
    page.mouse.move(5, 5)
    assert np.array_equal(canvas(page), before)


def test_a_click_lists_the_objects_there_in_painting_order(frame_page):
    page = frame_page("set=instance_good&compare=only")
    actual_size(page)
    point(page, 250, 200)
    page.mouse.down()
    page.mouse.up()
    page.locator(".here button").first.wait_for()
    settle(page)
    found = page.locator(".here button").all_inner_texts()
    numbers = [int(text.split(" ")[0]) for text in found]
    assert numbers == sorted(numbers, reverse=True) and "road" in found[0]
    assert f"object={numbers[0]}" in address_of(page)
    expect(page.locator("#status")).to_contain_text(f"{len(found)} objects here")


def test_objects_can_be_chosen_by_keyboard_alone(frame_page):
    page = frame_page()
    page.get_by_text("Objects", exact=True).click()
    first = page.locator(".objects button").first
    first.focus()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "true")
    number = first.get_attribute("data-place")
    assert f"object={number}" in address_of(page)
    page.keyboard.press("Escape")
    expect(first).to_have_attribute("aria-pressed", "false")
    assert "object=" not in address_of(page)


def test_wheel_zooms_at_the_pointer_and_dragging_moves(frame_page):
    page = frame_page()
    actual_size(page)
    point(page, 200, 100)
    page.mouse.wheel(0, -400)
    x, _, scale = view(page)
    assert scale > 2
    assert readout(page)["pixel"] == "200, 100"
    page.mouse.down()
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 60, steps=3)
    page.mouse.up()
    settle(page)
    assert view(page)[0] == pytest.approx(x + 100 / scale, abs=1)
    expect(page.locator(".here button")).to_have_count(0)  # a drag is no click


def test_pixels_stay_squares_of_one_colour_when_they_are_large(frame_page):
    page = frame_page("opacity=0")
    set_view(page, 100, 100, 16)
    pixels = canvas(page)[:512, :512].reshape(32, 16, 32, 16, 3)
    assert (pixels == pixels[:, :1, :, :1]).all()


def test_keys_zoom_fit_and_move(frame_page):
    page = frame_page()
    assert "view=" not in address_of(page)
    fitted = canvas(page)
    page.keyboard.press("]")
    assert view(page)[2] == pytest.approx(960 / 512 * 1.25, rel=1e-3)
    page.keyboard.press("[")
    assert view(page)[2] == pytest.approx(960 / 512, rel=1e-3)
    page.keyboard.press("1")
    assert view(page)[2] == 1
    before = view(page)
    page.keyboard.press("Shift+ArrowRight")
    assert view(page)[0] > before[0]
    page.keyboard.press("0")
    assert "view=" not in address_of(page)
    assert np.array_equal(canvas(page), fitted)


def test_keys_change_opacity_image_and_layer(frame_page):
    page = frame_page()
    page.keyboard.press("+")
    assert "opacity=55" in address_of(page)
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert "opacity=45" in address_of(page)
    expect(page.locator("[name=opacity]")).to_have_value("45")
    page.keyboard.press("i")
    assert "picture=off" in address_of(page)
    expect(page.locator("[name=picture]")).not_to_be_checked()
    page.keyboard.press("v")
    assert "image=leftImg8bit" in address_of(page)
    page.keyboard.press("l")
    expect(page.locator("[name=overlay]")).to_be_focused()
    page.locator("[name=overlay]").select_option("gtCoarse.classes")
    assert "overlay=gtCoarse.classes" in address_of(page)


def test_control_and_wheel_change_the_opacity(frame_page):
    page = frame_page()
    point(page, 200, 200)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    assert "opacity=55" in address_of(page)


def test_the_magnifier_shows_what_lies_below_larger(frame_page):
    page = frame_page("opacity=100")
    page.keyboard.press("0")
    point(page, 400, 300)
    before = canvas(page)
    page.keyboard.press("z")
    lens = canvas(page)
    assert (lens[290, 280:520] != before[290, 280:520]).any()
    assert (lens[:100] == before[:100]).all()
    page.mouse.wheel(0, -300)
    assert (canvas(page) != lens).any()
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Shift")
    assert (canvas(page)[160:172, 380:420] != before[160:172, 380:420]).any()
    page.keyboard.press("z")
    assert np.array_equal(canvas(page), before)


def test_next_previous_and_autoplay_go_through_the_frames(frame_page):
    page = frame_page()
    page.keyboard.press("ArrowRight")
    shown(page, "frankfurt_000000_000576")
    page.keyboard.press("ArrowLeft")
    shown(page, "frankfurt_000000_000294")
    page.get_by_role("button", name="Previous").click()
    expect(page.locator("#status")).to_have_text("There is no other frame.")
    page.locator("canvas").focus()
    page.evaluate(WATCH_FRAMES)
    page.keyboard.press(" ")
    page.get_by_role("button", name="Stop").wait_for()
    page.wait_for_function("() => drawn.length > 3")
    assert page.evaluate("drawn.slice(1, 4)") == [
        "frankfurt_000000_000576",
        "frankfurt_000000_000858",
        "lindau_000000_000019",
    ]
    page.keyboard.press(" ")
    page.get_by_role("button", name="Play").wait_for()


def test_settings_stay_from_frame_to_frame(frame_page):
    page = frame_page("overlay=gtCoarse.instances&opacity=80")
    page.keyboard.press("ArrowRight")
    shown(page, "frankfurt_000000_000576")
    assert "overlay=gtCoarse.instances" in address_of(page) and "opacity=80" in address_of(page)


def test_an_address_leads_to_the_same_picture(frame_page, viewer, new_page):
    page = frame_page(
        "overlay=gtFine.instances&opacity=70&boxes=boxes3d,persons&hide=sky&object=3"
    )
    set_view(page, 100, 60, 3)
    other = new_page(viewer, address_of(page).split("#/")[1])
    assert np.array_equal(canvas(page), canvas(other))


def test_a_frame_without_annotations_shows_its_image(frame_page):
    page = frame_page(frame="demoVideo/stuttgart/stuttgart_000000_000001")
    options = ["None", "labelIds file: prepared", "labelIds file: of the dataset"]
    expect(page.locator("[name=overlay] option")).to_have_text(options)
    assert len(np.unique(canvas(page).reshape(-1, 3), axis=0)) > 100


def test_boxes_are_drawn_over_the_image(frame_page):
    page = frame_page("opacity=0")
    plain = canvas(page)
    for box in ("persons", "boxes3d", "modal"):
        go(page, f"frame/{FRAME}?opacity=0&boxes={box}")
        assert (canvas(page) != plain).any(axis=2).sum() > 300


def test_outlines_of_hidden_objects_and_groups(frame_page):
    page = frame_page("opacity=0")
    plain = canvas(page)
    page.get_by_label("Groups").check()
    settle(page)
    page.get_by_label("Hidden").check()
    settle(page)
    assert "outlines=groups%2Chidden" in address_of(page)
    assert (canvas(page) != plain).any()


def test_help_lists_every_key(frame_page):
    page = frame_page()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    for key in ("o", "l", "z", "f", "Space", "←", "?"):
        expect(dialog.locator("kbd", has_text=re.compile(f"^{re.escape(key)}$"))).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("h")
    dialog.get_by_role("button", name="Close").click()


def test_f_shows_the_paths_and_g_leads_back(frame_page, folder):
    page = frame_page()
    page.keyboard.press("f")
    page.locator(".paths li").first.wait_for()
    texts = page.locator(".paths li").all_inner_texts()
    assert any(text.endswith(f"gtFine/{FRAME}_gtFine_polygons.json") for text in texts)
    assert all(text.startswith("/") for text in texts)
    page.keyboard.press("g")
    page.locator(".cards li").first.wait_for()
    page.go_back()
    shown(page, FRAME.split("/")[-1])
    page.keyboard.press("o")
    expect(page.locator("[name=city]")).to_be_focused()


def test_escape_in_a_field_leaves_the_field_alone(frame_page):
    page = frame_page()
    page.keyboard.press("l")
    page.keyboard.press("Escape")
    expect(page.locator("body")).to_be_focused()
    assert "#/frame/" in address_of(page)


def test_a_larger_window_fits_the_image_anew(frame_page):
    page = frame_page()
    page.set_viewport_size({"width": 1600, "height": 900})
    drawn = canvas(page)
    assert drawn.shape[1] == 1280
    stage = drawn[0, 0]
    rows = (drawn != stage).any(axis=2).sum(axis=1)
    assert (rows > 1200).sum() == pytest.approx(640, abs=4)


def test_in_a_narrow_window_the_panel_is_below_the_image(frame_page):
    page = frame_page(width=420, height=760)
    settle(page)
    stage, panel = (page.locator(one).bounding_box() for one in (".stage", ".panel"))
    assert stage["width"] == panel["width"] == 420
    assert stage["height"] > 150 and panel["y"] == stage["y"] + stage["height"]
    for one in page.locator("#bar button, .framebar button").all():
        box = one.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 420 and box["height"] < 40


def test_light_and_dark_stay_chosen(frame_page):
    page = frame_page(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    page.locator("canvas").wait_for()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
