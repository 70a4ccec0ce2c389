"""The modules of the label tool that touch no element, imported by a page of their own."""

import json

from tiny import CLONE
from viewer_pages import open_page

FOLDERS = [CLONE / f"scripts/cityscapes/{name}/pages" for name in ("label_tool", "viewer")]
# An origin that may use the database of the browser; nothing listens there.
ORIGIN = "http://127.0.0.1:9"

# Names that the bodies of tests use; `freeze` makes every change of a state in place an error.
PRELUDE = """
const modules = await Promise.all(["model", "operations", "state", "conflicts", "matching",
  "snapping", "tracing", "drawing_cursor", "drafts", "draft_store", "polygons",
  "corrections", "hot_keys"].map((name) => import(`/${name}.js`)));
const [{ Model }, op, states, conflicts, matching, snapping, tracing, cursor, drafts,
  { DraftStore }, polygons, corrections, hotKeys] = modules;

const square = (x, y, size = 10) => [[x, y], [x + size, y], [x + size, y + size], [x, y + size]];
const thing = (label, polygon, more = {}) => ({ label, polygon, ...more });
const documentOf = (objects, version = "v1") => (
  { version, source: "raw", width: 200, height: 100, objects });
const street = () => documentOf([
  thing("road", [[-1, 50], [200, 50], [200, 100], [0, 100]]),
  thing("car", square(20, 40), { id: 7, user: "someone" }),
  thing("car", square(30, 40)),
  thing("person", [[60.5, 30.25], [70, 30], [65, 60]]),
  thing("sky", square(0, 0, 200), { deleted: 1 }),
]);
const known = new WeakSet();
function freeze(value) {
  if (typeof value !== "object" || value === null || known.has(value)) return value;
  known.add(value);
  for (const one of value instanceof Set ? value : Object.values(value)) freeze(one);
  return Object.freeze(value);
}
function begin(document = street()) {
  const model = new Model(document);
  freeze(model.state);
  return model;
}
const done = (model, ...list) => list.map((one) => model.apply(one) || model.reason);
const labels = (model) => model.state.objects.map(({ label }) => label).join(" ");
const body = (model) => JSON.stringify(model.body());
// What the server makes of the body of PUT: unknown keys stay.
function answer(document, { objects }, version) {
  const list = objects.map((entry) => {
    if (Number.isInteger(entry)) return document.objects[entry];
    const { base, label, polygon, deleted } = entry;
    return { ...document.objects[base ?? -1], label, polygon, deleted: deleted ? 1 : 0 };
  });
  return { ...document, version, objects: structuredClone(list) };
}
function random(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
"""


def open_modules(context):
    """A page from which the modules can be imported."""
    context.route(f"{ORIGIN}/**", answer)
    page = open_page(context)
    page.goto(f"{ORIGIN}/")
    return page


def answer(route):
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    if not name:
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
        return
    found = [folder / name for folder in FOLDERS if (folder / name).is_file()]
    if len(found) == 1:  # both folders are served as one
        route.fulfill(body=found[0].read_text(), content_type="text/javascript")
    else:
        route.fulfill(status=404, body=json.dumps([str(path) for path in found]))


def evaluate(page, body):
    """What a function body in JavaScript returns, with the names of PRELUDE."""
    return page.evaluate(f"async () => {{ {PRELUDE} {body} }}")
