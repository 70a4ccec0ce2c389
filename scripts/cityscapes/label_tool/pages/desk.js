// What the editors of all frames share: settings, drafts, and the one frame that is edited.

import { isSame } from "./catalogue.js";
import { chooseClass } from "./class_chooser.js";
import { say } from "./dom.js";
import { Drafts } from "./drafts.js";
import { offerDrafts } from "./draft_offer.js";
import { entriesOf, keysOf, storedHotKeys, withUse } from "./hot_keys.js";
import { addKeys } from "./keys.js";
import { Panels } from "./edit_panels.js";
import { classOf } from "./records.js";
import { saved, unsavedWork } from "./saving.js";
import { Session } from "./session.js";
import { Visibility } from "./visibility.js";

const TYPES = ["gtFine", "gtCoarse"];
const HOT_KEYS = "cityscapes-label-tool-hot-keys";

export class Desk {
  constructor(app) {
    this.app = app;
    this.label = "";
    this.snapping = true;
    this.together = true;
    this.toolName = "select";
    this.visibility = new Visibility();
    this.highlighted = new Set(); // names of classes
    this.editor = null;
    this.session = null;
    this.problem = "";
    this.keeping = 0; // reviews that are being saved
    this.draftProblem = "";
    this.drafts = new Drafts({
      onError: (text) => this.#told(text),
      onStored: () => (this.draftProblem = ""),
    });
    // By dataset: each may have a label table of its own.
    this.hotKeysItem = `${HOT_KEYS}:${app.project.dataset}`;
    const { byName, labels } = app.classes;
    this.hotKeys = storedHotKeys(
      localStorage.getItem(this.hotKeysItem), labels, (name) => Boolean(classOf(name, byName).known));
    const own = entriesOf(this.hotKeys);
    if (own.length) addKeys("Classes by the keys of the label table", own);
  }

  get isUnsaved() {
    return Boolean(this.session?.isUnsaved);
  }

  #told(text) {
    this.draftProblem = text;
    say(text);
    this.editor?.bar.warn(text);
  }

  panelsOf(editor) {
    return new Panels(editor);
  }

  // The types that can be edited of a frame.
  typesOf() {
    const there = TYPES.filter((type) => this.app.catalogue.types.includes(type));
    return there.length ? there : ["gtFine"];
  }

  #typeOf({ page: { types, effective } }) {
    if (this.type) return this.type;
    const shown = effective.overlay.split(".")[0];
    if (TYPES.includes(shown)) return shown;
    return TYPES.find((type) => types.has(type)) ?? this.typesOf()[0];
  }

  // Edit the frame that is shown.
  async open(editor) {
    const { page } = editor;
    const { split, city, frame } = page.place;
    const place = { dataset: this.app.project.dataset, type: this.#typeOf(editor), split, city, frame };
    this.editor = editor;
    this.problem = "";
    const told = {
      changed: () => editor.session && editor.showState(),
      painted: (box) => editor.session && editor.painted(box),
      // Whether pixels are still those of before the last change.
      painting: (on) => page.stage.canvas.setAttribute("aria-busy", String(on)),
      saved: () => this.forget(editor),
      failed: (text) => editor.failed(text),
    };
    const kept = this.session?.isUnsaved && this.session.place.type === place.type && isSame(this.session.place, place);
    const session = kept ? this.session : new Session(place, this.drafts, told);
    session.told = told;
    this.session = session;
    if (!kept) this.visibility.clear();
    try {
      if (!kept) await session.load();
    } catch (error) {
      if (this.session === session) {
        session.damaged = error.answer?.damaged;
        this.problem = `cannot be edited: ${error.message}${session.damaged ? "; “Back to the dataset's”, below History, removes it" : ""}`;
      }
      editor.showState();
      return;
    }
    if (page.closed || this.session !== session || !isSame(page.place, place)) return;
    editor.session = session;
    await this.#show(editor);
    if (!kept) await offerDrafts(editor, session);
  }

  // The picture of what is edited takes the place of the viewer's.
  async #show(editor) {
    const { page, session } = editor;
    if (!page.types.has(session.place.type)) {
      page.types.add(session.place.type);
      page.showFields();
      await page.refresh();
    } else editor.recolour();
    // An address may name an object, by its place.
    const named = session.state.objects[page.selected];
    page.selected = null;
    if (named) editor.select([named.key]);
    editor.showState();
  }

  leave(editor) {
    if (this.editor !== editor) return;
    this.drafts.flush();
    if (!this.isUnsaved) this.session = null;
  }

  async mayLeave(editor, address) {
    const { session } = editor;
    if (!session?.isUnsaved) return true;
    if (address?.page === "frame" && isSame(session.place, address.place)) return true;
    const answer = await unsavedWork(editor);
    if (answer === "save") return this.save(editor);
    if (answer === "discard") {
      await session.discard();
      return true;
    }
    return false;
  }

  // Edit the other type of the frame.
  async setType(editor, type) {
    if (!(await this.mayLeave(editor))) {
      editor.bar.types = null;
      editor.showState();
      return;
    }
    this.type = type;
    editor.begin();
    if (editor.page.types.has(type)) editor.page.change("overlay", `${type}.classes`);
    await this.open(editor);
  }

  // True where all is saved afterwards.
  async save(editor) {
    const done = await saved(editor);
    editor.showState();
    return done;
  }

  // What the viewer keeps of the frame is not that of the file any more.
  forget({ page: { frame }, session: { place: { type } } }) {
    for (const key of [`objects:${type}`, "about"]) frame.parts.delete(key);
  }

  toggle(name, words) {
    this[name] = !this[name];
    say(`${words} is ${this[name] ? "on" : "off"}.`);
    this.editor?.showState();
  }

  setLabel(label) {
    this.label = label;
    this.hotKeys = withUse(this.hotKeys, label);
    try {
      localStorage.setItem(this.hotKeysItem, JSON.stringify(this.hotKeys));
    } catch {
      // The storage is full: the digits are kept as long as the page.
    }
  }

  async chooseClass(editor, title) {
    const { byName, labels } = this.app.classes;
    const keys = keysOf(this.hotKeys);
    const groups = labels.filter((one) => one.has_instances && !byName.has(`${one.name}group`))
      .map((one) => ({ ...one, name: `${one.name}group` }));
    const all = [...labels, ...groups].map(({ name, color }) => (
      { name, color, hotKey: keys.has(name) ? `Shift + ${keys.get(name)}` : "" }));
    const { drawing, objects, selection } = editor.state;
    const [first] = selection;
    const one = drawing ? null : objects.find(({ key }) => key === first);
    // The class used last; before any was, the first evaluated one of the table.
    const label = await chooseClass(title, all, one?.label || this.label || this.hotKeys.order.at(-1));
    editor.page.stage.canvas.focus();
    return label;
  }
}
