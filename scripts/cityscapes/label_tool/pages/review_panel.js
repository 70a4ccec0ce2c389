// Review of a frame: its status and note, and the correction boxes.

import { changeBox, deleteBoxes, selectBoxes, TYPES } from "./corrections.js";
import { button, h, select } from "./dom.js";
import { putReview } from "./edit_api.js";
import { drawBoxes } from "./tool_boxes.js";

export const STATUSES = ["to do", "in work", "to review", "done", "rejected"];

// What is typed counts, though the field still has the focus.
export function takeTyped() {
  const { activeElement: field } = document;
  if (field?.matches(".review input, .review textarea")) field.dispatchEvent(new Event("change"));
}

export class ReviewPanel {
  constructor(editor) {
    this.editor = editor;
    this.status = select("Status", STATUSES.map((name) => [name, name]), STATUSES[0], () => this.#keep(), { name: "reviewstatus" });
    this.note = h("textarea", { name: "reviewnote", rows: 2, onchange: () => this.#keep() });
    this.by = h("p", { class: "quiet" });
    this.boxes = h("ul", { class: "boxes", "aria-label": "Correction boxes" });
    this.count = h("h3", {});
    this.rows = new Map();
    this.element = h("details", { class: "review" }, h("summary", {}, h("h2", {}, "Review")),
      this.status, h("label", { class: "field" }, h("span", {}, "Note"), this.note), this.by,
      this.count, this.boxes);
  }

  get #select() {
    return this.status.querySelector("select");
  }

  // Status and note are saved at once: they are no part of the annotation.
  async #keep() {
    const { editor } = this;
    const { session } = editor;
    const { note, status } = session.document.review;
    if (!editor.desk.keeping && note === this.note.value && status === this.#select.value) return;
    editor.desk.keeping += 1;
    try {
      const review = await putReview(session.path, { status: this.#select.value, note: this.note.value });
      session.document = { ...session.document, review };
      editor.desk.edits = null;
      editor.say(`Review saved: ${review.status}`);
    } catch (error) {
      editor.failed(`The review is not saved: ${error.message}`);
    }
    editor.desk.keeping -= 1;
    if (session === editor.session) this.#showReview();
  }

  #showReview() {
    const { status, note, user, date, problem } = this.editor.session.document.review;
    if (this.#select.value !== status) this.#select.value = status;
    if (document.activeElement !== this.note) this.note.value = note;
    this.by.textContent = problem ?? (user ? `by ${user}, ${date}` : "");
  }

  show() {
    const { editor } = this;
    this.#select.disabled = this.note.disabled = !editor.isReady;
    if (!editor.isReady) {
      this.boxes.replaceChildren();
      this.rows.clear();
      this.shown = null;
      return;
    }
    if (this.shown !== editor.session) this.#showReview();
    this.shown = editor.session;
    const { corrections, document: { corrections_problem: problem } } = editor.session;
    const { boxes, selection } = corrections.state;
    this.count.textContent = problem ?? `Correction boxes: ${boxes.length || "none"}`;
    const known = this.rows;
    this.rows = new Map(boxes.map((box) => [box.key, known.get(box.key) ?? this.#row(box.key)]));
    boxes.forEach((box) => this.#fill(this.rows.get(box.key), box, selection.has(box.key)));
    const rows = [...this.rows.values()];
    const isSame = rows.length === this.boxes.children.length && rows.every((row, i) => row === this.boxes.children[i]);
    if (!isSame) this.boxes.replaceChildren(...rows);
  }

  #row(key) {
    const { editor } = this;
    const change = (what) => editor.session.correct(changeBox(key, what));
    const type = select("Type", [...TYPES].map(([number, name]) => [String(number), name]), "1",
      (value) => change({ type: Number(value) }), { name: "boxtype" });
    const text = h("input", { name: "boxtext", onchange: () => change({ annotation: text.value }) });
    return h("li", { "data-key": String(key), onfocusin: () => this.#choose(key) }, type,
      h("label", { class: "field" }, h("span", {}, "Text"), text),
      button("Delete this box", () => editor.session.correct(deleteBoxes([key]))));
  }

  #choose(key) {
    const { corrections } = this.editor.session;
    if (!corrections.state.selection.has(key)) this.editor.session.correct(selectBoxes([key]));
  }

  #fill(row, { type, annotation }, isSelected) {
    row.classList.toggle("selected", isSelected);
    row.querySelector("select").value = String(type);
    const text = row.querySelector("input");
    if (document.activeElement !== text) text.value = annotation;
  }

  // To the text of a box that was just drawn.
  focusBox(key) {
    this.element.open = true;
    this.show();
    this.rows.get(key)?.querySelector("input").focus();
  }

  draw(pen) {
    drawBoxes(pen, this.editor.session.corrections.state);
  }
}
