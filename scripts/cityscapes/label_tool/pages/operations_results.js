// Results of /api/geometry. Pure.

import { area, MOST_OBJECTS, problemOf, whole } from "./polygons.js";
import { refuse } from "./refusal.js";
import { altered, created, hindrance, withObjects } from "./state.js";

// The polygons of union, intersection, subtract, slice or simplify take the place of an object: it
// gets the largest, the others become new objects of its class right above it. `consumed` are keys
// of objects that went into the result, which are deleted.
export function replaceObject(key, polygons, { locked, consumed = [] } = {}) {
  return (state) => {
    const gone = new Set(consumed);
    gone.delete(key);
    const hindered = hindrance(state, [key, ...gone], locked);
    if (hindered) return refuse(hindered);
    if (!polygons.length) return refuse("nothing is left of the object");
    const parts = polygons.map(whole).sort((one, other) => area(other) - area(one));
    const problem = parts.map(problemOf).find(Boolean);
    if (problem) return refuse(problem);
    if (state.objects.length + parts.length - 1 > MOST_OBJECTS) {
      return refuse(`a frame has at most ${MOST_OBJECTS} objects`);
    }
    let { next } = state;
    const objects = state.objects.flatMap((one) => {
      if (gone.has(one.key)) return [altered(one, { deleted: true })];
      if (one.key !== key) return [one];
      const rest = parts.slice(1).map((polygon) => created(next++, one.label, polygon));
      return [altered(one, { polygon: parts[0] }), ...rest];
    });
    const changed = withObjects(state, objects);
    if (changed === state) return state;
    return { ...changed, next, selection: new Set([key, ...newKeys(state.next, next)]) };
  };
}

function newKeys(from, to) {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
