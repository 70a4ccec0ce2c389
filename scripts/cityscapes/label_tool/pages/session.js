// One frame that is edited: its model, its picture, its draft and how it is saved. No elements.

import { Corrections } from "./corrections.js";
import { getEdit, pathOf, putCorrections, putEdit } from "./edit_api.js";
import { Model } from "./model.js";
import { Painting } from "./painting.js";

export class Session {
  // `place` is {dataset, type, split, city, frame}. `told`: changed() after every change of the
  // model, painted(box) of the picture, saved(), failed(text) where something goes wrong.
  constructor(place, drafts, told) {
    Object.assign(this, { place, drafts, told });
    this.path = pathOf(place.type, place);
    this.saving = null;
    this.found = []; // drafts of former pages
  }

  async load() {
    const document = await getEdit(this.path);
    this.use(new Model(document), document);
    this.corrections = new Corrections(document);
    this.found = await this.drafts.list(this.place, document.version);
    await this.painting.update();
  }

  // Edit another model of the frame.
  use(model, document) {
    const { width, height } = document;
    this.model = model;
    this.document = document;
    if (this.painting?.width !== width || this.painting?.height !== height) {
      this.painting = new Painting(this, width, height, (box) => this.told.painted(box));
    }
  }

  // Another model of the frame that is shown: the old picture stays until the new one is there.
  async replace(model, document) {
    this.use(model, document);
    this.painting.restart();
    this.#changed(model.state.objects);
    await this.repaint();
  }

  get state() {
    return this.model.state;
  }

  get isUnsaved() {
    return Boolean(this.model) && (this.model.isChanged || this.model.isDrawing || this.corrections.isChanged);
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
    return this.#do(this.model, () => this.model.apply(operation));
  }

  // The same for the correction boxes.
  correct(operation) {
    return this.#do(this.corrections, () => this.corrections.apply(operation));
  }

  #do(model, work) {
    const { objects } = this.state;
    if (work()) return this.#changed(objects);
    if (model.reason) this.told.failed(`Not done: ${model.reason}.`);
    return false;
  }

  // `model` is the one of objects or the one of corrections.
  undo(model = this.model) {
    const { objects } = this.state;
    return model.undo() && this.#changed(objects);
  }

  redo(model = this.model) {
    const { objects } = this.state;
    return model.redo() && this.#changed(objects);
  }

  #changed(objects) {
    if (objects !== this.state.objects) this.repaint();
    this.drafts.changed(this.place, () => this.draft());
    this.told.changed();
    return true;
  }

  // What is unsaved, as it is kept in the browser; null for nothing.
  draft() {
    if (!this.isUnsaved) return null;
    return { ...this.model.draft(), boxes: this.corrections.isChanged ? this.corrections.draft() : null };
  }

  async repaint() {
    const painted = this.painting.update();
    this.told.painting(true);
    try {
      await painted;
    } catch (error) {
      this.told.failed(error.message);
    } finally {
      this.told.painting(Boolean(this.painting.running));
    }
  }

  // Save; errors go on to the caller, which knows what to do about a conflict.
  async save() {
    this.saving ??= this.#save().finally(() => (this.saving = null));
    return this.saving;
  }

  async #save() {
    // A frame without an annotation gets one also where there is nothing to draw, but not for its boxes.
    if (this.model.isChanged || (this.document.source === "none" && !this.corrections.isChanged)) {
      const state = this.model.state;
      const document = await putEdit(this.path, this.model.version, this.model.body(state));
      this.model.saved(document, state);
      this.document = document;
      // The states hold other objects now, of which the same was painted.
      if (this.painting.list) this.painting.list = this.#same(this.painting.list);
    }
    if (this.corrections.isChanged) {
      const { state, version } = this.corrections;
      const answer = await putCorrections(this.path, version, this.corrections.body(state).corrections);
      this.corrections.saved(answer.corrections_version, state);
    }
    this.told.saved();
    this.#changed(this.state.objects);
    await this.drafts.flush();
  }

  // Painted objects as the model has them after a save.
  #same(list) {
    const now = new Map(this.state.objects.map((one) => [one.key, one]));
    return list.map((one) => {
      const other = now.get(one.key);
      const isSame = other && other.polygon === one.polygon && other.label === one.label && other.deleted === one.deleted;
      return isSame ? other : one;
    });
  }

  // Give up what is unsaved, the draft included.
  async discard() {
    this.use(new Model(this.document), this.document);
    this.corrections = new Corrections(this.document);
    this.drafts.changed(this.place, () => null);
    await this.drafts.flush();
  }

  // The objects and numbers that are shown; null before the first picture.
  get picture() {
    const { list, numbers, pixels } = this.painting ?? {};
    return list ? { list, numbers, pixels } : null;
  }
}
