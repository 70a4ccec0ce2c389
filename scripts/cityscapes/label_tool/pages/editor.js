// The label tool on the page of a frame: what pointer and keys do, and what is drawn over the scene.

import { actions } from "./edit_actions.js";
import { EditBar } from "./edit_bar.js";
import { drawCursor, drawSelection } from "./edit_lines.js";
import { say } from "./dom.js";
import { partOf, showPainted } from "./edited_part.js";
import { drawHighlight } from "./highlight.js";
import { select } from "./operations.js";
import { Pointing } from "./pointing.js";
import { classOf } from "./records.js";
import { Refusal } from "./refusal.js";
import { toolsOf } from "./tools.js";

export class Editor {
  // `page` is the page of a frame; `desk` what its editors share: see label_tool.js.
  constructor(page, desk) {
    Object.assign(this, { page, desk, session: null, previews: new Map(), isPeeking: false });
    this.tool = null;
    this.bar = new EditBar(this);
    page.bar.after(this.bar.element);
    this.panels = desk.panelsOf(this);
    this.pointing = new Pointing(this);
  }

  get state() {
    return this.session.state;
  }

  get image() {
    return this.session.document;
  }

  get label() {
    return this.desk.label;
  }

  get options() {
    const { together } = this.desk;
    return { locked: this.desk.visibility.lockedOf(this.state.objects), together };
  }

  isShown(one) {
    return !this.desk.visibility.isHidden(one);
  }

  get isReady() {
    return Boolean(this.session?.picture && this.page.parts);
  }

  // A frame comes on the page, and is on it: see FramePage.
  begin() {
    this.desk.leave(this);
    this.session = null;
    this.previews = new Map();
    this.pointing.forget();
    this.tools = toolsOf(this);
    this.tool = this.tools.get(this.desk.toolName) ?? null;
    this.showState();
  }

  shown() {
    return this.desk.open(this);
  }

  // All that the viewer shows of the frame is there: the image may come after what is edited.
  refreshed() {
    if (this.isReady) this.showState();
  }

  mayLeave(address) {
    return this.desk.mayLeave(this, address);
  }

  close() {
    this.desk.leave(this);
  }

  // The part of the frame that is edited is the editor's own.
  part(key) {
    return partOf(this, key);
  }

  // The picture of what is edited is another one in a box.
  painted(box) {
    showPainted(this, box);
  }

  recolour() {
    if (this.session?.picture) this.painted([0, 0, this.image.width, this.image.height]);
  }

  select(keys) {
    this.apply(select(keys));
  }

  // Outline an object of the list.
  point(key) {
    this.pointed = key;
    this.redraw();
  }

  apply(operation) {
    return this.session.apply(operation);
  }

  // What undo and redo are about: the correction boxes while their tool is used.
  get #undoModel() {
    return this.tool?.model ?? this.session.model;
  }

  // A line of the tool, which is no part of the frame, was begun after all else that can be undone.
  get canUndo() {
    return Boolean(this.tool?.line?.canUndo || this.#undoModel.canUndo);
  }

  get canRedo() {
    return Boolean(this.tool?.line?.canRedo || this.#undoModel.canRedo);
  }

  undo() {
    if (this.tool?.line?.undo()) this.showState();
    else if (!this.session.undo(this.#undoModel)) this.say("There is nothing to undo.");
  }

  redo() {
    if (this.tool?.line?.redo()) this.showState();
    else if (!this.session.redo(this.#undoModel)) this.say("There is nothing to redo.");
  }

  say(text) {
    say(text);
  }

  failed(text) {
    say(text);
    this.bar.warn(text);
  }

  redraw() {
    this.page.redraw();
  }

  // After every change of the model, and of what the page shows of it.
  showState() {
    this.bar.show();
    this.panels.show();
    if (this.isReady) this.#nameSelected();
    this.redraw();
  }

  // The address leads to the one object that is selected.
  #nameSelected() {
    const { selection, objects } = this.state;
    const place = selection.size === 1 ? objects.findIndex(({ key }) => selection.has(key)) : -1;
    this.page.nameObject(place < 0 ? null : place);
  }

  use(name) {
    this.tool?.escape?.();
    this.tool?.forget?.();
    this.previews = new Map();
    this.tool = this.tools.get(name) ?? null;
    this.desk.toolName = this.tool ? name : "";
    this.say(this.tool ? this.tool.hint : "No tool: the mouse moves the view, and a click selects.");
    this.showState();
  }

  // How objects would look after an operation that is not done yet; null for nothing.
  preview(operation) {
    this.previews = new Map();
    const next = operation?.(this.state);
    if (next && !(next instanceof Refusal) && next !== this.state) {
      const known = new Map(this.state.objects.map((one) => [one.key, one]));
      for (const one of next.objects) {
        if (known.get(one.key) !== one) this.previews.set(one.key, one.polygon);
      }
    }
    this.redraw();
  }

  className(label) {
    return classOf(label, this.page.app.classes.byName).known?.name ?? label;
  }

  colourOf(label) {
    const { known } = classOf(label, this.page.app.classes.byName);
    return `#${(known?.color ?? [255, 255, 255]).map((c) => c.toString(16).padStart(2, "0")).join("")}`;
  }

  chooseClass(title) {
    return this.desk.chooseClass(this, title);
  }

  moved(point) {
    return this.pointing.moved(point);
  }

  clicked(point) {
    return this.pointing.clicked(point);
  }

  act(action, event) {
    if (!action.startsWith("edit.")) return false;
    return actions(this, action.slice("edit.".length), event);
  }

  draw(pen) {
    if (!this.isReady) return;
    const { objects, selection } = this.state;
    this.panels.draw(pen);
    drawHighlight(this, pen);
    drawSelection(pen, objects, selection, this.previews, (label) => this.colourOf(label));
    const pointed = objects.find(({ key }) => key === this.pointed);
    if (pointed?.polygon.length) pen.line(pointed.polygon, "#ffe066");
    this.tool?.draw(pen);
    const { keyboard } = this.pointing;
    if (keyboard && this.tool) drawCursor(pen, keyboard, this.pointing.snapped(keyboard).snap !== null);
  }
}
