// Selecting objects, one or several, and moving them.

import { moveObjects, select, selectNone, toggleSelected } from "./operations.js";
import { inBox, pick } from "./picking.js";
import { isOutside } from "./polygons.js";

export class SelectTool {
  constructor(editor) {
    this.editor = editor;
    this.hint = "Click: select; Shift or Ctrl + click: several; Alt + click: the one below; drag: move what is selected; Shift + drag: all in a box";
    this.drag = null;
  }

  // What a press begins: a box, or moving the selected objects; else drags move the view.
  press(at, event) {
    this.drag = event.shiftKey ? { from: at, to: at, box: true } : this.#isOnSelected(at) ? { from: at, to: at } : null;
    return this.drag !== null;
  }

  #isOnSelected(at) {
    const { selection } = this.editor.state;
    return selection.has(this.editor.pointing.topmost(at)?.key);
  }

  to(at) {
    this.drag.to = at;
    if (!this.drag.box) this.editor.preview(this.#move());
    this.editor.redraw();
  }

  #move() {
    const { editor, drag: { from, to } } = this;
    return moveObjects([...editor.state.selection], to[0] - from[0], to[1] - from[1], editor.options);
  }

  end() {
    const { editor, drag } = this;
    if (drag.box) {
      const found = inBox(editor.state.objects, drag.from, drag.to, (one) => editor.isShown(one));
      editor.apply(select([...editor.state.selection, ...found.map(({ key }) => key)]));
      editor.say(`${found.length} objects in the box; ${editor.state.selection.size} selected`);
    } else if (editor.apply(this.#move())) this.#sayOutside();
    this.cancel();
  }

  #sayOutside() {
    const { editor } = this;
    const { objects, selection } = editor.state;
    const out = objects.filter(({ key, polygon }) => selection.has(key) && isOutside(polygon, editor.image));
    if (out.length === 1) editor.say(`${out[0].label}, object ${objects.indexOf(out[0])}: nothing of it is in the image`);
    else if (out.length) editor.say(`${out.length} objects: nothing of them is in the image`);
  }

  cancel() {
    this.drag = null;
    this.editor.preview(null);
  }

  click(at, event) {
    this.drag = null;
    pickAt(this.editor, at, event);
  }

  enter(at, event) {
    if (!at) return false;
    // While objects are held, arrows move them.
    if (this.held) {
      this.end();
      this.held = false;
    } else if (this.#isOnSelected(at) && !event.shiftKey && !event.altKey) {
      this.drag = { from: at, to: at };
      this.held = true;
      this.editor.say("Held: arrow keys move what is selected; Enter lets it go, Escape puts it back.");
    } else pickAt(this.editor, at, event);
    return true;
  }

  cursorMoved(at) {
    if (this.held) this.to(at);
  }

  escape() {
    if (this.drag) {
      this.held = false;
      this.cancel();
      return true;
    }
    return false;
  }

  draw(pen) {
    if (!this.drag?.box) return;
    const { from: [x1, y1], to: [x2, y2] } = this.drag;
    pen.line([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], "#ffe066", { dash: [4, 4] });
  }
}

// Select what lies at a point: with Shift or Ctrl as well, with Alt what is below the selected one.
export function pickAt(editor, at, event) {
  const { state } = editor;
  const under = event.altKey && state.selection.size === 1 ? [...state.selection][0] : null;
  const one = pick(state, editor.session.picture, at, editor.image, (other) => editor.isShown(other), under);
  if (event.shiftKey || event.ctrlKey || event.metaKey) {
    if (one) editor.apply(toggleSelected(one.key));
  } else editor.apply(one ? select([one.key]) : selectNone());
  const { size } = editor.state.selection;
  editor.say(one ? `${one.label}, object ${state.objects.indexOf(one)}; ${size} selected` : "no object here");
}
