// What is known of a pixel, as pairs of name and value. Pure, but for the value of the image.

import { depthOf, disparityOf } from "./colours.js";

// `parts`: values of the frame's parts that are loaded, by key; `place` is {x, y}.
export function describe(place, width, parts, app, settings) {
  const { x, y } = place;
  const at = y * width + x;
  const lines = [["pixel", `${x}, ${y}`]];
  if (parts.raw) lines.push(["value", parts.raw.join(", ")]);
  for (const kind of ["gtFine", "gtCoarse"]) {
    const found = parts[`objects:${kind}`];
    if (found) lines.push(...describeObject(found, at, app.classes, kind));
  }
  for (const whose of ["prepared", "released"]) {
    const found = parts[`labels:${whose}`];
    if (!found) continue;
    const id = found.numbers[at];
    lines.push([whose, `${app.classes.byId.get(id)?.name ?? "no class"} (${id})`]);
  }
  const stereo = parts.disparity;
  if (stereo) lines.push(...describeStereo(stereo.values[at], stereo));
  const prediction = parts[`prediction:${settings.set}`];
  if (prediction) lines.push(...describePrediction(prediction, at, app.classes, settings.set));
  return lines;
}

function describeObject({ numbers, objects }, at, classes, kind) {
  const number = numbers[at];
  if (!number) {
    const { name, id, train_id: trainId } = classes.background;
    return [[kind, name], ["id, trainId", `${id}, ${trainId}`], ["object", "none"]];
  }
  const one = objects[number - 1];
  return [
    [kind, one.label],
    ["id, trainId", `${one.id}, ${one.trainId}`],
    ["instance", String(one.instance)],
    ["object", `${number - 1} of ${objects.length}${one.group ? ", a group" : ""}`],
  ];
}

function describeStereo(p, stereo) {
  if (p === 0) return [["disparity", "not measured (0)"]];
  const disparity = disparityOf(p);
  const lines = [["disparity", `${disparity.toFixed(3)} px (${p})`]];
  if (stereo.fx) {
    const depth = depthOf(p, stereo);
    lines.push(["depth", Number.isFinite(depth) ? `${depth.toFixed(2)} m` : "infinite"]);
  }
  return lines;
}

function describePrediction({ numbers, records, task }, at, classes, set) {
  const number = numbers[at];
  const record = records.find((one) => one.number === number);
  const label = record && classes.byId.get(record.id);
  let words = label ? `${label.name} (${label.id})` : "none";
  if (task === "pixel") words += `, value ${number}`;
  if (record?.confidence !== undefined) words += `, confidence ${record.confidence}`;
  if (record?.segment !== undefined) words += `, segment ${record.segment}`;
  return [[set, words]];
}

// Red, green, blue of a pixel of a bitmap.
const probe = document.createElement("canvas");
probe.width = probe.height = 1;
const probeContext = probe.getContext("2d", { willReadFrequently: true });

export function valueOf(bitmap, { x, y }) {
  probeContext.clearRect(0, 0, 1, 1);
  probeContext.drawImage(bitmap, x, y, 1, 1, 0, 0, 1, 1);
  return [...probeContext.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}
