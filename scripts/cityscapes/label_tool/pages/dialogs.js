// Questions that are answered by a button; and forms with fields.

import { button, h } from "./dom.js";

// A promise of the name of the button that was pressed, or "" for Escape. `buttons` are [name, text].
export function question(title, body, buttons) {
  return new Promise((done) => {
    const dialog = h("dialog", { class: "question", "aria-labelledby": "question-title" },
      h("h2", { id: "question-title" }, title), body,
      h("div", { class: "buttons" }, buttons.map(([name, text, properties]) => button(text, () => dialog.close(name), properties ?? {}))));
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function paragraphs(...texts) {
  return texts.map((text) => h("p", {}, text));
}
