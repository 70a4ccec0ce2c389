// The elements of the page of a frame: a bar, the stage, the panel.

import { button, h } from "./dom.js";

// {bar, message, note, title, playing}, once they are below `root`; `act(action)` is what buttons do.
export function frameElements(root, canvas, panel, act) {
  const message = h("div", { class: "problems", role: "alert" });
  const note = h("p", { class: "note" });
  const stage = h("div", { class: "stage" }, canvas, message, note);
  const title = h("h1", {});
  const playing = button("Play", () => act("play"), { title: "Space" });
  const bar = h("div", { class: "framebar" },
    button("Previous", () => act("previous"), { title: "←" }),
    button("Next", () => act("next"), { title: "→" }),
    playing, title,
    button("Fit", () => act("fit"), { title: "0" }),
    button("1:1", () => act("actual"), { title: "1" }),
    button("Magnifier", () => act("lens"), { title: "z" }),
    button("Save PNG", () => act("export"), { title: "s" }));
  root.append(h("section", { class: "frame", "aria-label": "Frame" }, bar,
    h("div", { class: "split" }, stage, panel)));
  return { bar, message, note, title, playing, element: stage };
}
