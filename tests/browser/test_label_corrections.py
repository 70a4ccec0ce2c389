"""Correction boxes: a model of their own with undo, and the merge of two files."""

BEGIN = """
  const file = (list, version = "c1") => ({ corrections: list, corrections_version: version });
  const box = (x, type = 1, annotation = "") => ({ type, annotation, bbox: [x, 1, 5, 5] });
  const model = new corrections.Corrections(file([box(0), box(10, 2, "which car?")]));
  freeze(model.state);
"""


def test_boxes_are_added_changed_and_deleted_with_undo(run_modules):
    body = f"""{BEGIN}
      const {{ addBox, changeBox, deleteBoxes }} = corrections;
      const told = done(model, addBox([3, 4, 5, 6]), changeBox(2, {{ type: 4 }}),
        changeBox(2, {{ annotation: "why?" }}), changeBox(2, {{ type: 4 }}),
        changeBox(2, {{ type: 5 }}), addBox([1, 1, 0, 3]), addBox([1.5, 1, 2, 3]),
        deleteBoxes([0]), deleteBoxes([0]), changeBox(0, {{ type: 1 }}));
      const after = model.body(), steps = [];
      while (model.undo()) steps.push(model.isChanged);
      return [told, after.corrections, steps, model.body().corrections.length]
    """
    told, after, steps, count = run_modules(body)
    assert told == [
        True, True, True, "", "the type is 5, not one of 1 to 4",
        "a box is at least one pixel wide and high", "a box is in whole pixels", True,
        "no box is selected", "there is no such box",
    ]  # fmt: skip
    assert after[1:] == [{"type": 4, "annotation": "why?", "bbox": [3, 4, 5, 6]}]
    assert steps == [True, True, True, False]
    assert count == 2


def test_after_a_save_nothing_is_changed(run_modules):
    body = f"""{BEGIN}
      done(model, corrections.changeBox(0, {{ type: 3 }}));
      const sent = model.state;
      const draft = structuredClone(model.draft());
      done(model, corrections.changeBox(0, {{ type: 4 }}));
      model.saved("c2", sent);
      const between = model.isChanged;
      model.undo();
      const first = file([box(0), box(10, 2, "which car?")]);
      const again = corrections.Corrections.fromDraft(first, draft);
      return [between, model.isChanged, model.version, again.body(), again.canUndo]
    """
    between, after, version, again, undo = run_modules(body)
    assert (between, after, version, undo) == (True, False, "c2", True)
    assert [one["type"] for one in again["corrections"]] == [3, 2]


def test_boxes_of_two_files_are_all_kept(run_modules):
    body = f"""{BEGIN}
      const base = [box(0), box(10), box(20), box(20), box(40)];
      const mine = [box(0, 3), box(20), box(20), box(30), box(40), box(40)];
      const theirs = [box(0), box(10, 4), box(20), box(30), box(40)];
      const draft = {{ form: 1, version: "c0", base, corrections: mine }};
      const model2 = corrections.Corrections.fromDraft(file(theirs), draft);
      return [corrections.merged(base, mine, theirs), model2.body().corrections].map(
        (list) => list.map(({{ bbox, type }}) => [bbox[0], type]))
    """
    # Mine: 0 is resolved, 10 deleted, 30 and a second 40 added; theirs: 10 a question, a 20
    # deleted, 30 added.
    expected = [[10, 4], [20, 1], [30, 1], [40, 1], [0, 3], [40, 1]]
    assert run_modules(body) == [expected, expected]


def test_a_box_is_dragged_either_way_and_stays_in_the_image(run_modules):
    body = """
      const image = { width: 100, height: 50 };
      return [[[10.2, 5.5], [3.1, 9]], [[-5, -5], [500, 500]], [[7, 7], [7, 7]],
        [[100, 50], [120, 60]]].map(([from, to]) => corrections.boxOf(from, to, image))
    """
    assert run_modules(body) == [
        [3, 5, 8, 4], [0, 0, 100, 50], [7, 7, 1, 1], [99, 49, 1, 1],
    ]  # fmt: skip


def test_the_topmost_box_below_the_pointer(run_modules):
    body = f"""{BEGIN}
      done(model, corrections.addBox([12, 2, 1, 1], 4, "small"));
      return [[12, 2], [13, 2], [0, 1], [5, 1], [99, 9]].map(
        (point) => corrections.boxAt(model.state, point)?.key ?? null)
    """
    assert run_modules(body) == [2, 1, 0, None, None]
