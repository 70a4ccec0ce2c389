// What the keys and buttons of the label tool do. Each is true where something was done.

import { combine, selected, together } from "./combine.js";
import { toggleHighlight } from "./highlight.js";
import { classOfKey } from "./hot_keys.js";
import { peek } from "./peeking.js";
import { takeTyped } from "./review_panel.js";
import { chooseTolerance } from "./simplify.js";
import { groupName } from "./operations_objects.js";
import {
  bringBack, changeClass, deleteObjects, duplicate, makeGroup, moveDown, moveToBottom, moveToTop,
  moveUp, selectNext, selectNone, selectWhere, ungroup,
} from "./operations.js";

const WITHOUT_SELECTION = new Set(["undo", "redo", "save", "escape", "cursor", "enter", "finish", "back", "snap", "together", "all", "step", "class", "hotkey", "delete", "peek", "highlight"]);

export function actions(editor, action, event) {
  if (action.startsWith("tool.")) {
    const name = action.slice("tool.".length);
    const tool = editor.tools.get(name);
    if (!tool) return false;
    // The tool at hand stays, with what it has begun.
    if (editor.tool === tool) editor.say(tool.hint);
    else editor.use(name);
    return true;
  }
  if (!editor.isReady || !(action in ACTIONS)) return false;
  if (!WITHOUT_SELECTION.has(action) && !editor.state.selection.size) return false;
  return ACTIONS[action](editor, event) ?? true;
}

const keys = ({ state }) => [...state.selection];
const isSeen = (editor) => (one) => !one.deleted && editor.isShown(one);
const isOnCanvas = ({ page }) => document.activeElement === page.stage.canvas || document.activeElement === document.body;

const ACTIONS = {
  save: (editor) => {
    takeTyped();
    editor.desk.save(editor);
  },
  undo: (editor) => { editor.undo(); },
  redo: (editor) => { editor.redo(); },
  escape: (editor) => {
    if (editor.tool?.escape?.()) return true;
    if (editor.state.selection.size) return editor.apply(selectNone());
    // A frame that is edited is left by other keys.
    if (editor.tool) editor.use("");
    return true;
  },
  cursor: (editor, event) => editor.pointing.press(event),
  enter: (editor, event) => isOnCanvas(editor) && Boolean(editor.tool?.enter(editor.pointing.keyboard, event)),
  finish: (editor) => {
    if (!editor.tool?.finish) return false;
    editor.tool.finish();
    return true;
  },
  back: (editor) => Boolean(editor.tool?.back?.()),
  step: (editor, event) => {
    const way = event.key === "," ? -1 : 1;
    const at = editor.tool?.step?.(way);
    if (!at) return editor.tool === editor.tools.get("vertices") ? false : next(editor, way);
    editor.page.stage.canvas.focus();
    editor.pointing.put([...at]);
    return true;
  },
  delete: (editor) => {
    if (editor.tool?.delete?.()) return true;
    if (!editor.state.selection.size) return false;
    const count = editor.state.selection.size;
    if (editor.apply(together([deleteObjects(keys(editor), editor.options), selectNone()]))) {
      editor.say(`${count === 1 ? "Object" : `${count} objects`} deleted; the list shows deleted objects, and brings them back.`);
    }
    return true;
  },
  bringBack: (editor) => editor.apply(bringBack(keys(editor), editor.options)),
  class: (editor) => { chooseClass(editor); },
  hotkey: (editor, event) => {
    const label = classOfKey(editor.desk.hotKeys, event);
    if (!label) return false;
    setClass(editor, label);
    return true;
  },
  up: (editor) => { order(editor, moveUp); },
  down: (editor) => { order(editor, moveDown); },
  top: (editor) => { order(editor, moveToTop); },
  bottom: (editor) => { order(editor, moveToBottom); },
  all: (editor) => {
    editor.apply(selectWhere(isSeen(editor)));
    editor.say(`${editor.state.selection.size} objects selected`);
  },
  // Of the classes of those that are selected.
  same: (editor) => {
    const labels = new Set(selected(editor).map(({ label }) => label));
    editor.apply(selectWhere((one) => labels.has(one.label) && isSeen(editor)(one)));
    editor.say(`${editor.state.selection.size} objects of ${[...labels].join(", ")} selected`);
  },
  duplicate: (editor) => { editor.apply(duplicate(keys(editor), 10, 10)); },
  union: (editor) => { combine(editor, "union"); },
  intersection: (editor) => { combine(editor, "intersection"); },
  subtract: (editor) => { combine(editor, "subtract"); },
  simplify: (editor) => { chooseTolerance(editor); },
  group: (editor) => {
    const { byName } = editor.page.app.classes;
    const isSingle = selected(editor).some(({ label }) => groupName(label, byName));
    editor.apply((isSingle ? makeGroup : ungroup)(keys(editor), byName, editor.options));
  },
  hidden: (editor) => { mark(editor, "hidden"); },
  locked: (editor) => { mark(editor, "locked"); },
  solo: (editor) => { mark(editor, "solo"); },
  peek: (editor, event) => { peek(editor, event); },
  highlight: (editor) => { toggleHighlight(editor); },
  snap: (editor) => { editor.desk.toggle("snapping", "Snapping"); },
};

// Select the next object in painting order, downwards with -1.
function next(editor, way) {
  if (!editor.apply(selectNext(way, isSeen(editor)))) return false;
  const [key] = editor.state.selection;
  const place = editor.state.objects.findIndex((one) => one.key === key);
  editor.say(place < 0 ? "There is no object." : `${editor.state.objects[place].label}, object ${place}`);
  return true;
}

function order(editor, operation) {
  const before = editor.state;
  if (!editor.apply(operation(keys(editor), editor.options))) {
    if (editor.state === before && !editor.session.model.reason) editor.say("It is there already.");
    return;
  }
  const [first] = editor.state.selection;
  const place = editor.state.objects.findIndex(({ key }) => key === first);
  editor.say(`now ${place + 1} of ${editor.state.objects.length} in painting order`);
}

function mark(editor, name) {
  const { visibility } = editor.desk;
  const on = visibility.toggle(name, { keys: keys(editor) });
  editor.say(`${editor.state.selection.size} objects ${{ hidden: on ? "hidden" : "shown", locked: on ? "locked" : "unlocked", solo: on ? "shown alone" : "no longer shown alone" }[name]}`);
  editor.recolour();
  editor.showState();
}

async function chooseClass(editor) {
  const label = await editor.chooseClass(editor.state.selection.size ? "Class of the selected objects" : "Class of the next object");
  if (label) setClass(editor, label);
}

// The class of what is selected, or of what is drawn next.
export function setClass(editor, label) {
  const { selection, drawing } = editor.state;
  editor.desk.setLabel(label);
  if (drawing || !selection.size) {
    editor.tool?.classChosen?.(label);
    editor.say(`The next object is ${label}.`);
  } else if (editor.apply(changeClass(keys(editor), label, editor.options))) {
    editor.say(`${selection.size === 1 ? "Object" : `${selection.size} objects`} now ${label}`);
  }
  editor.showState();
}
