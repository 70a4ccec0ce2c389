// The choice, by object, where two people changed a frame.

import { choicesOf, conflictsOf, needsOrder, resolve } from "./conflicts.js";
import { question } from "./dialogs.js";
import { h } from "./dom.js";
import { savedBy } from "./saved_by.js";

const WORDS = { mine: "mine", theirs: "theirs", both: "both: mine as a new object" };

// The entries of PUT, or null where nothing was chosen.
export async function resolveConflicts(editor, comparison, current) {
  const items = conflictsOf(comparison);
  const choices = new Map();
  let order = "theirs";
  const rows = items.map((item, i) => {
    // To have both is of no use where one is deleted.
    const isDeleted = item.mine?.deleted || item.theirs?.deleted;
    const options = choicesOf(item).filter((name) => name !== "both" || !isDeleted);
    choices.set(item, "mine");
    return h("fieldset", {},
      h("legend", {}, `${nameOf(item)}: ${differenceOf(item)}`),
      options.map((name) => radio(`conflict-${i}`, WORDS[name], name === "mine", () => choices.set(item, name))));
  });
  if (needsOrder(comparison)) {
    rows.push(h("fieldset", {}, h("legend", {}, "The painting order: both changed it"),
      ["mine", "theirs"].map((name) => radio("conflict-order", WORDS[name], name === order, () => (order = name)))));
  }
  const others = comparison.items.filter(({ who }) => who === "theirs").length;
  const answer = await question("The file was changed by somebody else", [
    h("p", {}, `The frame was ${savedBy(current)} since this page read it. ${others} ${others === 1 ? "object" : "objects"} that only they changed are taken; of those that both changed, choose:`),
    h("div", { class: "conflicts" }, rows),
  ], [["resolve", "Take these and save"], ["", "Cancel"]]);
  return answer === "resolve" ? resolve(comparison, choices, order) : null;
}

function radio(name, text, checked, onchange) {
  return h("label", { class: "check" }, h("input", { type: "radio", name, checked, onchange }), h("span", {}, text));
}

function nameOf({ base, mine, theirs }) {
  const one = base ?? mine ?? theirs;
  const [x, y] = one.polygon[0] ?? [];
  return `${one.label}${x === undefined ? "" : ` at ${x}, ${y}`}`;
}

function differenceOf({ base, mine, theirs }) {
  return `mine ${changeOf(base, mine)}; theirs ${changeOf(base, theirs)}`;
}

function changeOf(base, now) {
  if (!now) return "is gone";
  if (!base) return "is new";
  if (now.deleted && !base.deleted) return "is deleted";
  const label = now.label === base.label ? "" : ` is ${now.label}`;
  return `has ${now.polygon.length} points${label && `, and${label}`}`;
}
