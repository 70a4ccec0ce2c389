// Union, intersection, subtraction and slices of objects, as the server computes them.

import { geometry } from "./edit_api.js";
import { replaceObject } from "./operations.js";
import { Refusal } from "./refusal.js";

// Several operations as one step.
export function together(operations) {
  return (state) => operations.reduce(
    (known, operation) => (known instanceof Refusal ? known : operation(known)), state,
  );
}

// The selected objects that are not deleted, the one that was selected first first.
export function selected({ state: { selection, objects } }) {
  return [...selection].map((key) => objects.find((one) => one.key === key)).filter((one) => one && !one.deleted);
}

// {polygons} or {error}.
async function ask(editor, operation, body) {
  const { width, height } = editor.image;
  try {
    return await geometry({ operation, width, height, ...body });
  } catch (error) {
    return { error: error.message };
  }
}

// Whether objects are what they were when the server was asked; what is done meanwhile is kept.
export function isUnchanged(editor, list) {
  const { objects } = editor.state;
  const isSame = list.every((one) => objects.includes(one));
  if (!isSame) editor.failed("Not done: an object was changed meanwhile. Try again.");
  return isSame;
}

// "union", "intersection" or "subtract": the others go into the one that was selected first, or,
// where they are subtracted, stay.
export async function combine(editor, operation) {
  const list = selected(editor);
  if (list.length < 2) {
    editor.say(`Select two objects or more for ${operation === "union" ? "a" : "an"} ${operation}.`.replace("for an subtract", "to subtract"));
    return;
  }
  const { session } = editor;
  const found = await ask(editor, operation, { polygons: list.map(({ polygon }) => polygon) });
  if (session !== editor.session) return;
  if (found.error || !found.polygons.length) {
    editor.failed(`Not done: ${found.error ?? "nothing would be left"}.`);
    return;
  }
  if (!isUnchanged(editor, list)) return;
  const [first, ...others] = list.map(({ key }) => key);
  const consumed = operation === "subtract" ? [] : others;
  const { locked } = editor.options;
  if (editor.apply(replaceObject(first, found.polygons, { locked, consumed }))) {
    editor.say(`${operation}: ${found.polygons.length === 1 ? "one object" : `${found.polygons.length} objects`}`);
  }
}

export async function slice(editor, line) {
  const list = selected(editor);
  const { session } = editor;
  const answers = await Promise.all(
    list.map(({ polygon }) => ask(editor, "slice", { polygons: [polygon], line })),
  );
  if (session !== editor.session) return;
  const { locked } = editor.options;
  const cut = list.map(({ key }, i) => [key, answers[i].polygons]).filter(([, polygons]) => polygons?.length > 1);
  if (!cut.length) {
    editor.failed(`Not done: ${answers.find(({ error }) => error)?.error ?? "the line cuts no selected object"}.`);
    return;
  }
  if (!isUnchanged(editor, list)) return;
  const operations = cut.map(([key, polygons]) => replaceObject(key, polygons, { locked }));
  if (editor.apply(together(operations))) editor.say(`${cut.length === 1 ? "One object" : `${cut.length} objects`} cut`);
}

export async function simplified(editor, one, tolerance) {
  return ask(editor, "simplify", { polygons: [one.polygon], tolerance });
}
