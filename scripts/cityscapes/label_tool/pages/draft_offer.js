// Unsaved work of a former page is offered when its frame is opened.

import { Corrections } from "./corrections.js";
import { paragraphs, question } from "./dialogs.js";
import { offerOf } from "./drafts.js";
import { Model } from "./model.js";
import { merged } from "./saving.js";

export async function offerDrafts(editor, session) {
  for (const record of session.found) {
    if (editor.session !== session || session.isUnsaved) return;
    const date = new Date(record.date).toLocaleString("en");
    const answer = await question("Unsaved work", paragraphs(`There is ${offerOf(record)}, of ${date}.`), [
      ["take", "Take it up"],
      // The other tab works on, and what it has is no longer stored then.
      ...(record.isOpen ? [] : [["delete", "Delete it"]]),
      ["", "Later"],
    ]);
    if (editor.session !== session) return;
    if (answer === "delete") await session.drafts.delete(record);
    if (answer === "take") await take(editor, session, record);
  }
}

async function take(editor, session, record) {
  const { document } = session;
  try {
    if (record.isStale) {
      const { base, objects, drawing } = record.draft;
      const entries = await merged(editor, JSON.parse(base), objects, document);
      if (!entries) return;
      await session.replace(Model.fromEntries(document, entries, drawing), document);
    } else await session.replace(Model.fromDraft(document, record.draft), document);
    if (record.draft.boxes) session.corrections = Corrections.fromDraft(document, record.draft.boxes);
    await session.drafts.take(record);
    editor.showState();
    editor.say("The unsaved work is there again; it is not saved yet.");
  } catch (error) {
    editor.failed(`The draft cannot be taken up: ${error.message}`);
  }
}
