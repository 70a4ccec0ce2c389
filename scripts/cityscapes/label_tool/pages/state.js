// The state of a frame that is edited, and its objects: never changed, always replaced. Pure.
//
// state   {objects, selection: Set of keys, drawing: null | {points, label}, next: the next key}
// object  {key, base, original, label, polygon, deleted, changed}
//         `key` names it as long as the page is open; `base` is its place in the file of the server,
//         null for a new one; `original` is {label, polygon, deleted, written} there; `changed` is
//         whether it differs from that.
// The order of the objects is that of the file: later ones are painted over earlier ones.

import { whole } from "./polygons.js";
import { Refusal, refuse } from "./refusal.js";

// The state of a document as the server sends it.
export function stateOf(document) {
  return {
    objects: document.objects.map((one, place) => fromFile(one, place, place)),
    selection: new Set(),
    drawing: null,
    next: document.objects.length,
  };
}

function fromFile(one, place, key) {
  return { key, base: place, original: originalOf(one), ...editable(one), changed: false };
}

// What can be edited of an object of a file. A damaged one is shown as far as it goes; as long as
// nobody touches it, its bytes stay.
export function editable(one) {
  return {
    label: typeof one?.label === "string" ? one.label : "",
    polygon: isPolygon(one?.polygon) ? one.polygon : [],
    deleted: Boolean(one?.deleted),
  };
}

// With its polygon as the server has it.
export function originalOf(one) {
  return { ...editable(one), written: one?.polygon };
}

function isPolygon(value) {
  const isPoint = (point) => Array.isArray(point) && point.length === 2
    && Number.isFinite(point[0]) && Number.isFinite(point[1]);
  return Array.isArray(value) && value.every(isPoint);
}

// A new object, as yet in no file.
export function created(key, label, polygon) {
  return { key, base: null, original: null, label, polygon, deleted: false, changed: true };
}

// The object with another label, polygon or deletion; itself where nothing differs.
export function altered(one, change) {
  const next = { ...one, ...change };
  next.changed = !next.original || !isSame(next, next.original);
  return isSame(next, one) ? one : next;
}

// The object as a change of the object of another file, or as a new one.
export function rebased(one, base, original) {
  const next = { ...one, base, original };
  next.changed = !original || !isSame(next, original);
  return next;
}

export function isSame(one, other) {
  return one.label === other.label && one.deleted === other.deleted
    && samePolygon(one.polygon, other.polygon);
}

export function samePolygon(one, other) {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) {
    if (one[i][0] !== other[i][0] || one[i][1] !== other[i][1]) return false;
  }
  return true;
}

// The entry of PUT: the place in the file for what nobody touched, else what it is now. An outline
// that nobody touched is sent as it is there, whatever else changed; others in whole numbers.
export function entryOf(one) {
  if (!one.changed) return one.base;
  const { base, original, label, polygon, deleted } = one;
  const isKept = original && samePolygon(polygon, original.polygon);
  return { base, label, polygon: isKept ? original.written : whole(polygon), deleted };
}

export function indexOf(state, key) {
  return state.objects.findIndex((one) => one.key === key);
}

export function objectOf(state, key) {
  return state.objects.find((one) => one.key === key) ?? null;
}

const NOTHING = new Set();

// Why these objects cannot be touched, or "".
export function hindrance(state, keys, locked = NOTHING) {
  const list = [...keys];
  if (!list.length) return "no object is selected";
  const missing = list.find((key) => indexOf(state, key) < 0);
  if (missing !== undefined) return `there is no object ${missing}`;
  const held = list.filter((key) => locked.has(key));
  if (!held.length) return "";
  const { label } = objectOf(state, held[0]);
  return held.length === 1 ? `the object ${label} is locked` : `${held.length} of the objects are locked`;
}

// The state with other objects; itself where they are the same in the same order.
export function withObjects(state, objects, selection = state.selection) {
  const known = state.objects;
  const isSameList = objects.length === known.length && objects.every((one, i) => one === known[i]);
  if (isSameList && selection === state.selection) return state;
  return { ...state, objects: isSameList ? known : objects, selection };
}

// The state in which `change` (object -> what is other of it, or a Refusal) was done to some objects.
export function withChanges(state, keys, locked, change) {
  const chosen = new Set(keys);
  const hindered = hindrance(state, chosen, locked);
  if (hindered) return refuse(hindered);
  let refusal = null;
  const objects = state.objects.map((one) => {
    if (!chosen.has(one.key) || refusal) return one;
    const other = change(one);
    if (other instanceof Refusal) refusal = other;
    return refusal ? one : altered(one, other);
  });
  return refusal ?? withObjects(state, objects);
}
