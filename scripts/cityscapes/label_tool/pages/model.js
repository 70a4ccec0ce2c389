// The frame that is edited: its state, the steps to undo and redo, and what is sent to the server.

import { entryOf, originalOf, rebased, Refusal, stateOf } from "./state.js";

// ASSUME: nobody undoes more steps; they share what they have in common.
const MOST_STEPS = 20_000;
// The form of drafts; drafts of another form are refused.
const FORM = 1;

export class Model {
  #document;
  #state;
  #past = [];
  #future = [];
  #baseText = null;

  // `document` as GET /api/edit answers it.
  constructor(document) {
    this.#document = document;
    this.#state = stateOf(document);
    this.reason = "";
  }

  get document() {
    return this.#document;
  }

  get version() {
    return this.#document.version;
  }

  get state() {
    return this.#state;
  }

  // Apply a function state -> state. True where something changed; else `reason` says why it was
  // refused, and is empty where there was nothing to do. A change of the selection is no step.
  apply(operation) {
    const next = operation(this.#state);
    this.reason = next instanceof Refusal ? next.reason : "";
    if (next instanceof Refusal || next === this.#state) return false;
    if (next.objects !== this.#state.objects || next.drawing !== this.#state.drawing) {
      this.#past.push(this.#state);
      if (this.#past.length > MOST_STEPS) this.#past.shift();
      this.#future = [];
    }
    this.#state = next;
    return true;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  undo() {
    return this.#step(this.#past, this.#future);
  }

  redo() {
    return this.#step(this.#future, this.#past);
  }

  #step(from, to) {
    if (!from.length) return false;
    to.push(this.#state);
    const state = from.pop();
    // A key is never given twice: what the page knows by it, such as a lock, is of one object.
    this.#state = { ...state, next: Math.max(state.next, this.#state.next) };
    return true;
  }

  // Whether a save would change the file. A polygon that is being drawn is no part of it yet.
  get isChanged() {
    const { objects } = this.#state;
    return objects.length !== this.#document.objects.length
      || objects.some((one, place) => one.changed || one.base !== place);
  }

  get isDrawing() {
    return this.#state.drawing !== null;
  }

  // The body of PUT /api/edit: entry i is object i of the state.
  body(state = this.#state) {
    return { objects: state.objects.map(entryOf) };
  }

  // After a save: `document` is the answer to body(state). Steps made since then, and those to undo
  // and redo, become changes of the new file.
  saved(document, state = this.#state) {
    if (document.objects.length !== state.objects.length) {
      throw new Error(
        `${state.objects.length} objects were saved, ${document.objects.length} came back`,
      );
    }
    const places = new Map(state.objects.map(({ key }, place) => [key, place]));
    const originals = document.objects.map(originalOf);
    const known = new Map(); // states share objects, before and after
    const lists = new Map();
    const move = (one) => {
      if (!known.has(one)) {
        const place = places.get(one.key) ?? null;
        known.set(one, rebased(one, place, place === null ? null : originals[place]));
      }
      return known.get(one);
    };
    const moveState = (one) => {
      if (!lists.has(one.objects)) lists.set(one.objects, one.objects.map(move));
      return { ...one, objects: lists.get(one.objects) };
    };
    this.#past = this.#past.map(moveState);
    this.#future = this.#future.map(moveState);
    this.#state = moveState(this.#state);
    this.#document = document;
    this.#baseText = null;
  }

  // What is kept in the browser, the objects of the file included: where that was replaced, the
  // draft can still be compared with what it began from.
  draft() {
    this.#baseText ??= JSON.stringify(this.#document.objects);
    return {
      form: FORM, version: this.version, base: this.#baseText,
      objects: this.body().objects, drawing: this.#state.drawing,
    };
  }

  // The model of a draft, with one step to undo. Where its version is not that of `document`, the
  // file was replaced since: what to do then is in conflicts.js.
  static fromDraft(document, draft) {
    if (draft?.form !== FORM) throw new Error("the draft was stored by another version of this page");
    const objects = draft.version === document.version ? document.objects : JSON.parse(draft.base);
    const model = new Model({ ...document, version: draft.version, objects });
    model.apply((state) => withEntries(state, draft.objects, draft.drawing));
    return model;
  }

  // The model of a merge, with one step to undo: entries as of PUT against `document`, and what was
  // being drawn meanwhile.
  static fromEntries(document, entries, drawing = null) {
    const model = new Model(document);
    model.apply((state) => withEntries(state, entries, drawing));
    return model;
  }
}

// The state with the objects that entries of PUT name; `state` is that of their file.
function withEntries(state, entries, drawing) {
  let { next } = state;
  const objects = entries.map((entry) => {
    if (Number.isInteger(entry)) return state.objects[entry];
    const { base, label, polygon, deleted } = entry;
    if (base === null) {
      return rebased({ key: next++, label, polygon, deleted }, null, null);
    }
    return rebased({ ...state.objects[base], label, polygon, deleted }, base, state.objects[base].original);
  });
  const isSameList = objects.length === state.objects.length
    && objects.every((one, i) => one === state.objects[i]);
  if (isSameList && !drawing) return state;
  return { objects: isSameList ? state.objects : objects, selection: new Set(), drawing, next };
}
