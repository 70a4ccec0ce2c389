"""The painting order, results of geometry, and older versions, in the label tool's model."""


def test_the_painting_order(run_modules):
    body = """
      const orders = [op.moveUp([0]), op.moveUp([3]), op.moveUp([0, 1]), op.moveDown([2]),
        op.moveDown([0]), op.moveToTop([0, 2]), op.moveToBottom([1, 3]), op.moveTo([0], 3),
        op.moveTo([3], 0), op.moveTo([1, 3], 2), op.moveDown([0, 1]),
        op.moveUp([2, 3])].map((one) => {
          const model = begin();
          done(model, one);
          return model.body().objects.join("");
        });
      return orders
    """
    # Object 4 is deleted: nobody sees that another one lies above or below it.
    assert run_modules(body) == [
        "10234", "01234", "20134", "02134", "01234", "13402", "13024", "12034", "30124", "01324",
        "01234", "01234",
    ]  # fmt: skip


def test_an_object_goes_past_deleted_ones(run_modules):
    body = """
      const model = begin(documentOf([0, 1, 0, 0].map(
        (deleted) => thing("car", square(0, 0), { deleted }))));
      const orders = [];
      for (const one of [op.moveUp([0]), op.moveDown([0]), op.moveDown([3]), op.moveDown([3])]) {
        done(model, one);
        orders.push(model.body().objects.join(""));
      }
      return orders
    """
    assert run_modules(body) == ["1203", "1023", "1032", "1302"]


def test_results_of_geometry_take_the_place_of_objects(run_modules):
    body = """
      const model = begin();
      const parts = [square(20, 40, 5), square(25.3, 40, 9)];
      done(model, op.replaceObject(1, parts, { consumed: [2] }));
      const line = [[1, 1], [2, 2]];
      const refused = done(model, op.replaceObject(1, []), op.replaceObject(0, [line]));
      return [labels(model), model.state.objects.map(({ key, deleted }) => deleted ? -key : key),
        [...model.state.selection], model.state.objects[1].polygon[0], refused]
    """
    names, keys, selection, corner, refused = run_modules(body)
    assert names == "road car car car person sky"
    assert keys == [0, 1, 5, -2, 3, -4]
    assert selection == [1, 5]
    assert corner == [25, 40]  # the largest part
    assert refused[0] == "nothing is left of the object"
    assert "3 different points" in refused[1]


def test_a_simpler_outline(run_modules):
    body = """
      const model = begin();
      return [done(model, op.setPolygon(3, [[60.4, 30], [70, 30], [65, 60]]),
        op.setPolygon(3, [[1, 1], [1, 1], [1, 1]]), op.setPolygon(9, square(0, 0))),
        model.state.objects[3].polygon[0]]
    """
    one = "a polygon needs 3 different points, this one has 1"
    assert run_modules(body) == [[True, one, "there is no object 9"], [60, 30]]
