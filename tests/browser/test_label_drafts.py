"""Drafts in the browser's database: stored soon, there after a reload and a crash, errors said."""

import json
import re

import pytest

from label_modules import ORIGIN, evaluate, open_modules
from viewer_pages import open_context

PLACE = '{ dataset: "/data", type: "gtFine", split: "val", city: "bonn", frame: "bonn_1" }'
# Drafts of this page, what they said, and a frame with a change.
BEGIN = f"""
  const told = window.told ??= [], stored = window.stored ??= [], place = {PLACE};
  const kept = window.kept ??= new drafts.Drafts({{ delay: 50,
    onError: (message) => told.push(message), onStored: (record) => stored.push(record) }});
  const model = begin();
  done(model, op.changeClass([1], "bus"), op.beginDrawing("car"), op.addPoint([3, 4]));
  const wait = (ms) => new Promise((go) => setTimeout(go, ms));
"""


@pytest.fixture
def context(chromium):
    context = open_context(chromium)
    yield context
    context.close()


@pytest.fixture
def page(context):
    return open_modules(context)


def run(page, body):
    return evaluate(page, f"{BEGIN} {body}")


def store_one(page):
    assert run(page, "kept.changed(place, () => model.draft()); return kept.flush()") is True


def test_a_draft_is_stored_soon_after_a_change(page):
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    change = "kept.changed(place, () => model.draft())"
    run(page, change)
    page.clock.run_for(49)
    assert run(page, "return (await kept.list(place)).length") == 0
    run(page, change)  # changes that follow do not put it off
    page.clock.run_for(1)
    body = """
      const after = await kept.list(place, "v1");
      return [after.length, stored.length, after[0].version, after[0].isStale, told,
        new Date(after[0].date) <= new Date()]
    """
    assert run(page, body) == [1, 1, "v1", False, [], True]


def test_the_delay_is_a_second(page):
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    body = """
      const slow = window.slow ??= new drafts.Drafts({ onError: (text) => told.push(text) });
      slow.changed(place, () => model.draft());
    """
    run(page, body)
    page.clock.run_for(999)
    count = "return [(await slow.list(place)).length, told]"
    assert run(page, count) == [0, []]
    page.clock.run_for(1)
    assert run(page, count) == [1, []]
    run(page, "await slow.close()")


def take_it(page):
    body = """
      const [record] = await kept.list(place, "v1");
      const again = Model.fromDraft(street(), await kept.take(record));
      return [record.isOpen, again.body().objects[1].label, again.state.drawing,
        (await kept.list(place)).map(({ tab }) => tab === kept.store.tab)]
    """
    return run(page, body)


def test_a_draft_is_there_after_a_reload(page):
    store_one(page)
    page.reload()
    assert take_it(page) == [False, "bus", {"points": [[3, 4]], "label": "car"}, [True]]


def test_a_change_just_before_a_reload_is_there(page):
    run(page, "kept.delay = 1e6; kept.changed(place, () => model.draft())")
    page.reload()
    assert take_it(page)[1] == "bus"


def test_a_draft_is_there_after_a_crash(page, context):
    store_one(page)
    with page.expect_event("crash"):
        try:
            page.goto("chrome://crash", timeout=5000)
        except Exception as error:  # which a crash is for the one who waits for the page
            assert re.search("crash|Timeout", str(error))
    assert take_it(open_modules(context)) == [
        False, "bus", {"points": [[3, 4]], "label": "car"}, [True],
    ]  # fmt: skip


def test_two_tabs_do_not_replace_their_drafts(page, context):
    store_one(page)
    other = open_modules(context)
    body = """
      done(model, op.changeClass([1], "truck"));
      kept.changed(place, () => model.draft());
      await kept.flush();
      return (await kept.list(place)).map(({ draft, isOpen, tab }) => (
        [draft.objects[1].label, isOpen, tab === kept.store.tab]))
    """
    assert run(other, body) == [["truck", True, True], ["bus", True, False]]
    page.close()
    body = """
      let open = [];
      for (let i = 0; i < 500 && open[1] !== false; i++) {
        open = (await kept.list(place)).map(({ isOpen }) => isOpen);
        await wait(20);
      }
      return open
    """
    assert run(other, body) == [True, False]


def test_a_draft_ends_with_the_save(page):
    store_one(page)
    body = """
      kept.changed(place, () => (model.isChanged ? null : model.draft()));
      await kept.flush();
      return [stored.at(-1), await kept.list(place)]
    """
    assert run(page, body) == [None, []]


