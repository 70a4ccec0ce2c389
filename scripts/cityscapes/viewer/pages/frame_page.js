// A frame: the stage with its canvas, the panel beside it, and what keys and mouse do to both.

import { format } from "./address.js";
import { getJson } from "./api.js";
import { neighbours } from "./catalogue.js";
import { describe, valueOf } from "./cursor.js";
import { button, h, say } from "./dom.js";
import { savePng } from "./export.js";
import { frameOf } from "./frame.js";
import { makeErrors, makeOverlay, makePrediction, partsOf } from "./overlays.js";
import { Panel } from "./panel.js";
import { listen } from "./pointer.js";
import { boxOf, Raster } from "./raster.js";
import { clear, draw, drawLens } from "./scene.js";
import { COMPARISONS, listOf, read, write } from "./settings.js";
import { boxes3d, modalBoxes, outcomes, outlines, persons, validatedBoxes } from "./vectors.js";
import * as views from "./view.js";

const PLAY_EVERY = 1000;
const BLINK_EVERY = 700;

export class FramePage {
  constructor(app, root, place, parameters) {
    this.app = app;
    this.settings = read(parameters);
    this.view = views.parse(parameters.view);
    this.lens = { on: false, size: 260, factor: 4 };
    this.pointer = null;
    this.hovered = -1;
    this.pointed = null;
    this.selected = /^\d+$/.test(this.settings.object) ? Number(this.settings.object) : null;
    this.rasters = {};
    this.shown = null;
    this.turn = 0;
    this.panel = new Panel({
      app,
      change: (name, value) => this.change(name, value),
      choose: (index) => this.select(index),
      point: (index) => this.point(index),
    });
    this.#build(root);
    this.goto(place);
  }

  #build(root) {
    this.canvas = h("canvas", { tabindex: "0", role: "img", "aria-label": "The frame" });
    this.context = this.canvas.getContext("2d");
    this.message = h("div", { class: "problems", role: "alert" });
    this.note = h("p", { class: "note" });
    this.stage = h("div", { class: "stage" }, this.canvas, this.message, this.note);
    this.title = h("h1", {});
    this.playing = button("Play", () => this.act("play"), { title: "Space" });
    const bar = h("div", { class: "framebar" },
      button("Previous", () => this.act("previous"), { title: "←" }),
      button("Next", () => this.act("next"), { title: "→" }),
      this.playing, this.title,
      button("Fit", () => this.act("fit"), { title: "0" }),
      button("1:1", () => this.act("actual"), { title: "1" }),
      button("Magnifier", () => this.act("lens"), { title: "z" }),
      button("Save PNG", () => this.act("export"), { title: "s" }));
    root.append(h("section", { class: "frame", "aria-label": "Frame" }, bar,
      h("div", { class: "split" }, this.stage, this.panel.element)));
    listen(this.canvas, {
      move: (point) => this.#move(point),
      drag: (dx, dy) => this.#setView(views.pan(this.view, dx, dy)),
      wheel: (point, delta, event) => this.#wheel(point, delta, event),
      click: (point) => this.#click(point),
      leave: () => this.#move(null),
      swipe: {
        begin: (point) => this.settings.compare === "swipe" && Math.abs(point.x - this.#swipeAt()) < 12,
        to: (point) => this.change("split", Math.round(Math.min(Math.max(100 * point.x / this.window.width, 0), 100))),
      },
    });
    this.resizes = new ResizeObserver(() => this.#resize());
    this.resizes.observe(this.stage);
    this.#resize();
  }

  close() {
    this.closed = true;
    this.resizes.disconnect();
    clearTimeout(this.player);
    clearInterval(this.blinker);
    clearTimeout(this.addressing);
    cancelAnimationFrame(this.animation);
  }

  // Show a frame; what is shown stays until the next picture is there.
  async goto(place) {
    const turn = ++this.turn;
    this.place = place;
    this.frame = frameOf(place);
    this.types = new Set(this.app.catalogue.types.filter((type, i) => (place.types >> i) & 1));
    const { at } = neighbours(this.app.chosen, place);
    const count = at < 0 ? "" : ` (${at + 1} of ${this.app.chosen.length})`;
    this.title.textContent = `${place.split}/${place.city}/${place.frame}${count}`;
    document.title = `${place.frame} – Cityscapes viewer`;
    this.canvas.setAttribute("aria-label", `${place.frame}; what it shows is in the lists of classes and objects`);
    this.effective = this.#effective();
    this.panel.showFields(this.effective, this.types, this.#sets(), this.#boxSets());
    this.panel.showCursor([]);
    this.panel.here.replaceChildren();
    this.#writeAddress();
    await this.refresh();
    if (turn !== this.turn || this.closed) return;
    this.#showAbout(turn);
    this.#prefetch();
  }

  #sets() {
    const sets = Object.entries(this.app.project.sets);
    return sets.filter(([, { split }]) => split === this.place.split).map(([name]) => name);
  }

  // Those of boxes, whose ground truth this frame has.
  #boxSets() {
    const truth = { boxes3d: "gtBbox3d", pedestrians: "gtBboxCityPersons" };
    const sets = Object.entries(this.app.project.boxSets);
    const { place, types } = this;
    return sets.filter(([, { split, task }]) => split === place.split && types.has(truth[task])).map(([name]) => name);
  }

