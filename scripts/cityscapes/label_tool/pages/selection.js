// The selection: operations of Model.apply that are no steps to undo. Pure.

export function select(keys) {
  return (state) => {
    const known = new Set(state.objects.map(({ key }) => key));
    return withSelection(state, [...keys].filter((key) => known.has(key)));
  };
}

export function toggleSelected(key) {
  return (state) => {
    const selection = new Set(state.selection);
    if (!selection.delete(key)) selection.add(key);
    return select(selection)(state);
  };
}

export function selectNone() {
  return (state) => withSelection(state, []);
}

// All objects for which `isChosen` holds: of a class, in sight, …
export function selectWhere(isChosen) {
  return (state) => withSelection(state, state.objects.filter(isChosen).map(({ key }) => key));
}

// The next object up (1) or down (-1) of the painting order among those for which `isChosen` holds,
// from the selected one; round again at the ends.
export function selectNext(way, isChosen = ({ deleted }) => !deleted) {
  return (state) => {
    const list = way > 0 ? state.objects : [...state.objects].reverse();
    const at = list.findLastIndex(({ key }) => state.selection.has(key));
    const next = [...list.slice(at + 1), ...list.slice(0, at + 1)].find(isChosen);
    return withSelection(state, next ? [next.key] : []);
  };
}

function withSelection(state, keys) {
  const isSame = keys.length === state.selection.size
    && keys.every((key) => state.selection.has(key));
  return isSame ? state : { ...state, selection: new Set(keys) };
}
