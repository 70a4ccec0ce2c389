"""Selecting and changing whole objects: by mouse, by keys, and in the list."""

import numpy as np
import pytest
from playwright.sync_api import expect

from label_pages import (
    class_image,
    click,
    drag,
    edit_path,
    edited,
    overlay,
    pick_class,
    raw,
    raw_path,
    said,
    save,
    state,
)
from viewer_pages import settle

CAR = (415, 125)  # the topmost object there is a car
PERSON = (486, 110)


def options(page):
    return page.locator(".objectlist [role=option]")


def chosen(page):
    """The places of the selected objects in the file."""
    settle(page)
    texts = page.locator(".objectlist [aria-selected=true]").all_inner_texts()
    return sorted(int(text.split(" ")[0]) for text in texts)


def choose(page, at, *keys):
    """Click on an object; the place of the topmost selected one."""
    click(page, *at, *keys)
    return max(chosen(page))


def is_same_but(objects, before, place):
    return [one for k, one in enumerate(objects) if k != place] == [
        one for k, one in enumerate(before) if k != place
    ]


def test_a_click_selects_the_object_that_is_painted_there(edit_page, label_tool):
    page = edit_page()
    place = choose(page, CAR)
    assert raw(label_tool.folder)[place]["label"] == "car"
    assert said(page).startswith(f"car, object {place}; 1 selected")
    click(page, *CAR, "Alt")
    settle(page)
    below = chosen(page)
    assert len(below) == 1 and below[0] < place
    page.keyboard.press("Escape")
    assert chosen(page) == []


def test_several_are_selected_with_shift_and_control_and_by_a_box(edit_page):
    page = edit_page()
    car = choose(page, CAR)
    click(page, *PERSON, "Shift")
    click(page, 300, 120, "Control")
    assert len(chosen(page)) == 3
    click(page, *CAR, "Control")
    assert car not in chosen(page) and len(chosen(page)) == 2
    page.keyboard.press("Escape")
    drag(page, (340, 60), (470, 150), "Shift")
    assert car in chosen(page) and len(chosen(page)) > 1


def test_dragging_moves_the_selected_objects_together(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    page.get_by_label("Shared vertices move together").uncheck()
    places = [choose(page, CAR)]
    click(page, *PERSON, "Shift")
    places = chosen(page)
    drag(page, CAR, (CAR[0] - 30, CAR[1] + 12))
    settle(page)
    save(page)
    before, after = raw(label_tool.folder), edited(label_tool.folder)
    for place in places:
        expected = np.round(before[place]["polygon"]) + np.array([-30, 12])
        assert np.array_equal(after[place]["polygon"], expected)
    assert [one["polygon"] for k, one in enumerate(after) if k not in places] == [
        one["polygon"] for k, one in enumerate(before) if k not in places
    ]
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))


def test_delete_undo_redo_and_bringing_back(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    whole = overlay(page)
    place = choose(page, CAR)
    page.keyboard.press("Delete")
    settle(page)
    assert "deleted" in said(page)
    assert not np.array_equal(overlay(page), whole)
    page.keyboard.press("Control+z")
    settle(page)
    assert np.array_equal(overlay(page), whole)
    page.keyboard.press("Control+Shift+z")
    save(page)
    objects = edited(label_tool.folder)
    assert objects[place]["deleted"] == 1 and is_same_but(objects, raw(label_tool.folder), place)
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))
    page.get_by_label("Deleted objects, too").check()
    options(page).filter(has_text="deleted").click()
    page.get_by_role("button", name="Bring back").click()
    save(page)
    assert not edited(label_tool.folder)[place].get("deleted")
    assert np.array_equal(overlay(page), class_image(raw_path(label_tool.folder)))


def test_an_object_that_is_moved_out_of_the_image_is_said_to_be(edit_page):
    page = edit_page(tool="Select")
    place = choose(page, CAR)
    drag(page, CAR, (CAR[0] + 20, CAR[1]))
    settle(page)
    assert "in the image" not in said(page)
    drag(page, (CAR[0] + 20, CAR[1]), (CAR[0] + 200, CAR[1]))
    settle(page)
    assert said(page) == f"car, object {place}: nothing of it is in the image"


def test_the_class_is_changed_in_a_list_that_is_searched_and_by_hot_key(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    place = choose(page, CAR)
    page.keyboard.press("m")
    pick_class(page, "truc")
    save(page)
    assert edited(label_tool.folder)[place]["label"] == "truck"
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))
    choose(page, CAR)
    page.keyboard.press("Shift+Digit1")
    save(page)
    assert edited(label_tool.folder)[place]["label"] == "road"


