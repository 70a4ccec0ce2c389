"""The file was replaced under the page: what each side changed, by object, and the merge."""

import pytest

# `mine` and `theirs` are functions that change a model of the street; what the merge makes of it.
MERGE = """
  function both(mine, theirs) {
    const base = street(), my = begin(base), their = begin(base);
    done(my, ...mine);
    done(their, ...theirs);
    const file = answer(base, their.body(), "v2");
    return [file, my, conflicts.compare(base.objects, my.body().objects, file.objects)];
  }
  const words = (found) => found.items.map(({ who, base, mine, theirs }) => (
    `${who} ${[base, mine, theirs].map((one) => one?.label ?? "none").join(" ")}`));
  const named = (entries) => entries.map((e) => (
    Number.isInteger(e) ? e : `${e.base} ${e.label}${e.deleted ? " deleted" : ""}`));
  const bus = (key) => op.changeClass([key], "bus");
  const truck = (key) => op.changeClass([key], "truck");
  const draw = (label, x) => [op.beginDrawing(label, square(x, 5)), op.closeDrawing()];
"""


def merge(run_modules, mine, theirs, choices="() => null", order="null"):
    """Who changed what, and the entries of the merge; `choices` gives one for a conflict."""
    body = f"""{MERGE}
      const [file, my, found] = both({mine}, {theirs});
      const choose = {choices};
      const chosen = new Map(conflicts.conflictsOf(found).map((item) => [item, choose(item)]));
      const entries = conflicts.resolve(found, chosen, {order});
      const model = Model.fromEntries(file, entries, my.state.drawing);
      freeze(model.state);
      return [words(found), named(entries), labels(model), model.version]
    """
    return run_modules(body)


def test_each_side_changed_other_objects(run_modules):
    words, entries, names, version = merge(run_modules, "[bus(1)]", "[truck(2)]")
    assert words == [
        "nobody road road road",
        "mine car bus car",
        "theirs car car truck",
        "nobody person person person",
        "nobody sky sky sky",
    ]
    assert entries == [0, "1 bus", 2, 3, 4]
    assert names == "road bus truck person sky"
    assert version == "v2"


def test_nobody_changed_anything(run_modules):
    words, entries, _, _ = merge(run_modules, "[]", "[]")
    assert {word.split()[0] for word in words} == {"nobody"}
    assert entries == [0, 1, 2, 3, 4]


def test_both_made_the_same_change(run_modules):
    # As after a save whose answer was lost: the second time it meets its own file.
    change = "[bus(1), op.moveToTop([0]), ...draw('car', 90), op.deleteObjects([3])]"
    words, entries, _, _ = merge(run_modules, change, change)
    assert [word.split()[0] for word in words] == [
        "nobody", "same", "nobody", "same", "nobody", "same",
    ]  # fmt: skip
    assert entries == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("choice", "entries"),
    [
        ("mine", [0, "1 bus", 2, 3, 4]),
        ("theirs", [0, 1, 2, 3, 4]),
        ("both", [0, 1, "null bus", 2, 3, 4]),
    ],
)
def test_both_changed_an_object(run_modules, choice, entries):
    words, found, _, _ = merge(run_modules, "[bus(1)]", "[truck(1)]", f"() => '{choice}'")
    assert words[1] == "conflict car bus truck"
    assert found == entries


def test_nothing_is_decided_of_a_conflict_without_a_choice(run_modules):
    body = f"""{MERGE}
      const [, , found] = both([bus(1), op.moveToTop([0])], [truck(1), op.moveToBottom([3])]);
      const [item] = conflicts.conflictsOf(found), told = [];
      for (const [choices, order] of [[[], "mine"], [[[item, "none"]], "mine"],
        [[[item, "mine"]], null], [[[item, "mine"]], "mine"]]) {{
        try {{ told.push(conflicts.resolve(found, new Map(choices), order).length); }}
        catch (error) {{ told.push(error.message); }}
      }}
      return [told, conflicts.needsOrder(found), conflicts.choicesOf(item)]
    """
    told, order, choices = run_modules(body)
    assert told == [
        "no choice is made for the object bus",
        "no choice is made for the object bus",
        "no choice is made for the painting order",
        5,
    ]
    assert order is True
    assert choices == ["mine", "theirs", "both"]


