// The page: which part of it is shown, and where keys go.

import { format, parse } from "./address.js";
import { getJson, quit, takeToken } from "./api.js";
import { isSame, readFrames } from "./catalogue.js";
import { Classes } from "./colours.js";
import { button, h, say } from "./dom.js";
import { FramePage } from "./frame_page.js";
import { FramesPage } from "./frames_page.js";
import { showHelp } from "./help.js";
import { entriesOf } from "./keys.js";
import { applyTheme, toggleTheme } from "./theme.js";

const main = document.getElementById("main");
const app = {
  project: null, classes: null, catalogue: null, chosen: [], filter: {}, known: {}, tool: null,
};
let page = null;

async function start() {
  applyTheme();
  if (!takeToken()) {
    showMessage(
      "This page opens with the link of the viewer",
      "It was printed in the terminal where scripts/viewer.py was started, and ends in #token=…",
      "Open it in this tab; other addresses of the viewer work here afterwards.",
    );
    return;
  }
  try {
    const [project, frames] = await Promise.all([getJson("project"), getJson("frames")]);
    app.project = project;
    app.classes = new Classes(project.labels);
    app.catalogue = readFrames(frames);
    app.chosen = app.catalogue.frames;
    // Where frames can be edited, the server has the module for it.
    if (project.editing) app.tool = await import("./label_tool.js");
  } catch (error) {
    const old = error.status === 401;
    showMessage(
      old ? "The link is that of a viewer which was ended" : "The viewer cannot be reached",
      old ? "Each start prints a link of its own." : error.message,
    );
    return;
  }
  showBar();
  addEventListener("hashchange", show);
  addEventListener("keydown", pressed);
  show();
}

async function show(event) {
  if (location.hash.startsWith("#token=")) takeToken();
  const { hash } = location;
  const address = parse(hash);
  if (app.tool && page?.mayLeave && !(await page.mayLeave(address))) {
    history.replaceState(null, "", new URL(event.oldURL).hash);
    return;
  }
  if (hash !== location.hash) return; // another address came while the question was asked
  page?.close();
  main.replaceChildren();
  if (address.page === "frame") {
    const { split, city, frame } = address.place;
    const known = app.catalogue.frames.find((one) => isSame(one, address.place));
    if (!known) {
      page = null;
      showMessage("There is no such frame", `${split}/${city}/${frame} is not in this dataset.`);
      main.append(h("p", {}, h("a", { href: "#/frames" }, "All frames")));
      return;
    }
    page = new FramePage(app, main, known, address.parameters);
  } else {
    page = new FramesPage(app, main, address.parameters);
  }
}

function pressed(event) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && /^(SELECT|INPUT|TEXTAREA)$/.test(event.target.tagName)) {
    event.target.blur();
    return;
  }
  if (entriesOf(event).some(({ action }) => act(action, event))) event.preventDefault();
}

// True where something was done.
function act(action, event) {
  if (action === "help") showHelp();
  else if (action === "theme") {
    say(`${toggleTheme()} colours`);
    page?.redraw?.();
  } else return page?.act(action, event) ?? false;
  return true;
}

function showBar() {
  document.getElementById("bar").replaceChildren(
    h("a", { href: "#/frames", class: "home", onclick: toFrames }, "Cityscapes"),
    h("span", { class: "dataset", title: app.project.dataset },
      app.project.isSample ? "the sample" : app.project.dataset),
    h("span", { class: "space" }),
    button("Light or dark", () => act("theme"), { title: "t" }),
    button("Keys", showHelp, { title: "?" }),
    button("Quit", end),
  );
}

// Back to the frames as they were filtered.
function toFrames(event) {
  event.preventDefault();
  location.hash = format({ page: "frames", parameters: app.filter });
}

async function end() {
  if (page?.mayLeave && !(await page.mayLeave())) return;
  try {
    await quit();
  } catch (error) {
    say(error.message);
    return;
  }
  page?.close();
  page = null;
  document.getElementById("bar").replaceChildren();
  showMessage("The viewer was ended", "This tab can be closed.");
}

function showMessage(title, ...lines) {
  main.replaceChildren(
    h("section", { class: "message" },
      h("h1", {}, title), lines.map((line) => h("p", {}, line))),
  );
}

start();
