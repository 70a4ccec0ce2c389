// The painting order, which is the order in the file: operations of Model.apply. Pure.

import { refuse } from "./refusal.js";
import { hindrance, withObjects } from "./state.js";

// One up, past the next object that is not deleted: several go as one, in their order.
export function moveUp(keys, { locked } = {}) {
  return (state) => shifted(state, keys, locked, 1);
}

export function moveDown(keys, { locked } = {}) {
  return (state) => shifted(state, keys, locked, -1);
}

export function moveToTop(keys, options) {
  return (state) => moveTo(keys, state.objects.length, options)(state);
}

export function moveToBottom(keys, options) {
  return moveTo(keys, 0, options);
}

// Before the object that is the `index`th now, or on top where there is none: as after dragging.
export function moveTo(keys, index, { locked } = {}) {
  return (state) => {
    const hindered = hindrance(state, keys, locked);
    if (hindered) return refuse(hindered);
    if (!(index >= 0 && index <= state.objects.length)) return refuse(`there is no place ${index}`);
    const chosen = new Set(keys);
    const isChosen = ({ key }) => chosen.has(key);
    const others = (one) => !isChosen(one);
    return withObjects(state, [
      ...state.objects.slice(0, index).filter(others),
      ...state.objects.filter(isChosen),
      ...state.objects.slice(index).filter(others),
    ]);
  };
}

function shifted(state, keys, locked, way) {
  const hindered = hindrance(state, keys, locked);
  if (hindered) return refuse(hindered);
  const chosen = new Set(keys);
  const objects = way > 0 ? [...state.objects].reverse() : [...state.objects];
  // From the end that they go to: each takes the place of the first seen object before it.
  for (let i = 1; i < objects.length; i++) {
    if (!chosen.has(objects[i].key)) continue;
    let to = i - 1;
    while (to >= 0 && objects[to].deleted && !chosen.has(objects[to].key)) to--;
    if (to < 0 || chosen.has(objects[to].key)) continue;
    objects.splice(to, 0, ...objects.splice(i, 1));
  }
  return withObjects(state, way > 0 ? objects.reverse() : objects);
}
