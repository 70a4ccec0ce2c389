// Which objects of two lists are the same one, though files have no reliable ids. Pure.
// An object is {label, polygon, deleted}.

import { boundsOf } from "./polygons.js";

// ASSUME: less alike than this, two objects of the same class are two objects.
const ALIKE = 0.4;

// Map of places in `others` to places in `objects`. First those that are equal in all, the first to
// the first; then the most alike of what is left.
export function matched(objects, others) {
  const pairs = new Map();
  const free = new Map(); // content -> places of objects
  objects.forEach((one, place) => {
    const content = contentOf(one);
    if (!free.has(content)) free.set(content, []);
    free.get(content).push(place);
  });
  const left = new Set(objects.keys());
  const odd = [];
  others.forEach((other, place) => {
    const same = free.get(contentOf(other))?.shift();
    if (same === undefined) odd.push(place);
    else {
      pairs.set(place, same);
      left.delete(same);
    }
  });
  for (const { place, at } of mostAlike(objects, [...left], others, odd)) pairs.set(place, at);
  return pairs;
}

export function contentOf({ label, polygon, deleted }) {
  return JSON.stringify([label, Boolean(deleted), polygon]);
}

function mostAlike(objects, left, others, odd) {
  const facts = new Map(left.map((at) => [at, factsOf(objects[at])]));
  const found = [];
  for (const place of odd) {
    const wanted = factsOf(others[place]);
    for (const at of left) {
      const likeness = likenessOf(facts.get(at), wanted);
      if (likeness >= ALIKE) found.push({ place, at, likeness });
    }
  }
  found.sort((a, b) => b.likeness - a.likeness || a.place - b.place || a.at - b.at);
  const [places, taken] = [new Set(), new Set()];
  return found.filter(({ place, at }) => {
    if (places.has(place) || taken.has(at)) return false;
    places.add(place);
    taken.add(at);
    return true;
  });
}

function factsOf({ label, polygon }) {
  const bounds = boundsOf(polygon);
  const [left, top] = bounds ?? [0, 0];
  return {
    label, bounds,
    points: new Set(polygon.map(String)),
    shape: JSON.stringify(polygon.map(([x, y]) => [x - left, y - top])),
  };
}

// From 0 to 1. Equal outlines are one object whatever its class; else what is shared of the points
// or of the bounding boxes counts, and less where the classes differ.
function likenessOf(one, other) {
  if (!one.bounds || !other.bounds) return 0;
  const isNamed = one.label === other.label;
  if (one.shape === other.shape) {
    const isPlaced = one.bounds[0] === other.bounds[0] && one.bounds[1] === other.bounds[1];
    if (isPlaced) return isNamed ? 1 : 0.95;
    if (isNamed) return 0.9;
  }
  const boxes = overlap(one.bounds, other.bounds);
  if (boxes === 0) return 0;
  let shared = 0;
  for (const point of one.points) shared += other.points.has(point);
  const points = shared / Math.max(one.points.size, other.points.size);
  return Math.max(points, boxes) * (isNamed ? 0.9 : 0.6);
}

// Of two boxes [left, top, right, bottom] of pixels: intersection over union.
function overlap(one, other) {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]) + 1;
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]) + 1;
  if (width <= 0 || height <= 0) return 0;
  const size = ([left, top, right, bottom]) => (right - left + 1) * (bottom - top + 1);
  return (width * height) / (size(one) + size(other) - width * height);
}
