// Drawing an object point by point.

import { drawBand, drawSnap } from "./edit_lines.js";
import { addPoint, addPoints, beginDrawing, cancelDrawing, closeDrawing, removeLastPoint, setDrawingLabel } from "./operations.js";
import { isAt } from "./polygons.js";
import { traces } from "./tracing.js";

export class DrawTool {
  constructor(editor) {
    this.editor = editor;
    this.hint = "Click: point; Enter or the first point: close; Backspace: take back; Shift + click on a border: trace it";
  }

  get drawing() {
    return this.editor.state.drawing;
  }

  press() {
    return false; // drags move the view
  }

  click(at, event) {
    const { editor, drawing } = this;
    const { point, snap } = editor.pointing.snapped(at);
    if (!drawing) {
      editor.apply(beginDrawing(editor.label, [point]));
      return;
    }
    if (drawing.points.length > 2 && editor.pointing.isNear(drawing.points[0], at)) {
      this.finish();
      return;
    }
    const traced = event.shiftKey && snap ? this.#trace(snap, event.altKey) : null;
    if (event.shiftKey && !traced) editor.say("To trace, the last point and this one have to be on the border of the same object.");
    editor.apply(traced ? addPoints(traced) : addPoint(point));
  }

  // The border between the last point and a place on the same object: the shorter way, or the other.
  #trace(snap, other) {
    const { editor, drawing: { points } } = this;
    const last = points.at(-1);
    const from = last && editor.pointing.edges.edgeNear(last, 1, ({ key, deleted }) => key === snap.key && !deleted);
    const one = editor.state.objects.find(({ key }) => key === snap.key);
    return from ? traces(one.polygon, { index: from.index, point: last }, snap)[other ? 1 : 0] : null;
  }

  // Enter on the last point closes, elsewhere it sets one.
  enter(at, event) {
    const point = at && this.editor.pointing.snapped(at).point;
    if (this.drawing && (!point || isAt(point, this.drawing.points.at(-1) ?? []))) this.finish();
    else if (point) this.click(at, event);
    else return false;
    return true;
  }

  async finish() {
    const { editor } = this;
    if (!this.drawing) return false;
    const label = editor.label || await editor.chooseClass("Class of the new object");
    if (!label || !this.drawing) return true;
    editor.desk.setLabel(label);
    const count = this.drawing.points.length;
    if (editor.apply(closeDrawing(label))) editor.say(`${label} with ${count} points`);
    return true;
  }

  back() {
    return Boolean(this.drawing) && this.editor.apply(removeLastPoint());
  }

  classChosen(label) {
    if (this.drawing) this.editor.apply(setDrawingLabel(label));
  }

  escape() {
    return Boolean(this.drawing) && this.editor.apply(cancelDrawing());
  }

  draw(pen) {
    const { editor, drawing } = this;
    const place = editor.pointing.place;
    const found = place && editor.pointing.snapped(place);
    if (drawing) drawBand(pen, drawing.points, found?.point, editor.colourOf(drawing.label || editor.label), true);
    if (found?.snap) drawSnap(pen, found.point);
  }
}
