// The file was replaced since the page read it: what each side changed, by object, and the merge. Pure.
//
// An item is one object of the base document, of mine or of theirs, with what became of it:
// {base, mine, theirs}: contents {label, polygon, deleted} or null where it is not in that list;
// `place`: its place in their file, or null; `who`: "nobody", "mine", "theirs", "same" (both did the
// same) or "conflict". Nothing is decided of a conflict but by a choice.

import { contentOf, matched } from "./matching.js";
import { editable } from "./state.js";

// `base` and `theirs` are objects of documents, `mine` the entries of PUT against `base`.
export function compare(base, mine, theirs) {
  const own = base.map(editable);
  const other = theirs.map(editable);
  const items = own.map((content) => ({ base: content, mine: null, theirs: null, place: null }));
  const pairs = matched(own, other);
  const theirOrder = other.map((content, place) => {
    const item = items[pairs.get(place)] ?? begin(items);
    return Object.assign(item, { theirs: content, place });
  });
  const added = new Map(); // what they added, by its content
  for (const item of theirOrder) if (!item.base) added.set(contentOf(item.theirs), item);
  const myOrder = mine.map((entry) => {
    if (Number.isInteger(entry)) return Object.assign(items[entry], { mine: own[entry] });
    const content = editable(entry);
    if (entry.base !== null) return Object.assign(items[entry.base], { mine: content });
    // Both added the same: such as a save whose answer was lost.
    const item = added.get(contentOf(content)) ?? begin(items);
    added.delete(contentOf(content));
    return Object.assign(item, { mine: content });
  });
  for (const item of items) item.who = whoOf(item);
  return { items, myOrder, theirOrder, order: orderOf(items, myOrder, theirOrder) };
}

// The items that need a choice; of the painting order, see `needsOrder`.
export function conflictsOf({ items }) {
  return items.filter(({ who }) => who === "conflict");
}

export function needsOrder({ order }) {
  return order === "conflict";
}

// "mine" and "theirs", or also "both": theirs, and mine as a new object above it.
export function choicesOf({ mine, theirs }) {
  return mine && theirs ? ["mine", "theirs", "both"] : ["mine", "theirs"];
}

// The entries against their version, for Model.fromEntries. `choices`: Map item -> choice; `order`: "mine" or
// "theirs" where both changed it. Throws where a choice is lacking or is none.
export function resolve(comparison, choices = new Map(), order = null) {
  for (const item of conflictsOf(comparison)) {
    if (!choicesOf(item).includes(choices.get(item))) {
      throw new Error(`no choice is made for ${nameOf(item)}`);
    }
  }
  const leading = needsOrder(comparison) ? order : comparison.order;
  if (leading !== "mine" && leading !== "theirs") {
    throw new Error("no choice is made for the painting order");
  }
  const { myOrder, theirOrder } = comparison;
  const items = leading === "mine" ? joined(myOrder, theirOrder) : joined(theirOrder, myOrder);
  return items.flatMap((item) => entriesOf(item, choices.get(item)));
}

function begin(items) {
  items.push({ base: null, mine: null, theirs: null, place: null });
  return items.at(-1);
}

function whoOf({ base, mine, theirs }) {
  const [was, my, their] = [base, mine, theirs].map((one) => (one ? contentOf(one) : null));
  if (my === was && their === was) return "nobody";
  if (their === was) return "mine";
  if (my === was) return "theirs";
  return my === their ? "same" : "conflict";
}

function entriesOf({ mine, theirs, place, who }, choice) {
  const kept = theirs ? [place] : [];
  const put = mine ? [{ base: place, ...mine }] : [];
  if (who === "mine") return put;
  if (who !== "conflict" || choice === "theirs") return kept;
  return choice === "mine" ? put : [...kept, { base: null, ...mine }];
}

// Whose painting order holds for the objects of all three: that of the side that changed it.
function orderOf(items, myOrder, theirOrder) {
  const isCommon = ({ base, mine, theirs }) => base && mine && theirs;
  const [was, my, their] = [items, myOrder, theirOrder].map((list) => list.filter(isCommon));
  const isSame = (one, other) => one.every((item, i) => item === other[i]);
  if (isSame(my, was) || isSame(my, their)) return "theirs";
  return isSame(their, was) ? "mine" : "conflict";
}

// The items of the first list, and those of the second alone right above what they lie above there.
function joined(leading, following) {
  const list = [...leading];
  const known = new Set(leading);
  following.forEach((item, i) => {
    if (known.has(item)) return;
    list.splice(i ? list.indexOf(following[i - 1]) + 1 : 0, 0, item);
    known.add(item);
  });
  return list;
}

function nameOf({ base, mine, theirs }) {
  return `the object ${(mine ?? theirs ?? base).label}`;
}