  // The settings, with what this frame has in place of what it lacks.
  #effective() {
    const { settings, types } = this;
    const image = types.has(settings.image) ? settings.image : this.app.project.images.find((name) => types.has(name)) ?? "";
    const first = types.has("gtFine") ? "gtFine.classes" : types.has("gtCoarse") ? "gtCoarse.classes" : "none";
    const what = settings.overlay.split(".")[0];
    const there = { none: true, prepared: true, released: true, depth: types.has("disparity"), blurred: types.has("leftImg8bit_blurred") && types.has("leftImg8bit") };
    const overlay = settings.overlay && (there[what] ?? types.has(what)) ? settings.overlay : first;
    const set = this.#sets().includes(settings.set) ? settings.set : "";
    const found = this.#boxSets().includes(settings.found) ? settings.found : "";
    return { ...settings, image, overlay, set, found, compare: set ? settings.compare : "off" };
  }

  // Change one of the settings: a value, or a function of the old one.
  change(name, value) {
    const old = this.settings[name];
    this.settings[name] = typeof value === "function" ? value(old) : value;
    if (name === "set" && value && this.settings.compare === "off") this.settings.compare = "side";
    if (name === "compare" && value !== "off" && !this.effective.set) this.settings.set = this.#sets()[0] ?? "";
    if ((name === "set" && !old) || (name === "compare" && value === "side") || old === "side") this.fitNext = true;
    this.effective = this.#effective();
    this.panel.setFields(this.effective);
    this.#writeAddress();
    if (name === "split" || name === "opacity" || name === "picture") this.redraw();
    else this.refresh();
  }

  // Ask for what the settings need, colour it, draw it.
  async refresh() {
    const turn = (this.refreshing = (this.refreshing ?? 0) + 1);
    const { frame, effective, app } = this;
    const wanted = new Set([...(effective.image ? [`image:${effective.image}`] : []), ...partsOf(effective.overlay)]);
    if (effective.set && effective.compare !== "off") wanted.add(`prediction:${effective.set}`);
    if (effective.compare === "errors" && this.types.has("gtFine")) wanted.add("objects:gtFine");
    if (effective.outlines && this.#objectsKey()) wanted.add(this.#objectsKey());
    if (effective.boxes) wanted.add("boxes");
    if (effective.found) wanted.add(`outcomes:${effective.found}`);
    if (effective.image.includes("16bit")) wanted.add(`values:${effective.image}`);
    const keys = [...wanted];
    const answers = await Promise.all(keys.map((key) => frame.part(key)));
    if (turn !== this.refreshing || this.closed || frame.closed) return;
    const parts = {}, problems = [];
    keys.forEach((key, i) => {
      if (answers[i].error) problems.push(answers[i].error);
      else parts[key] = answers[i].value;
    });
    this.parts = parts;
    this.shownFrame = frame;
    this.shownSettings = effective;
    this.hovered = -1;
    this.#size(parts, effective);
    this.#colour(parts, effective, problems, app);
    if (effective.boxes && parts.boxes) problems.push(...boxProblems(parts.boxes, listOf(effective.boxes)));
    this.message.replaceChildren(...problems.map((text) => h("p", {}, text)));
    const objects = this.#objects();
    this.panel.showObjects(objects, this.selected);
    this.panel.showClasses(objects, effective);
    this.panel.showLegend(parts[`outcomes:${effective.found}`]);
    if (!this.view || this.fitNext) this.#fit();
    this.fitNext = false;
    this.#blink(effective.compare === "blink");
    this.#describe();
    this.redraw();
    this.#showScores();
  }

  #size(parts, effective) {
    const image = parts[`image:${effective.image}`];
    const array = Object.values(parts).map((part) => part.numbers ?? part.values).find((one) => one?.shape);
    const size = image ? { width: image.width, height: image.height }
      : array ? { width: array.shape[1], height: array.shape[0] } : { width: 2048, height: 1024 };
    if (this.size && (size.width !== this.size.width || size.height !== this.size.height)) this.rasters = {};
    this.size = size;
  }

  #raster(name) {
    this.rasters[name] ??= new Raster(this.size.width, this.size.height);
    return this.rasters[name];
  }

  #colour(parts, effective, problems, app) {
    const { classes } = app;
    const hidden = listOf(effective.hide);
    this.left = this.right = null;
    const notes = [];
    const needs = partsOf(effective.overlay);
    if (needs.length && needs.every((key) => key in parts)) {
      const raster = this.#raster("left");
      const made = makeOverlay(effective.overlay, needs.map((key) => parts[key]), {
        classes, hidden, tolerance: app.project.tolerance, pixels: raster.pixels,
      });
      this.left = this.#put(raster, made, problems, notes);
    }
    const prediction = parts[`prediction:${effective.set}`];
    if (prediction) {
      if (prediction.problem) problems.push(prediction.problem);
      const raster = this.#raster("right");
      const truth = parts["objects:gtFine"];
      const made = effective.compare === "errors" && truth
        ? makeErrors(truth, prediction, classes, raster.pixels)
        : makePrediction(prediction, classes, effective.colour, hidden);
      this.right = this.#put(raster, made, problems, notes);
      if (prediction.decided) notes.push(`values are ${prediction.encoding}, says ${prediction.decided}`);
    }
    this.note.textContent = notes.join("; ");
  }

  #put(raster, made, problems, notes) {
    if (made.problem) {
      problems.push(made.problem);
      return null;
    }
    const { width, height } = raster;
    if (made.numbers && made.numbers.length !== width * height) {
      const [high, wide] = made.numbers.shape;
      problems.push(`A layer is ${wide} x ${high} pixels, the image ${width} x ${height}.`);
      return null;
    }
    if (made.pixels) raster.put();
    else raster.show(made.numbers, made.table);
    if (made.note) notes.push(made.note);
    return { raster, ...made };
  }

  #objectsKey() {
    const kind = this.effective.overlay.startsWith("gtCoarse") ? "gtCoarse" : "gtFine";
    return this.types.has(kind) ? `objects:${kind}` : this.types.has("gtCoarse") ? "objects:gtCoarse" : null;
  }

  #objects() {
    return this.parts?.[this.#objectsKey()]?.objects ?? [];
  }

  // What is drawn: areas of the window, and the scene of each.
  areas() {
    const { width, height } = this.window;
    const whole = { left: 0, top: 0, width, height };
    const { compare } = this.shownSettings;
    const first = this.#scene(this.left), second = this.#scene(this.right);
    if (!this.right || compare === "off") return [[whole, first]];
    if (compare === "only" || compare === "errors") return [[whole, second]];
    if (compare === "blink") return [[whole, this.blinked ? second : first]];
    const at = compare === "side" ? width / 2 : this.#swipeAt();
    const right = { left: at, top: 0, width: width - at, height };
    const view = compare === "swipe" ? { ...this.view, x: this.view.x + at / this.view.scale } : this.view;
    return [[{ ...whole, width: at }, first], [right, second, view]];
  }

  #swipeAt() {
    return this.window.width * this.settings.split / 100;
  }

  #scene(overlay) {
    const { parts, shownSettings: settings } = this;
    return {
      ...this.size,
      image: settings.picture === "on" ? parts[`image:${settings.image}`] : null,
      overlay: overlay?.raster.canvas,
      opacity: this.settings.opacity / 100,
      lines: (pen) => this.#lines(pen),
    };
  }

  #lines(pen) {
    const objects = this.#objects();
    const { boxes } = this.parts;
    const wanted = listOf(this.shownSettings.boxes);
    outlines(pen, objects, listOf(this.shownSettings.outlines));
    const colourOf = (label) => {
      const known = this.app.classes.byName.get(label);
      // Lighter than the class itself: lines of dark blue are not seen on cars.
      return known ? `#${known.color.map((c) => Math.round(120 + c / 2).toString(16)).join("")}` : "#ffffff";
    };
    const solid = boxes?.gtBbox3d;
    if (wanted.has("boxes3d") && solid?.objects) boxes3d(pen, solid, colourOf);
    if (wanted.has("modal") && solid?.objects) modalBoxes(pen, solid, colourOf);
    if (wanted.has("persons") && Array.isArray(boxes?.gtBboxCityPersons)) persons(pen, boxes.gtBboxCityPersons);
    if (wanted.has("validated") && Array.isArray(boxes?.gtBboxValidated)) validatedBoxes(pen, boxes.gtBboxValidated, colourOf);
    const found = this.parts[`outcomes:${this.shownSettings.found}`];
    if (found) outcomes(pen, found.boxes);
    for (const index of new Set([this.selected, this.pointed])) {
      const one = index === null ? null : objects[index];
      if (one?.polygon.length) pen.line(one.polygon, index === this.selected ? "#ffffff" : "#ffe066");
    }
  }

  redraw() {
    cancelAnimationFrame(this.animation);
    this.animation = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    if (!this.parts || !this.view) return;
    const { context, window: { width, height }, ratio } = this;
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--stage");
    clear(context, width, height, ratio, colour);
    const areas = this.areas();
    for (const [area, scene, view = this.view] of areas) draw(context, area, ratio, view, scene);
    if (areas.length > 1) {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.fillStyle = "#fff";
      context.fillRect(areas[1][0].left - 1, 0, 2, height);
    }
    if (this.lens.on && this.pointer) {
      const [area, scene, view = this.view] = this.#areaAt(this.pointer, areas);
      const local = { ...view, x: view.x - area.left / view.scale };
      drawLens(context, ratio, this.pointer, this.lens, local, scene);
    }
    this.canvas.dataset.drawn = this.shownFrame.place.frame;
    this.canvas.dataset.count = String(Number(this.canvas.dataset.count ?? 0) + 1);
  }

  #areaAt(point, areas = this.areas()) {
    return areas.find(([area]) => point.x >= area.left && point.x < area.left + area.width) ?? areas[0];
  }

  // The pixel of the image below a point of the canvas, or null beside the image.
  pixelAt(point) {
    const [area, , view = this.view] = this.#areaAt(point);
    const { x, y } = views.toImage(view, { x: point.x - area.left, y: point.y });
    const pixel = { x: Math.floor(x), y: Math.floor(y) };
    const inside = pixel.x >= 0 && pixel.y >= 0 && pixel.x < this.size.width && pixel.y < this.size.height;
    return inside ? pixel : null;
  }

  #move(point) {
    this.pointer = point;
    if (!this.parts) return;
    this.#describe();
    this.#hover(point && this.pixelAt(point));
    if (this.lens.on) this.redraw();
  }

  #describe() {
    const pixel = this.pointer && this.parts && this.pixelAt(this.pointer);
    if (!pixel) return;
    const image = this.parts[`image:${this.shownSettings.image}`];
    const values = this.parts[`values:${this.shownSettings.image}`]?.values;
    const at = 3 * (pixel.y * this.size.width + pixel.x);
    const raw = values ? [...values.slice(at, at + 3)] : image ? valueOf(image, pixel) : null;
    this.panel.showCursor(describe(pixel, this.size.width, { ...this.parts, raw }, this.app, this.shownSettings));
  }

  // Hatch the topmost object below the pointer, and no longer the one before.
  #hover(pixel) {
    const overlay = this.left;
    if (!overlay?.objects) return;
    const number = pixel ? overlay.numbers[pixel.y * this.size.width + pixel.x] : -1;
    const hovered = number > 0 ? number : -1;
    if (hovered === this.hovered) return;
    for (const one of [this.hovered, hovered]) {
      if (one < 0) continue;
      const box = boxOf(overlay.objects[one - 1].polygon);
      overlay.raster.hatch(overlay.numbers, overlay.table, one, box, one === hovered);
    }
    this.hovered = hovered;
    this.redraw();
  }

  async #click(point) {
    const pixel = this.pixelAt(point);
    const { frame, effective } = this;
    const key = this.#objectsKey();
    if (!pixel || !key) return;
    const at = `${frame.path}?x=${pixel.x}&y=${pixel.y}`;
    try {
      const [{ value }, { objects: places }, masks] = await Promise.all([
        frame.part(key), getJson(`under/${key.split(":")[1]}/${at}`), this.#masks(at),
      ]);
      if (frame !== this.frame || !value) return;
      this.parts[key] ??= value;
      this.panel.showHere(value.objects, places, masks);
      this.select(places[0] ?? null);
      if (!effective.overlay.includes(".")) this.panel.showObjects(value.objects, this.selected);
      say(places.length ? `${places.length} objects here; topmost: ${value.objects[places[0]].label}` : "no object here");
    } catch (error) {
      say(error.message);
    }
  }

  async #masks(at) {
    const { set } = this.effective;
    const found = this.parts[`prediction:${set}`];
    if (found?.task !== "instance") return [];
    const { numbers } = await getJson(`masks/${encodeURIComponent(set)}/${at}`);
    return numbers.map((number) => {
      const { id, confidence } = found.records.find((one) => one.number === number);
      return `${this.app.classes.byId.get(id)?.name ?? id}, confidence ${confidence}`;
    });
  }

  select(index) {
    this.selected = index;
    this.settings.object = index === null ? "" : String(index);
    this.panel.markSelected(index);
    this.#writeAddress();
    this.redraw();
  }

  point(index) {
    this.pointed = index;
    this.redraw();
  }

  #wheel(point, delta, event) {
    if (!this.view) return;
    if (event.ctrlKey) this.change("opacity", step(this.settings.opacity, delta < 0 ? 5 : -5));
    else if (this.lens.on && event.shiftKey) this.#setLens({ size: this.lens.size * (delta < 0 ? 1.15 : 1 / 1.15) });
    else if (this.lens.on) this.#setLens({ factor: this.lens.factor * (delta < 0 ? 1.2 : 1 / 1.2) });
    else {
      const [area] = this.#areaAt(point);
      const left = this.shownSettings.compare === "side" ? area.left : 0;
      this.#setView(views.zoom(this.view, { x: point.x - left, y: point.y }, Math.exp(-delta / 400)));
    }
  }

  #setLens({ size = this.lens.size, factor = this.lens.factor }) {
    this.lens.size = Math.min(Math.max(size, 80), 800);
    this.lens.factor = Math.min(Math.max(factor, 1.5), 30);
    this.redraw();
  }

  // The area that one image is fitted to.
  #area() {
    const { width, height } = this.window;
    const halves = this.effective.compare === "side" && this.effective.set;
    return { width: halves ? width / 2 : width, height };
  }

  #setView(view) {
    this.view = views.hold(view, this.size, this.window);
    this.fitted = false;
    clearTimeout(this.addressing);
    this.addressing = setTimeout(() => this.#writeAddress(), 300);
    this.redraw();
  }

  #fit() {
    this.#setView(views.fit(this.size, this.#area()));
    this.fitted = true;
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const fitted = !this.window || this.fitted;
    this.window = { width: Math.max(width, 1), height: Math.max(height, 1) };
    this.ratio = devicePixelRatio;
    this.canvas.width = Math.round(this.window.width * this.ratio);
    this.canvas.height = Math.round(this.window.height * this.ratio);
    if (this.size && fitted) this.#fit();
    this.#draw();
  }

  act(action, event) {
    const { app } = this;
    const { previous, next } = neighbours(app.chosen, this.place);
    const acts = {
      next: () => this.#step(next),
      previous: () => this.#step(previous),
      play: () => this.#play(!this.player),
      leave: () => this.#leave(),
      city: () => {
        location.hash = "#/frames";
        setTimeout(() => document.querySelector("[name=city]")?.focus());
      },
      layer: () => this.panel.element.querySelector("[name=overlay]")?.focus(),
      picture: () => this.change("picture", (old) => (old === "on" ? "off" : "on")),
      image: () => this.change("image", following(app.project.images.filter((name) => this.types.has(name)), this.effective.image)),
      fainter: () => this.change("opacity", (old) => step(old, -5)),
      stronger: () => this.change("opacity", (old) => step(old, 5)),
      lens: () => this.#toggleLens(),
      out: () => this.#zoomCentre(1 / 1.25),
      in: () => this.#zoomCentre(1.25),
      fit: () => this.#fit(),
      actual: () => this.#setView(views.zoom(this.view, this.#centre(), 1 / (this.view.scale * this.ratio))),
      move: () => this.#nudge(event.key),
      compare: () => this.change("compare", following(COMPARISONS.map(([name]) => name), this.effective.compare)),
      errors: () => this.change("compare", (old) => (old === "errors" ? "off" : "errors")),
      paths: () => this.#showPaths(),
      export: () => this.#export(),
    };
    if (!(action in acts) || (!this.view && !["next", "previous", "leave", "city"].includes(action))) return false;
    acts[action]();
    return true;
  }

  #step(frame) {
    if (!frame) {
      say("There is no other frame.");
      this.#play(false);
      return;
    }
    this.selected = null;
    this.settings.object = "";
    this.goto(frame);
  }

  #play(on) {
    clearTimeout(this.player);
    this.player = null;
    this.playing.textContent = on ? "Stop" : "Play";
    if (!on) return;
    this.player = setTimeout(async () => {
      const { next } = neighbours(this.app.chosen, this.place);
      if (next) await this.goto(next);
      if (this.player && !this.closed) this.#play(Boolean(next));
    }, PLAY_EVERY);
  }

  #leave() {
    if (this.selected !== null || this.lens.on) {
      this.lens.on = false;
      this.select(null);
    } else location.hash = format({ page: "frames", parameters: this.app.filter });
  }

  #toggleLens() {
    this.lens.on = !this.lens.on;
    this.pointer ??= this.#centre();
    this.redraw();
  }

  #centre() {
    return { x: this.#area().width / 2, y: this.window.height / 2 };
  }

  #zoomCentre(factor) {
    this.#setView(views.zoom(this.view, this.#centre(), factor));
  }

  #nudge(key) {
    const [dx, dy] = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[key];
    this.#setView(views.pan(this.view, dx, dy));
  }

  #blink(on) {
    clearInterval(this.blinker);
    this.blinked = false;
    if (!on) return;
    this.blinker = setInterval(() => {
      this.blinked = !this.blinked;
      this.redraw();
    }, BLINK_EVERY);
  }

  #showPaths() {
    this.panel.about.parentElement.open = true;
    this.panel.about.parentElement.querySelector("summary").focus();
    this.panel.about.scrollIntoView({ block: "nearest" });
  }

  async #showAbout(turn) {
    const { value, error } = await this.frame.part("about");
    if (turn !== this.turn || this.closed) return;
    if (error) say(error);
    else this.panel.showAbout(value);
    const stale = value?.stale ?? [];
    if (stale.length) this.message.append(...stale.map((text) => h("p", {}, text)));
  }

  async #showScores() {
    const { frame, effective: { set } } = this;
    const found = set ? await frame.part(`scores:${set}`) : null;
    if (frame !== this.frame || set !== this.effective.set || this.closed) return;
    this.panel.showScores(found, this.parts[`prediction:${set}`]?.stale);
  }

  // What the next frame will need, once this one is shown.
  #prefetch() {
    const { next } = neighbours(this.app.chosen, this.place);
    if (!next) return;
    const frame = frameOf(next);
    const types = new Set(this.app.catalogue.types.filter((type, i) => (next.types >> i) & 1));
    const { image, overlay, set, compare } = this.effective;
    if (types.has(image)) frame.part(`image:${image}`);
    for (const key of partsOf(overlay)) {
      if (types.has(key.split(":")[1] ?? key)) frame.part(key);
    }
    if (set && compare !== "off" && next.split === this.place.split) frame.part(`prediction:${set}`);
    frameOf(this.place); // which must not be the oldest one
  }

  async #export() {
    try {
      say(await savePng(this));
    } catch (error) {
      say(error.message);
    }
  }

  #writeAddress() {
    const parameters = write(this.settings);
    // A view that fits the window is that of every window.
    if (this.view && !this.fitted) parameters.view = views.format(this.view);
    history.replaceState(null, "", format({ page: "frame", place: this.place, parameters }));
  }
}

function step(value, by) {
  return Math.min(Math.max(value + by, 0), 100);
}

function following(list, value) {
  return list[(list.indexOf(value) + 1) % list.length];
}

// What is wrong with the boxes that are shown.
function boxProblems(boxes, wanted) {
  const files = [
    wanted.has("persons") ? boxes.gtBboxCityPersons : null,
    wanted.has("boxes3d") || wanted.has("modal") ? boxes.gtBbox3d : null,
    wanted.has("validated") ? boxes.gtBboxValidated : null,
  ];
  return files.filter(Boolean).flatMap((file) => {
    if (file.problem) return [file.problem];
    const listed = Array.isArray(file) ? file : [...file.objects, ...file.ignore];
    return listed.map(({ problem }) => problem).filter(Boolean);
  });
}
