// The versions of an edit before the present one, and the way back to them and to the dataset's file.

import { Corrections } from "./corrections.js";
import { getVersion, revert } from "./edit_api.js";
import { paragraphs, question } from "./dialogs.js";
import { button, h } from "./dom.js";
import { Model } from "./model.js";

export class HistoryPanel {
  constructor(editor) {
    this.editor = editor;
    this.list = h("ul", { class: "versions", "aria-label": "Versions before" });
    this.raw = button("Back to the dataset's", () => this.#back("raw", "the file of the dataset"));
    this.outlines = null;
    this.element = h("details", { class: "history" }, h("summary", {}, h("h2", {}, "History")), this.raw, this.list);
  }

  show() {
    const { editor } = this;
    const document = editor.isReady ? editor.session.document : null;
    this.raw.disabled = document?.source !== "edit" && !this.#damaged;
    if (document === this.shown) return;
    this.shown = document;
    this.outlines = null;
    const { raw, history = [] } = document ?? {};
    this.raw.textContent = raw === "none" ? "Remove the edit: the dataset has no file" : "Back to the dataset's";
    this.list.replaceChildren(...(history.length ? history.map((one) => this.#row(one)) : [h("li", {}, "There is no version before.")]));
  }

  // The version of an edit that cannot be read; undefined where it can.
  get #damaged() {
    const { editor } = this;
    return editor.isReady ? undefined : editor.desk.session?.damaged;
  }

  #row({ name, date, user, objects }) {
    const words = `${date || name}${user ? `, ${user}` : ""}, ${objects} objects`;
    const shown = button("Show", () => this.#outline(name, shown), { "aria-pressed": "false", "aria-label": `Show the outlines of ${words}` });
    return h("li", { "data-name": name }, h("span", {}, words), h("div", { class: "buttons" }, shown,
      button("Take it back", () => this.#back(name, `the version of ${date || name}`), { "aria-label": `Take back ${words}` })));
  }

  // The outlines of a version, dashed over the picture.
  async #outline(name, pressed) {
    const { editor } = this;
    const isOn = pressed.getAttribute("aria-pressed") === "true";
    for (const one of this.list.querySelectorAll("[aria-pressed]")) one.setAttribute("aria-pressed", "false");
    this.outlines = null;
    try {
      if (!isOn) {
        const { objects } = await getVersion(editor.session.path, name);
        this.outlines = objects.filter((one) => !one.deleted).map(({ polygon }) => polygon);
        pressed.setAttribute("aria-pressed", "true");
      }
    } catch (error) {
      editor.failed(error.message);
    }
    editor.redraw();
  }

  async #back(to, words) {
    const { editor } = this;
    const { session } = editor.desk;
    const unsaved = session.isUnsaved ? ["What is unsaved is lost."] : [];
    const answer = await question("Back to an older version", paragraphs(
      `The frame becomes ${words}. The present edit goes into the history.`, ...unsaved), [["back", "Go back"], ["", "Cancel"]]);
    if (answer !== "back" || session !== editor.desk.session) return;
    try {
      if (session.damaged) {
        await revert(session.path, session.damaged, to);
        editor.desk.forget({ page: editor.page, session });
        editor.begin();
        await editor.page.refresh();
        await editor.shown();
        return;
      }
      const document = await revert(session.path, session.model.version, to);
      session.corrections = new Corrections(document);
      editor.desk.visibility.clear();
      await session.replace(new Model(document), document);
      editor.desk.forget(editor);
      editor.say(`The frame is ${words} again.`);
    } catch (error) {
      editor.failed(error.message);
    }
    editor.showState();
  }

  draw(pen) {
    for (const polygon of this.outlines ?? []) {
      if (polygon.length) pen.line(polygon, "#ff922b", { dash: [6, 4], width: 1 });
    }
  }
}
