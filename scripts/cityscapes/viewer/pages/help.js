// The list of all keys.

import { button, checkbox, h } from "./dom.js";
import { groups, setSingleKeys, shown, singleKeys } from "./keys.js";

export function showHelp() {
  const dialog = document.getElementById("help");
  const row = ({ keys, does }) =>
    h("tr", {},
      h("td", {}, keys.flatMap((key, i) => [i ? " " : "", h("kbd", {}, shown(key))])),
      h("td", {}, does));
  const tables = groups.flatMap(({ title, entries }, i) => [
    h("h2", i ? {} : { id: "help-title" }, title),
    h("table", {}, h("tbody", {}, entries.map(row))),
  ]);
  dialog.replaceChildren(
    ...tables,
    h("p", {}, "Of the frames: arrow keys move, Enter opens. All lists and boxes are reached by Tab."),
    checkbox("Keys that write a character are shortcuts", singleKeys(), setSingleKeys, { name: "single-keys" }),
    button("Close", () => dialog.close()),
  );
  dialog.showModal();
}
