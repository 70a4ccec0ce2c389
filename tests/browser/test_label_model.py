"""The label tool's model of a frame: steps, saves, drafts; ten thousand operations and back."""


def test_the_changes_of_a_body_count_from_the_file(run_modules):
    body = """
      const model = begin(), bodies = [];
      done(model, op.changeClass([3], "rider"));
      bodies.push(model.body().objects[3], model.isChanged);
      done(model, op.changeClass([3], "person"));
      bodies.push(model.body().objects[3], model.isChanged);
      done(model, op.moveToTop([0]));
      bodies.push(model.body().objects, model.isChanged);
      return bodies
    """
    rider, *rest = run_modules(body)
    # Another class leaves the outline as it is; the old one again, and nobody touched the object.
    assert rider["polygon"] == [[60.5, 30.25], [70, 30], [65, 60]]
    assert rest == [True, 3, False, [1, 2, 3, 4, 0], True]


def test_damaged_objects_can_be_deleted(run_modules):
    body = """
      const damaged = [[1, null], [2, 2]];
      const model = begin(documentOf([thing("car", damaged), thing("car", "odd"), null]));
      const first = model.body().objects;
      done(model, op.deleteObjects([0, 1, 2]));
      const entries = model.body().objects;
      const again = Model.fromDraft(model.document, structuredClone(model.draft()));
      return [first, entries.map(({ polygon = null, deleted }) => [polygon, deleted]),
        body(again) === body(model)]
    """
    assert run_modules(body) == [
        [0, 1, 2], [[[[1, None], [2, 2]], True], ["odd", True], [None, True]], True,
    ]  # fmt: skip


def test_a_key_is_never_given_twice(run_modules):
    body = """
      const model = begin(), keys = [];
      for (let i = 0; i < 3; i++) {
        done(model, op.duplicate([1]));
        keys.push(...model.state.selection);
        model.undo();
      }
      return keys
    """
    assert run_modules(body) == [5, 6, 7]


def test_after_a_save_all_is_untouched_and_steps_can_be_undone(run_modules):
    body = """
      const first = street(), model = begin(first);
      done(model, op.deleteObjects([0]), op.duplicate([1]));
      const sent = model.state, second = answer(first, model.body(sent), "v2");
      done(model, op.changeClass([3], "rider"));  // while the save is under way
      model.saved(second, sent);
      const found = [model.version, model.body().objects];
      model.undo();
      found.push(model.body().objects, model.isChanged);
      model.undo(); model.undo();
      const third = answer(second, model.body(), "v3");
      model.saved(third);
      found.push(model.body().objects, third.objects);
      while (model.redo());
      found.push(model.body().objects.map(
        (entry) => Number.isInteger(entry) ? entry : `${entry.base} ${entry.label}`));
      return found
    """
    version, during, undone, changed, again, objects, redone = run_modules(body)
    assert version == "v2"
    assert during[:4] == [0, 1, 2, 3] and during[4]["label"] == "rider" and during[5] == 5
    assert (undone, changed) == ([0, 1, 2, 3, 4, 5], False)
    assert again == [0, 1, 2, 3, 4]
    assert [one.get("deleted", 0) for one in objects] == [0, 0, 0, 0, 1]
    assert objects[1]["user"] == "someone"
    assert redone == ["0 road", 1, "null car", 2, "3 rider", 4]


def test_a_save_whose_answer_is_of_other_objects_is_a_bug(run_modules):
    body = """
      try { begin().saved(documentOf([])); } catch (error) { return error.message }
    """
    assert run_modules(body) == "5 objects were saved, 0 came back"


RANDOM = """
  const byName = new Map([["car", { has_instances: true }], ["person", { has_instances: true }],
    ["road", {}], ["sky", {}], ["pole", {}], ["polegroup", {}]]);
  const names = [...byName.keys()];
  function operation(draw, { objects, drawing, selection }) {
    const number = (most) => draw(most + 1) / (draw(3) ? 1 : 4);
    const point = () => [number(200), number(100)];
    const any = () => objects[draw(objects.length)]?.key ?? 0;
    const keys = () => draw(4) ? [any()] : draw(2) ? [any(), any(), any()] : [...selection];
    const vertex = () => ({ key: any(), index: draw(6) });
    const options = { locked: new Set(draw(8) ? [] : [any()]), together: draw(2) === 1 };
    const small = objects.length < 60;
    const list = {
      beginDrawing: () => op.beginDrawing(names[draw(6)]),
      addPoint: () => op.addPoint(point()), addPoints: () => op.addPoints([point(), point()]),
      removeLastPoint: () => op.removeLastPoint(),
      setDrawingLabel: () => op.setDrawingLabel(names[draw(6)]),
      closeDrawing: () => small && op.closeDrawing(), cancelDrawing: () => op.cancelDrawing(),
      moveVertex: () => op.moveVertex(vertex(), point(), options),
      moveVertices: () => op.moveVertices([vertex(), vertex()], draw(9) - 4, draw(9) - 4, options),
      insertVertex: () => op.insertVertex(vertex(), point(), options),
      deleteVertices: () => op.deleteVertices([vertex()], options),
      setPolygon: () => op.setPolygon(any(), [point(), point(), point(), point()], options),
      moveObjects: () => op.moveObjects(keys(), draw(9) - 4, draw(9) - 4, options),
      deleteObjects: () => op.deleteObjects(keys(), options),
      bringBack: () => op.bringBack(keys(), options),
      duplicate: () => small && op.duplicate(keys(), 1, 1),
      changeClass: () => op.changeClass(keys(), names[draw(6)], options),
      makeGroup: () => op.makeGroup(keys(), byName, options),
      ungroup: () => op.ungroup(keys(), byName, options),
      moveUp: () => op.moveUp(keys(), options), moveDown: () => op.moveDown(keys(), options),
      moveToTop: () => op.moveToTop(keys(), options),
      moveToBottom: () => op.moveToBottom(keys(), options),
      moveTo: () => op.moveTo(keys(), draw(objects.length + 1), options),
      replaceObject: () => small && op.replaceObject(any(), [square(draw(99), draw(50)),
        square(draw(99), draw(50), 4)].slice(draw(2)), { ...options, consumed: keys() }),
      select: () => op.select(keys()), toggleSelected: () => op.toggleSelected(any()),
      selectNext: () => op.selectNext(draw(2) ? 1 : -1), selectNone: () => op.selectNone(),
    };
    const kinds = Object.keys(list);
    const kind = kinds[draw(kinds.length)];
    return [kind, list[kind]() || op.selectNone()];
  }
  function check(model) {
    const keys = new Set(model.state.objects.map(({ key }) => key));
    if (keys.size !== model.state.objects.length) throw new Error("a key is there twice");
    const bases = model.state.objects.map(({ base }) => base).filter((base) => base !== null);
    if (new Set(bases).size !== bases.length) throw new Error("a base is there twice");
    for (const entry of model.body().objects) {
      if (Number.isInteger(entry)) continue;
      const original = model.document.objects[entry.base]?.polygon;
      if (original && states.samePolygon(original, entry.polygon)) continue;
      if (!entry.polygon.flat().every(Number.isInteger)) throw new Error("no whole numbers");
      if (polygons.problemOf(entry.polygon)) throw new Error(polygons.problemOf(entry.polygon));
    }
  }
"""


