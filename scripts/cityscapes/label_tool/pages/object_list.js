// The list of objects in painting order: selected, dragged to another place, hidden, locked, shown alone.

import { button, checkbox, h, select as choice } from "./dom.js";
import { moveTo, select, toggleSelected } from "./operations.js";
import { classOf } from "./records.js";

export class ObjectList {
  constructor(editor) {
    this.editor = editor;
    this.deleted = false;
    this.words = "";
    this.scope = "objects";
    this.active = null;
    this.rows = new Map();
    this.list = h("ul", {
      class: "objectlist", role: "listbox", tabindex: "0", "aria-multiselectable": "true",
      "aria-label": "Objects, topmost first", onkeydown: (event) => this.#pressed(event),
      onfocus: () => this.#mark(), ondragover: (event) => this.#over(event), ondrop: (event) => this.#drop(event),
      ondragend: () => this.#over(null),
    });
    const act = (action) => () => editor.act(`edit.${action}`, {});
    const mark = (name) => () => this.#toggle(name);
    this.back = button("Bring back", act("bringBack"));
    this.buttons = [
      button("Top", act("top"), { title: "Home" }), button("Up", act("up"), { title: "Page Up" }),
      button("Down", act("down"), { title: "Page Down" }), button("Bottom", act("bottom"), { title: "End" }),
    ];
    this.marks = [
      button("Hide", mark("hidden"), { title: "Shift + H" }), button("Lock", mark("locked"), { title: "Shift + L" }),
      button("Solo", mark("solo"), { title: "Shift + S" }),
    ];
    this.clear = button("Show and unlock all", () => this.#clear());
    this.element = h("details", { open: true, class: "editobjects" }, h("summary", {}, h("h2", {}, "Objects")),
      h("label", { class: "field" }, h("span", {}, "Search"), h("input", {
        type: "search", name: "objectsearch", placeholder: "class", oninput: (event) => this.#search(event.target.value),
      })),
      checkbox("Deleted objects, too", false, (on) => this.#showDeleted(on), { name: "showdeleted" }),
      this.list,
      h("div", { class: "buttons" }, this.buttons, this.back),
      choice("These are for", [["objects", "selected objects"], ["classes", "their classes"]], "objects",
        (value) => (this.scope = value), { name: "markscope" }),
      h("div", { class: "buttons" }, this.marks, this.clear));
  }

  #search(words) {
    this.words = words.trim().toLowerCase();
    this.show();
  }

  #showDeleted(on) {
    this.deleted = on;
    this.show();
  }

