"""What undo, the keys for selecting and the offer of drafts do besides the objects themselves."""

import pytest

from label_pages import click, raw, ready
from viewer_pages import FRAME, go

CAR = (415, 125)


def points(page):
    return page.evaluate("() => window.session && window.editor.tool.points.length")


@pytest.fixture
def watched(label_tool, edit_page, new_page):
    """A page of a frame whose editor can be asked."""
    page = new_page(label_tool)
    page.evaluate(
        """async () => {
          const { Desk } = await import("/desk.js");
          const { open } = Desk.prototype;
          Desk.prototype.open = async function (editor) {
            await open.call(this, editor);
            Object.assign(window, { editor, session: editor.session });
          };
        }"""
    )
    go(page, f"frame/{FRAME}?view=0,0,1")
    ready(page)
    page.wait_for_function("() => Boolean(window.session)")
    return page


def state(page):
    return page.locator(".editstate").inner_text()


def selected(page):
    return page.locator(".objectlist [aria-selected=true]").all_inner_texts()


def test_undo_takes_back_the_points_of_a_line_then_what_was_done_before(watched):
    page = watched
    click(page, *CAR)
    page.keyboard.press("PageUp")
    page.keyboard.press("x")
    for x in (300, 350, 400):
        click(page, x, 60)
    assert points(page) == 3
    undo = page.get_by_role("button", name="Undo", exact=True)
    page.keyboard.press("Control+z")
    undo.click()
    assert points(page) == 1
    page.keyboard.press("Control+y")
    assert points(page) == 2
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")  # gives the line up
    assert points(page) == 0
    page.keyboard.press("Control+z")
    assert points(page) == 1
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert points(page) == 0 or "not saved" in state(page)
    while page.evaluate("() => window.editor.tool.line.canUndo"):
        page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert "not saved" not in state(page)


def test_a_line_that_was_left_is_not_in_the_way_of_undo(watched):
    page = watched
    click(page, *CAR)
    page.keyboard.press("x")
    click(page, 300, 60)
    page.keyboard.press("q")
    page.keyboard.press("PageUp")
    assert "not saved" in state(page)
    page.keyboard.press("x")
    page.keyboard.press("Control+z")
    assert points(page) == 0 and "not saved" not in state(page)


def test_comma_and_full_stop_go_from_object_to_object(watched, label_tool):
    page = watched
    page.locator("canvas").focus()
    count = len([one for one in raw(label_tool.folder) if not one.get("deleted")])
    found = []
    for _ in range(3):
        page.keyboard.press(".")
        found += selected(page)
    assert [text.split()[0] for text in found] == ["0", "1", "2"]
    page.keyboard.press(",")
    assert selected(page)[0].startswith("1 ")
    page.keyboard.press("Escape")
    page.keyboard.press(",")
    assert selected(page)[0].startswith(f"{count - 1} ")
    assert "object" in page.locator("#status").inner_text()


def test_all_objects_of_the_class_are_selected(watched, label_tool):
    page = watched
    click(page, *CAR)
    page.keyboard.press("Control+Shift+a")
    cars = [k for k, one in enumerate(raw(label_tool.folder)) if one["label"] == "car"]
    assert sorted(int(text.split()[0]) for text in selected(page)) == cars
    assert f"{len(cars)} objects of car selected" in page.locator("#status").inner_text()


def test_the_draft_of_a_tab_that_is_open_is_not_offered_for_deletion(watched, label_tool):
    page = watched
    click(page, *CAR)
    page.keyboard.press("Delete")
    page.evaluate("() => window.session.drafts.flush()")
    other = page.context.new_page()
    other.goto(label_tool.link)
    other.locator(".cards li").first.wait_for()
    go(other, f"frame/{FRAME}")
    question = other.locator(".question", has_text="another tab, which is still open")
    question.wait_for()
    assert question.get_by_role("button").all_inner_texts() == ["Take it up", "Later"]
    question.get_by_role("button", name="Later").click()
    page.close()
    other.reload()
    question = other.locator(".question", has_text="unsaved work in this browser")
    question.get_by_role("button", name="Delete it").click()
    question.wait_for(state="detached")
    other.reload()
    ready(other)
    assert not other.locator(".question").count()
