// Review of a frame: its status and note, and the correction boxes.

import { changeBox, deleteBoxes, selectBoxes, TYPES } from "./corrections.js";
import { button, h, select } from "./dom.js";
import { putReview } from "./edit_api.js";
import { choiceOf, isSameReview } from "./review_conflict.js";
import { drawBoxes } from "./tool_boxes.js";

export const STATUSES = ["to do", "in work", "to review", "done", "rejected"];
const NOT_SAVED = "The review is not saved";

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

  get #typed() {
    return { status: this.#select.value, note: this.note.value };
  }

  // Status and note are saved at once, one after the other: they are no part of the annotation.
  async #keep() {
    const { desk, session } = this.editor;
    const mine = this.#typed;
    if (!desk.keeping && isSameReview(mine, session.reviewed.review)) return;
    desk.keeping += 1;
    const before = session.keepingReview;
    session.keepingReview = (async () => {
      await before;
      await this.#put(session, mine);
      desk.keeping -= 1;
    })();
  }

  // What could not be saved stays in the fields.
  async #put(session, mine) {
    const { editor } = this;
    try {
      this.#know(session, mine, await putReview(session.path, session.reviewed.review_version, mine));
      editor.say(`Review saved: ${mine.status}`);
      if (editor.bar.warning.textContent.startsWith(NOT_SAVED)) editor.bar.warn("");
    } catch (error) {
      const choice = error.status === 412 && await choiceOf(mine, error.answer.current.review);
      if (!choice) {
        editor.failed(`${NOT_SAVED}: ${error.message}`);
        return;
      }
      this.#know(session, choice === "theirs" ? mine : null, error.answer.current);
      if (choice === "mine") await this.#put(session, mine);
      else editor.say("The review is that of the other.");
    }
  }

  // The review of the server is another; it is shown where the fields have what was sent.
  #know(session, sent, { review, review_version }) {
    const { editor } = this;
    session.reviewed = { review, review_version };
    session.document = { ...session.document, review, review_version };
    editor.desk.edits = null;
    if (session === editor.session && sent && isSameReview(sent, this.#typed)) this.#showReview();
  }

  #showReview() {
    const { session } = this.editor;
    const { review, review_version } = session.document;
    const { status, note, user, date, problem } = review;
    session.reviewed = { review, review_version };
    if (this.#select.value !== status) this.#select.value = status;
    if (this.note.value !== note) this.note.value = note;
    this.by.textContent = problem ?? (user ? `by ${user}, ${date}` : "");
  }

  // Whether the answer to a save told of another review, and nothing is typed that it would replace.
  get #isOld() {
    const { desk, session: { document, reviewed } } = this.editor;
    return document.review_version !== reviewed.review_version && !desk.keeping
      && isSameReview(this.#typed, reviewed.review);
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
    if (this.shown !== editor.session || this.#isOld) this.#showReview();
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
