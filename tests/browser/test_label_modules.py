"""What can be done to a frame in the label tool, by the modules that touch no element."""


def test_a_polygon_is_drawn_point_by_point(run_modules):
    body = """
      const model = begin();
      const told = done(model, op.beginDrawing("car"), op.addPoint([1.4, 2.6]),
        op.addPoint([1, 3]), op.addPoint([9, 3]), op.closeDrawing(), op.addPoint([9, 9]),
        op.closeDrawing());
      return [told, model.state.drawing, model.body().objects, [...model.state.selection]]
    """
    told, drawing, objects, selection = run_modules(body)
    few = "a polygon needs 3 different points, this one has 2"
    assert told == [True, True, "", True, few, True, True]
    assert drawing is None
    new = {"base": None, "label": "car", "polygon": [[1, 3], [9, 3], [9, 9]], "deleted": False}
    assert objects == [0, 1, 2, 3, 4, new]
    assert selection == [5]


def test_every_step_of_drawing_is_undone(run_modules):
    body = """
      const model = begin();
      done(model, op.beginDrawing("car"), op.addPoint([1, 1]),
        op.addPoints([[2, 1], [2, 1], [5, 5]]), op.removeLastPoint());
      const counts = [model.state.drawing.points.length];
      while (model.undo()) counts.push(model.state.drawing?.points.length ?? null);
      const back = [model.isDrawing, model.canUndo, model.canRedo];
      while (model.redo());
      return [counts, back, model.state.drawing.points.length]
    """
    assert run_modules(body) == [[2, 3, 1, 0, None], [False, False, True], 2]


def test_drawing_ends_with_its_last_point_or_when_it_is_cancelled(run_modules):
    body = """
      const model = begin();
      const told = done(model, op.beginDrawing(), op.beginDrawing(), op.addPoint([1, 1]),
        op.removeLastPoint(), op.removeLastPoint(), op.removeLastPoint(), op.addPoint([1, 1]),
        op.beginDrawing(), op.addPoints([[0, 0], [9, 0], [9, 9], [0, 0]]), op.closeDrawing(),
        op.setDrawingLabel("bus"), op.cancelDrawing(), op.cancelDrawing(), op.closeDrawing());
      return [told, model.isChanged]
    """
    none = "no polygon is being drawn"
    two = "a polygon is being drawn: close it or cancel it first"
    unnamed = "the new object needs a class"
    told, changed = run_modules(body)
    assert told[:7] == [True, two, True, True, True, none, none]
    assert told[7:] == [True, True, unnamed, True, True, none, none]
    assert changed is False


def test_a_point_that_closes_the_outline_is_not_there_twice(run_modules):
    body = """
      const model = begin(documentOf([]));
      done(model, op.beginDrawing("car", [[0, 0], [9, 0], [9, 9], [0, 0]]), op.closeDrawing());
      return model.state.objects[0].polygon
    """
    assert run_modules(body) == [[0, 0], [9, 0], [9, 9]]


def test_vertices_are_moved_inserted_and_deleted(run_modules):
    body = """
      const model = begin();
      const told = done(model, op.moveVertex({ key: 1, index: 0 }, [18.6, 39]),
        op.insertVertex({ key: 1, index: 4 }, [15, 45]),
        op.insertVertex({ key: 1, index: 9 }, [1, 1]),
        op.deleteVertices([{ key: 1, index: 1 }, { key: 1, index: 2 }]),
        op.deleteVertices([{ key: 1, index: 0 }]), op.moveVertex({ key: 1, index: 7 }, [1, 1]),
        op.moveVertex({ key: 1, index: 0 }, [19, 39]), op.deleteVertices([]));
      return [told, model.state.objects[1].polygon, model.body().objects.map((e) => e.base ?? e)]
    """
    few = "an object keeps at least 3 points; delete the object instead"
    none = "no point is selected"
    assert run_modules(body) == [
        [True, True, "there is no place 9", True, few, "there is no point 7", "", none],
        [[19, 39], [20, 50], [15, 45]],
        [0, 1, 2, 3, 4],
    ]  # fmt: skip


def test_coincident_points_of_neighbours_move_together(run_modules):
    body = """
      const alone = begin(), together = begin(), locked = begin();
      const move = (options) => op.moveVertex({ key: 1, index: 1 }, [33, 41], options);
      done(alone, move());
      done(together, move({ together: true }));
      done(locked, move({ together: true, locked: new Set([2]) }));
      return [alone, together, locked].map(
        ({ state: { objects } }) => [objects[1].polygon[1], objects[2].polygon[0]])
    """
    assert run_modules(body) == [
        [[33, 41], [30, 40]], [[33, 41], [33, 41]], [[33, 41], [30, 40]],
    ]  # fmt: skip


