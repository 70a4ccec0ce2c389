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

function crossed(pen, box, colour) {
  const points = corners(box);
  pen.line(points, colour, { width: 1 });
  pen.line([points[0], points[2]], colour, { closed: false, width: 1 });
  pen.line([points[1], points[3]], colour, { closed: false, width: 1 });
}
