// Which object a point of the image is about. Pure.

// Whether a point lies in a polygon: even-odd, as it is filled.
export function contains(polygon, [x, y]) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [x1, y1] = polygon[i], [x2, y2] = polygon[j];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

// The topmost object at a point: the one that is painted there; where another is wanted, the next
// one below `under`, round again at the bottom. `picture` is {list, numbers}; null for none.
export function pick(state, picture, point, { width, height }, isShown, under = null) {
  const [x, y] = point.map(Math.floor);
  if (under === null && picture && x >= 0 && y >= 0 && x < width && y < height) {
    const number = picture.numbers[y * width + x];
    const key = number ? picture.list[number - 1]?.key : null;
    const one = state.objects.find((other) => other.key === key);
    if (one && isShown(one)) return one;
  }
  const there = state.objects.filter((one) => !one.deleted && isShown(one) && contains(one.polygon, point)).reverse();
  const at = there.findIndex(({ key }) => key === under);
  return there[at + 1] ?? there[0] ?? null;
}

// The objects of which some point lies in a box of two corners.
export function inBox(objects, [x1, y1], [x2, y2], isShown) {
  const [left, right] = x1 < x2 ? [x1, x2] : [x2, x1];
  const [top, bottom] = y1 < y2 ? [y1, y2] : [y2, y1];
  const isIn = ([x, y]) => x >= left && x <= right && y >= top && y <= bottom;
  return objects.filter((one) => !one.deleted && isShown(one) && one.polygon.length && one.polygon.every(isIn));
}
