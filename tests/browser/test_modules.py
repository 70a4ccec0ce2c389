"""The modules of the page that touch no element, each by itself in the browser."""

import pytest

from viewer_pages import open_context, open_page


@pytest.fixture(scope="module")
def run(viewer, chromium):
    """Run a function body with a module of the page; what it returns."""
    context = open_context(chromium)
    page = open_page(context)
    page.goto(viewer.link)
    page.locator(".cards li").first.wait_for()

    def run(name, body):
        return page.evaluate(f"async () => {{ const m = await import('/{name}.js'); {body} }}")

    yield run
    context.close()


def test_addresses_come_back_as_they_were(run):
    address = {
        "page": "frame",
        "place": {"split": "val", "city": "bad-honnef", "frame": "x_000000_000001"},
        "parameters": {"hide": "road,traffic%20light", "view": "1.0,2.0,0.5"},
    }
    body = f"const a = {address}; return m.parse(m.format(a))"
    assert run("address", body) == address


@pytest.mark.parametrize("text", ["", "#", "#/", "#/nothing", "#/frame/a/b", "#/frames?x=%zz"])
def test_other_addresses_show_the_frames(run, text):
    assert run("address", f"return m.parse({text!r}).page") == "frames"


def test_zoom_keeps_the_point_below_the_pointer(run):
    body = """
      const view = { x: 100, y: 50, scale: 0.5 }, point = { x: 320, y: 200 };
      const zoomed = m.zoom(view, point, 3.7);
      return [m.toImage(view, point), m.toImage(zoomed, point), zoomed.scale]
    """
    before, after, scale = run("view", body)
    assert before == pytest.approx(after)
    assert scale == pytest.approx(1.85)


def test_zoom_has_ends_and_some_of_the_image_stays(run):
    body = """
      const image = { width: 2048, height: 1024 }, window = { width: 900, height: 600 };
      let near = m.fit(image, window), far = near;
      for (let i = 0; i < 99; i++) {
        near = m.zoom(near, { x: 1, y: 1 }, 2);
        far = m.zoom(far, { x: 1, y: 1 }, 0.5);
      }
      const lost = m.hold({ x: 99999, y: -99999, scale: 1 }, image, window);
      return [near.scale, far.scale, lost.x, lost.y]
    """
    assert run("view", body) == [64, 0.05, 2008, -560]


def test_views_of_an_address_are_checked(run):
    texts = ["1.0,2.0,0.5", "", "1,2", "a,b,c", "0,0,0", "0,0,1e9", "NaN,0,1"]
    found = run("view", f"return {texts}.map((text) => m.parse(text) !== null)")
    assert found == [True] + [False] * 6


def test_frames_are_found_filtered_and_sorted(run):
    body = """
      const document = { types: ["leftImg8bit"], cities: [
        { split: "train", city: "aachen", types: [1, 1],
          frames: ["aachen_000000_000019", "aachen_000001_000019"] },
        { split: "val", city: "bonn", frames: ["bonn_000000_000019"], types: [0] }] };
      const { frames } = m.readFrames(document);
      const known = {
        classes: new Map([["bonn_000000_000019", new Set(["car"])]]),
        problems: new Map([["aachen_000001_000019", [{ check: "copy" }]]]),
        scores: { split: "train", frames: new Map([
          ["aachen_000000_000019", 0.9], ["aachen_000001_000019", 0.2]]) },
      };
      const names = (filter) => m.choose(frames, filter, known).map((one) => frames.indexOf(one));
      return [{}, { q: "BONN" }, { q: "train 000001" }, { split: "val" }, { city: "aachen" },
        { class: "car" }, { problem: "any" }, { problem: "copy" }, { problem: "odd" },
        { sort: "set" }, { below: "0.5" }].map(names)
    """
    assert run("catalogue", body) == [
        [0, 1, 2], [2], [1], [2], [0, 1], [2], [1], [1], [], [1, 0, 2], [1],
    ]  # fmt: skip


