// What the stage of a frame draws: the picture, its overlay, and the lines over both.

// {compare, blinked, first, second} for the stage; null while there is nothing to draw.
export function scenesOf(page) {
  const { parts, layers, blinker, shownSettings: settings, settings: { opacity } } = page;
  if (!parts) return null;
  const scene = (overlay) => ({
    ...layers.size,
    image: settings.picture === "on" ? parts[`image:${settings.image}`] : null,
    overlay: overlay?.raster.canvas,
    opacity: page.editor?.isPeeking ? 0 : opacity / 100,
    lines: (pen) => page.editor?.isPeeking || drawLines(page, pen),
  });
  const { left, right } = layers;
  return { compare: settings.compare, blinked: blinker.second, first: scene(left), second: right && scene(right) };
}

function drawLines({ layers, objects, selected, pointed, editor }, pen) {
  layers.lines(pen, objects);
  for (const index of new Set([selected, pointed])) {
    const one = index === null ? null : objects[index];
    if (one?.polygon.length) pen.line(one.polygon, index === selected ? "#ffffff" : "#ffe066");
  }
  editor?.draw(pen);
}
