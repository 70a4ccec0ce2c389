// Saving a frame, and the questions that come with it.

import { compare, conflictsOf, needsOrder, resolve } from "./conflicts.js";
import { resolveConflicts } from "./conflict_dialog.js";
import { Corrections } from "./corrections.js";
import { paragraphs, question } from "./dialogs.js";
import { Model } from "./model.js";

const OPEN = "The open polygon is no object yet: Enter closes it.";

// Save the frame; true where that was done.
export async function saved(editor) {
  const { session } = editor;
  const { model, corrections, document } = session;
  if (!model.isChanged && !corrections.isChanged && document.source !== "none") {
    editor.say(model.isDrawing ? OPEN : "Nothing is unsaved.");
    return !model.isDrawing;
  }
  editor.bar.warn("");
  const saving = session.save();
  editor.bar.show();
  try {
    await saving;
  } catch (error) {
    editor.bar.show();
    return error.status === 412 ? conflict(editor, error.answer.current) : failed(editor, error);
  }
  const open = session.model.isDrawing;
  editor.say(`Saved: ${session.path}.${open ? ` ${OPEN}` : ""}`);
  return !open;
}

function failed(editor, error) {
  const problems = (error.answer?.problems ?? []).map(({ entry, error: why }) => `object ${entry}: ${why}`);
  editor.failed(`Not saved: ${[error.message, ...problems].join("; ")}`);
  const { session } = editor;
  const keys = (error.answer?.problems ?? []).map(({ entry }) => session.state.objects[entry]?.key);
  if (keys.length) editor.select(keys.filter((key) => key !== undefined));
  return false;
}

// Somebody else saved the frame: merge by object, and save that. Where the objects are saved already
// and only the boxes are those of somebody else, `current` has nothing but boxes.
async function conflict(editor, current) {
  const { session } = editor;
  const { corrections, model } = session;
  const boxes = () => (corrections.isChanged ? Corrections.fromDraft(current, corrections.draft()) : new Corrections(current));
  if (!current.objects) {
    session.corrections = boxes();
    return saved(editor);
  }
  const entries = await merged(editor, model.document.objects, model.body().objects, current);
  if (!entries) {
    editor.failed("Not saved: the file was changed by somebody else.");
    return false;
  }
  session.corrections = boxes();
  await session.replace(Model.fromEntries(current, entries, model.state.drawing), current);
  return saved(editor);
}

// Entries against the version of `current`, after the choices that were needed; null for none made.
export async function merged(editor, base, mine, current) {
  const comparison = compare(base, mine, current.objects);
  if (!conflictsOf(comparison).length && !needsOrder(comparison)) return resolve(comparison);
  return resolveConflicts(editor, comparison, current);
}

// "save", "discard" or "": what to do with unsaved work.
export function unsavedWork({ session: { place } }) {
  return question("Unsaved work", paragraphs(`${place.frame} (${place.type}) was changed and not saved.`), [
    ["save", "Save"], ["discard", "Discard"], ["", "Cancel"],
  ]);
}