def test_rows_of_the_grid_in_sight(run):
    body = """
      const card = { width: 264, height: 168 };
      const grid = m.gridOf(25000, 1280, card);
      return [grid.columns, grid.rows, m.rowsInSight(grid, 0, 600, card),
        m.rowsInSight(grid, grid.height - 600, 600, card),
        m.rowsInSight(m.gridOf(0, 100, card), 0, 600, card)]
    """
    assert run("grid", body) == [4, 6250, [0, 5], [6245, 6250], [0, 0]]


def test_depth_and_disparity_follow_the_specification(run):
    body = """
      const camera = { fx: 2262.52, baseline: 0.209313 };
      return [m.disparityOf(0), m.disparityOf(1), m.disparityOf(257), m.depthOf(257, camera),
        m.depthOf(1, camera)].map(String)
    """
    assert run("colours", body) == ["NaN", "0", "1", str(2262.52 * 0.209313), "Infinity"]


def test_colours_of_instances_differ(run):
    count = run(
        "colours",
        "return new Set(Array.from({length: 300}, (_, i) => m.distinct(26000 + i))).size",
    )
    assert count > 280


def test_a_part_is_painted_and_the_rest_stays(run):
    body = """
      const numbers = new Uint16Array(100).fill(1), pixels = new Uint32Array(100);
      m.paint(numbers, new Uint32Array([0, 7]), pixels, 10, [2, 3, 5, 6]);
      return [pixels.filter((p) => p === 7).length, pixels[32], pixels[22], pixels[35]]
    """
    assert run("raster", body) == [9, 7, 0, 0]


def test_stripes_cover_three_of_eight_pixels_of_one_number(run):
    body = """
      const numbers = new Uint16Array(640).fill(1), pixels = new Uint32Array(640);
      numbers.fill(2, 320);
      m.stripe(numbers, 2, 9, pixels, 32, [0, 0, 32, 20]);
      return [pixels.subarray(0, 320).some(Boolean), pixels.filter((p) => p === 9).length]
    """
    assert run("raster", body) == [False, 120]


def test_errors_of_instances_count_things_alone(run):
    body = """
      const truth = new Uint16Array([0, 1, 2, 2, 1, 0]);
      const guess = new Uint16Array([0, 0, 1, 0, 1, 1]);
      const pixels = new Uint32Array(6);
      // road 7 and car 26 are evaluated, 0 is not; the prediction is about cars
      return m.errors(truth, new Int16Array([0, 7, 26]), guess, new Int16Array([-1, 26]),
        new Set([7, 26]), pixels, new Set([26]))
    """
    assert run("compare", body) == {"right": 1, "wrong": 2, "ignored": 3}


def test_groups_are_neither_right_nor_wrong_for_instances(run):
    body = """
      const truth = new Uint16Array([1, 1, 1, 2, 2]);
      const guess = new Uint16Array([0, 1, 2, 0, 1]);
      // 1 is a group of cars 26, 2 a car; predicted are nothing, cars and persons 24
      const ids = [new Int16Array([0, 26, 26]), new Int16Array([-1, 26, 24])];
      const counted = (only) => m.errors(truth, ids[0], guess, ids[1], new Set([24, 26]),
        new Uint32Array(5), only, [false, true, false]);
      return [counted(new Set([24, 26])), counted(null)]
    """
    assert run("compare", body) == [
        {"right": 1, "wrong": 2, "ignored": 2},
        {"right": 2, "wrong": 3, "ignored": 0},
    ]


def test_settings_of_an_address(run):
    body = """
      const settings = m.read(
        { opacity: "250", compare: "nothing", overlay: "x", hide: "road", other: "1" });
      return [settings.opacity, settings.compare, settings.overlay, m.write(settings),
        [...m.listOf(m.toggled("road", "sky"))]]
    """
    assert run("settings", body) == [50, "off", "", {"hide": "road"}, ["road", "sky"]]
