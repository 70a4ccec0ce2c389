// Lines over the image: outlines of objects, and boxes. All points are in pixels of the image.

const DASHED = [6, 4];
const DOTTED = [2, 3];

// `toScreen` maps [x, y] of the image to [x, y] of the canvas.
export class Pen {
  constructor(context, toScreen) {
    this.context = context;
    this.toScreen = toScreen;
  }

  path(points, closed = true) {
    this.context.beginPath();
    points.forEach((point, i) => {
      const [x, y] = this.toScreen(point);
      if (i) this.context.lineTo(x, y);
      else this.context.moveTo(x, y);
    });
    if (closed) this.context.closePath();
  }

  // A line that is seen on any ground: the colour on a dark rim.
  line(points, colour, { dash = [], width = 2, closed = true } = {}) {
    this.path(points, closed);
    const context = this.context;
    context.setLineDash(dash);
    context.lineJoin = "round";
    context.strokeStyle = "rgba(0, 0, 0, 0.6)";
    context.lineWidth = width + 2;
    context.stroke();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
    context.setLineDash([]);
  }

  fill(points, colour) {
    this.path(points);
    this.context.fillStyle = colour;
    this.context.fill();
  }

  text(words, point, colour) {
    const [x, y] = this.toScreen(point);
    const context = this.context;
    context.font = "12px system-ui, sans-serif";
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0, 0, 0, 0.8)";
    context.strokeText(words, x + 2, y - 4);
    context.fillStyle = colour;
    context.fillText(words, x + 2, y - 4);
  }
}

export function corners([x, y, width, height]) {
  return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
}

export function outlines(pen, objects, settings) {
  for (const one of objects) {
    if (!one.polygon.length) continue;
    const hidden = !one.deleted && one.id >= 0 && one.pixels === 0;
    if (settings.has("deleted") && one.deleted) pen.line(one.polygon, "#ff6b6b", { dash: DOTTED });
    if (settings.has("hidden") && hidden) pen.line(one.polygon, "#ffd43b", { dash: DASHED });
    if (settings.has("groups") && one.group) pen.line(one.polygon, "#74c0fc");
  }
}

export const PERSONS = {
  pedestrian: "#dc143c", rider: "#5c7cfa", "sitting person": "#94d82d",
  "person (other)": "#fab0a0", "person group": "#ff8787", ignore: "#faaa1e",
};
const IGNORED = new Set(["ignore", "person group"]);

// As in the reference: full box solid, visible box dashed and filled, ignore regions crossed out.
export function persons(pen, boxes) {
  for (const one of boxes) {
    if (one.problem) continue;
    const colour = PERSONS[one.label] ?? "#ffffff";
    const full = corners(one.full);
    if (IGNORED.has(one.label)) {
      pen.line([full[0], full[2]], colour, { closed: false, width: 1 });
      pen.line([full[1], full[3]], colour, { closed: false, width: 1 });
    } else {
      pen.fill(corners(one.visible), `${colour}55`);
      pen.line(corners(one.visible), colour, { dash: DASHED, width: 1 });
    }
    pen.line(full, colour);
  }
}

// Hidden edges dotted, those in sight solid, an arrow on the ground for the heading.
export function boxes3d(pen, found, colourOf) {
  for (const one of found.objects) {
    if (one.problem) continue;
    const colour = colourOf(one.label);
    for (const face of one.faces.filter(({ visible }) => !visible)) {
      pen.line(face.outline, colour, { dash: DOTTED, width: 1 });
    }
    for (const face of one.faces.filter(({ visible }) => visible)) {
      pen.fill(face.outline, `${colour}22`);
      pen.line(face.outline, colour, { width: 1.5 });
    }
    if (one.arrow.length) pen.line(one.arrow, "#ffffff", { closed: false, width: 4 });
  }
  for (const one of found.ignore) {
    if (!one.problem) crossed(pen, one.full, "#faaa1e");
  }
}

export function modalBoxes(pen, found, colourOf) {
  for (const one of found.objects) {
    if (one.problem) continue;
    const colour = colourOf(one.label);
    pen.line(corners(one.amodal), colour);
    pen.line(corners(one.modal), colour, { dash: DASHED, width: 1 });
    pen.text(`${one.label}, ${one.depth.toFixed(1)} m`, one.amodal, colour);
  }
  for (const one of found.ignore) {
    if (!one.problem) crossed(pen, one.full, "#faaa1e");
  }
}

// What people took an object for, and the share of them; dotted is what was added later.
export function validatedBoxes(pen, boxes, colourOf) {
  for (const one of boxes) {
    const colour = colourOf(one.label);
    pen.line(corners(one.full), colour, { dash: one.added ? DOTTED : [], width: 1.5 });
    pen.text(`${one.label} ${Math.round(100 * one.share)} %`, one.full, colour);
  }
}

// What became of predicted boxes: colours that the colour-blind tell apart (Okabe and Ito), and a
// kind of line each.
export const OUTCOMES = {
  true: { name: "true", colour: "#56b4e9", dash: [], width: 2.5 },
  false: { name: "false", colour: "#ff7f32", dash: [10, 5], width: 2.5 },
  missed: { name: "missed", colour: "#f0e442", dash: [2, 4], width: 3 },
  ignored: { name: "left out", colour: "#c8c8c8", dash: [10, 3, 2, 3], width: 1 },
};

// Predicted boxes, and the true ones that they find, thin and white, or that none finds.
export function outcomes(pen, boxes) {
  for (const one of boxes) {
    const { colour, dash, width } = OUTCOMES[one.outcome];
    if (one.truth && one.prediction) shape(pen, one.truth, "#ffffff", { width: 1 });
    const box = one.prediction ?? one.truth;
    shape(pen, box, colour, { dash, width });
    const place = placeOf(box);
    // Of people all have one label.
    const words = [box.full ? "" : one.label, one.score?.toFixed(2)].filter(Boolean).join(" ");
    if (place && words) pen.text(words, place, colour);
  }
}

// A line as boxes of an outcome have it, for the legend.
export function sample(canvas, { colour, dash, width }) {
  const pen = new Pen(canvas.getContext("2d"), (point) => point);
  const middle = canvas.height / 2;
  pen.line([[2, middle], [canvas.width - 2, middle]], colour, { dash, width, closed: false });
}

// A rectangle, or the faces of a 3-D box that are in sight.
function shape(pen, box, colour, options) {
  if (box.full) {
    pen.line(corners(box.full), colour, options);
    return;
  }
  const seen = box.faces.filter(({ visible }) => visible);
  for (const face of seen) pen.line(face.outline, colour, options);
}

function placeOf(box) {
  if (box.full) return box.full;
  const points = box.faces.flatMap(({ outline }) => outline);
  if (!points.length) return null;
  return [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
}

function crossed(pen, box, colour) {
  const points = corners(box);
  pen.line(points, colour, { width: 1 });
  pen.line([points[0], points[2]], colour, { closed: false, width: 1 });
  pen.line([points[1], points[3]], colour, { closed: false, width: 1 });
}
