// The frames as small pictures: filtered, sorted, and only those made that are in sight.

import { format } from "./address.js";
import { getBlob, getJson } from "./api.js";
import { choose } from "./catalogue.js";
import { button, h, say, select } from "./dom.js";
import { gridOf, rowsInSight } from "./grid.js";
import { ThumbnailStore } from "./thumbnails.js";

const CARD = { width: 264, height: 168 };

export class FramesPage {
  constructor(app, root, parameters) {
    this.app = app;
    app.filter = parameters;
    this.cards = new Map();
    this.store = new ThumbnailStore((place, signal) => getBlob(
      `thumbnail/${[place.split, place.city, place.frame].map(encodeURIComponent).join("/")}`, signal,
    ));
    this.focused = 0;
    this.form = h("form", { class: "filters", onsubmit: (event) => event.preventDefault() });
    this.count = h("p", { class: "count", role: "status" });
    this.notices = h("div", { class: "notices" });
    this.list = h("ul", { class: "cards", "aria-label": "Frames" });
    this.scroller = h("div", { class: "scroller", onscroll: () => this.later(), onkeydown: (e) => this.move(e) }, this.list);
    root.append(h("h1", { class: "unseen" }, "Frames"), this.form, this.notices, this.count, this.scroller);
    this.resizes = new ResizeObserver(() => this.later());
    this.resizes.observe(this.scroller);
    this.showForm();
    this.filter(false);
    this.showNotices();
  }

  close() {
    this.closed = true;
    this.resizes.disconnect();
    this.store.close();
    cancelAnimationFrame(this.frame);
  }

  act(action) {
    if (action === "city") this.form.querySelector("[name=city]").focus();
    else return false;
    return true;
  }

  // Fields of the filter; what they need of other tables is asked for when they are used.
  showForm() {
    const { app } = this;
    const { frames } = app.catalogue;
    const splits = [...new Set(frames.map(({ split }) => split))];
    const cities = [...new Set(frames.map(({ city }) => city))].sort();
    const value = (name) => app.filter[name] ?? "";
    const sets = Object.entries(app.project.sets);
    const names = app.project.labels.map(({ name }) => [name, name]);
    const change = (name) => (text) => this.set(name, text);
    const all = (texts) => [["", "all"], ...texts.map((text) => [text, text])];
    const field = (name, label, options) =>
      select(label, options, value(name), change(name), { name });
    this.problems = field("problem", "Problem", [["", "all"], ["any", "any"]]);
    this.form.replaceChildren(
      h("label", { class: "field" }, h("span", {}, "Search"), h("input", {
        type: "search", name: "q", value: value("q"), placeholder: "name of a frame",
        oninput: (event) => this.set("q", event.target.value),
      })),
      field("split", "Split", all(splits)),
      field("city", "City", all(cities)),
      field("class", "Class shown", [["", "all"], ...names]),
      this.problems,
      field("sort", "Sorted", [
        ["", "by name"], ...sets.map(([name, { task }]) => [name, `worst first: ${name} (${task})`]),
      ]),
      h("label", { class: "field narrow" }, h("span", {}, "Score below"), h("input", {
        type: "number", name: "below", min: "0", max: "1", step: "0.05", value: value("below"),
        oninput: (event) => this.set("below", event.target.value),
      })),
      ...(app.tool?.filterFields(field) ?? []),
      button("Clear", () => {
        location.hash = "#/frames";
        if (!Object.keys(app.filter).length) this.showForm();
      }),
    );
  }

  set(name, value) {
    const filter = { ...this.app.filter, [name]: value };
    if (!value) delete filter[name];
    this.app.filter = filter;
    history.replaceState(null, "", format({ page: "frames", parameters: filter }));
    this.filter();
  }

  async filter(toTop = true) {
    const { app } = this;
    const filter = app.filter;
    const waits = ["class", "problem", "sort", "below", "review", "edited"].some((name) => filter[name]);
    try {
      if (waits) await this.know(filter);
      else this.know(filter).then((isNew) => isNew && this.filter(false), (error) => say(error.message));
    } catch (error) {
      say(error.message);
    }
    if (this.closed || filter !== app.filter) return;
    app.chosen = choose(app.catalogue.frames, filter, app.known);
    const { length } = app.chosen;
    const missing = this.missing(filter);
    const all = app.catalogue.frames.length;
    this.count.textContent = all ? `${length} of ${all} frames${missing}`
      : `There are no frames any more in ${app.project.dataset}. Was the folder moved, or a disk taken away?`;
    if (toTop) this.scroller.scrollTop = 0;
    this.focused = Math.min(this.focused, Math.max(length - 1, 0));
    this.cards.forEach((card) => card.remove());
    this.cards.clear();
    this.update();
  }

  // Why a filter finds nothing.
  missing(filter) {
    const { known } = this.app;
    if (filter.class && !known.classesMade) return ". Which classes they show tells check_all.";
    if (filter.problem && !known.problemsMade) return ". Problems are found by check_all.";
    const scored = known.scores?.frames.size;
    if ((filter.sort || filter.below) && !scored) return ". Scores are made by evaluate_all.";
    return "";
  }

