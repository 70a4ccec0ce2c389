// What the keys do to a frame.

import { neighbours } from "./catalogue.js";
import { COMPARISONS } from "./settings.js";

const WITHOUT_PICTURE = ["next", "previous", "leave", "city"];

// Do what a key stands for; true where something was done.
export function act(page, action, event) {
  const { app, stage } = page;
  const change = (name, value) => page.change(name, value);
  const acts = {
    next: () => page.step(neighbours(app.chosen, page.place).next),
    previous: () => page.step(neighbours(app.chosen, page.place).previous),
    play: () => page.player.toggle(),
    leave: () => page.leave(),
    city: () => {
      location.hash = "#/frames";
      setTimeout(() => document.querySelector("[name=city]")?.focus());
    },
    layer: () => page.panel.element.querySelector("[name=overlay]")?.focus(),
    picture: () => change("picture", (old) => (old === "on" ? "off" : "on")),
    image: () => change("image", following(app.project.images.filter((name) => page.types.has(name)), page.effective.image)),
    fainter: () => page.fade(-5),
    stronger: () => page.fade(5),
    lens: () => stage.toggleLens(),
    out: () => stage.zoom(1 / 1.25),
    in: () => stage.zoom(1.25),
    fit: () => stage.fit(),
    actual: () => stage.actualSize(),
    move: () => stage.nudge(event.key),
    compare: () => change("compare", following(COMPARISONS.map(([name]) => name), page.effective.compare)),
    errors: () => change("compare", (old) => (old === "errors" ? "off" : "errors")),
    paths: () => page.panel.showPaths(),
    export: () => page.export(),
  };
  if (!(action in acts) || (!stage.view && !WITHOUT_PICTURE.includes(action))) return false;
  acts[action]();
  return true;
}

function following(list, value) {
  return list[(list.indexOf(value) + 1) % list.length];
}
