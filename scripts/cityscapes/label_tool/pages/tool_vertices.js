// The vertices of the selected objects: moved, inserted on edges, marked and deleted.

import { drawSnap, drawVertices } from "./edit_lines.js";
import { nextIndex } from "./drawing_cursor.js";
import { deleteVertices, insertVertex, moveVertex, moveVertices, withCoincident } from "./operations.js";
import { pickAt } from "./tool_select.js";

const NEAR_VERTEX = 9, NEAR_EDGE = 6; // pixels of the screen

export class VerticesTool {
  constructor(editor) {
    this.editor = editor;
    this.hint = "Drag a vertex; drag an edge: new vertex; click: mark it; Delete: delete it; , and .: from vertex to vertex; click on an object: select it";
    this.marked = [];
    this.drag = null;
  }

  #isMine({ key, deleted }) {
    const { editor } = this;
    return !deleted && editor.state.selection.has(key);
  }

  // What is near a point: {kind: "vertex" | "edge", key, index, point}.
  #near(at) {
    const { edges } = this.editor.pointing;
    const wanted = (one) => this.#isMine(one);
    return edges.vertexNear(at, this.editor.pointing.radius(NEAR_VERTEX), wanted)
      ?? edges.edgeNear(at, this.editor.pointing.radius(NEAR_EDGE), wanted);
  }

  press(at) {
    const found = this.#near(at);
    this.drag = found ? { ...found, to: null } : null;
    return found !== null;
  }

  to(at) {
    this.drag.to = this.editor.pointing.snapped(at, this.#moving()).point;
    this.editor.preview(this.#operation());
    this.editor.redraw();
  }

  // The vertices that go with the one that is dragged, which snap to nothing of themselves.
  #moving() {
    const { editor, drag } = this;
    if (drag.kind === "edge") return [];
    const vertices = this.#isMarked(drag.key, drag.index) ? this.marked : [drag];
    return editor.options.together ? withCoincident(editor.state, vertices, editor.options.locked) : vertices;
  }

  #isMarked(key, index) {
    return this.marked.some((one) => one.key === key && one.index === index);
  }

  #operation() {
    const { editor: { options }, drag: { kind, key, index, point, to } } = this;
    if (kind === "edge") return insertVertex({ key, index: index + 1 }, to, options);
    if (!this.#isMarked(key, index)) return moveVertex({ key, index }, to, options);
    return moveVertices(this.marked, to[0] - point[0], to[1] - point[1], options);
  }

  end() {
    const { kind, key, index, to } = this.drag;
    if (to && this.editor.apply(this.#operation()) && kind === "edge") this.marked = [{ key, index: index + 1 }];
    this.cancel();
  }

  cancel() {
    this.drag = null;
    this.held = false;
    this.editor.preview(null);
  }

  click(at, event) {
    this.drag = null;
    const found = this.#near(at);
    if (found?.kind === "vertex") this.#mark(found, event.shiftKey || event.ctrlKey || event.metaKey);
    else {
      this.marked = [];
      pickAt(this.editor, at, event);
    }
    this.editor.redraw();
  }

  #mark({ key, index, point }, more) {
    const known = this.#isMarked(key, index);
    const rest = more ? this.marked.filter((one) => one.key !== key || one.index !== index) : [];
    this.marked = known && more ? rest : [...rest, { key, index }];
    this.editor.say(`vertex ${index} at ${point.join(", ")}; ${this.marked.length} marked`);
  }

  // By keyboard: Enter picks a vertex or an edge up, arrows move it, Enter lets it go.
  enter(at, event) {
    if (!at) return false;
    if (this.held) {
      this.end();
      this.editor.say("let go");
    } else if (this.press(at)) {
      this.held = true;
      this.drag.to = this.drag.point;
      this.editor.say(`Held: ${this.drag.kind === "edge" ? "a new vertex" : `vertex ${this.drag.index}`}. Arrow keys move it; Enter lets it go, Escape puts it back.`);
    } else this.click(at, event);
    return true;
  }

  cursorMoved(at) {
    if (this.held) this.to(at);
  }

  // To the next vertex of the selected object, as the cursor's new place.
  step(way) {
    const { editor } = this;
    const one = editor.state.objects.find((other) => this.#isMine(other));
    if (!one?.polygon.length || this.held) return null;
    const last = this.marked.find(({ key }) => key === one.key);
    const index = last ? nextIndex(one.polygon, last.index, way) : 0;
    this.#mark({ key: one.key, index, point: one.polygon[index] }, false);
    return one.polygon[index];
  }

  // Delete the marked vertices; false where none is marked.
  delete() {
    const marked = this.marked.filter(({ key, index }) => (
      this.editor.state.objects.some((one) => one.key === key && this.#isMine(one) && index < one.polygon.length)));
    if (!marked.length) return false;
    if (this.editor.apply(deleteVertices(marked, this.editor.options))) this.marked = [];
    return true;
  }

  escape() {
    if (this.drag) this.cancel();
    else if (this.marked.length) this.marked = [];
    else return false;
    this.editor.redraw();
    return true;
  }

  draw(pen) {
    const { editor, drag } = this;
    for (const one of editor.state.objects) {
      if (!this.#isMine(one)) continue;
      const polygon = editor.previews.get(one.key) ?? one.polygon;
      drawVertices(pen, polygon, (i) => this.#isMarked(one.key, i));
    }
    if (drag?.to) drawSnap(pen, drag.to);
  }
}
