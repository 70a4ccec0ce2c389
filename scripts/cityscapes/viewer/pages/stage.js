// The stage: a canvas with one image or two, the view of them, the magnifier and the pointer.

import { h } from "./dom.js";
import { listen } from "./pointer.js";
import { clear, draw, drawLens } from "./scene.js";
import * as views from "./view.js";

export class Stage {
  // `page` has scenes(), which are to be drawn, and is told of what happens: moved(point),
  // clicked(point), viewed(), fade(by), split(percent), drawn(). `grips` are asked, the first one
  // first, whether they take a drag: begin(point, event), to(point, event), end(point, event, moved).
  constructor(page, view) {
    this.page = page;
    this.view = view;
    this.size = null;
    this.fitted = false;
    this.halved = false; // whether an image has half of the window
    this.splitAt = 50;
    this.pointer = null;
    this.lens = { on: false, size: 260, factor: 4 };
    this.canvas = h("canvas", { tabindex: "0", role: "img", "aria-label": "The frame" });
    this.context = this.canvas.getContext("2d");
    this.grips = [{
      begin: (point) => this.page.scenes()?.compare === "swipe" && Math.abs(point.x - this.#swipeAt()) < 12,
      to: (point) => page.split(Math.round(Math.min(Math.max(100 * point.x / this.window.width, 0), 100))),
    }];
    listen(this.canvas, {
      move: (point, event) => this.#move(point, event),
      drag: (dx, dy) => this.drag(dx, dy),
      wheel: (point, delta, event) => this.#wheel(point, delta, event),
      click: (point) => page.clicked(point),
      leave: () => this.#move(null),
      grips: this.grips,
    });
  }

  // The element that holds the canvas gives it its size.
  watch(element) {
    this.element = element;
    this.resizes = new ResizeObserver(() => this.#resize());
    this.resizes.observe(element);
    this.#resize();
  }

  close() {
    this.resizes.disconnect();
    cancelAnimationFrame(this.animation);
  }

  // What is drawn: areas of the window, the scene of each, and its view where that differs.
  areas() {
    const { width, height } = this.window;
    const whole = { left: 0, top: 0, width, height };
    const { compare, first, second, blinked } = this.page.scenes();
    if (!second || compare === "off") return [[whole, first]];
    if (compare === "only" || compare === "errors") return [[whole, second]];
    if (compare === "blink") return [[whole, blinked ? second : first]];
    const at = compare === "side" ? width / 2 : this.#swipeAt();
    const right = { left: at, top: 0, width: width - at, height };
    const view = compare === "swipe" ? { ...this.view, x: this.view.x + at / this.view.scale } : this.view;
    return [[{ ...whole, width: at }, first], [right, second, view]];
  }

  #swipeAt() {
    return this.window.width * this.splitAt / 100;
  }

  #areaAt(point, areas = this.areas()) {
    return areas.find(([area]) => point.x >= area.left && point.x < area.left + area.width) ?? areas[0];
  }

  // The place in the image, with fractions, below a point of the canvas; of a drag, in the area of
  // the point that it began `from`.
  placeAt(point, from = point) {
    const [area, , view = this.view] = this.#areaAt(from);
    return views.toImage(view, { x: point.x - area.left, y: point.y });
  }

  // The pixel of the image below a point of the canvas, or null beside the image.
  pixelAt(point) {
    const { x, y } = this.placeAt(point);
    const pixel = { x: Math.floor(x), y: Math.floor(y) };
    const inside = pixel.x >= 0 && pixel.y >= 0 && pixel.x < this.size.width && pixel.y < this.size.height;
    return inside ? pixel : null;
  }

  redraw() {
    cancelAnimationFrame(this.animation);
    this.animation = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    if (!this.page.scenes() || !this.view) return;
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
    this.page.drawn();
    this.canvas.dataset.count = String(Number(this.canvas.dataset.count ?? 0) + 1);
  }

  #move(point, event) {
    this.pointer = point;
    this.page.moved(point, event);
    if (this.lens.on) this.redraw();
  }

  #wheel(point, delta, event) {
    if (!this.view || !this.page.scenes()) return;
    if (event.ctrlKey) this.page.fade(delta < 0 ? 5 : -5);
    else if (this.lens.on && event.shiftKey) this.#setLens({ size: this.lens.size * (delta < 0 ? 1.15 : 1 / 1.15) });
    else if (this.lens.on) this.#setLens({ factor: this.lens.factor * (delta < 0 ? 1.2 : 1 / 1.2) });
    else {
      const [area] = this.#areaAt(point);
      const left = this.page.scenes().compare === "side" ? area.left : 0;
      this.setView(views.zoom(this.view, { x: point.x - left, y: point.y }, Math.exp(-delta / 400)));
    }
  }

  #setLens({ size = this.lens.size, factor = this.lens.factor }) {
    this.lens.size = Math.min(Math.max(size, 80), 800);
    this.lens.factor = Math.min(Math.max(factor, 1.5), 30);
    this.redraw();
  }

  toggleLens() {
    this.lens.on = !this.lens.on;
    this.pointer ??= this.#centre();
    this.redraw();
  }

  // The area that one image is fitted to.
  get area() {
    const { width, height } = this.window;
    return { width: this.halved ? width / 2 : width, height };
  }

  #centre() {
    return { x: this.area.width / 2, y: this.window.height / 2 };
  }

  setView(view) {
    this.view = views.hold(view, this.size, this.window);
    this.fitted = false;
    this.page.viewed();
    this.redraw();
  }

  drag(dx, dy) {
    this.setView(views.pan(this.view, dx, dy));
  }

  fit() {
    this.setView(views.fit(this.size, this.area));
    this.fitted = true;
  }

  zoom(factor) {
    this.setView(views.zoom(this.view, this.#centre(), factor));
  }

  actualSize() {
    this.zoom(1 / (this.view.scale * this.ratio));
  }

  // Move the view by an arrow key.
  nudge(key) {
    const [dx, dy] = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[key];
    this.setView(views.pan(this.view, dx, dy));
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const fitted = !this.window || this.fitted;
    this.window = { width: Math.max(width, 1), height: Math.max(height, 1) };
    this.ratio = devicePixelRatio;
    this.canvas.width = Math.round(this.window.width * this.ratio);
    this.canvas.height = Math.round(this.window.height * this.ratio);
    if (this.size && fitted) this.fit();
    this.#draw();
  }
}
