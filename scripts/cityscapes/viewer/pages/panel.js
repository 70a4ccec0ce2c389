// The side panel of a frame: what is shown, what is below the pointer, objects, classes, scores.

import { checkbox, h, select } from "./dom.js";
import { BOXES, COMPARISONS, listOf, OUTLINES, OVERLAYS, toggled } from "./settings.js";
import { OUTCOMES, sample } from "./vectors.js";

const NAMES = {
  leftImg8bit: "Left, original", leftImg8bit_blurred: "Left, faces and plates blurred",
  rightImg8bit: "Right", leftImg16bit: "Left, 16 bit", rightImg16bit: "Right, 16 bit",
};

function section(title, open, ...children) {
  return h("details", { open }, h("summary", {}, h("h2", {}, title)), children);
}

export class Panel {
  // `change(name, value)` sets one of the settings; `choose(index)` selects an object.
  constructor({ app, change, choose, point }) {
    Object.assign(this, { app, change, choose, point });
    this.layers = section("Layers", true);
    this.prediction = section("Prediction", true);
    this.cursor = h("dl", { class: "cursor" });
    this.here = h("div", { class: "here" });
    this.objects = h("ol", { class: "objects", "aria-label": "Objects, topmost first" });
    this.classes = h("div", { class: "classes" });
    this.scores = h("div", { class: "scores" });
    this.legend = h("div", { class: "legend", role: "status" });
    this.about = h("div", { class: "about" });
    this.element = h("aside", { class: "panel", "aria-label": "What is shown" },
      section("Under the pointer", true, this.cursor, this.here), this.layers, this.prediction,
      section("Scores of this frame", false, this.scores),
      section("Classes", false, this.classes),
      section("Objects", false, this.objects),
      section("Files and problems", false, this.about),
    );
  }

  // The fields of a frame that has these types.
  showFields(settings, types, sets, boxSets) {
    const { change } = this;
    const images = this.app.project.images.filter((name) => types.has(name));
    const overlays = OVERLAYS.filter(([name]) => overlayIsThere(name, types));
    const list = (names, key) => names.map(([name, label]) =>
      checkbox(label, listOf(settings[key]).has(name), () => change(key, (old) => toggled(old, name))));
    const boxes = BOXES.filter(([, , type]) => types.has(type));
    const opacity = h("input", {
      type: "range", name: "opacity", min: "0", max: "100", step: "5", value: String(settings.opacity),
      oninput: (event) => change("opacity", Number(event.target.value)),
    });
    this.layers.replaceChildren(this.layers.firstChild,
      images.length
        ? select("Image", images.map((name) => [name, NAMES[name]]), settings.image,
          (value) => change("image", value), { name: "image" })
        : h("p", {}, "This frame has no camera image."),
      select("Overlay", overlays, settings.overlay, (value) => change("overlay", value), { name: "overlay" }),
      h("label", { class: "field" }, h("span", {}, "Opacity"), opacity),
      checkbox("Camera image", settings.picture === "on",
        (on) => change("picture", on ? "on" : "off"), { name: "picture" }),
      h("div", { class: "lists" },
        h("fieldset", {}, h("legend", {}, "Outlines"), list(OUTLINES, "outlines")),
        ...(boxes.length ? [h("fieldset", {}, h("legend", {}, "Boxes"), list(boxes, "boxes"))] : [])),
    );
    this.prediction.replaceChildren(this.prediction.firstChild,
      ...(sets.length
        ? [
          select("Set", [["", "none"], ...sets.map((name) => [name, `${name} (${this.app.project.sets[name].task})`])],
            settings.set, (value) => change("set", value), { name: "set" }),
          select("Compare", COMPARISONS, settings.compare, (value) => change("compare", value), { name: "compare" }),
          select("Colours", [["classes", "classes"], ["instances", "instances"]], settings.colour,
            (value) => change("colour", value), { name: "colour" }),
        ]
        : [h("p", {}, "No prediction set of the config is for this split.")]),
      ...(boxSets.length
        ? [select("Boxes", [["", "none"], ...boxSets.map((name) => [name, `${name} (${this.app.project.boxSets[name].task})`])],
          settings.found, (value) => change("found", value), { name: "found" }), this.legend]
        : []),
    );
  }

  // Fields that keys changed.
  setFields(settings) {
    for (const name of ["image", "overlay", "opacity", "set", "compare", "colour", "found"]) {
      const field = this.element.querySelector(`[name=${name}]`);
      if (field && field.value !== String(settings[name])) field.value = settings[name];
    }
    const picture = this.element.querySelector("[name=picture]");
    if (picture) picture.checked = settings.picture === "on";
  }

