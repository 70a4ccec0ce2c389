// What the viewer shows of the frame that is edited, in place of what the server has of its file.

import { recordsOf } from "./records.js";

const keyOf = ({ place: { type } }) => `objects:${type}`;

// A promise of the part of this key, as Frame.part answers it; null where it is not the one that is edited.
export function partOf(editor, key) {
  const { session } = editor;
  if (!session?.picture || key !== keyOf(session)) return null;
  return Promise.resolve({ value: objectsOf(editor) });
}

function objectsOf({ session, desk: { visibility }, page }) {
  const { list, numbers, pixels } = session.picture;
  const hidden = new Set(list.filter((one) => visibility.isHidden(one)).map(({ key }) => key));
  const objects = recordsOf(list, pixels, page.app.classes.byName, (key) => hidden.has(key));
  return { numbers, objects };
}

// The picture is another one in a box; null for nowhere.
export function showPainted(editor, box) {
  const { page, session } = editor;
  const key = keyOf(session);
  if (page.closed || !page.parts) return;
  if (page.effective.compare === "errors") page.refresh();
  else if (key in page.parts) {
    page.parts[key] = objectsOf(editor);
    if (box) page.layers.recolour(key, box);
    page.showClasses();
    page.redraw();
  }
  editor.panels.painted();
}
