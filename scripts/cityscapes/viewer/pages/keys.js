// The keys: what each does, in one list that is also the help.

export const KEYS = [
  { keys: ["?", "h"], does: "this help", action: "help" },
  { keys: ["g", "Escape"], does: "release the selection; then: back to the frames", action: "leave" },
  { keys: ["o"], does: "choose a city", action: "city" },
  { keys: ["ArrowRight", "n"], does: "next frame", action: "next" },
  { keys: ["ArrowLeft", "p"], does: "previous frame", action: "previous" },
  { keys: [" "], does: "autoplay: begin or stop", action: "play" },
  { keys: ["l"], does: "choose the layer", action: "layer" },
  { keys: ["i"], does: "camera image: show or hide", action: "picture" },
  { keys: ["v"], does: "next camera image (blurred, original, right, 16 bit)", action: "image" },
  { keys: ["-"], does: "overlay: less opaque (also Ctrl + wheel)", action: "fainter" },
  { keys: ["+", "="], does: "overlay: more opaque", action: "stronger" },
  { keys: ["z"], does: "magnifier (wheel: factor; Shift + wheel: size)", action: "lens" },
  { keys: ["["], does: "zoom out (also the wheel)", action: "out" },
  { keys: ["]"], does: "zoom in", action: "in" },
  { keys: ["0"], does: "fit the image to the window", action: "fit" },
  { keys: ["1"], does: "one pixel of the image a pixel of the screen", action: "actual" },
  { keys: ["Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"],
    does: "move the view (also by dragging)", action: "move" },
  { keys: ["c"], does: "compare with the prediction: next way", action: "compare" },
  { keys: ["e"], does: "error map: show or hide", action: "errors" },
  { keys: ["f"], does: "full paths of the frame's files", action: "paths" },
  { keys: ["s"], does: "save the view as PNG", action: "export" },
  { keys: ["t"], does: "light or dark", action: "theme" },
];

const NAMES = {
  " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc",
};

export function shown(key) {
  if (key === "+") return key;
  return key.split("+").map((part) => NAMES[part] ?? part).join(" + ");
}

// The entry for a keyboard event, or none; keys typed into fields, and those of the browser, are none.
export function entryOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const tag = event.target.tagName;
  const typing = tag === "SELECT" || tag === "TEXTAREA" || (tag === "INPUT" && event.target.type !== "checkbox");
  if (typing) return null;
  if (event.key === " " && (tag === "BUTTON" || tag === "INPUT" || tag === "SUMMARY")) return null;
  const arrow = event.key.startsWith("Arrow");
  const key = arrow && event.shiftKey ? `Shift+${event.key}` : event.key;
  return KEYS.find(({ keys }) => keys.includes(key)) ?? null;
}
