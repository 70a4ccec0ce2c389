// What the label tool draws over the picture. Points are in pixels of the image.

const SELECTED = "#ffffff";
const DRAWN = "#ffe066";

// The selected objects; `previews` (Map key -> polygon) are how they look while they are dragged.
export function drawSelection(pen, objects, selection, previews, colourOf) {
  for (const one of objects) {
    const preview = previews.get(one.key);
    if (preview) pen.fill(preview, `${colourOf(one.label)}88`);
    if (preview) pen.line(preview, DRAWN);
    else if (selection.has(one.key) && one.polygon.length) {
      pen.line(one.polygon, SELECTED, one.deleted ? { dash: [2, 3] } : {});
    }
  }
}

export function drawVertices(pen, polygon, isMarked = () => false) {
  polygon.forEach((point, i) => drawHandle(pen, point, isMarked(i)));
}

export function drawHandle(pen, point, marked = false) {
  const { context } = pen;
  const [x, y] = pen.toScreen(point);
  const size = marked ? 9 : 7;
  context.fillStyle = marked ? "#ff922b" : "#ffffff";
  context.strokeStyle = "#000000";
  context.lineWidth = 1;
  context.fillRect(x - size / 2, y - size / 2, size, size);
  context.strokeRect(x - size / 2, y - size / 2, size, size);
}

// A line that is drawn, with a rubber band to the cursor, back to its first point where it closes.
export function drawBand(pen, points, cursor, colour, closes) {
  const line = cursor ? [...points, cursor] : points;
  if (closes && line.length > 2) pen.fill(line, `${colour}66`);
  if (line.length > 1) pen.line(line, DRAWN, { closed: false });
  if (closes && line.length > 2) pen.line([line.at(-1), line[0]], DRAWN, { closed: false, dash: [4, 4], width: 1 });
  points.forEach((point, i) => drawHandle(pen, point, closes && i === 0));
}

// The cursor of the keyboard, and what it snapped to.
export function drawCursor(pen, point, snapped) {
  const { context } = pen;
  const [x, y] = pen.toScreen(point);
  for (const [colour, width] of [["#000000", 4], [snapped ? "#ff922b" : "#ffffff", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - 12, y);
    context.lineTo(x + 12, y);
    context.moveTo(x, y - 12);
    context.lineTo(x, y + 12);
    context.stroke();
  }
}

export function drawSnap(pen, point) {
  const { context } = pen;
  const [x, y] = pen.toScreen(point);
  context.strokeStyle = "#ff922b";
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.stroke();
}