def test_objects_that_were_drawn_on_both_sides_stay_where_they_lie(run_modules):
    mine = "[...draw('car', 90), op.duplicate([0])]"
    _, entries, names, _ = merge(run_modules, mine, "[...draw('rider', 150), op.duplicate([3])]")
    assert names == "road road car car person person sky car rider"
    assert entries == [0, "null road", 1, 2, 3, 4, 5, "null car", 6]


def test_the_same_was_drawn_more_often_by_one_side(run_modules):
    mine = "[...draw('car', 90), ...draw('car', 90)]"
    _, entries, _, _ = merge(run_modules, mine, "draw('car', 90)")
    assert entries == [0, 1, 2, 3, 4, 5, "null car"]


def test_one_side_deleted_what_the_other_changed(run_modules):
    words, entries, _, _ = merge(
        run_modules, "[op.deleteObjects([1])]", "[op.moveObjects([1], 1, 1)]", "() => 'mine'"
    )
    assert words[1] == "conflict car car car"
    assert entries == [0, "1 car deleted", 2, 3, 4]


@pytest.mark.parametrize(
    ("choice", "entries"), [("mine", [0, "null bus", 1, 2, 3]), ("theirs", [0, 1, 2, 3])]
)
def test_they_took_an_object_out_of_the_file_that_i_changed(run_modules, choice, entries):
    body = f"""{MERGE}
      const base = street(), my = begin(base);
      done(my, bus(1));
      const theirs = base.objects.filter((_, i) => i !== 1);
      const found = conflicts.compare(base.objects, my.body().objects, theirs);
      const [item, ...more] = conflicts.conflictsOf(found);
      return [words(found), more, conflicts.choicesOf(item),
        named(conflicts.resolve(found, new Map([[item, "{choice}"]])))]
    """
    words, more, choices, found = run_modules(body)
    assert words[1] == "conflict car bus none"
    assert (more, choices) == ([], ["mine", "theirs"])
    assert found == entries


def test_i_took_an_object_out_that_they_did_not_touch_or_changed(run_modules):
    body = f"""{MERGE}
      // As after the undo of a drawing that was saved.
      const base = street(), entries = [0, 2, 3, 4];
      const [same, other] = [base.objects, street().objects];
      other[1].label = "bus";
      return [same, other].map((theirs) => {{
        const found = conflicts.compare(base.objects, entries, theirs);
        const items = conflicts.conflictsOf(found);
        const choices = (choice) => new Map(items.map((item) => [item, choice]));
        return [words(found)[1], ...["mine", "theirs"].map(
          (choice) => conflicts.resolve(found, choices(choice)))];
      }})
    """
    assert run_modules(body) == [
        ["mine car none car", [0, 2, 3, 4], [0, 2, 3, 4]],
        ["conflict car none bus", [0, 2, 3, 4], [0, 1, 2, 3, 4]],
    ]


def test_one_side_changed_the_order(run_modules):
    mine = merge(run_modules, "[op.moveToTop([0])]", "[truck(1)]")
    theirs = merge(run_modules, "[truck(1)]", "[op.moveToTop([0])]")
    assert mine[1] == [1, 2, 3, 4, 0]
    assert theirs[1] == ["0 truck", 1, 2, 3, 4]
    assert mine[2] == theirs[2] == "truck car person sky road"


@pytest.mark.parametrize(
    ("order", "names"),
    [("mine", "car car person sky road"), ("theirs", "person road car car sky")],
)
def test_both_changed_the_order(run_modules, order, names):
    change = "[op.moveToTop([0])]", "[op.moveToBottom([3])]"
    assert merge(run_modules, *change, order=f"'{order}'")[2] == names


def test_what_is_drawn_meanwhile_is_kept(run_modules):
    body = f"""{MERGE}
      const [file, my, found] = both([bus(1), op.beginDrawing("car", [[1, 2]])], [truck(2)]);
      const model = Model.fromEntries(file, conflicts.resolve(found), my.state.drawing);
      const before = [model.state.drawing, model.isChanged, labels(model)];
      model.undo();
      return [...before, model.isChanged, labels(model)]
    """
    assert run_modules(body) == [
        {"label": "car", "points": [[1, 2]]}, True, "road bus truck person sky", False,
        "road car truck person sky",
    ]  # fmt: skip


