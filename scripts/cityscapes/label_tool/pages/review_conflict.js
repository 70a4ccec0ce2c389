// The choice where somebody else saved the review of a frame since this page read it.

import { paragraphs, question } from "./dialogs.js";
import { savedBy } from "./saved_by.js";

export function isSameReview(one, other) {
  return one.status === other.status && one.note === other.note;
}

// "mine", "theirs", or "" where nothing was chosen.
export async function choiceOf(mine, theirs) {
  if (isSameReview(mine, theirs)) return "theirs";
  return question("The review was changed by somebody else", paragraphs(
    `It was ${savedBy(theirs)} since this page read it.`,
    `Theirs: ${wordsOf(theirs)}`, `Mine: ${wordsOf(mine)}`,
  ), [["mine", "Save mine"], ["theirs", "Take theirs"], ["", "Cancel"]]);
}

function wordsOf({ status, note, problem }) {
  return problem ?? `${status}; ${note ? `note: ${note}` : "no note"}`;
}
