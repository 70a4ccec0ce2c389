// One frame that is edited: its model, its picture, its draft and how it is saved. No elements.

import { getEdit, pathOf, putEdit } from "./edit_api.js";
import { Model } from "./model.js";
import { Painting } from "./painting.js";

const DRAFT_AFTER = 1000; // ms after a change

export class Session {
  // `told`: changed() after every change of the model, painted(box) of the picture,
  // failed(text) where something goes wrong.
  constructor(place, type, drafts, told) {
    Object.assign(this, { place, type, drafts, told });
    this.path = pathOf(type, place);
    this.loading = null;
    this.saving = null;
  }

  // Ask for the frame; where a draft is left, it is `this.found`, and nothing was done with it yet.
  async load() {
    const document = await getEdit(this.path);
    this.use(new Model(document), document);
    this.found = await this.drafts.get(this.path);
    await this.painting.update();
  }

  // Edit another model of the frame.
  use(model, document = this.document) {
    const { width, height } = document;
    this.model = model;
    this.document = document;
    if (this.painting?.width !== width || this.painting?.height !== height) {
      this.painting = new Painting(this, width, height, (box) => this.told.painted(box));
    }
  }

  get state() {
    return this.model.state;
  }

  get image() {
    return this.document;
  }

  get isUnsaved() {
    return Boolean(this.model && (this.model.isChanged || this.model.isDrawing));
  }

  // State and version that belong together, for the painting.
  moment() {
    return { state: this.model.state, path: this.path, version: this.model.version };
  }

  body(state) {
    return this.model.body(state);
  }

  // Do something; true where the state is another one. Why it is refused is told.
  apply(operation) {
    const { objects } = this.state;
    if (!this.model.apply(operation)) {
      if (this.model.reason) this.told.failed(`Not done: ${this.model.reason}.`);
      return false;
    }
    this.#changed(objects);
    return true;
  }

  undo() {
    const { objects } = this.state;
    return this.model.undo() && this.#changed(objects);
  }

  redo() {
    const { objects } = this.state;
    return this.model.redo() && this.#changed(objects);
  }

  #changed(objects) {
    if (objects !== this.state.objects) this.repaint();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keepDraft(), DRAFT_AFTER);
    this.told.changed();
    return true;
  }

  async repaint() {
    try {
      await this.painting.update();
    } catch (error) {
      this.told.failed(error.message, error);
    }
  }

  // Store what is unsaved in the browser, or remove what was stored there.
  async keepDraft() {
    clearTimeout(this.timer);
    this.timer = null;
    const text = this.isUnsaved
      ? await this.drafts.put(this.path, this.model.draft()) : await this.drafts.remove(this.path);
    this.told.kept(text);
  }

  async dropDraft() {
    clearTimeout(this.timer);
    this.timer = null;
    await this.drafts.remove(this.path);
  }

  // Save; errors go on to the caller, which knows what to do about a conflict.
  async save() {
    if (this.saving) return this.saving;
    this.saving = this.#save().finally(() => (this.saving = null));
    return this.saving;
  }

  async #save() {
    const state = this.model.state;
    const document = await putEdit(this.path, this.model.version, this.model.body(state));
    this.model.saved(document, state);
    this.document = document;
    // The states hold other objects now, of which the same was painted.
    if (this.painting.list) this.painting.list = this.#same(this.painting.list);
    await this.keepDraft();
    this.told.changed();
  }

  // Painted objects as the model has them after a save.
  #same(list) {
    const now = new Map(this.model.state.objects.map((one) => [one.key, one]));
    return list.map((one) => {
      const other = now.get(one.key);
      const isSame = other && other.polygon === one.polygon && other.label === one.label && other.deleted === one.deleted;
      return isSame ? other : one;
    });
  }

  // The objects and numbers that are shown; null before the first picture.
  get picture() {
    const { painting } = this;
    return painting?.list ? { list: painting.list, numbers: painting.numbers, pixels: painting.pixels } : null;
  }

  close() {
    clearTimeout(this.timer);
    this.closed = true;
  }
}
