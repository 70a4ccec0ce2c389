// The cursor on the image that the arrow keys move, for those who draw without a mouse. Pure.

const STEPS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};
const FAR = 10; // pixels of the image, with Shift

// The cursor after a key, or null where the key is none of its own. `image` is {width, height}.
export function moved([x, y], key, isFar, image) {
  const step = STEPS[key];
  if (!step) return null;
  const size = isFar ? FAR : 1;
  return clamped([x + size * step[0], y + size * step[1]], image);
}

// The nearest pixel of the image to a point.
export function clamped([x, y], { width, height }) {
  return [within(Math.round(x), width - 1), within(Math.round(y), height - 1)];
}

// Where the cursor begins: the middle of what is seen of the image.
export function middleOf(view, window, image) {
  const middle = (corner, length, size) => (
    (Math.max(corner, 0) + Math.min(corner + length / view.scale, size)) / 2);
  return clamped(
    [middle(view.x, window.width, image.width), middle(view.y, window.height, image.height)], image,
  );
}

// The view, moved where the cursor would be out of sight or close to the rim of the window.
export function follow(view, window, [x, y], margin = 40) {
  return {
    ...view,
    x: seen(view.x, window.width / view.scale, x, margin / view.scale),
    y: seen(view.y, window.height / view.scale, y, margin / view.scale),
  };
}

// The next (1) or previous (-1) point of a polygon, round again at the ends.
export function nextIndex(polygon, index, way) {
  return (index + way + polygon.length) % polygon.length;
}

function within(value, most) {
  return Math.min(Math.max(value, 0), Math.max(most, 0)) + 0;
}

function seen(corner, length, value, margin) {
  const rim = Math.min(margin, length / 2);
  return Math.min(Math.max(corner, value + rim - length), value - rim);
}