def test_ten_thousand_operations_are_undone_and_redone(run_modules):
    body = (
        RANDOM
        + """
      const model = begin(), draw = random(20261127), applied = {}, first = body(model);
      for (let i = 0; i < 10000; i++) {
        if (draw(12) === 0) { model.undo(); continue; }
        if (draw(24) === 0) { model.redo(); continue; }
        const [kind, one] = operation(draw, model.state);
        applied[kind] ??= 0;
        if (model.apply(one)) applied[kind]++;
        freeze(model.state);
        check(model);
      }
      const last = body(model);
      let steps = 0;
      while (model.undo()) steps++;
      const back = body(model);
      let again = 0;
      while (model.redo()) again++;
      return [first, back, last === first, body(model) === last, steps, again,
        Object.keys(applied).filter((kind) => !applied[kind])]
    """
    )
    first, back, nothing, same, steps, again, never = run_modules(body)
    assert first == back == '{"objects":[0,1,2,3,4]}'
    assert not nothing and same
    assert steps == again > 3000
    assert never == []  # no operation was always refused


def test_random_operations_with_saves_between_return_to_the_first_objects(run_modules):
    body = (
        RANDOM
        + """
      let document = street(), saves = 0;
      const model = begin(document), draw = random(14);
      const contents = (list) => list.map(states.editable).map(matching.contentOf).join();
      for (let i = 0; i < 2000; i++) {
        model.apply(operation(draw, model.state)[1]);
        if (draw(50)) continue;
        const sent = model.state;
        document = answer(document, model.body(sent), `v${++saves}`);
        if (draw(2)) model.apply(operation(draw, model.state)[1]);
        model.saved(document, sent);
        if (model.state.objects === sent.objects && model.isChanged) throw new Error("changed");
        check(model);
      }
      while (model.undo());
      const whole = (list) => list.map(
        (one) => ({ ...one, polygon: polygons.whole(one.polygon) }));
      const file = answer(document, model.body(), "end");
      return [saves, contents(whole(file.objects)) === contents(whole(street().objects)),
        file.objects[1].user]
    """
    )
    saves, same, user = run_modules(body)
    assert saves > 20
    assert same
    assert user == "someone"


def test_a_draft_is_the_model_again(run_modules):
    body = """
      const model = begin();
      done(model, op.changeClass([1], "bus"), op.moveToTop([0]), op.duplicate([3]),
        op.beginDrawing("car"), op.addPoint([3, 4]));
      const draft = structuredClone(model.draft());
      const again = Model.fromDraft(street(), draft);
      const newer = Model.fromDraft(documentOf([thing("sky", square(0, 0))], "v2"), draft);
      const found = [body(again) === body(model), again.state.drawing, newer.version,
        body(newer) === body(model), newer.document.objects.length];
      again.undo();
      found.push(again.isChanged, again.isDrawing, again.canUndo);
      try { Model.fromDraft(street(), { form: 0 }); } catch (error) { found.push(error.message); }
      return found
    """
    assert run_modules(body) == [
        True, {"label": "car", "points": [[3, 4]]}, "v1", True, 5, False, False, False,
        "the draft was stored by another version of this page",
    ]  # fmt: skip


def test_a_polygon_is_outside_where_none_of_it_is_painted(run_modules):
    body = """
      const size = { width: 20, height: 10 };
      return [[-11, 0], [-10, 0], [0, -11], [0, -10], [20, 0], [19, 0], [0, 10], [0, 9], [-2, -2]]
        .map(([x, y]) => polygons.isOutside(square(x, y), size))
    """
    assert run_modules(body) == [True, False, True, False, True, False, True, False, False]
