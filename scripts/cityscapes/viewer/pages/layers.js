// The layers of a frame: which parts they need, their colours, and the lines over them.

import { objectTable } from "./colours.js";
import { makeErrors, makeOverlay, makePrediction, partsOf } from "./overlays.js";
import { boxOf, Raster } from "./raster.js";
import { listOf } from "./settings.js";
import { boxes3d, modalBoxes, outcomes, outlines, persons, validatedBoxes } from "./vectors.js";

// The key of the part that holds the objects, or null where the frame has none.
export function objectsKey({ overlay }, types) {
  const kind = overlay.startsWith("gtCoarse") ? "gtCoarse" : "gtFine";
  return types.has(kind) ? `objects:${kind}` : types.has("gtCoarse") ? "objects:gtCoarse" : null;
}

// The keys of the parts of a frame that its settings need.
export function wantedParts(settings, types) {
  const { image, overlay, set, compare, outlines: lines, boxes, found } = settings;
  const wanted = new Set([...(image ? [`image:${image}`] : []), ...partsOf(overlay)]);
  if (set && compare !== "off") wanted.add(`prediction:${set}`);
  if (compare === "errors" && types.has("gtFine")) wanted.add("objects:gtFine");
  const key = objectsKey(settings, types);
  if (lines && key) wanted.add(key);
  if (boxes) wanted.add("boxes");
  if (found) wanted.add(`outcomes:${found}`);
  if (image.includes("16bit")) wanted.add(`values:${image}`);
  return [...wanted];
}

// Width and height of the frame, from its image or from any array.
export function sizeOf(parts, settings) {
  const image = parts[`image:${settings.image}`];
  if (image) return { width: image.width, height: image.height };
  const array = Object.values(parts).map((part) => part.numbers ?? part.values).find((one) => one?.shape);
  return array ? { width: array.shape[1], height: array.shape[0] } : { width: 2048, height: 1024 };
}

export class Layers {
  constructor(app) {
    this.app = app;
    this.rasters = {};
    this.hovered = -1;
    this.left = this.right = null;
  }

  #raster(name) {
    this.rasters[name] ??= new Raster(this.size.width, this.size.height);
    return this.rasters[name];
  }

  // Colour the parts of a frame; {problems, notes} are texts.
  colour(parts, settings, size) {
    if (this.size && (size.width !== this.size.width || size.height !== this.size.height)) this.rasters = {};
    Object.assign(this, { parts, settings, size, hovered: -1, left: null, right: null });
    const { classes, project } = this.app;
    const hidden = listOf(settings.hide);
    const told = { problems: [], notes: [] };
    const needs = partsOf(settings.overlay);
    if (needs.length && needs.every((key) => key in parts)) {
      const raster = this.#raster("left");
      const made = makeOverlay(settings.overlay, needs.map((key) => parts[key]), {
        classes, hidden, tolerance: project.tolerance, pixels: raster.pixels,
      });
      this.left = put(raster, made, told);
    }
    const prediction = parts[`prediction:${settings.set}`];
    if (prediction) {
      if (prediction.problem) told.problems.push(prediction.problem);
      const raster = this.#raster("right");
      const truth = parts["objects:gtFine"];
      const made = settings.compare === "errors" && truth
        ? makeErrors(truth, prediction, classes, raster.pixels)
        : makePrediction(prediction, classes, settings.colour, hidden);
      this.right = put(raster, made, told);
      if (prediction.decided) told.notes.push(`values are ${prediction.encoding}, says ${prediction.decided}`);
    }
    if (settings.boxes && parts.boxes) told.problems.push(...boxProblems(parts.boxes, listOf(settings.boxes)));
    return told;
  }

  // Colour the overlay of objects anew after `parts` of it changed, in a box: left, top, right, bottom.
  recolour(key, box) {
    const { left: overlay, settings, parts, app: { classes } } = this;
    if (!overlay?.objects || !partsOf(settings.overlay).includes(key)) return;
    this.hover(null);
    const { numbers, objects } = parts[key];
    const mode = settings.overlay.split(".")[1];
    Object.assign(overlay, { numbers, objects, table: objectTable(objects, classes, mode, listOf(settings.hide)) });
    overlay.raster.showBox(numbers, overlay.table, box);
  }

  // Hatch the topmost object of a pixel, and no longer the one before; true where that changed.
  hover(pixel) {
    const overlay = this.left;
    if (!overlay?.objects) return false;
    const number = pixel ? overlay.numbers[pixel.y * this.size.width + pixel.x] : -1;
    const hovered = number > 0 ? number : -1;
    if (hovered === this.hovered) return false;
    for (const one of [this.hovered, hovered]) {
      if (one < 0 || !overlay.objects[one - 1]) continue;
      const box = boxOf(overlay.objects[one - 1].polygon);
      overlay.raster.hatch(overlay.numbers, overlay.table, one, box, one === hovered);
    }
    this.hovered = hovered;
    return true;
  }

  // What is drawn over the image, but for what is selected.
  lines(pen, objects) {
    const { parts: { boxes, [`outcomes:${this.settings.found}`]: found }, settings } = this;
    const wanted = listOf(settings.boxes);
    outlines(pen, objects, listOf(settings.outlines));
    const colourOf = (label) => {
      const known = this.app.classes.byName.get(label);
      // Lighter than the class itself: lines of dark blue are not seen on cars.
      return known ? `#${known.color.map((c) => Math.round(120 + c / 2).toString(16)).join("")}` : "#ffffff";
    };
    const solid = boxes?.gtBbox3d;
    if (wanted.has("boxes3d") && solid?.objects) boxes3d(pen, solid, colourOf);
    if (wanted.has("modal") && solid?.objects) modalBoxes(pen, solid, colourOf);
    if (wanted.has("persons") && Array.isArray(boxes?.gtBboxCityPersons)) persons(pen, boxes.gtBboxCityPersons);
    if (wanted.has("validated") && Array.isArray(boxes?.gtBboxValidated)) validatedBoxes(pen, boxes.gtBboxValidated, colourOf);
    if (found) outcomes(pen, found.boxes);
  }
}

function put(raster, made, { problems, notes }) {
  if (made.problem) {
    problems.push(made.problem);
    return null;
  }
  const { width, height } = raster;
  if (made.numbers && made.numbers.length !== width * height) {
    const [high, wide] = made.numbers.shape;
    problems.push(`A layer is ${wide} x ${high} pixels, the image ${width} x ${height}.`);
    return null;
  }
  if (made.pixels) raster.put();
  else raster.show(made.numbers, made.table);
  if (made.note) notes.push(made.note);
  return { raster, ...made };
}

// What is wrong with the boxes that are shown.
function boxProblems(boxes, wanted) {
  const files = [
    wanted.has("persons") ? boxes.gtBboxCityPersons : null,
    wanted.has("boxes3d") || wanted.has("modal") ? boxes.gtBbox3d : null,
    wanted.has("validated") ? boxes.gtBboxValidated : null,
  ];
  return files.filter(Boolean).flatMap((file) => {
    if (file.problem) return [file.problem];
    const listed = Array.isArray(file) ? file : [...file.objects, ...file.ignore];
    return listed.map(({ problem }) => problem).filter(Boolean);
  });
}
