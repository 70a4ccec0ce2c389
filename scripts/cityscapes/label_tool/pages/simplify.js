// The dialog that simplifies an outline, and says how many pixels that changes.

import { isUnchanged, selected, simplified } from "./combine.js";
import { question } from "./dialogs.js";
import { h } from "./dom.js";
import { setPolygon } from "./operations.js";

export async function chooseTolerance(editor) {
  const [one] = selected(editor);
  if (!one) return;
  let turn = 0;
  let asked = null; // a promise of what is found with the tolerance that stands in the field
  const told = h("p", { role: "status" });
  const tolerance = h("input", {
    type: "number", name: "tolerance", min: "0", max: "50", step: "0.5", value: "1",
    oninput: () => tell(), onkeydown: (event) => event.key === "Enter" && event.target.closest("dialog").close("apply"),
  });
  const body = [h("label", { class: "field" }, h("span", {}, "Tolerance in pixels"), tolerance), told];

  async function tell() {
    const mine = ++turn;
    asked = simplified(editor, one, Number(tolerance.value));
    const found = await asked;
    if (mine !== turn) return;
    const [polygon = []] = found.polygons ?? [];
    told.textContent = found.error ?? `${one.polygon.length} points become ${polygon.length}; ${found.pixels.toLocaleString("en")} pixels differ.`;
    editor.preview(polygon.length ? setPolygon(one.key, polygon, editor.options) : null);
  }

  const answered = question(`Simplify ${one.label}`, body, [["apply", "Simplify"], ["", "Cancel"]]);
  tell();
  const isWanted = (await answered) === "apply";
  turn++;
  editor.preview(null);
  if (!isWanted) return;
  const { session } = editor;
  const { error, polygons } = await asked;
  if (session !== editor.session) return;
  if (error) editor.failed(`Not done: ${error}.`);
  else if (polygons.length && isUnchanged(editor, [one])) editor.apply(setPolygon(one.key, polygons[0], editor.options));
}
