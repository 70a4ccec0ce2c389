// Following the border of an object between two points of it. Pure.
// A place on a border is {index, point} as snapping.js finds it: on the edge from point `index` on.

import { distance, isAt, lengthOf } from "./polygons.js";

// Both ways from one place to the other, the shorter one first; both ends are part of them.
export function traces(polygon, from, to) {
  const ways = [forward(polygon, from, to), forward(polygon, to, from).reverse()];
  return lengthOf(ways[1]) < lengthOf(ways[0]) ? ways.reverse() : ways;
}

// In the order of the points.
function forward(polygon, from, to) {
  const start = polygon[from.index];
  const isAhead = from.index === to.index
    && distance(start, to.point) >= distance(start, from.point);
  const line = [from.point];
  if (!isAhead) {
    let i = from.index;
    do {
      i = (i + 1) % polygon.length;
      line.push(polygon[i]);
    } while (i !== to.index);
  }
  line.push(to.point);
  return line.filter((point, i) => i === 0 || !isAt(point, line[i - 1]));
}
