// The overlays of a frame: from what the server sends to numbers and their colours.

import {
  depthTable, disparityTable, labelTable, objectIds, objectTable, predictionIds, predictionTable,
} from "./colours.js";
import { differences, errors } from "./compare.js";

// The parts of a frame that an overlay needs.
export function partsOf(overlay) {
  const [what, mode] = overlay.split(".");
  if (mode) return [`objects:${what}`];
  if (what === "disparity" || what === "depth") return ["disparity"];
  if (what === "prepared" || what === "released") return [`labels:${what}`];
  if (what === "blurred") return ["image:leftImg8bit", "image:leftImg8bit_blurred"];
  return [];
}

// {numbers, table} to be painted, or {pixels} that are ready; {problem} where it cannot be had.
export function makeOverlay(overlay, [first, second], { classes, hidden, tolerance, pixels }) {
  const [what, mode] = overlay.split(".");
  if (mode) {
    const { numbers, objects } = first;
    return { numbers, objects, table: objectTable(objects, classes, mode, hidden) };
  }
  if (what === "prepared" || what === "released") {
    return { numbers: first.numbers, table: labelTable(classes, hidden) };
  }
  if (what === "disparity") return { numbers: first.values, table: disparityTable() };
  if (what === "depth") {
    if (!first.fx) return { problem: first.problem };
    return { numbers: first.values, table: depthTable(first) };
  }
  if (first.width !== second.width || first.height !== second.height) {
    return { problem: "The blurred image has another size than the original." };
  }
  const changed = differences(bytesOf(first), bytesOf(second), tolerance, pixels);
  return { pixels, note: `${changed.toLocaleString("en")} pixels differ by more than ${tolerance}` };
}

export function makePrediction(prediction, classes, mode, hidden) {
  const { numbers, records } = prediction;
  return { numbers, records, table: predictionTable(records, classes, mode, hidden) };
}

// Pixels of the error map, and what it counts, in words.
export function makeErrors(truth, prediction, classes, pixels) {
  const evaluated = classes.labels.filter((label) => !label.ignore_in_eval && label.id >= 0);
  const only = prediction.task === "instance"
    ? new Set(evaluated.filter((label) => label.has_instances).map(({ id }) => id)) : null;
  const counts = errors(
    truth.numbers, objectIds(truth.objects, classes), prediction.numbers,
    predictionIds(prediction.records), new Set(evaluated.map(({ id }) => id)), pixels, only,
    [false, ...truth.objects.map(({ group }) => group)],
  );
  const compared = counts.right + counts.wrong;
  const share = compared ? (100 * counts.right / compared).toFixed(2) : "–";
  return { pixels, counts, note: `${share} % of ${compared.toLocaleString("en")} pixels are right` };
}

function bytesOf(bitmap) {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}
