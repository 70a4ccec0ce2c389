// The label tool: what main.js gets where the project can be edited.

import { addKeys } from "./keys.js";
import { Desk } from "./desk.js";
import { KEYS } from "./edit_keys.js";
import { Editor } from "./editor.js";
import { h } from "./dom.js";
import { takeTyped } from "./review_panel.js";

document.head.append(h("link", { rel: "stylesheet", href: "label_tool.css" }));
addKeys("Editing", KEYS);

let desk = null;

// The editor of the page of a frame.
export function editorOf(page) {
  desk ??= new Desk(page.app);
  return new Editor(page, desk);
}

addEventListener("beforeunload", (event) => {
  takeTyped();
  if (!desk?.isUnsaved && !desk?.keeping) return;
  event.preventDefault();
  desk.drafts.flush();
});

export { filterFields, knowEdits, noteOf } from "./edited_frames.js";
