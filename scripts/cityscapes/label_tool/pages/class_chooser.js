// The dialog that chooses a class: searched by typing, arrow keys move, Enter takes.

import { button, h } from "./dom.js";

// A promise of a label, or "" where none was chosen. `labels` are {name, color, hotKey}; Enter alone takes
// `chosen`.
export function chooseClass(title, labels, chosen) {
  return new Promise((done) => {
    let shown = [], at = 0;
    const list = h("ul", { role: "listbox", id: "class-list", "aria-label": "Classes" });
    const search = h("input", {
      type: "search", role: "combobox", "aria-expanded": "true", "aria-controls": "class-list",
      "aria-label": "Search a class", autocomplete: "off", placeholder: "name",
      oninput: () => show(search.value.trim() ? "" : chosen), onkeydown: pressed,
    });
    const dialog = h("dialog", { class: "chooser", "aria-labelledby": "chooser-title" },
      h("h2", { id: "chooser-title" }, title), search, list, button("Cancel", () => dialog.close("")));
    dialog.returnValue = "";
    dialog.addEventListener("close", ended);

    // At once, not when the event comes: the next key, such as Ctrl + S, finds the choice made.
    function take(name) {
      dialog.close(name);
      ended();
    }

    function ended() {
      dialog.remove();
      done(dialog.returnValue);
    }

    function show(first) {
      const words = search.value.trim().toLowerCase().split(/\s+/);
      const found = labels.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
      // Names that begin with what was typed come first.
      const begins = ({ name }) => !name.toLowerCase().startsWith(search.value.trim().toLowerCase());
      shown = [...found].sort((one, other) => begins(one) - begins(other));
      at = Math.max(shown.findIndex(({ name }) => name === first), 0);
      list.replaceChildren(...shown.map(({ name, color, hotKey }, i) => {
        const swatch = h("span", { class: "swatch" });
        swatch.style.background = `rgb(${color.join(",")})`;
        return h("li", { role: "option", id: `class-${i}`, onclick: () => take(name) },
          swatch, name, hotKey ? h("kbd", {}, hotKey) : null);
      }));
      mark();
    }

    function mark() {
      [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
      list.children[at]?.scrollIntoView({ block: "nearest" });
      search.setAttribute("aria-activedescendant", shown.length ? `class-${at}` : "");
    }

    function pressed(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && shown.length) {
        at = (at + step + shown.length) % shown.length;
        mark();
      } else if (event.key === "Enter" && shown[at]) take(shown[at].name);
      else if (event.key !== "Enter") return;
      event.preventDefault();
    }

    document.body.append(dialog);
    dialog.showModal();
    show(chosen);
    search.focus();
  });
}
