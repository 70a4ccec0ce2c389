// What is told beside the picture once it is shown: files and problems, scores; and what comes next.

import { neighbours } from "./catalogue.js";
import { h, say } from "./dom.js";
import { frameOf } from "./frame.js";
import { typesOf } from "./frame_settings.js";
import { partsOf } from "./overlays.js";

// Files and problems of the frame; what is older than its sources is said over the picture, too.
export async function showAbout(page) {
  const { frame } = page;
  const { value, error } = await frame.part("about");
  if (frame !== page.frame || page.closed) return;
  if (error) say(error);
  else page.panel.showAbout(value);
  const stale = value?.stale ?? [];
  // The bar of the editor says it, too, and what is edited should be seen.
  if (stale.length && !page.editor) page.message.append(...stale.map((text) => h("p", {}, text)));
}

export async function showScores(page) {
  const { frame, effective: { set } } = page;
  const found = set ? await frame.part(`scores:${set}`) : null;
  if (frame !== page.frame || set !== page.effective.set || page.closed) return;
  page.panel.showScores(found, page.parts[`prediction:${set}`]?.stale);
}

// Ask for what the next frame will need.
export function prefetch({ app, place, effective }) {
  const { next } = neighbours(app.chosen, place);
  if (!next) return;
  const frame = frameOf(next);
  const types = typesOf(next, app.catalogue);
  const { image, overlay, set, compare } = effective;
  if (types.has(image)) frame.part(`image:${image}`);
  for (const key of partsOf(overlay)) {
    if (types.has(key.split(":")[1] ?? key)) frame.part(key);
  }
  if (set && compare !== "off" && next.split === place.split) frame.part(`prediction:${set}`);
  frameOf(place); // which must not be the oldest one
}
