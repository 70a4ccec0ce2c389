// Drawing: an image, a coloured overlay and lines, in a part of a canvas.

import { Pen } from "./vectors.js";

// `area` is {left, top, width, height} in CSS pixels; `scene` {image, overlay, opacity, lines}.
export function draw(context, area, ratio, view, scene) {
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  context.translate(area.left, area.top);
  const place = [
    -view.x * view.scale, -view.y * view.scale,
    scene.width * view.scale, scene.height * view.scale,
  ];
  // From one screen pixel an image pixel on, pixels stay squares of one colour.
  context.imageSmoothingEnabled = view.scale * ratio < 1;
  if (scene.image) context.drawImage(scene.image, ...place);
  if (scene.overlay) {
    context.globalAlpha = scene.opacity;
    context.imageSmoothingEnabled = false;
    context.drawImage(scene.overlay, ...place);
    context.globalAlpha = 1;
  }
  scene.lines?.(new Pen(context, ([x, y]) => [(x - view.x) * view.scale, (y - view.y) * view.scale]));
  context.restore();
}

export function clear(context, width, height, ratio, colour) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
}

// A square lens around a point of the screen, which shows what is below it, larger.
export function drawLens(context, ratio, point, lens, view, scene) {
  const { size, factor } = lens;
  const at = { x: point.x / view.scale + view.x, y: point.y / view.scale + view.y };
  const scale = view.scale * factor;
  const area = { left: point.x - size / 2, top: point.y - size / 2, width: size, height: size };
  const inner = { scale, x: at.x - size / 2 / scale, y: at.y - size / 2 / scale };
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(area.left - 2, area.top - 2, size + 4, size + 4);
  context.restore();
  draw(context, area, ratio, inner, scene);
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.strokeStyle = "#fff";
  context.lineWidth = 2;
  context.strokeRect(area.left, area.top, size, size);
  context.restore();
}
