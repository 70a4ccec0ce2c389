"""What lies near a point, borders that are followed, the cursor of the keyboard."""

import json

import pytest

# Eight polygons of all sizes, some outside the image, and what a search of all of them finds.
SEARCH = """
  const draw = random(5), image = { width: 400, height: 300 };
  const objects = Array.from({ length: 8 }, (_, key) => ({ key: 10 + key, deleted: key === 3,
    polygon: Array.from({ length: 3 + draw(20) }, () => [draw(500) - 50, draw(400) - 50]) }));
  const index = new snapping.EdgeIndex(objects, image);
  const ends = ({ polygon }, i) => [polygon[i], polygon[(i + 1) % polygon.length]];
  function toVertex([x, y], object, i) {
    return Math.hypot(object.polygon[i][0] - x, object.polygon[i][1] - y);
  }
  function toEdge([x, y], object, i) {
    const [[x1, y1], [x2, y2]] = ends(object, i);
    const long = (x2 - x1) ** 2 + (y2 - y1) ** 2 || 1;
    const t = Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / long));
    return Math.hypot(x1 + t * (x2 - x1) - x, y1 + t * (y2 - y1) - y);
  }
  function least(point, radius, measure) {
    let best = Infinity;
    for (const object of objects.filter((one) => !one.deleted)) {
      object.polygon.forEach((_, i) => { best = Math.min(best, measure(point, object, i)); });
    }
    return best <= radius ? best : null;
  }
"""


def test_the_grid_finds_what_a_search_of_all_edges_finds(run_modules):
    body = (
        SEARCH
        + """
      let wrong = 0, vertices = 0, edges = 0;
      for (let i = 0; i < 3000; i++) {
        const point = [draw(420) - 10, draw(320) - 10], radius = 1 + draw(60);
        const vertex = index.vertexNear(point, radius), edge = index.edgeNear(point, radius);
        vertices += vertex !== null;
        edges += edge !== null;
        const isNear = (found, wanted) => (
          found === null ? wanted === null : Math.abs(found.distance - wanted) < 1e-9);
        wrong += !isNear(vertex, least(point, radius, toVertex));
        wrong += !isNear(edge, least(point, radius, toEdge));
      }
      return [wrong, vertices, edges]
    """
    )
    wrong, vertices, edges = run_modules(body)
    assert wrong == 0
    assert 1000 < vertices < edges <= 3000


def test_a_vertex_goes_before_an_edge_that_is_nearer(run_modules):
    body = """
      const { objects } = begin().state;
      const index = snapping.indexOfEdges(objects, { width: 200, height: 100 });
      const found = [[22, 41], [25, 41], [25.4, 52], [28, 49], [100, 20], [0, 0]].map(
        (point) => index.snap(point, 3));
      const notCar = index.snap([28, 49], 3, ({ label }) => label !== "car");
      const road = index.vertexNear([0, 50], 2);
      return [found.map((one) => one && [one.kind, one.key, one.index, ...one.point]),
        notCar && notCar.kind, road.point, snapping.indexOfEdges(objects, {}) === index]
    """
    found, no_car, road, once = run_modules(body)
    assert found == [
        ["vertex", 1, 0, 20, 40],  # an edge is 1 away, the point 2.2
        ["edge", 1, 0, 25, 40],
        ["edge", 1, 2, 25, 50],
        ["vertex", 2, 3, 30, 50],  # of two at one place, the upper object's
        None,
        None,  # what is deleted is not seen
    ]
    assert no_car == "edge"
    assert road == [-1, 50]
    assert once


def test_the_new_point_of_an_edge_lies_between_its_ends(run_modules):
    body = """
      const model = begin();
      const index = snapping.indexOfEdges(model.state.objects, model.document);
      const { key, index: edge, point } = index.edgeNear([19, 45], 4);
      done(model, op.insertVertex({ key, index: edge + 1 }, point));
      return model.state.objects[1].polygon
    """
    assert run_modules(body) == [[20, 40], [30, 40], [30, 50], [20, 50], [20, 45]]


def test_the_tolerance_is_one_of_the_screen(run_modules):
    body = "return [0.5, 1, 4].map((scale) => snapping.radiusOf({ scale }, 8))"
    assert run_modules(body) == [16, 8, 2]


def test_no_object_and_no_image_to_speak_of(run_modules):
    body = """
      return [new snapping.EdgeIndex([], { width: 0, height: 0 }).snap([5, 5], 9),
        new snapping.EdgeIndex([{ key: 0, polygon: [] }, { key: 1, polygon: [[3, 3]] }],
          { width: 9, height: 9 }).snap([5, 3], 2).key]
    """
    assert run_modules(body) == [None, 1]