def test_objects_are_moved_and_what_returns_is_untouched(run_modules):
    body = """
      const model = begin(), bodies = [];
      for (const one of [op.moveObjects([1, 3], 5, -2.4), op.moveObjects([1], -5, 2),
        op.moveObjects([1], 0.2, 0)]) {
        const told = done(model, one);
        bodies.push([told, model.body().objects]);
      }
      model.undo(); model.undo();
      return [...bodies, model.body().objects]
    """
    first, second, third, last = run_modules(body)
    # A point that is not whole becomes so with the change, and 60.5 is rounded up.
    person = {"base": 3, "label": "person", "deleted": False}
    person["polygon"] = [[66, 28], [75, 28], [70, 58]]
    assert first[1][3] == person
    assert first[1][1]["polygon"][0] == [25, 38]
    assert second == [[True], [0, 1, 2, person, 4]]
    assert third == [[""], second[1]]
    assert last == [0, 1, 2, 3, 4]


def test_neighbours_go_along_where_they_touch(run_modules):
    body = """
      const model = begin();
      done(model, op.moveObjects([1], 3, 0, { together: true }));
      return model.state.objects.map(({ polygon }) => polygon)[2]
    """
    assert run_modules(body) == [[33, 40], [40, 40], [40, 50], [33, 50]]


def test_objects_are_deleted_and_brought_back(run_modules):
    body = """
      const model = begin();
      done(model, op.deleteObjects([0, 1]), op.bringBack([0, 4]));
      return model.body().objects.map((entry) => entry.deleted ?? entry)
    """
    assert run_modules(body) == [0, True, 2, 3, False]


def test_copies_lie_above_their_objects_and_are_selected(run_modules):
    body = """
      const model = begin();
      done(model, op.duplicate([1, 3], 2, 2));
      return [labels(model), [...model.state.selection], model.state.objects[5].polygon[0],
        model.body().objects.map((entry) => entry.base === null ? "new" : entry)]
    """
    assert run_modules(body) == [
        "road car car car person person sky",
        [5, 6],
        [63, 32],
        [0, 1, "new", 2, 3, "new", 4],
    ]


def test_classes_and_groups(run_modules):
    body = """
      const model = begin(documentOf(["car", "pole", "road", "polegroup", "cargroup", "sky"].map(
        (label) => thing(label, square(0, 0)))));
      const byName = new Map([["car", { has_instances: true }], ["pole", {}], ["road", {}],
        ["polegroup", {}], ["sky", {}]]);
      const told = done(model, op.makeGroup([0, 1], byName), op.makeGroup([2], byName),
        op.ungroup([3, 4], byName), op.ungroup([5], byName), op.changeClass([5], "road"),
        op.changeClass([5], ""), op.changeClass([], "car"), op.changeClass([5], "road"));
      const after = labels(model);
      done(model, op.ungroup([0, 1], byName));
      return [told, after, model.body().objects.slice(0, 2)]
    """
    told, after, back = run_modules(body)
    assert told[:5] == [True, "the class road has no groups", True, "sky is no group", True]
    assert told[5:] == ["no class is chosen", "no object is selected", ""]
    assert after == "cargroup polegroup road pole car road"
    assert back == [0, 1]


def test_objects_with_too_few_points_stay_or_are_deleted(run_modules):
    body = """
      const model = begin(documentOf([thing("car", [[1, 1], [2, 2]]), thing("car", null)]));
      const told = done(model, op.changeClass([0], "bus"), op.moveObjects([0], 1, 1),
        op.duplicate([1]), op.deleteObjects([0]), op.bringBack([0]));
      return [told, model.isChanged]
    """
    two = "a polygon needs 3 different points, this one has 2"
    none = "a polygon needs 3 different points, this one has 0"
    assert run_modules(body) == [[two, two, none, True, two], True]


def test_locked_objects_are_refused(run_modules):
    body = """
      const model = begin(), locked = new Set([1]), options = { locked };
      return [done(model, op.moveObjects([0, 1], 1, 1, options), op.deleteObjects([1], options),
        op.changeClass([1], "bus", options), op.moveUp([1], options),
        op.moveVertex({ key: 1, index: 0 }, [0, 0], options),
        op.insertVertex({ key: 1, index: 0 }, [0, 0], options),
        op.deleteVertices([{ key: 1, index: 0 }], options),
        op.setPolygon(1, square(0, 0), options),
        op.replaceObject(0, [square(0, 0)], { locked, consumed: [1] }), op.moveToTop([1], options),
        op.bringBack([1], options)),
        model.canUndo]
    """
    told, undo = run_modules(body)
    assert told == ["the object car is locked"] * 11
    assert undo is False


def test_the_selection_is_no_step(run_modules):
    body = """
      const model = begin();
      done(model, op.deleteObjects([0]));
      model.undo();
      const found = [op.select([1, 2, 99]), op.toggleSelected(1), op.toggleSelected(3),
        op.selectNone(), op.selectNext(1), op.selectNext(1), op.selectNext(-1), op.selectNext(-1),
        op.selectWhere(({ label }) => label === "car"),
      ].map((one) => { done(model, one); return [...model.state.selection]; });
      return [found, model.canUndo, model.canRedo, done(model, op.select([1, 2]))]
    """
    assert run_modules(body) == [
        [[1, 2], [2], [2, 3], [], [0], [1], [0], [3], [1, 2]],
        False,
        True,
        [""],
    ]
