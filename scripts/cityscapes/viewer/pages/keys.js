// The keys: what each does, in one list that is also the help.

const VIEWER = [
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

// Groups of keys, the first to be asked first: {title, entries}.
export const groups = [{ title: "Viewing", entries: VIEWER }];

// Keys that come before the viewer's. An entry that does nothing leaves its key to the next one;
// one with `everywhere` holds in text fields, too; `help` is what the help shows in place of its keys.
export function addKeys(title, entries) {
  groups.unshift({ title, entries });
}

const NAMES = {
  " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc",
};

export function shown(key) {
  if (key === "+") return key;
  return key.split("+").map((part) => NAMES[part] ?? (part.length === 1 && key.includes("+") ? part.toUpperCase() : part)).join(" + ");
}

const SWITCH = "cityscapes-viewer-single-keys";

// Whether keys without Ctrl or Alt that write a character are shortcuts.
export function singleKeys() {
  return localStorage.getItem(SWITCH) !== "off";
}

export function setSingleKeys(on) {
  localStorage.setItem(SWITCH, on ? "on" : "off");
}

// The entries for a keyboard event, the first to be asked first; keys typed into fields have none.
export function entriesOf(event) {
  const tag = event.target.tagName;
  const typing = tag === "SELECT" || tag === "TEXTAREA" || (tag === "INPUT" && event.target.type !== "checkbox");
  if (event.key === " " && (tag === "BUTTON" || tag === "INPUT" || tag === "SUMMARY")) return [];
  const single = (event.key.length === 1 || event.code === "Backquote") && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (single && !singleKeys()) return [];
  const all = groups.flatMap(({ entries }) => entries).filter(({ everywhere }) => everywhere || !typing);
  for (const name of namesOf(event)) {
    const found = all.filter(({ keys }) => keys.includes(name));
    if (found.length) return found;
  }
  return [];
}

// The names of what is pressed: by its character, else by its place: with Shift, the digit of the key,
// and the key left of 1, which writes an accent with some layouts.
function namesOf(event) {
  const { key } = event;
  // Of signs, Shift is what the layout needs to write them.
  const shift = event.shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  const before = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  const name = key.length === 1 ? key.toLowerCase() : key;
  const digit = event.shiftKey && /^Digit(\d)$/.exec(event.code ?? "")?.[1];
  const place = digit ? `Shift+${digit}` : event.code === "Backquote" && !event.shiftKey ? "`" : "";
  return [`${before}${shift ? "Shift+" : ""}${name}`, ...(place ? [`${before}${place}`] : [])];
}
