// Which frames were edited and reviewed, for the page of all frames.

import { getEdits } from "./edit_api.js";
import { STATUSES } from "./review_panel.js";

// Fields of the filter; `field(name, label, options)` makes one.
export function filterFields(field) {
  return [
    field("review", "Review", [["", "all"], ...STATUSES.map((name) => [name, name])]),
    field("edited", "Edited", [["", "all"], ["yes", "edited"], ["no", "not edited"]]),
  ];
}

// Ask for the list of edits and reviews; true where there are some.
export async function knowEdits(known) {
  const list = await getEdits();
  known.edits = new Map();
  for (const one of list) {
    const key = keyOf(one);
    const { edited = false, statuses = [] } = known.edits.get(key) ?? {};
    known.edits.set(key, { edited: edited || one.edited, statuses: [...statuses, one.status] });
  }
  known.isWanted = (place, filter) => isWanted(known.edits.get(keyOf(place)), filter);
  return list.length > 0;
}

// A frame that nobody looked at has the first status.
function isWanted({ edited, statuses } = { edited: false, statuses: [STATUSES[0]] }, filter) {
  if (filter.review && !statuses.includes(filter.review)) return false;
  return !filter.edited || edited === (filter.edited === "yes");
}

// What the card of a frame says of it.
export function noteOf(known, place) {
  const found = known.edits?.get(keyOf(place));
  if (!found) return null;
  const reviewed = found.statuses.filter((name) => name !== STATUSES[0]);
  return [...(found.edited ? ["edited"] : []), ...new Set(reviewed)].map((word) => `, ${word}`).join("");
}

function keyOf({ split, city, frame }) {
  return `${split}/${city}/${frame}`;
}