  showCursor(lines) {
    this.cursor.replaceChildren(...lines.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  }

  // How boxes are drawn, and how many of each kind there are.
  showLegend(found) {
    if (!found) {
      this.legend.replaceChildren();
      return;
    }
    const lines = Object.entries(OUTCOMES).map(([kind, line]) => {
      const stroke = h("canvas", { class: "stroke", width: 44, height: 10, "aria-hidden": "true" });
      sample(stroke, line);
      return h("li", {}, stroke, `${line.name}: ${found.counts[kind]}`);
    });
    this.legend.replaceChildren(
      h("ul", {}, lines),
      h("p", {}, `Predictions ${found.working}. The true boxes that they find are thin and white.`),
      ...(found.stale ? [h("p", { class: "notice" }, `Scores are old: ${found.stale}.`)] : []),
    );
  }

  // The objects that a click found, in painting order, and the masks of the prediction.
  showHere(objects, places, masks) {
    const items = places.map((place) => h("li", {}, this.#objectButton(objects[place], place)));
    this.here.replaceChildren(
      h("h3", {}, items.length ? "Objects at the click, topmost first" : "No object at the click"),
      h("ol", {}, items),
      ...(masks.length
        ? [h("h3", {}, "Predicted masks, most confident first"),
          h("ol", {}, masks.map((text) => h("li", {}, text)))]
        : []),
    );
  }

  showObjects(objects, selected) {
    const order = objects.map((_, place) => place).reverse();
    this.objects.replaceChildren(...order.map((place) =>
      h("li", {}, this.#objectButton(objects[place], place, place === selected))));
  }

  markSelected(selected) {
    for (const one of this.element.querySelectorAll("button.object")) {
      one.setAttribute("aria-pressed", String(Number(one.dataset.place) === selected));
    }
  }

  #objectButton(one, place, pressed = false) {
    const notes = [];
    if (one.group) notes.push("group");
    if (one.deleted) notes.push("deleted");
    else if (one.id < 0) notes.push("not painted");
    else if (one.pixels === 0) notes.push("hidden");
    else notes.push(`${one.pixels.toLocaleString("en")} px`);
    return h("button", {
      type: "button", class: "object", "data-place": String(place), "aria-pressed": String(pressed),
      onclick: () => this.choose(place),
      onmouseenter: () => this.point(place), onmouseleave: () => this.point(null),
      onfocus: () => this.point(place), onblur: () => this.point(null),
    }, `${place} ${one.label}, ${notes.join(", ")}`);
  }

  // A box a class that the frame shows: without the tick it is clear.
  showClasses(objects, settings) {
    const hidden = listOf(settings.hide);
    const pixels = new Map();
    for (const one of objects) {
      if (!one.deleted && one.class) pixels.set(one.class, (pixels.get(one.class) ?? 0) + one.pixels);
    }
    const labels = this.app.classes.labels.filter(({ name }) => pixels.has(name) || hidden.has(name));
    this.classes.replaceChildren(...labels.map((label) => {
      const swatch = h("span", { class: "swatch" });
      swatch.style.background = `rgb(${label.color.join(",")})`;
      const box = checkbox("", !hidden.has(label.name), () => this.change("hide", (old) => toggled(old, label.name)));
      box.lastChild.append(swatch, `${label.name} (${label.id}), ${(pixels.get(label.name) ?? 0).toLocaleString("en")} px`);
      return box;
    }));
  }

  showPaths() {
    this.about.parentElement.open = true;
    this.about.parentElement.querySelector("summary").focus();
    this.about.scrollIntoView({ block: "nearest" });
  }

  showScores(found, stale = "") {
    if (!found) {
      this.scores.replaceChildren(h("p", {}, "Choose a prediction set."));
      return;
    }
    if (found.error || !found.value.scored) {
      const why = found.error ?? found.value.problem;
      this.scores.replaceChildren(h("p", { class: "unscored" },
        `${why ?? "This frame was not scored."} `, h("code", {}, "snakemake --cores all evaluate_all")));
      return;
    }
    const { score, frame, classes } = found.value;
    const number = (value) => (typeof value === "number" ? (Number.isInteger(value) && Math.abs(value) > 1 ? value.toLocaleString("en") : value.toFixed(4)) : value);
    const rows = (pairs) => pairs.map(([name, value]) =>
      h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value === null ? "not shown" : number(value))));
    this.scores.replaceChildren(
      ...(stale ? [h("p", { class: "notice" }, `These scores are old: ${stale}.`)] : []),
      h("table", {}, h("caption", {}, `The frame, by ${found.value.set}`), h("tbody", {}, rows(Object.entries(frame)))),
      h("table", {}, h("caption", {}, `${score === "mIoU" ? "IoU" : score} by class`), h("tbody", {}, rows(Object.entries(classes)))),
    );
  }

  showAbout({ paths, records, stale, problems }) {
    this.about.replaceChildren(
      ...stale.map((text) => h("p", { class: "notice" }, `${text}: `, h("code", {}, "snakemake --cores all"))),
      ...problems.map(({ severity, check, where, what, to_do: todo }) =>
        h("p", { class: "notice" }, `${severity}, ${check}: ${what} (${where}). ${todo}`)),
      ...(problems.length ? [] : [h("p", {}, "check_all knows of no problem of this frame.")]),
      h("ul", { class: "paths" }, Object.values(paths).map((path) => h("li", {}, path))),
      ...Object.entries(records).map(([name, value]) =>
        h("div", {}, h("h3", {}, name), h("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 1)))),
    );
  }
}

function overlayIsThere(name, types) {
  const [what] = name.split(".");
  // Whether there are label images is said by asking for them.
  if (["none", "prepared", "released"].includes(what)) return true;
  if (what === "depth") return types.has("disparity");
  if (what === "blurred") return types.has("leftImg8bit") && types.has("leftImg8bit_blurred");
  return types.has(what);
}
