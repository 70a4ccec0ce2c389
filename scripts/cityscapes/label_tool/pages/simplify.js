// The dialog that simplifies an outline, and says how many pixels that changes.

import { selected, simplified } from "./combine.js";
import { question } from "./dialogs.js";
import { h } from "./dom.js";
import { setPolygon } from "./operations.js";

export async function chooseTolerance(editor) {
  const [one] = selected(editor);
  if (!one) return;
  let found = null;
  let turn = 0;
  const told = h("p", { role: "status" });
  const tolerance = h("input", { type: "number", name: "tolerance", min: "0", max: "50", step: "0.5", value: "1", oninput: () => tell() });
  const body = [h("label", { class: "field" }, h("span", {}, "Tolerance in pixels"), tolerance), told];

  async function tell() {
    const mine = ++turn;
    const answer = await simplified(editor, one, Number(tolerance.value));
    if (mine !== turn) return;
    found = answer.error ? null : answer;
    if (!found) {
      told.textContent = answer.error;
      editor.preview(null);
      return;
    }
    const [polygon = []] = found.polygons;
    told.textContent = `${one.polygon.length} points become ${polygon.length}; ${found.pixels.toLocaleString("en")} pixels differ.`;
    editor.preview(polygon.length ? setPolygon(one.key, polygon, editor.options) : null);
  }

  const answered = question(`Simplify ${one.label}`, body, [["apply", "Simplify"], ["", "Cancel"]]);
  await tell();
  const isWanted = (await answered) === "apply";
  turn++;
  editor.preview(null);
  if (isWanted && found?.polygons.length) editor.apply(setPolygon(one.key, found.polygons[0], editor.options));
}
