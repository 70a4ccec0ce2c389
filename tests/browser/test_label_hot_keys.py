"""Which classes the digits stand for in the label tool."""

from playwright.sync_api import expect

from label_pages import click, pick_class, ready

HOT_KEYS = """
  const table = "unlabeled road car tree dog cat hut sky bus pole wall".split(" ")
    .map((name, id) => ({ name, id, ignore_in_eval: id === 0 || name === "tree" }));
  const first = hotKeys.firstHotKeys(table);
"""


def test_hot_keys_are_those_of_the_label_table_and_of_what_is_used(run_modules):
    body = f"""{HOT_KEYS}
      const after = ["road", "tree", "road", "wall"].reduce(hotKeys.withUse, first);
      return [first.names, after.names, hotKeys.withUse(after, "wall") === after,
        hotKeys.firstHotKeys(table.slice(0, 4)).names].map((names) => names.join?.(" ") ?? names)
    """
    assert run_modules(body) == [
        "road car dog cat hut sky bus pole wall",
        # A digit stays with its class, unless a class that has none is used.
        "road car dog cat hut sky bus wall tree",
        True,
        "road car tree",
    ]


def test_hot_keys_come_back_where_they_fit_the_table(run_modules):
    body = f"""{HOT_KEYS}
      const used = hotKeys.withUse(first, "tree");
      const stored = (value) => hotKeys.storedHotKeys(JSON.stringify(value), table).names;
      const other = {{ ...used, names: used.names.map((n) => n === "tree" ? "lake" : n) }};
      const twice = {{ names: used.names.map(() => "tree"), order: used.names.map(() => "tree") }};
      return [stored(used), stored(other), stored(null), stored({{ names: 3 }}),
        hotKeys.storedHotKeys("odd", table).names, stored(twice),
      ].map((names) => names.includes("tree"))
    """
    assert run_modules(body) == [True, False, False, False, False, False]


def test_a_class_that_is_used_has_a_key_also_after_a_reload(edit_page):
    page = edit_page()
    page.keyboard.press("m")
    pick_class(page, "bicycle")
    page.locator(".editbar .class", has_text="bicycle").wait_for()
    page.reload()
    ready(page)
    page.keyboard.press("m")
    option = page.get_by_role("option", name="bicycle")
    key = option.locator("kbd").inner_text()
    expect(page.locator(".chooser kbd")).to_have_count(9)
    page.keyboard.press("Escape")
    click(page, 415, 125)
    page.locator(".objectlist [aria-selected=true]", has_text="car").wait_for()
    page.keyboard.press(key.replace(" + ", "+Digit"))
    page.locator("#status", has_text="now bicycle").wait_for()
