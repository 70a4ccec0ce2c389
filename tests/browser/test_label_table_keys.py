"""Hot keys of the label table: a column that it may have, in the label tool."""

import csv
import re
import shutil

import pytest

from cityscapes.labels import HOT_KEYS, TAKEN_KEYS
from label_pages import click, pick_class, ready, said
from tiny import CLONE
from viewer_pages import FRAME, start, stop

PAGES = CLONE / "scripts/cityscapes/label_tool/pages"
OWN = {"car": "r", "bicycle": "3", "unlabeled": "u"}


@pytest.fixture(scope="module")
def tool_with_keys(folder, tmp_path_factory):
    """A label tool of a copy of the sample, whose label table has hot keys."""
    target = tmp_path_factory.mktemp("keys") / "work"
    shutil.copytree(folder, target, symlinks=True)
    with open(CLONE / "config/labels.csv", newline="") as file:
        rows = list(csv.reader(file))
    (target / "config").mkdir(exist_ok=True)
    with open(target / "config/labels.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*rows[0], "hotKey"])
        writer.writerows([*row, OWN.get(row[0], "")] for row in rows[1:])
    running = start(target, tool="label_tool.py")
    yield running
    stop(running)


@pytest.fixture
def page(tool_with_keys, new_page):
    page = new_page(tool_with_keys, f"frame/{FRAME}?view=0,0,1")
    ready(page)
    return page


def test_keys_of_the_table_stay_and_the_other_digits_are_those_of_classes_without(run_modules):
    body = """
      const table = "unlabeled road car tree dog cat hut sky bus pole wall mole".split(" ")
        .map((name, id) => ({ name, id, ignore_in_eval: id === 0 || name === "tree",
          hot_key: { car: "2", tree: "T" }[name] ?? "" }));
      const first = hotKeys.firstHotKeys(table);
      const used = ["tree", "car", "mole"].reduce(hotKeys.withUse, first);
      const press = (key, code) => hotKeys.classOfKey(used, { key, code }) ?? null;
      const all = table.map((one, i) => ({ ...one, hot_key: String(i + 1) }));
      const none = hotKeys.firstHotKeys(all);
      const stale = JSON.stringify({ ...first, names: ["tree", ...first.names.slice(1)] });
      return [first.digits.join(""), first.names.join(" "), used.names.join(" "),
        [press('"', "Digit2"), press("t", "KeyT"), press("!", "Digit1"), press("x", "KeyX")],
        hotKeys.keysOf(used).get("mole"), none.names, hotKeys.withUse(none, "road") === none,
        hotKeys.storedHotKeys(stale, table).names.includes("tree")]
    """
    assert run_modules(body) == [
        "13456789",
        "road dog cat hut sky bus pole wall",
        "road dog cat hut sky bus pole mole",
        ["car", "tree", "road", None],
        "9",
        [],
        True,
        False,
    ]


def test_a_class_is_chosen_by_its_key_of_the_table(page):
    page.keyboard.press("Shift+KeyU")
    page.locator("#status", has_text="The next object is unlabeled.").wait_for()
    click(page, 415, 125)
    page.locator(".objectlist [aria-selected=true]", has_text="car").wait_for()
    page.keyboard.press("Shift+Digit3")
    page.locator("#status", has_text="now bicycle").wait_for()
    page.keyboard.press("Shift+r")
    page.locator("#status", has_text="now car").wait_for()
    page.keyboard.press("Shift+l")  # the tool's own
    page.locator("#status", has_text="1 objects locked").wait_for()
    page.keyboard.press("Shift+l")


def test_keys_of_the_table_are_in_the_list_of_classes_and_in_the_help(page):
    page.keyboard.press("m")
    for name, key in OWN.items():
        option = page.get_by_role("option", name=re.compile(f"^{name}"))
        assert option.first.locator("kbd").inner_text() == f"Shift + {key.upper()}"
    pick_class(page, "road")
    assert "road" in said(page)
    page.keyboard.press("?")
    rows = page.locator("#help tr").all_inner_texts()
    assert [row.split() for row in rows if row.split()[-1] in OWN] == [
        ["Shift", "+", "3", "bicycle"],
        ["Shift", "+", "U", "unlabeled"],
        ["Shift", "+", "R", "car"],
    ]


def test_the_table_may_have_all_keys_but_those_that_the_tool_has_with_shift():
    text = (PAGES / "edit_keys.js").read_text()
    assert set(re.findall(r'"Shift\+([a-z])"', text)) == set(TAKEN_KEYS.lower())
    viewer = (CLONE / "scripts/cityscapes/viewer/pages/keys.js").read_text()
    assert not re.findall(r'"Shift\+([a-z])"', viewer)
    assert set(TAKEN_KEYS) < set(HOT_KEYS)