  #toggle(name) {
    const { editor } = this;
    if (this.scope === "objects") {
      editor.act(`edit.${name}`, {});
      return;
    }
    const { selection, objects } = editor.state;
    const labels = new Set(objects.filter(({ key }) => selection.has(key)).map(({ label }) => label));
    editor.desk.visibility.toggle(name, { labels });
    editor.recolour();
    editor.showState();
  }

  #clear() {
    this.editor.desk.visibility.clear();
    this.editor.recolour();
    this.editor.showState();
  }

  // The objects of the list, topmost first.
  get listed() {
    const { objects } = this.editor.state;
    const wanted = ({ label, deleted }) => (this.deleted || !deleted) && label.toLowerCase().includes(this.words);
    return objects.filter(wanted).reverse();
  }

  show() {
    const { editor } = this;
    const ready = editor.isReady;
    const { visibility } = editor.desk;
    const { selection = new Set(), objects = [] } = ready ? editor.state : {};
    for (const one of [...this.buttons, ...this.marks]) one.disabled = !selection.size;
    this.back.disabled = !objects.some(({ key, deleted }) => deleted && selection.has(key));
    this.clear.disabled = !visibility.isAny;
    this.list.toggleAttribute("data-ready", Boolean(ready));
    const { list = [], pixels = [] } = (ready && editor.session.picture) || {};
    const painted = new Map(list.map(({ key }, place) => [key, pixels[place]]));
    const known = this.rows;
    this.rows = new Map();
    const rows = (ready ? this.listed : []).map((one) => {
      const text = this.#textOf(one, objects, painted.get(one.key));
      const row = known.get(one.key)?.text === text ? known.get(one.key) : { text, element: this.#row(one, text) };
      this.rows.set(one.key, row);
      row.element.setAttribute("aria-selected", String(selection.has(one.key)));
      return row.element;
    });
    const isSame = rows.length === this.list.children.length && rows.every((row, i) => row === this.list.children[i]);
    if (!isSame) this.list.replaceChildren(...rows);
    if (selection.size === 1 && !selection.has(this.active)) {
      [this.active] = selection;
      this.rows.get(this.active)?.element.scrollIntoView({ block: "nearest" });
    }
    this.#mark();
  }

  #textOf(one, objects, pixels) {
    const { visibility } = this.editor.desk;
    const notes = [one.deleted ? "deleted" : pixels === undefined ? "" : `${pixels.toLocaleString("en")} px`];
    if (visibility.isHidden(one)) notes.push("hidden");
    if (visibility.isLocked(one)) notes.push("locked");
    if (one.changed) notes.push(one.base === null ? "new" : "changed");
    return [`${objects.indexOf(one)} ${one.label}`, ...notes.filter(Boolean)].join(", ");
  }

  #row(one, text) {
    const { editor } = this;
    const swatch = h("span", { class: "swatch" });
    const { known } = classOf(one.label, editor.page.app.classes.byName);
    swatch.style.background = known ? `rgb(${known.color.join(",")})` : "transparent";
    return h("li", {
      role: "option", id: `object-${one.key}`, draggable: true, "data-key": String(one.key),
      onclick: (event) => this.#choose(one.key, event.shiftKey || event.ctrlKey || event.metaKey),
      ondragstart: (event) => this.#dragged(one.key, event),
      onmouseenter: () => editor.point(one.key), onmouseleave: () => editor.point(null),
    }, swatch, text);
  }

  #choose(key, more) {
    this.active = key;
    this.editor.apply(more ? toggleSelected(key) : select([key]));
    this.#mark();
  }

  #mark() {
    for (const [key, { element }] of this.rows) element.classList.toggle("active", key === this.active);
    const there = this.rows.has(this.active);
    if (there) this.list.setAttribute("aria-activedescendant", `object-${this.active}`);
    else this.list.removeAttribute("aria-activedescendant");
  }

  // Arrows go from object to object and select, with Shift in addition; with Ctrl they only go.
  #pressed(event) {
    const keys = this.listed.map(({ key }) => key);
    const at = keys.indexOf(this.active);
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1 }[event.key];
    if (event.key === " ") this.#choose(this.active ?? keys[0], true);
    else if (to === undefined || event.altKey) return;
    else if (keys[to] !== undefined) {
      this.active = keys[to];
      if (event.shiftKey) this.editor.apply(select([...this.editor.state.selection, keys[to]]));
      else if (!event.ctrlKey) this.editor.apply(select([keys[to]]));
      this.rows.get(keys[to])?.element.scrollIntoView({ block: "nearest" });
      this.#mark();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // What is dragged: the object, or all selected ones where it is one of them.
  #dragged(key, event) {
    const { selection } = this.editor.state;
    this.moving = selection.has(key) ? [...selection] : [key];
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", String(key));
  }

  // The row that a drop is at, and whether it is above or below its middle.
  #target(event) {
    const row = event.target.closest?.("[role=option]");
    if (!row) return null;
    const box = row.getBoundingClientRect();
    return { row, below: event.clientY > box.top + box.height / 2 };
  }

  #over(event) {
    for (const one of this.list.querySelectorAll(".above, .below")) one.classList.remove("above", "below");
    const target = event && this.moving ? this.#target(event) : null;
    if (!target) return;
    event.preventDefault();
    target.row.classList.add(target.below ? "below" : "above");
  }

  #drop(event) {
    const target = this.moving ? this.#target(event) : null;
    this.#over(null);
    if (target) {
      event.preventDefault();
      const { editor } = this;
      const place = editor.state.objects.findIndex(({ key }) => key === Number(target.row.dataset.key));
      // The topmost is first in the list and last in the file.
      editor.apply(moveTo(this.moving, target.below ? place : place + 1, editor.options));
    }
    this.moving = null;
  }
}
