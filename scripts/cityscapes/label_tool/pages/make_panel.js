// Making the files of the frame with the workflow, its log shown as it grows.

import { followMaking, getTable, startMaking } from "./edit_api.js";
import { button, h } from "./dom.js";

export class MakePanel {
  constructor(editor) {
    this.editor = editor;
    this.start = button("Make this frame", () => this.#make());
    this.log = h("pre", { class: "log", tabindex: "0", role: "log", "aria-label": "Log of the workflow", hidden: true });
    this.stale = h("div", {});
    this.element = h("details", { class: "make" }, h("summary", {}, h("h2", {}, "Files of this frame, table of edits")),
      this.stale, this.start, this.log,
      button("Table of all edits (edits.csv)", () => this.#table()));
  }

  show() {
    this.start.disabled = !this.editor.isReady || this.running;
    this.#showStale();
  }

  // Which files are made of an older version, as the server says of the frame.
  async #showStale() {
    const { editor } = this;
    const { frame } = editor.page;
    if (!editor.isReady || this.known === editor.session.document) return;
    this.known = editor.session.document;
    const { value } = await frame.part("about");
    if (frame !== editor.page.frame || !value) return;
    this.stale.replaceChildren(...value.stale.map((text) => h("p", { class: "notice" }, text)));
    editor.bar.tellStale(value.stale);
  }

  async #make() {
    const { editor } = this;
    const { session } = editor;
    if (session.isUnsaved && !(await editor.desk.save(editor))) return;
    this.running = true;
    this.log.hidden = false;
    this.log.textContent = "";
    this.show();
    let end = "";
    try {
      const { run } = await startMaking(session.path);
      await followMaking(run, (text) => {
        end = (end + text).slice(-100);
        this.log.append(text);
        this.log.scrollTop = this.log.scrollHeight;
      });
      const [last = "no exit code"] = /exit code -?\d+\s*$/.exec(end) ?? [];
      editor.say(last.trim() === "exit code 0" ? "This frame was made." : `The workflow ended with ${last.trim()}: see its log.`);
    } catch (error) {
      this.log.append(error.message);
      editor.failed(error.message);
    }
    this.running = false;
    for (const key of ["about", "labels:prepared"]) editor.page.frame.parts.delete(key);
    this.known = null;
    this.show();
    editor.page.refresh();
  }

  async #table() {
    try {
      const url = URL.createObjectURL(await getTable());
      h("a", { href: url, download: "edits.csv" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (error) {
      this.editor.failed(error.message);
    }
  }
}
