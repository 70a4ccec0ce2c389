// The view as a PNG file. Licence plates are blanked, and the blurred image is used where there is
// one, as the dataset asks of whoever shows its pictures.

import { draw } from "./scene.js";

const LEFT = new Set(["leftImg8bit", "leftImg16bit", "leftImg8bit_blurred"]);
const PLATE = "license plate";

// Saves a file; what was done, in words.
export async function savePng(page, stage) {
  const { effective, frame, types } = page;
  if (effective.picture === "on" && effective.image && !LEFT.has(effective.image)) {
    return "Not saved: of right images there is none with faces and plates blurred. Choose a left one, or hide the image.";
  }
  const image = await blurredImage(page);
  const plates = await platesOf(frame, types);
  const canvas = document.createElement("canvas");
  canvas.width = stage.canvas.width;
  canvas.height = stage.canvas.height;
  const context = canvas.getContext("2d");
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const [area, scene, view = stage.view] of stage.areas()) {
    const shown = { ...scene, image: scene.image && image.bitmap };
    shown.lines = (pen) => {
      if (scene.image) for (const polygon of plates) pen.fill(polygon, "#000");
      scene.lines(pen);
    };
    draw(context, area, stage.ratio, view, shown);
  }
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${frame.place.frame}_view.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return `Saved ${link.download}: ${image.note}, ${plates.length} licence plates blanked.`;
}

async function blurredImage({ effective, frame, types, parts }) {
  if (effective.picture !== "on" || !effective.image) return { bitmap: null, note: "without camera image" };
  if (types.has("leftImg8bit_blurred")) {
    const { value, error } = await frame.part("image:leftImg8bit_blurred");
    if (error) throw new Error(error);
    return { bitmap: value, note: "with the blurred image" };
  }
  return { bitmap: parts[`image:${effective.image}`], note: "the dataset has no blurred image of it" };
}

async function platesOf(frame, types) {
  const found = [];
  for (const kind of ["gtFine", "gtCoarse"]) {
    if (!types.has(kind)) continue;
    const { value } = await frame.part(`objects:${kind}`);
    found.push(...(value?.objects ?? []).filter((one) => one.class === PLATE && !one.deleted));
  }
  return found.map(({ polygon }) => polygon);
}
