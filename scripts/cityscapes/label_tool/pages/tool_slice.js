// Cutting the selected objects along a line that is drawn over them.

import { drawBand } from "./edit_lines.js";
import { slice } from "./combine.js";
import { Steps } from "./steps.js";

export class SliceTool {
  constructor(editor) {
    this.editor = editor;
    this.hint = "Select objects, then click the points of a line across them; Enter: cut; Backspace: take back";
    this.forget();
  }

  // Without a line, and without steps to undo.
  forget() {
    this.line = new Steps({ points: [], next: 0 });
  }

  get points() {
    return this.line.state.points;
  }

  #put(points) {
    this.line.apply((state) => ({ ...state, points }));
    this.editor.showState();
  }

  press() {
    return false;
  }

  click(at) {
    if (!this.editor.state.selection.size) {
      this.editor.say("Select the objects to cut first.");
      return;
    }
    this.#put([...this.points, this.editor.pointing.snapped(at).point]);
  }

  enter(at) {
    const point = at && this.editor.pointing.snapped(at).point;
    const last = this.points.at(-1);
    if (last && (!point || (point[0] === last[0] && point[1] === last[1]))) this.finish();
    else if (point) this.click(at);
    else return false;
    return true;
  }

  async finish() {
    if (this.points.length < 2) {
      if (this.points.length) this.editor.say("A line has two points or more.");
      return this.points.length > 0;
    }
    const line = this.points;
    this.forget();
    this.editor.showState();
    await slice(this.editor, line);
    return true;
  }

  back() {
    if (!this.points.length) return false;
    this.#put(this.points.slice(0, -1));
    return true;
  }

  escape() {
    if (!this.points.length) return false;
    this.#put([]);
    return true;
  }

  draw(pen) {
    const { editor } = this;
    const at = editor.pointing.place && editor.pointing.snapped(editor.pointing.place).point;
    if (this.points.length) drawBand(pen, this.points, at, "#ffe066", false);
  }
}
