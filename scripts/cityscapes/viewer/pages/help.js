// The list of all keys.

import { button, h } from "./dom.js";
import { KEYS, shown } from "./keys.js";

export function showHelp() {
  const dialog = document.getElementById("help");
  const rows = KEYS.map(({ keys, does }) =>
    h("tr", {},
      h("td", {}, keys.flatMap((key, i) => [i ? " " : "", h("kbd", {}, shown(key))])),
      h("td", {}, does)),
  );
  dialog.replaceChildren(
    h("h2", { id: "help-title" }, "Keys"),
    h("table", {}, h("tbody", {}, rows)),
    h("p", {}, "Of the frames: arrow keys move, Enter opens. All lists and boxes are reached by Tab."),
    button("Close", () => dialog.close()),
  );
  dialog.showModal();
}
