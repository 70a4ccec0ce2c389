// What comes from elsewhere: results of /api/geometry, objects of an older version. Pure.

import { matched } from "./matching.js";
import { area, MOST_OBJECTS, problemOf, whole } from "./polygons.js";
import { refuse } from "./refusal.js";
import { altered, created, editable, hindrance, indexOf, withObjects } from "./state.js";

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

// New objects on top, such as some of an older version or of another type: [{label, polygon}].
export function addObjects(list) {
  return (state) => {
    if (!list.length) return state;
    if (state.objects.length + list.length > MOST_OBJECTS) {
      return refuse(`a frame has at most ${MOST_OBJECTS} objects`);
    }
    let { next } = state;
    const added = [];
    for (const { label, polygon } of list) {
      const points = whole(polygon);
      const problem = problemOf(points);
      if (problem) return refuse(problem);
      added.push(created(next++, label, points));
    }
    return {
      ...state, objects: [...state.objects, ...added], next,
      selection: new Set(added.map(({ key }) => key)),
    };
  };
}

// An object as it was in an older version.
export function restoreObject(key, old, { locked } = {}) {
  return (state) => {
    const hindered = hindrance(state, [key], locked);
    if (hindered) return refuse(hindered);
    const objects = [...state.objects];
    const at = indexOf(state, key);
    objects[at] = altered(objects[at], editable(old));
    return withObjects(state, objects);
  };
}

// All objects as they were in an older version; those of the file that were not there are deleted.
// Objects that are the same in the file are untouched again.
export function restoreAll(list, { locked = new Set() } = {}) {
  return (state) => {
    if (state.objects.some(({ key }) => locked.has(key))) return refuse("some objects are locked");
    const pairs = matched(state.objects, list.map(editable));
    const taken = new Set();
    let { next } = state;
    const restored = list.map((old, i) => {
      const { label, polygon, deleted } = editable(old);
      const at = pairs.get(i);
      if (at === undefined) return { ...created(next++, label, polygon), deleted };
      taken.add(at);
      return altered(state.objects[at], { label, polygon, deleted });
    });
    const rest = state.objects.filter((_, at) => !taken.has(at));
    const objects = [...rest.map((one) => altered(one, { deleted: true })), ...restored];
    const changed = withObjects(state, objects);
    return changed === state ? state : { ...changed, next, selection: new Set() };
  };
}

function newKeys(from, to) {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