def test_equal_objects_are_as_many_as_they_are(run_modules):
    body = f"""{MERGE}
      const car = thing("car", square(1, 1)), base = [car, car, car];
      return [[car, car], [car, car, car, car]].map((theirs) => {{
        const found = conflicts.compare(base, [0, 1, 2], theirs);
        return [conflicts.conflictsOf(found).length, conflicts.resolve(found)];
      }})
    """
    assert run_modules(body) == [[0, [0, 1]], [0, [0, 1, 2, 3]]]


def test_objects_are_found_again_by_what_they_have_in_common(run_modules):
    body = """
      const far = thing("car", square(90, 5)), list = street().objects;
      const others = [
        thing("truck", square(20, 40)),                              // another class
        thing("car", [...square(30, 40), [31, 45]]),                 // a point more
        thing("car", square(1, 60)),                                 // the same, moved
        thing("rider", [[60.5, 30.25], [70, 31], [65, 60]]),         // class and a point
        thing("sky", [[0, 0], [3, 0], [3, 3]]),                      // hardly the same
      ];
      const pairs = matching.matched([...list, far], others);
      return others.map((_, i) => pairs.get(i) ?? null)
    """
    assert run_modules(body) == [1, 2, 5, 3, None]


def test_whoever_changes_what_nothing_is_lost(run_modules):
    body = f"""{MERGE}
      const kinds = [(k) => bus(k), (k) => truck(k), (k) => op.deleteObjects([k]),
        (k, draw) => op.moveObjects([k], draw(60) - 30, draw(9)), (k) => op.duplicate([k], 3, 3),
        (k) => op.moveToTop([k]), (k) => op.moveDown([k]),
        (k, draw) => op.setPolygon(k, square(draw(150), draw(60), 5 + draw(30)))];
      const pick = random(99), some = () => Array.from({{ length: pick(6) }},
        () => kinds[pick(kinds.length)](pick(5), pick));
      let lost = 0, conflicted = 0, changed = 0;
      for (let i = 0; i < 1500; i++) {{
        const base = street(), my = begin(base), their = begin(base);
        done(my, ...some());
        done(their, ...some());
        const file = answer(base, their.body(), "v2");
        const gone = pick(3) === 0 && file.objects.length > 1 ? pick(file.objects.length) : -1;
        if (gone >= 0) file.objects.splice(gone, 1);
        const entries = my.body().objects;
        const found = conflicts.compare(base.objects, entries, file.objects);
        const items = conflicts.conflictsOf(found);
        conflicted += items.length;
        const choices = new Map(items.map((item) => [item, item.theirs ? "both" : "mine"]));
        const merged = conflicts.resolve(found, choices, "mine");
        const rounded = (one) => (
          {{ ...one, polygon: polygons.whole(one.polygon) }});
        const contents = (list) => list.map(rounded).map(matching.contentOf);
        const after = Model.fromEntries(file, merged).body().objects.map(
          (entry) => Number.isInteger(entry) ? file.objects[entry] : entry);
        const there = new Set(contents(after)), was = new Set(contents(base.objects));
        // All that either side changed or added is there; and no place of their file twice.
        const mine = contents(entries.filter((entry) => !Number.isInteger(entry)));
        const theirs = contents(file.objects).filter((one) => !was.has(one));
        changed += mine.length + theirs.length;
        lost += [...mine, ...theirs].filter((one) => !there.has(one)).length;
        const places = merged.map((entry) => entry.base ?? entry).filter(Number.isInteger);
        if (new Set(places).size !== places.length) throw new Error("a place is there twice");
        // What nobody touched is there as often as it was, less the one that they took out.
        const untouched = found.items.filter(({{ who }}) => who === "nobody").length;
        if (merged.filter(Number.isInteger).length < untouched) throw new Error("untouched: lost");
      }}
      return [lost, conflicted, changed]
    """
    lost, conflicted, changed = run_modules(body)
    assert lost == 0
    assert conflicted > 500
    assert changed > 3000
