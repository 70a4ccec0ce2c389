// Which classes the keys stand for that are pressed with Shift. What the label table names (its column
// hotKey) stays. The digits that are left begin as the first evaluated classes without such a key; a
// class that is used and has no key takes the digit of the one that was not used for the longest time.
// So a class that is used keeps its key, and every table has hot keys without the column. Pure.

const DIGITS = "123456789";

// {own: {key: class} of the table; digits: those that are left; names: their classes; order: the same
// names, the one used last at the end}. `labels` as the server sends them.
export function firstHotKeys(labels) {
  const own = Object.fromEntries(
    labels.filter((label) => label.hot_key).map((label) => [label.hot_key, label.name]));
  const digits = [...DIGITS].filter((digit) => !(digit in own));
  const isEvaluated = ({ id, ignore_in_eval: ignored }) => id >= 0 && !ignored;
  const free = labels.filter((label) => !label.hot_key);
  const others = free.filter((label) => label.id > 0 && !isEvaluated(label));
  const names = [...free.filter(isEvaluated), ...others].slice(0, digits.length).map(({ name }) => name);
  return { own, digits, names, order: [...names].reverse() };
}

// After a class was used.
export function withUse(hotKeys, name) {
  const { own, names, order } = hotKeys;
  if (order.at(-1) === name || Object.values(own).includes(name) || !names.length) return hotKeys;
  if (names.includes(name)) return { ...hotKeys, order: [...order.filter((one) => one !== name), name] };
  const [oldest, ...rest] = order;
  return { ...hotKeys, names: names.map((one) => (one === oldest ? name : one)), order: [...rest, name] };
}

// As they were stored as JSON in this browser; the first ones where that does not fit the table.
export function storedHotKeys(text, labels, isName = (name) => labels.some((one) => one.name === name)) {
  const first = firstHotKeys(labels);
  const owners = Object.values(first.own);
  try {
    const { names, order } = JSON.parse(text);
    const isRight = names.length === first.names.length && names.every(isName)
      && !names.some((name) => owners.includes(name))
      && new Set(names).size === names.length && [...order].sort().join() === [...names].sort().join();
    return isRight ? { ...first, names, order } : first;
  } catch {
    return first;
  }
}

// Class -> its key.
export function keysOf({ own, digits, names }) {
  return new Map([
    ...Object.entries(own).map(([key, name]) => [name, key]), ...names.map((name, i) => [name, digits[i]]),
  ]);
}

// The class of a key that was pressed; undefined for none.
export function classOfKey({ own, digits, names }, { code, key }) {
  const name = /^Digit(\d)$/.exec(code)?.[1] ?? key.toUpperCase();
  return own[name] ?? names[digits.indexOf(name)];
}

// The table's own keys, for the list of keys.
export function entriesOf({ own }) {
  return Object.entries(own).map(([key, name]) => (
    { keys: [`Shift+${key.toLowerCase()}`], does: name, action: "edit.hotkey" }));
}
