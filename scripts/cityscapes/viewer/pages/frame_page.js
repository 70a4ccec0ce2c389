// A frame: which one is shown, with which settings, and what its stage and its panel are told.

import { format } from "./address.js";
import { describePixel, listObjects } from "./below.js";
import { neighbours } from "./catalogue.js";
import { h, say } from "./dom.js";
import { savePng } from "./export.js";
import { frameOf, keepShown } from "./frame.js";
import { act } from "./frame_actions.js";
import { frameElements } from "./frame_elements.js";
import { prefetch, showAbout, showScores } from "./frame_extras.js";
import { scenesOf } from "./frame_scenes.js";
import { boxSetsOf, effectiveSettings, setsOf, typesOf } from "./frame_settings.js";
import { Layers, objectsKey, sizeOf, wantedParts } from "./layers.js";
import { Panel } from "./panel.js";
import { Blinker, Player } from "./player.js";
import { read, write } from "./settings.js";
import { Stage } from "./stage.js";
import * as views from "./view.js";

export class FramePage {
  constructor(app, root, place, parameters) {
    this.app = app;
    this.settings = read(parameters);
    this.pointed = null;
    this.selected = /^\d+$/.test(this.settings.object) ? Number(this.settings.object) : null;
    this.turn = this.refreshing = 0;
    this.stage = new Stage(this, views.parse(parameters.view));
    this.stage.splitAt = this.settings.split;
    this.layers = new Layers(app);
    this.panel = new Panel({
      app,
      change: (name, value) => this.change(name, value),
      choose: (index) => this.select(index),
      point: (index) => this.point(index),
    });
    const { element, playing, ...elements } =
      frameElements(root, this.stage.canvas, this.panel.element, (action) => this.act(action));
    Object.assign(this, elements);
    this.player = new Player(() => this.#playNext(), (text) => (playing.textContent = text));
    this.blinker = new Blinker(() => this.redraw());
    this.stage.watch(element);
    // Takes part in the pointer's and the keys' work, and draws over the scene: see label_tool.js.
    this.editor = app.tool?.editorOf(this) ?? null;
    this.goto(place);
  }

  close() {
    this.closed = true;
    this.editor?.close();
    this.stage.close();
    this.player.close();
    this.blinker.close();
    clearTimeout(this.addressing);
  }

  // Show a frame; what is shown stays until the next picture is there.
  async goto(place) {
    const turn = ++this.turn;
    this.place = place;
    this.frame = frameOf(place);
    this.types = typesOf(place, this.app.catalogue);
    const { at } = neighbours(this.app.chosen, place);
    const count = at < 0 ? "" : ` (${at + 1} of ${this.app.chosen.length})`;
    this.title.textContent = `${place.split}/${place.city}/${place.frame}${count}`;
    document.title = `${place.frame} – Cityscapes ${this.app.tool ? "label tool" : "viewer"}`;
    this.stage.canvas.setAttribute("aria-label", `${place.frame}; what it shows is in the lists of classes and objects`);
    this.editor?.begin();
    this.showFields();
    this.panel.showCursor([]);
    this.panel.here.replaceChildren();
    this.#writeAddress();
    await this.refresh();
    if (turn !== this.turn || this.closed) return;
    showAbout(this);
    prefetch(this);
    this.editor?.shown();
  }

  #sets() {
    return setsOf(this.place, this.app.project);
  }

