// Which classes the digits stand for. They begin as the first evaluated classes of the label table;
// a class that is used and has no digit takes that of the one that was not used for the longest
// time. So a class that is used keeps its digit, and every table has hot keys without a column. Pure.

const DIGITS = 9;

// {names: the class of digit 1, 2, …; order: the same names, the one used last at the end}.
// `labels` as the server sends them.
export function firstHotKeys(labels) {
  const isEvaluated = ({ id, ignore_in_eval: ignored }) => id >= 0 && !ignored;
  const others = labels.filter((label) => label.id > 0 && !isEvaluated(label));
  const names = [...labels.filter(isEvaluated), ...others].slice(0, DIGITS).map(({ name }) => name);
  return { names, order: [...names].reverse() };
}

// After a class was used.
export function withUse(hotKeys, name) {
  const { names, order } = hotKeys;
  if (order.at(-1) === name) return hotKeys;
  if (names.includes(name)) return { names, order: [...order.filter((one) => one !== name), name] };
  const [oldest, ...rest] = order;
  return { names: names.map((one) => (one === oldest ? name : one)), order: [...rest, name] };
}

// As they were stored as JSON in this browser; the first ones where that does not fit the table.
export function storedHotKeys(text, labels, isName = (name) => labels.some((one) => one.name === name)) {
  const first = firstHotKeys(labels);
  try {
    const { names, order } = JSON.parse(text);
    const isRight = names.length === first.names.length && names.every(isName)
      && new Set(names).size === names.length && [...order].sort().join() === [...names].sort().join();
    return isRight ? { names, order } : first;
  } catch {
    return first;
  }
}