def test_groups_are_made_and_taken_apart(edit_page, label_tool):
    page = edit_page()
    place = choose(page, CAR)
    page.keyboard.press("a")
    save(page)
    assert edited(label_tool.folder)[place]["label"] == "cargroup"
    page.get_by_role("button", name="Group", exact=True).click()
    save(page)
    assert edited(label_tool.folder)[place]["label"] == "car"


def test_duplicates_lie_above_and_are_selected(edit_page, label_tool):
    page = edit_page()
    place = choose(page, CAR)
    page.keyboard.press("Control+d")
    settle(page)
    assert chosen(page) == [place + 1]
    save(page)
    objects = edited(label_tool.folder)
    assert len(objects) == len(raw(label_tool.folder)) + 1
    moved = np.array(objects[place + 1]["polygon"]) - np.array(objects[place]["polygon"])
    assert (moved == 10).all()


@pytest.mark.parametrize(
    ("key", "to"), [("PageUp", 1), ("PageDown", -1), ("Home", "top"), ("End", "bottom")]
)
def test_keys_change_the_painting_order(edit_page, label_tool, key, to):
    page = edit_page("opacity=100&picture=off")
    place = choose(page, CAR)
    before = raw(label_tool.folder)
    page.keyboard.press(key)
    save(page)
    objects = edited(label_tool.folder)
    to = {"top": len(before) - 1, "bottom": 0}.get(to, to + place if isinstance(to, int) else 0)
    expected = before[:place] + before[place + 1 :]
    expected.insert(to, before[place])
    assert objects == expected
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))


def test_the_painting_order_is_changed_by_dragging_in_the_list(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    before = raw(label_tool.folder)
    count = len(before)
    size = options(page).nth(0).bounding_box()
    options(page).nth(4).drag_to(options(page).nth(0), target_position={"x": 20, "y": 2})
    settle(page)
    page.get_by_label("Deleted objects, too").focus()
    save(page)
    moved = before[count - 5]
    expected = [one for one in before if one is not moved] + [moved]
    assert size and edited(label_tool.folder) == expected
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))


def test_hidden_objects_are_clear_and_cannot_be_hit(edit_page):
    page = edit_page("opacity=100")
    place = choose(page, CAR)
    page.keyboard.press("Escape")
    whole = overlay(page)
    choose(page, CAR)
    page.keyboard.press("Shift+H")
    settle(page)
    expect(options(page).filter(has_text="hidden")).to_contain_text(f"{place} car")
    hidden = overlay(page)
    assert not np.array_equal(hidden, whole)
    click(page, *CAR)
    settle(page)
    assert place not in chosen(page)
    page.get_by_role("button", name="Show and unlock all").click()
    settle(page)
    assert np.array_equal(overlay(page), whole)


def test_solo_by_class_shows_that_class_alone(edit_page):
    page = edit_page("opacity=100")
    choose(page, CAR)
    page.locator("[name=markscope]").select_option("classes")
    page.get_by_role("button", name="Solo").click()
    settle(page)
    shown = options(page).filter(has_not_text="hidden").all_inner_texts()
    assert len(shown) > 3 and all(text.split(" ")[1].startswith("car") for text in shown)


def test_locked_objects_stay_as_they_are(edit_page):
    page = edit_page()
    choose(page, CAR)
    page.keyboard.press("Shift+L")
    page.keyboard.press("Delete")
    expect(page.locator(".editwarning")).to_contain_text("locked")
    drag(page, CAR, (CAR[0] + 20, CAR[1]))
    assert state(page).startswith("as in the dataset")


def test_objects_are_chosen_moved_and_deleted_by_keyboard_alone(edit_page, label_tool):
    page = edit_page()
    page.locator(".objectlist").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    (place,) = chosen(page)
    assert place == len(raw(label_tool.folder)) - 4
    settle(page)
    active = page.locator(".objectlist").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Shift+ArrowDown")
    assert chosen(page) == [place - 1, place]
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press(" ")
    assert chosen(page) == [place - 2, place - 1, place]
    page.keyboard.press("Delete")
    save(page)
    objects = edited(label_tool.folder)
    assert [bool(one.get("deleted")) for one in objects[place - 2 : place + 1]] == [True] * 3


def test_a_selected_object_is_moved_by_arrows(edit_page, label_tool):
    page = edit_page()
    page.get_by_label("Shared vertices move together").uncheck()
    place = choose(page, CAR)
    page.keyboard.press("ArrowRight")  # the cursor begins at the pointer
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    save(page)
    expected = np.round(raw(label_tool.folder)[place]["polygon"]) + np.array([-10, 1])
    assert np.array_equal(edited(label_tool.folder)[place]["polygon"], expected)
