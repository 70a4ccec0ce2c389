// What lies below a pixel: objects in painting order, and masks of a prediction.

import { getJson } from "./api.js";

// {value: the objects' part of the frame, places: in it, topmost first, masks: texts}.
export async function lookUp(frame, key, pixel, set, predicted, classes) {
  const at = `${frame.path}?x=${pixel.x}&y=${pixel.y}`;
  const [{ value }, { objects: places }, masks] = await Promise.all([
    frame.part(key), getJson(`under/${key.split(":")[1]}/${at}`), masksAt(at, set, predicted, classes),
  ]);
  return { value, places, masks };
}

async function masksAt(at, set, predicted, classes) {
  if (predicted?.task !== "instance") return [];
  const { numbers } = await getJson(`masks/${encodeURIComponent(set)}/${at}`);
  return numbers.map((number) => {
    const { id, confidence } = predicted.records.find((one) => one.number === number);
    return `${classes.byId.get(id)?.name ?? id}, confidence ${confidence}`;
  });
}
