// The frame that is edited: its state, the steps to undo and redo, and what is sent to the server.

import { editable, entryOf, originalOf, rebased, stateOf } from "./state.js";
import { Steps } from "./steps.js";

// The form of drafts; drafts of another form are refused.
const FORM = 1;

export class Model extends Steps {
  #document;
  #baseText = null;

  // `document` as GET /api/edit answers it.
  constructor(document) {
    super(stateOf(document));
    this.#document = document;
  }

  get document() {
    return this.#document;
  }

  get version() {
    return this.#document.version;
  }

  // Whether a save would change the file. A polygon that is being drawn is no part of it yet.
  get isChanged() {
    const { objects } = this.state;
    return objects.length !== this.#document.objects.length
      || objects.some((one, place) => one.changed || one.base !== place);
  }

  get isDrawing() {
    return this.state.drawing !== null;
  }

  // The body of PUT /api/edit: entry i is object i of the state.
  body(state = this.state) {
    return { objects: state.objects.map(entryOf) };
  }

  // After a save: `document` is the answer to body(state). Steps made since then, and those to undo
  // and redo, become changes of the new file.
  saved(document, state = this.state) {
    if (document.objects.length !== state.objects.length) {
      throw new Error(
        `${state.objects.length} objects were saved, ${document.objects.length} came back`,
      );
    }
    const places = new Map(state.objects.map(({ key }, place) => [key, place]));
    const originals = document.objects.map(originalOf);
    // States share objects and lists of objects; afterwards, too.
    const move = once((one) => {
      const place = places.get(one.key) ?? null;
      return rebased(one, place, place === null ? null : originals[place]);
    });
    const moveAll = once((objects) => objects.map(move));
    this.map((one) => ({ ...one, objects: moveAll(one.objects) }));
    this.#document = document;
    this.#baseText = null;
  }

  // What is kept in the browser, the objects of the file included: where that was replaced, the
  // draft can still be compared with what it began from.
  draft() {
    this.#baseText ??= JSON.stringify(this.#document.objects);
    return {
      form: FORM, version: this.version, base: this.#baseText,
      objects: this.body().objects, drawing: this.state.drawing,
    };
  }

  // The model of a draft, with one step to undo. Where its version is not that of `document`, the
  // file was replaced since: what to do then is in conflicts.js.
  static fromDraft(document, draft) {
    if (draft?.form !== FORM) throw new Error("the draft was stored by another version of this page");
    const isCurrent = draft.version === document.version;
    const objects = isCurrent ? document.objects : JSON.parse(draft.base);
    return Model.fromEntries(
      { ...document, version: draft.version, objects }, draft.objects, draft.drawing,
    );
  }

  // The model of entries of PUT against `document`, such as those of a merge, and of what is being
  // drawn; with one step to undo.
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
    const { base } = entry;
    const { label, polygon, deleted } = editable(entry);
    if (base === null) return rebased({ key: next++, label, polygon, deleted }, null, null);
    const known = state.objects[base];
    return rebased({ ...known, label, polygon, deleted }, base, known.original);
  });
  const isSameList = objects.length === state.objects.length
    && objects.every((one, i) => one === state.objects[i]);
  if (isSameList && !drawing) return state;
  return { objects: isSameList ? state.objects : objects, selection: new Set(), drawing, next };
}

// The function, called once for each argument.
function once(make) {
  const known = new Map();
  return (one) => {
    if (!known.has(one)) known.set(one, make(one));
    return known.get(one);
  };
}
