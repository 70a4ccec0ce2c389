// Where an image lies in the window: screen = (image - corner) * scale, in CSS pixels. Pure.

export const LEAST = 0.05;
export const MOST = 64;

export function fit(image, window) {
  const scale = Math.min(window.width / image.width, window.height / image.height);
  return centred(image, window, scale);
}

export function centred(image, window, scale) {
  return {
    scale,
    x: image.width / 2 - window.width / (2 * scale),
    y: image.height / 2 - window.height / (2 * scale),
  };
}

// Zoom by a factor, so that what lies below the point stays there.
export function zoom(view, point, factor) {
  const scale = Math.min(Math.max(view.scale * factor, LEAST), MOST);
  return {
    scale,
    x: view.x + point.x / view.scale - point.x / scale,
    y: view.y + point.y / view.scale - point.y / scale,
  };
}

export function pan(view, dx, dy) {
  return { ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale };
}

// Keep some of the image in the window.
export function hold(view, image, window) {
  const margin = 40 / view.scale;
  const limit = (value, least, most) => Math.min(Math.max(value, least), most);
  return {
    scale: view.scale,
    x: limit(view.x, margin - window.width / view.scale, image.width - margin),
    y: limit(view.y, margin - window.height / view.scale, image.height - margin),
  };
}

export function toImage(view, point) {
  return { x: point.x / view.scale + view.x, y: point.y / view.scale + view.y };
}

export function format(view) {
  return [view.x.toFixed(1), view.y.toFixed(1), view.scale.toFixed(4)].join(",");
}

export function parse(text) {
  const [x, y, scale] = (text ?? "").split(",").map(Number);
  const right = [x, y, scale].every(Number.isFinite) && scale >= LEAST && scale <= MOST;
  return right ? { x, y, scale } : null;
}
