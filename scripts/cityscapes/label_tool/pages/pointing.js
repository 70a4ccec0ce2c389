// Where the pointer or the cursor of the keyboard is on the image, what is there, and which tool it
// goes to.

import { clamped, follow, middleOf, moved } from "./drawing_cursor.js";
import { pick } from "./picking.js";
import { indexOfEdges, radiusOf } from "./snapping.js";

const NEAR = 8, NEAR_KEYBOARD = 3; // pixels of the screen

export class Pointing {
  constructor(editor) {
    this.editor = editor;
    this.stage = editor.page.stage;
    this.forget();
    // After the line between two pictures, which is dragged with every tool.
    this.stage.grips.push({
      begin: (point, event) => this.#begin(point, event),
      to: (point) => this.#to(point),
      end: (point, event, wasMoved) => this.#end(point, event, wasMoved),
      cancel: () => editor.tool?.cancel?.(),
    });
  }

  forget() {
    this.keyboard = this.pointer = null;
  }

  // [x, y] of the keyboard's cursor or of the pointer; null for nowhere.
  get place() {
    return this.keyboard ?? this.pointer;
  }

  get edges() {
    return indexOfEdges(this.editor.state.objects, this.editor.image);
  }

  // Pixels of the screen as pixels of the image.
  radius(pixels) {
    return radiusOf(this.stage.view, pixels);
  }

  isNear(point, at) {
    return Math.hypot(point[0] - at[0], point[1] - at[1]) <= this.radius(NEAR);
  }

  // A place as a point of an object: on a vertex or an edge close by, else a whole pixel of the
  // image. `but` are vertices {key, index} that do not attract.
  snapped(at, but = []) {
    const { editor } = this;
    const isWanted = (one, index) => {
      if (one.deleted || !editor.isShown(one)) return false;
      const count = one.polygon.length;
      return !but.some(({ key, index: other }) => key === one.key && (other === index || (other + count - 1) % count === index));
    };
    const radius = this.radius(this.keyboard ? NEAR_KEYBOARD : NEAR);
    const snap = editor.desk.snapping ? this.edges.snap(at, radius, isWanted) : null;
    return { point: snap ? [...snap.point] : clamped(at, editor.image), snap };
  }

  topmost(at) {
    const { editor } = this;
    return pick(editor.state, editor.session.picture, at, editor.image, (one) => editor.isShown(one));
  }

  #at(point, from = point) {
    const { x, y } = this.stage.placeAt(point, from);
    return [x, y];
  }

  // A drag that the tool does not take moves the view.
  #begin(point, event) {
    const { editor } = this;
    if (!editor.tool || !editor.isReady) return false;
    this.keyboard = null;
    this.start = this.last = point;
    this.takes = editor.tool.press(this.#at(point), event);
    return true;
  }

  #to(point) {
    if (this.takes) this.editor.tool.to(this.#at(point, this.start));
    else this.stage.drag(point.x - this.last.x, point.y - this.last.y);
    this.last = point;
  }

  #end(point, event, wasMoved) {
    if (!wasMoved) this.editor.tool?.click(this.#at(point), event);
    else if (this.takes) this.editor.tool.end();
  }

  // True where the viewer has nothing to do with it.
  moved(point) {
    const { editor } = this;
    this.pointer = point && editor.isReady ? this.#at(point) : null;
    if (point) this.keyboard = null;
    if (editor.tool) editor.redraw();
    return editor.tool !== null && editor.tool !== editor.tools.get("select");
  }

  // A click without a tool selects; with one, this is on the line between two pictures.
  clicked(point) {
    if (!this.editor.isReady) return false;
    (this.editor.tool ?? this.editor.tools.get("select")).click(this.#at(point), { shiftKey: false, ctrlKey: false, altKey: false });
    return true;
  }

  // Move the cursor by an arrow key; true where that is what the key is for.
  press(event) {
    const { editor, stage } = this;
    if (!editor.tool || !editor.isReady || document.activeElement !== stage.canvas) return false;
    const middle = () => middleOf(stage.view, stage.area, editor.image);
    const from = this.keyboard ?? (this.pointer ? clamped(this.pointer, editor.image) : middle());
    this.put(moved(from, event.key, event.shiftKey, editor.image));
    return true;
  }

  put(at) {
    const { editor, stage } = this;
    this.keyboard = at;
    editor.tool.cursorMoved?.(at);
    const view = follow(stage.view, stage.area, at);
    if (view.x !== stage.view.x || view.y !== stage.view.y) stage.setView(view);
    const one = this.topmost(at);
    editor.say(`${at[0]}, ${at[1]}: ${one ? one.label : "no object"}`);
    editor.redraw();
  }
}
