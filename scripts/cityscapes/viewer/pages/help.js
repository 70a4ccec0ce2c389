// The list of all keys.

import { button, checkbox, h } from "./dom.js";
import { groups, setSingleKeys, shown, singleKeys } from "./keys.js";

export function showHelp() {
  const dialog = document.getElementById("help");
  const row = ({ keys, does, help = keys }) =>
    h("tr", {},
      h("td", {}, help.flatMap((key, i) => [i ? " " : "", h("kbd", {}, shown(key))])),
      h("td", {}, does));
  const tables = groups.flatMap(({ title, entries }) => [
    ...(groups.length > 1 ? [h("h3", {}, title)] : []),
    h("table", {}, h("tbody", {}, entries.map(row))),
  ]);
  dialog.replaceChildren(
    h("h2", { id: "help-title" }, "Keys"),
    checkbox("Keys that write a character are shortcuts", singleKeys(), setSingleKeys, { name: "single-keys" }),
    ...tables,
    h("p", {}, "Of the frames: arrow keys move, Enter opens. All lists and boxes are reached by Tab."),
    button("Close", () => dialog.close()),
  );
  dialog.showModal();
}
