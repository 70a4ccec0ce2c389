// The bar above a frame that is edited: tools, class, undo, what can be done, and whether it is saved.

import { button, checkbox, h, select } from "./dom.js";
import { TOOLS } from "./tools.js";

const COMMANDS = [
  ["duplicate", "Duplicate", "Ctrl + D", 1], ["group", "Group", "a", 1], ["union", "Union", "u", 2],
  ["intersection", "Intersection", "k", 2], ["subtract", "Subtract", "j", 2], ["simplify", "Simplify", "y", 1],
  ["delete", "Delete", "Delete", 1],
];

export class EditBar {
  constructor(editor) {
    this.editor = editor;
    const { desk } = editor;
    const act = (action) => () => {
      editor.act(`edit.${action}`, {});
      this.show();
    };
    this.tools = new Map(TOOLS.map(([name, text, key]) => [name, button(text, act(`tool.${name}`), { title: key, "aria-pressed": "false" })]));
    this.swatch = h("span", { class: "swatch" });
    this.label = h("span", {});
    this.class = button("", act("class"), { title: "m", class: "class" });
    this.class.append(this.swatch, this.label);
    this.undo = button("Undo", act("undo"), { title: "Ctrl + Z" });
    this.redo = button("Redo", act("redo"), { title: "Ctrl + Shift + Z" });
    this.commands = COMMANDS.map(([name, text, key, least]) => [button(text, act(name), { title: key }), least]);
    this.save = button("Save", act("save"), { title: "Ctrl + S", class: "save" });
    this.state = h("span", { class: "editstate", role: "status" });
    this.warning = h("p", { class: "editwarning", role: "alert" });
    this.type = h("span", {});
    this.snapping = checkbox("Snap", desk.snapping, () => desk.toggle("snapping", "Snapping"), { name: "snapping", title: "b" });
    this.together = checkbox("Shared vertices move together", desk.together, () => desk.toggle("together", "Moving shared vertices together"), { name: "together" });
    this.element = h("div", { class: "editbar", role: "toolbar", "aria-label": "Editing" },
      h("div", { class: "group" }, [...this.tools.values()]), this.class,
      h("div", { class: "group" }, this.undo, this.redo),
      h("div", { class: "group" }, this.commands.map(([one]) => one)),
      this.snapping, this.together, h("span", { class: "space" }), this.type, this.state, this.save, this.warning);
  }

  // Say something until the next change.
  warn(text) {
    this.warning.textContent = text;
  }

  // Files that are made of an older version than the one that is saved.
  tellStale(texts) {
    const all = texts.some((text) => text.includes("edited since"));
    this.old = texts.length ? `; ${all ? "its" : "some of its"} files are older` : "";
    this.show();
  }

  show() {
    const { editor } = this;
    const { desk, session, tool } = editor;
    const ready = editor.isReady;
    for (const [name, one] of this.tools) {
      one.setAttribute("aria-pressed", String(editor.tools.get(name) === tool));
      one.disabled = !ready;
    }
    this.swatch.style.background = desk.label ? editor.colourOf(desk.label) : "transparent";
    this.label.textContent = desk.label || "Class …";
    this.undo.disabled = !ready || !editor.canUndo;
    this.redo.disabled = !ready || !editor.canRedo;
    const count = ready ? editor.state.selection.size : 0;
    for (const [one, least] of this.commands) one.disabled = count < least;
    this.snapping.querySelector("input").checked = desk.snapping;
    this.together.querySelector("input").checked = desk.together;
    this.save.disabled = !ready || !(session.isUnsaved || session.document.source === "none");
    this.state.textContent = ready ? `${stateOf(session)}${session.isUnsaved ? "" : this.old ?? ""}` : desk.problem || "";
    this.element.classList.toggle("unsaved", Boolean(ready && session.isUnsaved));
    this.#showType(desk.typesOf(editor));
  }

  #showType(types) {
    if (this.types?.join() === types.join()) return;
    this.types = types;
    this.type.replaceChildren(...(types.length > 1
      ? [select("Edit", types.map((name) => [name, name]), this.editor.session?.place.type ?? types[0],
        (value) => this.editor.desk.setType(this.editor, value), { name: "edittype" })]
      : []));
  }
}

// Whether the frame is saved, in words.
export function stateOf({ model, document, corrections, saving }) {
  if (saving) return "saving …";
  const changed = model.state.objects.filter((one) => one.changed).length;
  const what = [
    ...(model.isDrawing ? ["an open polygon"] : []),
    ...(changed ? [`${changed} ${changed === 1 ? "object" : "objects"}`] : model.isChanged ? ["the painting order"] : []),
    ...(corrections.isChanged ? ["correction boxes"] : []),
  ];
  if (what.length) return `not saved: ${what.join(", ")}`;
  return { edit: "edited and saved", raw: "as in the dataset", none: "not annotated yet" }[document.source];
}
