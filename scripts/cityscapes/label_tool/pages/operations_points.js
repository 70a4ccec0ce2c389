// Moving, inserting and deleting points of objects: operations of Model.apply. Pure.
// A vertex is {key, index}: a point of an object. A polygon that changes is in whole numbers then.

import { LEAST_POINTS, problemOf, whole, wholePoint } from "./polygons.js";
import { refuse } from "./refusal.js";
import { objectOf, withChanges } from "./state.js";

// Put a point elsewhere; with `together`, those of other objects at the same place as well.
export function moveVertex(vertex, point, options = {}) {
  return (state) => {
    const from = pointOf(state, vertex);
    if (!from) return refuse(`there is no point ${vertex.index}`);
    const [x, y] = wholePoint(point);
    return moveVertices([vertex], x - from[0], y - from[1], options)(state);
  };
}

// Move points by whole pixels of the image.
export function moveVertices(vertices, dx, dy, { locked, together = false } = {}) {
  return (state) => {
    if (vertices.some((vertex) => !pointOf(state, vertex))) return refuse("there is no such point");
    const all = together ? withCoincident(state, vertices, locked) : vertices;
    const chosen = byObject(all);
    // The objects that were asked for must not be locked; locked neighbours stay where they are.
    return withChanges(state, chosen.keys(), locked, ({ key, polygon }) => {
      if (!dx && !dy) return {};
      const indices = chosen.get(key);
      const points = whole(polygon.map(([x, y], i) => (indices.has(i) ? [x + dx, y + dy] : [x, y])));
      const problem = problemOf(points);
      return problem ? refuse(problem) : { polygon: points };
    });
  };
}

// A point before the `index`th; `index` may be the number of points.
export function insertVertex({ key, index }, point, { locked } = {}) {
  return (state) => withChanges(state, [key], locked, ({ polygon }) => {
    if (!(index >= 0 && index <= polygon.length)) return refuse(`there is no place ${index}`);
    const points = whole(polygon);
    points.splice(index, 0, wholePoint(point));
    const problem = problemOf(points);
    return problem ? refuse(problem) : { polygon: points };
  });
}

export function deleteVertices(vertices, { locked } = {}) {
  return (state) => {
    if (!vertices.length) return refuse("no point is selected");
    if (vertices.some((vertex) => !pointOf(state, vertex))) return refuse("there is no such point");
    const chosen = byObject(vertices);
    return withChanges(state, chosen.keys(), locked, ({ key, polygon }) => {
      const points = whole(polygon.filter((_, i) => !chosen.get(key).has(i)));
      if (problemOf(points)) {
        return refuse(`an object keeps at least ${LEAST_POINTS} points; delete the object instead`);
      }
      return { polygon: points };
    });
  };
}

// Another outline for an object, such as a simpler one.
export function setPolygon(key, polygon, { locked } = {}) {
  return (state) => withChanges(state, [key], locked, () => {
    const points = whole(polygon);
    const problem = problemOf(points);
    return problem ? refuse(problem) : { polygon: points };
  });
}

// The vertices, and those of all objects that are neither deleted nor locked at the same places.
export function withCoincident(state, vertices, locked = new Set()) {
  const places = new Map(); // x -> the set of y
  for (const [x, y] of vertices.map((vertex) => pointOf(state, vertex)).filter(Boolean)) {
    places.set(x, (places.get(x) ?? new Set()).add(y));
  }
  const asked = byObject(vertices);
  const found = [...vertices];
  for (const { key, polygon, deleted } of state.objects) {
    if (deleted || locked.has(key)) continue;
    polygon.forEach(([x, y], index) => {
      if (places.get(x)?.has(y) && !asked.get(key)?.has(index)) found.push({ key, index });
    });
  }
  return found;
}

export function pointOf(state, { key, index }) {
  return objectOf(state, key)?.polygon[index] ?? null;
}

function byObject(vertices) {
  const found = new Map();
  for (const { key, index } of vertices) {
    if (!found.has(key)) found.set(key, new Set());
    found.get(key).add(index);
  }
  return found;
}
