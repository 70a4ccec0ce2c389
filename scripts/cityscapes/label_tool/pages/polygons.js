// Polygons: lists of [x, y] in pixels of the image. Pure.

// What the server takes of new and changed objects.
export const LEAST_POINTS = 3;
export const MOST_POINTS = 20_000;
export const MOST_OBJECTS = 65_535;
export const MOST_COORDINATE = 100_000;

// The point in whole numbers; -0 becomes 0.
export function wholePoint([x, y]) {
  return [Math.round(x) + 0, Math.round(y) + 0];
}

export function whole(points) {
  return points.map(wholePoint);
}

export function isAt(one, other) {
  return one[0] === other[0] && one[1] === other[1];
}

// The number of different points, counted to three.
export function distinct(points) {
  const found = [];
  for (const point of points) {
    if (!found.some((known) => isAt(known, point))) found.push(point);
    if (found.length === LEAST_POINTS) break;
  }
  return found.length;
}

// Why a new or changed object cannot have this polygon, or "".
export function problemOf(points) {
  if (points.length > MOST_POINTS) {
    return `a polygon of ${points.length} points: at most ${MOST_POINTS} can be saved`;
  }
  const different = distinct(points);
  if (different < LEAST_POINTS) {
    return `a polygon needs ${LEAST_POINTS} different points, this one has ${different}`;
  }
  const isFar = (value) => !(Math.abs(value) <= MOST_COORDINATE);
  const far = points.find(([x, y]) => isFar(x) || isFar(y));
  if (far) return `the point ${far.join(", ")} is beyond ${MOST_COORDINATE} pixels, or no number`;
  return "";
}

// In square pixels, whichever way round it goes; of a polygon that crosses itself, parts cancel out.
export function area(points) {
  let twice = 0;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    twice += points[j][0] * points[i][1] - points[i][0] * points[j][1];
  }
  return Math.abs(twice) / 2;
}

// [left, top, right, bottom], or null where there is no point.
export function boundsOf(points) {
  if (!points.length) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return [left, top, right, bottom];
}

// Whether nothing of a polygon is in the image, as far as its bounds tell. Its border is painted, too.
export function isOutside(points, { width, height }) {
  const bounds = boundsOf(points);
  if (!bounds) return false;
  const [left, top, right, bottom] = bounds;
  return right < 0 || bottom < 0 || left > width - 1 || top > height - 1;
}

export function lengthOf(line) {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += distance(line[i - 1], line[i]);
  return sum;
}

export function distance(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}
