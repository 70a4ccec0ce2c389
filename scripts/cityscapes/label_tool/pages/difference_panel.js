// What the saved edit changes in the label image, by pixel and by class.

import { getDifference } from "./edit_api.js";
import { checkbox, h } from "./dom.js";
import { rgba } from "./colours.js";
import { Raster } from "./raster.js";

const CHANGED = rgba(255, 0, 220);

export class DifferencePanel {
  constructor(editor) {
    this.editor = editor;
    this.on = false;
    this.raster = null;
    this.told = h("div", { role: "status" });
    this.element = h("details", { class: "difference" }, h("summary", {}, h("h2", {}, "Difference from the dataset")),
      checkbox("Show the pixels that differ", false, (on) => this.#switch(on), { name: "difference" }), this.told);
  }

  #switch(on) {
    this.on = on;
    this.version = null;
    this.show();
  }

  // Asked for when it is shown, and again when another version is saved.
  async show() {
    const { editor } = this;
    const version = this.on && editor.isReady ? `${editor.session.path} ${editor.session.document.version}` : null;
    if (version === this.version && version) return;
    this.version = version;
    this.raster = null;
    this.told.replaceChildren();
    editor.redraw();
    if (!version) return;
    try {
      const found = await getDifference(editor.session.path);
      if (version === this.version) this.#tell(found);
    } catch (error) {
      if (version === this.version) this.told.replaceChildren(h("p", {}, error.message));
    }
    editor.redraw();
  }

  #tell({ pixels, classes, mask }) {
    const [height, width] = mask.shape;
    this.raster = new Raster(width, height);
    this.raster.show(mask, Uint32Array.of(0, CHANGED));
    const rows = classes.map(({ from, to, pixels: count }) => h("tr", {},
      h("th", { scope: "row" }, `${from} → ${to}`), h("td", {}, count.toLocaleString("en"))));
    this.told.replaceChildren(
      h("p", {}, `${pixels.toLocaleString("en")} pixels of the saved edit differ from the dataset's label image.`),
      ...(rows.length ? [h("table", {}, h("caption", {}, "Pixels by class"), h("tbody", {}, rows))] : []));
  }

  draw(pen) {
    if (!this.raster) return;
    const [left, top] = pen.toScreen([0, 0]);
    const [right, bottom] = pen.toScreen([this.raster.width, this.raster.height]);
    pen.context.imageSmoothingEnabled = false;
    pen.context.drawImage(this.raster.canvas, left, top, right - left, bottom - top);
  }
}
