// What lies below the pointer: the values of its pixel, and the objects and masks at a click.

import { getJson } from "./api.js";
import { describe, valueOf } from "./cursor.js";
import { say } from "./dom.js";

// Tell the values of the pixel below the pointer.
export function describePixel(page) {
  const { stage, parts, shownSettings } = page;
  const pixel = stage.pointer && parts && stage.pixelAt(stage.pointer);
  if (!pixel) return;
  const { width } = stage.size;
  const image = parts[`image:${shownSettings.image}`];
  const values = parts[`values:${shownSettings.image}`]?.values;
  const at = 3 * (pixel.y * width + pixel.x);
  const raw = values ? [...values.slice(at, at + 3)] : image ? valueOf(image, pixel) : null;
  page.panel.showCursor(describe(pixel, width, { ...parts, raw }, page.app, shownSettings));
}

// List the objects at a pixel, and select the topmost one. `key` is that of the objects' part.
export async function listObjects(page, key, pixel) {
  const { frame, effective } = page;
  const at = `${frame.path}?x=${pixel.x}&y=${pixel.y}`;
  try {
    const [{ value }, { objects: places }, masks] = await Promise.all([
      frame.part(key), getJson(`under/${key.split(":")[1]}/${at}`), masksAt(page, at),
    ]);
    if (frame !== page.frame || !value) return;
    page.parts[key] ??= value;
    page.panel.showHere(value.objects, places, masks);
    page.select(places[0] ?? null);
    if (!effective.overlay.includes(".")) page.panel.showObjects(value.objects, page.selected);
    say(places.length ? `${places.length} objects here; topmost: ${value.objects[places[0]].label}` : "no object here");
  } catch (error) {
    say(error.message);
  }
}

async function masksAt({ effective: { set }, parts, app: { classes } }, at) {
  const found = parts[`prediction:${set}`];
  if (found?.task !== "instance") return [];
  const { numbers } = await getJson(`masks/${encodeURIComponent(set)}/${at}`);
  return numbers.map((number) => {
    const { id, confidence } = found.records.find((one) => one.number === number);
    return `${classes.byId.get(id)?.name ?? id}, confidence ${confidence}`;
  });
}