@pytest.mark.parametrize(
    ("ends", "short", "long"),
    [
        ([(0, [0, 0]), (2, [9, 9])], [[0, 0], [9, 0], [9, 9]], [[0, 0], [0, 9], [9, 9]]),
        ([(0, [0, 0]), (3, [0, 9])], [[0, 0], [0, 9]], [[0, 0], [9, 0], [9, 9], [0, 9]]),
        ([(0, [2, 0]), (0, [6, 0])], [[2, 0], [6, 0]],
         [[2, 0], [0, 0], [0, 9], [9, 9], [9, 0], [6, 0]]),
        ([(0, [6, 0]), (0, [2, 0])], [[6, 0], [2, 0]],
         [[6, 0], [9, 0], [9, 9], [0, 9], [0, 0], [2, 0]]),
        ([(3, [0, 5]), (0, [4, 0])], [[0, 5], [0, 0], [4, 0]],
         [[0, 5], [0, 9], [9, 9], [9, 0], [4, 0]]),
        ([(1, [9, 0]), (0, [4, 0])], [[9, 0], [4, 0]],
         [[9, 0], [9, 9], [0, 9], [0, 0], [4, 0]]),
        ([(1, [9, 4]), (1, [9, 4])], [[9, 4]], [[9, 4]]),
    ],
)  # fmt: skip
def test_a_border_is_followed_both_ways(run_modules, ends, short, long):
    places = json.dumps([{"index": index, "point": point} for index, point in ends])
    assert run_modules(f"return tracing.traces(square(0, 0, 9), ...{places})") == [short, long]


def test_a_traced_border_is_one_step_of_a_drawing(run_modules):
    body = """
      const model = begin(), { polygon } = model.state.objects[1];
      const [short] = tracing.traces(polygon, { index: 0, point: [20, 40] },
        { index: 2, point: [30, 50] });
      done(model, op.beginDrawing("car", [[10, 60], [20, 40]]), op.addPoints(short));
      const { points } = model.state.drawing;
      model.undo();
      return [points, model.state.drawing.points]
    """
    points, before = run_modules(body)
    assert points == [[10, 60], [20, 40], [30, 40], [30, 50]]
    assert before == [[10, 60], [20, 40]]


def test_arrows_move_the_cursor_within_the_image(run_modules):
    body = """
      const image = { width: 100, height: 50 };
      return [["ArrowLeft", false], ["ArrowRight", true], ["ArrowDown", true], ["ArrowUp", false],
        ["Enter", false]].map(([key, far]) => cursor.moved([0, 45], key, far, image))
    """
    assert run_modules(body) == [[0, 45], [10, 45], [0, 49], [0, 44], None]


def test_the_view_follows_the_cursor(run_modules):
    body = """
      const view = { x: 100, y: 100, scale: 2 }, window = { width: 400, height: 200 };
      return [[200, 150], [100, 150], [299, 199], [1000, 0]].map(
        (point) => cursor.follow(view, window, point, 40)).concat([
        cursor.middleOf(view, window, { width: 5000, height: 120 }),
        cursor.nextIndex(square(0, 0), 0, -1), cursor.nextIndex(square(0, 0), 3, 1)])
    """
    assert run_modules(body) == [
        {"x": 100, "y": 100, "scale": 2},
        {"x": 80, "y": 100, "scale": 2},
        {"x": 119, "y": 119, "scale": 2},
        {"x": 820, "y": -20, "scale": 2},
        [200, 110],
        3,
        0,
    ]


def test_speed_of_a_frame_with_a_hundred_polygons_of_two_hundred_points(run_modules):
    body = """
      const draw = random(7), image = { width: 2048, height: 1024 };
      const objects = Array.from({ length: 100 }, (_, k) => {
        const [x, y, size] = [draw(2048), draw(1024), 20 + draw(200)];
        return thing("car", Array.from({ length: 200 }, (_, i) => [
          Math.round(x + size * Math.cos(i * Math.PI / 100)),
          Math.round(y + size * Math.sin(i * Math.PI / 100))]));
      });
      const model = new Model(documentOf(objects));
      const best = (times, work) => Math.min(...Array.from({ length: 5 }, () => {
        const from = performance.now();
        for (let i = 0; i < times; i++) work(i);
        return (performance.now() - from) / times;
      }));
      const index = new snapping.EdgeIndex(model.state.objects, image);
      const move = (i) => model.apply(op.moveVertex({ key: 50, index: 9 }, [i, i],
        { together: true }));
      return {
        "index": best(1, () => new snapping.EdgeIndex(model.state.objects, image)),
        "snap": best(1000, () => index.snap([draw(2048), draw(1024)], 8)),
        "move a vertex with its neighbours": best(20, move),
        "the body of a save": best(20, () => JSON.stringify(model.body())),
        "a draft": best(20, () => structuredClone(model.draft())),
        "undo": best(5, () => model.undo()),
      }
    """
    times = run_modules(body)
    for name, time in times.items():
        print(f"{name}: {time:.3f} ms")
    assert all(time >= 0 for time in times.values())