  // True where something new is known that the cards show.
  async know(filter) {
    const { app } = this;
    const { known, project } = app;
    let isNew = false;
    if (filter.class && !known.classes) {
      const { made, classes, frames } = await getJson("classes");
      known.classesMade = made;
      known.classes = new Map(Object.entries(frames).map(
        ([frame, places]) => [frame, new Set(places.map((place) => classes[place]))],
      ));
    }
    if (!known.problems) {
      const { made, frames } = await getJson("problems");
      known.problemsMade = made;
      known.problems = new Map(Object.entries(frames));
      isNew = known.problems.size > 0;
    }
    if (app.tool && !this.knowsEdits) {
      this.knowsEdits = true;
      isNew = await app.tool.knowEdits(known) || isNew;
    }
    this.showProblems();
    const name = filter.sort || (filter.below ? Object.keys(project.sets)[0] : "");
    if (name && known.scores?.set !== name && name in project.sets) {
      const { score, frames } = await getJson(`scores/${encodeURIComponent(name)}`);
      if (filter !== app.filter) return isNew; // a later choice may have its answer already
      const split = project.sets[name].split;
      known.scores = { set: name, score, split, frames: new Map(Object.entries(frames)) };
    }
    if (!name && known.scores) {
      known.scores = null;
      isNew = true;
    }
    return isNew;
  }

  showProblems() {
    const box = this.problems.querySelector("select");
    if (box.options.length > 2) return;
    const checks = new Set([...this.app.known.problems.values()].flat().map(({ check }) => check));
    box.append(...[...checks].sort().map((check) => h("option", { value: check }, check)));
    box.value = this.app.filter.problem ?? "";
  }

  async showNotices() {
    try {
      const notices = await getJson("notices");
      this.notices.replaceChildren(...notices.map(({ what, command }) =>
        h("p", { class: "notice" }, `${what} `, h("code", {}, command))));
      this.later();
    } catch (error) {
      say(error.message);
    }
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.update());
  }

  // Make the cards in sight, and let go the others.
  update() {
    const { chosen } = this.app;
    const grid = gridOf(chosen.length, this.scroller.clientWidth, CARD);
    this.columns = grid.columns;
    this.list.style.height = `${grid.height}px`;
    const [first, end] = rowsInSight(grid, this.scroller.scrollTop, this.scroller.clientHeight, CARD);
    const wanted = new Set();
    for (let i = first * grid.columns; i < Math.min(end * grid.columns, chosen.length); i++) {
      wanted.add(i);
      const card = this.cards.get(i) ?? this.make(i);
      card.style.transform =
        `translate(${(i % grid.columns) * CARD.width + grid.left}px, ${Math.floor(i / grid.columns) * CARD.height}px)`;
    }
    for (const [i, card] of this.cards) {
      if (wanted.has(i) || card.contains(document.activeElement)) continue;
      this.store.release(card.place);
      card.remove();
      this.cards.delete(i);
    }
  }

  make(i) {
    const { app } = this;
    const { chosen, known } = app;
    const place = chosen[i];
    const score = known.scores?.split === place.split ? known.scores.frames.get(place.frame) : undefined;
    const problems = known.problems?.get(place.frame)?.length ?? 0;
    const picture = h("img", { alt: "", width: 256, height: 128, decoding: "async" });
    const caption = [
      h("span", { class: "name" }, place.frame),
      h("span", { class: "extra" },
        `${place.split}${score === undefined ? "" : `, ${known.scores.score} ${score === null ? "none" : score.toFixed(3)}`}`,
        app.tool?.noteOf(known, place) ?? null,
        problems ? h("span", { class: "bad" }, ` ${problems} problem${problems > 1 ? "s" : ""}`) : null),
    ];
    const link = h("a", {
      href: format({ page: "frame", place }), tabindex: i === this.focused ? "0" : "-1",
      onfocus: () => (this.focused = i),
    }, picture, ...caption);
    const card = h("li", {
      "aria-setsize": String(chosen.length), "aria-posinset": String(i + 1),
    }, link);
    card.place = place;
    this.cards.set(i, card);
    this.list.append(card);
    this.store.show(place, picture, (message) => {
      picture.replaceWith(h("span", { class: "damaged" }, message));
    });
    return card;
  }

  // Arrow keys go from card to card.
  move(event) {
    const steps = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns,
      Home: -Infinity, End: Infinity,
    };
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    const last = this.app.chosen.length - 1;
    const i = Math.min(Math.max(this.focused + step, 0), last);
    if (last < 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.cards.get(this.focused)?.firstChild.setAttribute("tabindex", "-1");
    this.focused = i;
    const top = Math.floor(i / this.columns) * CARD.height;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    if (top + CARD.height > scrollTop + clientHeight) this.scroller.scrollTop = top + CARD.height - clientHeight;
    this.update();
    const link = this.cards.get(i)?.firstChild;
    link?.setAttribute("tabindex", "0");
    link?.focus({ preventScroll: true });
  }
}
