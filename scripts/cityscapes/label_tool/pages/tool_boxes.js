// Correction boxes: drawn by dragging, chosen by a click.

import { addBox, boxAt, boxOf, deleteBoxes, selectBoxes } from "./corrections.js";

const COLOURS = { 1: "#ff6b6b", 2: "#ffd43b", 3: "#69db7c", 4: "#74c0fc" };

export class BoxesTool {
  constructor(editor) {
    this.editor = editor;
    this.hint = "Drag: a box around what is wrong; click: choose a box; Delete: delete it. Type and text are in the panel Review.";
    this.from = this.to_ = null;
  }

  // What undo and redo are about while this tool is used.
  get model() {
    return this.editor.session.corrections;
  }

  press(at) {
    this.from = at;
    this.to_ = null;
    return true;
  }

  to(at) {
    this.to_ = at;
    this.editor.redraw();
  }

  end() {
    const box = boxOf(this.from, this.to_ ?? this.from, this.editor.image);
    this.cancel();
    if (this.editor.session.correct(addBox(box))) {
      this.editor.say("A box: its type and text are in the panel Review.");
      this.editor.panels.review.focusBox(this.model.state.boxes.at(-1).key);
    }
  }

  cancel() {
    this.from = this.to_ = null;
    this.held = false;
    this.editor.redraw();
  }

  click(at) {
    this.cancel();
    const box = boxAt(this.model.state, at);
    this.editor.session.correct(selectBoxes(box ? [box.key] : []));
    this.editor.say(box ? `box: ${box.annotation || "without a text"}` : "no box here");
  }

  // By keyboard: Enter sets one corner, then the other.
  enter(at) {
    if (!at) return false;
    if (this.held) this.end();
    else {
      this.press(at);
      this.held = true;
      this.editor.say("One corner is set. Enter sets the other.");
    }
    return true;
  }

  cursorMoved(at) {
    if (this.held) this.to(at);
  }

  delete() {
    const { selection } = this.model.state;
    if (selection.size) this.editor.session.correct(deleteBoxes(selection));
    return true;
  }

  escape() {
    if (this.from) this.cancel();
    else if (this.model.state.selection.size) this.editor.session.correct(selectBoxes([]));
    else return false;
    return true;
  }

  draw(pen) {
    if (this.from && this.to_) pen.line(cornersOf(boxOf(this.from, this.to_, this.editor.image)), "#ffe066", { dash: [4, 4] });
  }
}

export function drawBoxes(pen, { boxes, selection }) {
  for (const { key, type, annotation, bbox } of boxes) {
    const points = cornersOf(bbox);
    if (selection.has(key)) pen.fill(points, `${COLOURS[type]}44`);
    pen.line(points, COLOURS[type], { width: selection.has(key) ? 3 : 2 });
    if (annotation) pen.text(annotation.split("\n")[0].slice(0, 60), points[0], COLOURS[type]);
  }
}

function cornersOf([x, y, width, height]) {
  return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
}
