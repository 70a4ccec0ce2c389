// Drawing a polygon point by point: operations of Model.apply. Pure.

import { isAt, LEAST_POINTS, MOST_OBJECTS, MOST_POINTS, problemOf, whole } from "./polygons.js";
import { refuse } from "./refusal.js";
import { created } from "./state.js";

const NOT_DRAWING = "no polygon is being drawn";

// `label` may be "" until the polygon is closed.
export function beginDrawing(label = "", points = []) {
  return (state) => {
    if (state.drawing) return refuse("a polygon is being drawn: close it or cancel it first");
    return { ...state, drawing: { points: withoutRepeats(whole(points)), label } };
  };
}

export function addPoint(point) {
  return addPoints([point]);
}

// One step for several points, as of a border that was traced.
export function addPoints(points) {
  return (state) => {
    if (!state.drawing) return refuse(NOT_DRAWING);
    const known = state.drawing.points;
    const next = withoutRepeats([...known, ...whole(points)]);
    if (next.length > MOST_POINTS) return refuse(`a polygon has at most ${MOST_POINTS} points`);
    if (next.length === known.length) return state;
    return { ...state, drawing: { ...state.drawing, points: next } };
  };
}

// The last point; where none is left, the drawing itself.
export function removeLastPoint() {
  return (state) => {
    if (!state.drawing) return refuse(NOT_DRAWING);
    const { points } = state.drawing;
    if (!points.length) return { ...state, drawing: null };
    return { ...state, drawing: { ...state.drawing, points: points.slice(0, -1) } };
  };
}

export function setDrawingLabel(label) {
  return (state) => {
    if (!state.drawing) return refuse(NOT_DRAWING);
    if (state.drawing.label === label) return state;
    return { ...state, drawing: { ...state.drawing, label } };
  };
}

export function cancelDrawing() {
  return (state) => (state.drawing ? { ...state, drawing: null } : refuse(NOT_DRAWING));
}

// The polygon becomes the topmost object, and is selected.
export function closeDrawing(label = null) {
  return (state) => {
    if (!state.drawing) return refuse(NOT_DRAWING);
    const name = label ?? state.drawing.label;
    if (!name) return refuse("the new object needs a class");
    const points = withoutRepeats(state.drawing.points);
    while (points.length > LEAST_POINTS && isAt(points[0], points.at(-1))) points.pop();
    const problem = problemOf(points);
    if (problem) return refuse(problem);
    if (state.objects.length >= MOST_OBJECTS) {
      return refuse(`the frame has ${MOST_OBJECTS} objects: more cannot be numbered`);
    }
    const key = state.next;
    return {
      objects: [...state.objects, created(key, name, points)],
      selection: new Set([key]), drawing: null, next: key + 1,
    };
  };
}

// Without points that repeat the one before, as a double click makes them.
function withoutRepeats(points) {
  return points.filter((point, i) => i === 0 || !isAt(point, points[i - 1]));
}
