// Boxes on a frame that say what is wrong there: a model with undo, as model.js is one of objects.
// Box: {key, type, annotation, bbox: [x, y, width, height]} in pixels of the image.

import { refuse } from "./refusal.js";
import { Steps } from "./steps.js";

export const TYPES = new Map([
  [1, "to correct"], [2, "to review"], [3, "resolved"], [4, "question"],
]);
const FORM = 1;

export class Corrections extends Steps {
  #saved;

  // `document` as GET /api/edit answers it.
  constructor({ corrections, corrections_version: version }) {
    super({
      boxes: corrections.map((one, key) => ({ key, ...contentOf(one) })),
      selection: new Set(), next: corrections.length,
    });
    this.version = version;
    this.#saved = corrections;
  }

  get isChanged() {
    return textOf(this.body().corrections) !== textOf(this.#saved);
  }

  // The body of PUT /api/corrections.
  body(state = this.state) {
    return { corrections: state.boxes.map(contentOf) };
  }

  // After a save of body(state).
  saved(version, state = this.state) {
    this.version = version;
    this.#saved = this.body(state).corrections;
  }

  draft() {
    return {
      form: FORM, version: this.version, base: this.#saved, corrections: this.body().corrections,
    };
  }

  // With one step to undo; where the file was replaced since, both sides' boxes.
  static fromDraft(document, draft) {
    if (draft?.form !== FORM) throw new Error("the draft was stored by another version of this page");
    const model = new Corrections(document);
    const isCurrent = draft.version === document.corrections_version;
    const list = isCurrent
      ? draft.corrections : merged(draft.base, draft.corrections, document.corrections);
    model.apply(replaceAll(list));
    return model;
  }
}

// Theirs, without what I removed and with what I added. A box that both changed is there twice.
export function merged(base, mine, theirs) {
  const removed = without(base, mine);
  return [...without(theirs, removed), ...without(without(mine, base), without(theirs, base))];
}

// The box between two corners, whichever way it was dragged, within the image.
export function boxOf([x1, y1], [x2, y2], { width, height }) {
  const [left, right] = span(x1, x2, width);
  const [top, bottom] = span(y1, y2, height);
  return [left, top, right - left, bottom - top];
}

export function addBox(bbox, type = 1, annotation = "") {
  return (state) => {
    const problem = problemOf(bbox, type);
    if (problem) return refuse(problem);
    const key = state.next;
    return {
      boxes: [...state.boxes, { key, type, annotation, bbox }], selection: new Set([key]), next: key + 1,
    };
  };
}

// `change` has some of type, annotation and bbox.
export function changeBox(key, change) {
  return (state) => {
    const known = state.boxes.find((one) => one.key === key);
    if (!known) return refuse("there is no such box");
    const next = { ...known, ...change };
    const problem = problemOf(next.bbox, next.type);
    if (problem) return refuse(problem);
    if (textOf([next]) === textOf([known])) return state;
    return { ...state, boxes: state.boxes.map((one) => (one === known ? next : one)) };
  };
}

export function deleteBoxes(keys) {
  return (state) => {
    const gone = new Set(keys);
    const boxes = state.boxes.filter(({ key }) => !gone.has(key));
    if (boxes.length === state.boxes.length) return refuse("no box is selected");
    const selection = new Set([...state.selection].filter((key) => !gone.has(key)));
    return { ...state, boxes, selection };
  };
}

export function selectBoxes(keys) {
  return (state) => ({ ...state, selection: new Set(keys) });
}

// The topmost box at a point, or null.
export function boxAt({ boxes }, [x, y]) {
  return boxes.findLast(({ bbox: [left, top, width, height] }) => (
    x >= left && x < left + width && y >= top && y < top + height)) ?? null;
}

function replaceAll(list) {
  return (state) => {
    if (textOf(list) === textOf(state.boxes)) return state;
    const boxes = list.map((one, i) => ({ key: state.next + i, ...contentOf(one) }));
    return { boxes, selection: new Set(), next: state.next + list.length };
  };
}

function problemOf(bbox, type) {
  if (!TYPES.has(type)) return `the type is ${type}, not one of 1 to 4`;
  if (!bbox.every(Number.isInteger)) return "a box is in whole pixels";
  return bbox[2] >= 1 && bbox[3] >= 1 ? "" : "a box is at least one pixel wide and high";
}

function span(from, to, size) {
  const within = (value) => Math.min(Math.max(value, 0), size) + 0;
  const [first, last] = [Math.floor(within(Math.min(from, to))), Math.ceil(within(Math.max(from, to)))];
  if (last > first) return [first, last];
  return first < size ? [first, first + 1] : [first - 1, first];
}

function contentOf({ type, annotation, bbox }) {
  return { type, annotation, bbox };
}

function textOf(list) {
  return JSON.stringify(list.map(contentOf));
}

// What of a list is not in the other, each as often as it is there.
function without(list, other) {
  const counts = new Map();
  for (const one of other) counts.set(textOf([one]), (counts.get(textOf([one])) ?? 0) + 1);
  return list.filter((one) => {
    const left = counts.get(textOf([one])) ?? 0;
    counts.set(textOf([one]), left - 1);
    return left <= 0;
  });
}
