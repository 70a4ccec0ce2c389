// Classes whose objects are all outlined: a setting of the page, and in no file.

import { selected } from "./combine.js";

// Outline the classes of the selected objects; none any more where they are outlined, or nothing is selected.
export function toggleHighlight(editor) {
  const { desk } = editor;
  const names = new Set(selected(editor).map(({ label }) => editor.className(label)));
  const isSame = [...names].every((name) => desk.highlighted.has(name));
  if (!names.size && !desk.highlighted.size) {
    editor.say("Select an object: all of its class are outlined then.");
    return;
  }
  desk.highlighted = isSame ? new Set() : names;
  editor.say(isSame ? "No class is outlined." : `Outlined: ${objectsOf(editor).length} of ${[...names].join(", ")}`);
  editor.redraw();
}

export function drawHighlight(editor, pen) {
  for (const { polygon } of objectsOf(editor)) pen.line(polygon, "#ff5cf4", { width: 2 });
}

function objectsOf(editor) {
  const { highlighted } = editor.desk;
  if (!highlighted.size) return [];
  return editor.state.objects.filter((one) => (
    !one.deleted && one.polygon.length && editor.isShown(one) && highlighted.has(editor.className(one.label))));
}