  #boxSets() {
    return boxSetsOf(this.place, this.types, this.app.project);
  }

  showFields() {
    this.#settle();
    this.panel.showFields(this.effective, this.types, this.#sets(), this.#boxSets());
  }

  #settle() {
    this.effective = effectiveSettings(this.settings, this.types, this.app.project.images, this.#sets(), this.#boxSets());
    this.stage.halved = this.effective.compare === "side" && this.effective.set !== "";
  }

  // Change one of the settings: a value, or a function of the old one.
  change(name, value) {
    const old = this.settings[name];
    this.settings[name] = typeof value === "function" ? value(old) : value;
    if (name === "set" && value && this.settings.compare === "off") this.settings.compare = "side";
    if (name === "compare" && value !== "off" && !this.effective.set) this.settings.set = this.#sets()[0] ?? "";
    if ((name === "set" && !old) || (name === "compare" && value === "side") || old === "side") this.fitNext = true;
    this.stage.splitAt = this.settings.split;
    this.#settle();
    this.panel.setFields(this.effective);
    this.#writeAddress();
    if (name === "split" || name === "opacity" || name === "picture") this.redraw();
    else this.refresh();
  }

  // Ask for what the settings need, colour it, draw it.
  async refresh() {
    const turn = ++this.refreshing;
    const { frame, effective, stage } = this;
    const keys = wantedParts(effective, this.types);
    const answers = await Promise.all(keys.map((key) => this.editor?.part(key) ?? frame.part(key)));
    if (turn !== this.refreshing || this.closed || frame.closed) return;
    const parts = {}, problems = [];
    keys.forEach((key, i) => {
      if (answers[i].error) problems.push(answers[i].error);
      else parts[key] = answers[i].value;
    });
    this.parts = parts;
    this.shownFrame = frame;
    keepShown(frame);
    this.shownSettings = effective;
    stage.size = sizeOf(parts, effective);
    const told = this.layers.colour(parts, effective, stage.size);
    this.note.textContent = told.notes.join("; ");
    this.message.replaceChildren(...[...problems, ...told.problems].map((text) => h("p", {}, text)));
    this.showObjects();
    this.panel.showLegend(parts[`outcomes:${effective.found}`]);
    if (!stage.view || this.fitNext) stage.fit();
    this.fitNext = false;
    this.blinker.blink(effective.compare === "blink");
    describePixel(this);
    this.redraw();
    this.editor?.refreshed();
    showScores(this);
  }

  #objectsKey() {
    return objectsKey(this.effective, this.types);
  }

  // The annotated objects that are shown.
  get objects() {
    return this.parts?.[this.#objectsKey()]?.objects ?? [];
  }

  showObjects() {
    const objects = this.objects;
    this.panel.showObjects(objects, this.selected);
    this.showClasses();
  }

  showClasses() {
    this.panel.showClasses(this.objects, this.effective);
  }

  scenes() {
    return scenesOf(this);
  }

  redraw() {
    this.stage.redraw();
  }

  drawn() {
    this.stage.canvas.dataset.drawn = this.shownFrame.place.frame;
  }

  moved(point, event) {
    if (!this.parts) return;
    describePixel(this);
    const isTaken = this.editor?.moved(point, event);
    if (this.layers.hover(point && !isTaken ? this.stage.pixelAt(point) : null)) this.redraw();
  }

  viewed() {
    clearTimeout(this.addressing);
    this.addressing = setTimeout(() => this.#writeAddress(), 300);
  }

  split(percent) {
    this.change("split", percent);
  }

  fade(by) {
    this.change("opacity", (old) => Math.min(Math.max(old + by, 0), 100));
  }

  clicked(point) {
    const pixel = this.stage.pixelAt(point);
    const key = this.#objectsKey();
    if (pixel && key && !this.editor?.clicked(point)) listObjects(this, key, pixel);
  }

  select(index) {
    this.selected = index;
    this.panel.markSelected(index);
    this.nameObject(index);
    this.redraw();
  }

  // The place of the object that the address leads to, or null.
  nameObject(index) {
    const text = index === null ? "" : String(index);
    if (this.settings.object === text) return;
    this.settings.object = text;
    this.#writeAddress();
  }

  point(index) {
    this.pointed = index;
    this.redraw();
  }

  act(action, event) {
    return this.editor?.act(action, event) || act(this, action, event);
  }

  // To another frame of those that are chosen.
  async step(frame) {
    if (!frame) {
      say("There is no other frame.");
      this.player.play(false);
      return;
    }
    if (this.editor && !(await this.editor.mayLeave())) return;
    this.selected = null;
    this.settings.object = "";
    this.goto(frame);
  }

  async #playNext() {
    const { next } = neighbours(this.app.chosen, this.place);
    if (next && this.editor && !(await this.editor.mayLeave())) return false;
    if (next) await this.goto(next);
    return Boolean(next);
  }

  // Whether another address may be shown: the editor asks where work is unsaved.
  async mayLeave(address) {
    return !this.editor || this.editor.mayLeave(address);
  }

  leave() {
    const { lens } = this.stage;
    if (this.selected !== null || lens.on) {
      lens.on = false;
      this.select(null);
    } else location.hash = format({ page: "frames", parameters: this.app.filter });
  }

  async export() {
    try {
      say(await savePng(this, this.stage));
    } catch (error) {
      say(error.message);
    }
  }

  #writeAddress() {
    const { view, fitted } = this.stage;
    const parameters = write(this.settings);
    // A view that fits the window is that of every window.
    if (view && !fitted) parameters.view = views.format(view);
    history.replaceState(null, "", format({ page: "frame", place: this.place, parameters }));
  }
}