def test_drafts_are_listed_by_frame_and_deleted(page):
    body = """
      const places = ["bonn_1", "bonn_2", "bonn_10"].map((frame) => ({ ...place, frame }));
      for (const one of places) kept.changed(one, () => model.draft());
      kept.changed({ ...place, type: "gtCoarse" }, () => model.draft());
      kept.changed({ ...place, dataset: "/other" }, () => model.draft());
      await kept.flush();
      const { dataset, type } = place;
      const names = async (of) => (await kept.list(of)).map((r) => `${r.type} ${r.frame}`).sort();
      const found = [await names(place), await names({ dataset }), await names({ dataset, type })];
      const gone = await kept.delete((await kept.list(place))[0]);
      return [...found, gone, await names({ dataset })]
    """
    one, every, fine, gone, rest = run(page, body)
    assert one == ["gtFine bonn_1"]
    assert fine == ["gtFine bonn_1", "gtFine bonn_10", "gtFine bonn_2"]
    assert every == ["gtCoarse bonn_1", *fine]
    assert gone is True
    assert rest == ["gtCoarse bonn_1", *fine[1:]]


def test_a_draft_of_another_version_is_offered_as_such(page):
    store_one(page)
    body = """
      const [record] = await kept.list(place, "v2");
      const [same] = await kept.list(place, "v1");
      const found = Model.fromDraft(documentOf([], "v2"), await kept.take(record));
      return [drafts.offerOf(record), drafts.offerOf({ ...same, isOpen: false }), found.version]
    """
    stale, same, version = run(page, body)
    assert stale.endswith("begun from another version of the file: both will be compared")
    assert same == "unsaved work in this browser"
    assert version == "v1"


def test_a_full_disk_is_said_at_once_and_it_goes_on_when_there_is_room(page, context):
    session = context.new_cdp_session(page)
    quota = {"origin": ORIGIN, "quotaSize": 2000}
    session.send("Storage.overrideQuotaForOrigin", quota)
    body = """
      const big = { ...model.draft(), base: "x".repeat(5e6) };
      kept.changed(place, () => big);
      return [await kept.flush(), told, stored.length]
    """
    stored, told, count = run(page, body)
    assert stored is False and count == 0
    assert len(told) == 1
    assert told[0].startswith("Drafts cannot be stored in this browser: its storage is full.")
    session.send("Storage.overrideQuotaForOrigin", {"origin": ORIGIN})
    store_one(page)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ('new DOMException("no", "SecurityError")', "it does not let this page store anything"),
        ('new DOMException("no", "UnknownError")', "as on a full disk"),
        ('new DOMException("no", "InvalidStateError")', "as in a private window"),
        ('new TypeError("odd")', "odd"),
    ],
)
def test_a_browser_that_stores_nothing_is_said_before_the_first_change(context, error, words):
    context.add_init_script(
        f"IDBFactory.prototype.open = () => {{ throw {error} }}",
    )
    page = open_modules(context)
    body = """
      await kept.ready;
      const first = [...told];
      kept.changed(place, () => model.draft());
      return [first, await kept.flush(), told.length, await kept.list(place), await kept.take({})]
    """
    first, stored, count, found, taken = run(page, body)
    assert len(first) == 1 and words in first[0]
    assert (stored, count, found, taken) == (False, 2, [], None)


def test_a_database_that_was_removed_is_made_again(page):
    store_one(page)
    page.evaluate(
        """(name) => new Promise((done) => {
          indexedDB.deleteDatabase(name).onsuccess = done;
        })""",
        "cityscapes-label-tool",
    )
    store_one(page)
    assert run(page, "return [(await kept.list(place)).length, told]") == [1, []]


def test_what_was_stored_meanwhile_stays(page, context):
    store_one(page)
    other = open_modules(context)
    body = """
      const [record] = await kept.list(place);
      done(model, op.changeClass([1], "truck"));
      kept.changed(place, () => model.draft());
      await kept.flush();
      await kept.take(record);
      return (await kept.list(place)).map(({ draft }) => draft.objects[1].label)
    """
    assert run(other, body) == ["truck"]


def test_what_cannot_be_stored_is_said(page):
    body = """
      kept.changed(place, () => ({ ...model.draft(), odd: () => 1 }));
      return [await kept.flush(), told.length, await kept.list(place)]
    """
    assert run(page, body) == [False, 1, []]


def test_drafts_hold_what_is_sent_and_what_it_began_from(page):
    store_one(page)
    draft = run(page, "return (await kept.list(place))[0].draft")
    assert [one.get("label") for one in json.loads(draft["base"])][:2] == ["road", "car"]
    assert draft["objects"][2:] == [2, 3, 4]
