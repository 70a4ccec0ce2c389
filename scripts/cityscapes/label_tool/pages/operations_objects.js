// Moving, deleting, copying and naming whole objects: operations of Model.apply. Pure.

import { withCoincident } from "./operations_points.js";
import { MOST_OBJECTS, problemOf, whole } from "./polygons.js";
import { refuse } from "./refusal.js";
import { created, hindrance, withChanges } from "./state.js";

// By whole pixels; with `together`, the points of other objects at the same places as well.
export function moveObjects(keys, dx, dy, { locked, together = false } = {}) {
  const [right, down] = [Math.round(dx), Math.round(dy)];
  return (state) => {
    const hindered = hindrance(state, keys, locked);
    if (hindered) return refuse(hindered);
    const chosen = new Set(keys);
    const own = state.objects.filter(({ key }) => chosen.has(key)).flatMap(
      ({ key, polygon }) => polygon.map((_, index) => ({ key, index })),
    );
    const vertices = together ? withCoincident(state, own, locked) : own;
    const indices = new Map();
    for (const { key, index } of vertices) {
      if (!indices.has(key)) indices.set(key, new Set());
      indices.get(key).add(index);
    }
    return withChanges(state, new Set([...chosen, ...indices.keys()]), locked, ({ key, polygon }) => {
      if (!right && !down) return {};
      const moved = indices.get(key) ?? new Set();
      const points = whole(
        polygon.map(([x, y], i) => (moved.has(i) ? [x + right, y + down] : [x, y])),
      );
      const problem = problemOf(points);
      return problem ? refuse(problem) : { polygon: points };
    });
  };
}

// Deleted objects stay in the file, where programs leave them out; they can be brought back.
export function deleteObjects(keys, { locked } = {}) {
  return (state) => withChanges(state, keys, locked, () => ({ deleted: true }));
}

export function bringBack(keys, { locked } = {}) {
  return (state) => withChanges(state, keys, locked, ({ polygon }) => {
    const problem = problemOf(polygon);
    return problem ? refuse(problem) : { deleted: false };
  });
}

// A copy right above each object; the copies are selected.
export function duplicate(keys, dx = 0, dy = 0) {
  return (state) => {
    const hindered = hindrance(state, keys);
    if (hindered) return refuse(hindered);
    const chosen = new Set(keys);
    if (state.objects.length + chosen.size > MOST_OBJECTS) {
      return refuse(`a frame has at most ${MOST_OBJECTS} objects`);
    }
    let { next } = state;
    const copies = new Set();
    const objects = [];
    for (const one of state.objects) {
      objects.push(one);
      if (!chosen.has(one.key)) continue;
      const points = whole(one.polygon.map(([x, y]) => [x + dx, y + dy]));
      const problem = problemOf(points);
      if (problem) return refuse(problem);
      objects.push(created(next, one.label, points));
      copies.add(next++);
    }
    return { ...state, objects, selection: copies, next };
  };
}

export function changeClass(keys, label, { locked } = {}) {
  return (state) => {
    if (!label) return refuse("no class is chosen");
    return withChanges(state, keys, locked, ({ polygon }) => named(polygon, label));
  };
}

// "car" to "cargroup". `byName` is that of the page's classes.
export function makeGroup(keys, byName, { locked } = {}) {
  return (state) => withChanges(state, keys, locked, ({ label, polygon }) => {
    const name = groupName(label, byName);
    return name ? named(polygon, name) : refuse(`the class ${label} has no groups`);
  });
}

export function ungroup(keys, byName, { locked } = {}) {
  return (state) => withChanges(state, keys, locked, ({ label, polygon }) => {
    const name = singleName(label, byName);
    return name ? named(polygon, name) : refuse(`${label} is no group`);
  });
}

// Objects of files may have too few points; those can be deleted, but not be changed otherwise.
function named(polygon, label) {
  const problem = problemOf(polygon);
  return problem ? refuse(problem) : { label };
}

// The label of several objects of a class as one, or null: classes with instances have groups, and
// some have a class of its own for them ("polegroup").
export function groupName(label, byName) {
  const name = `${label}group`;
  return byName.has(name) || byName.get(label)?.has_instances ? name : null;
}

export function singleName(label, byName) {
  const name = label.replace(/group$/, "");
  return name !== label && byName.has(name) ? name : null;
}
