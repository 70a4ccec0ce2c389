// What the viewer shows of objects, for those that are edited. Pure.

// One record an object, as GET /api/objects has them; `pixels` are those of the painting.
export function recordsOf(objects, pixels, byName, concealed) {
  const counts = new Map();
  return objects.map(({ key, label, polygon, deleted }, place) => {
    const { known, group } = classOf(label, byName);
    const record = {
      label, class: null, id: null, trainId: null, instance: null, group: false, deleted, pixels: 0,
      polygon, concealed: concealed(key, label),
    };
    if (deleted || !known) return record;
    const numbered = known.has_instances && !group && known.id >= 0;
    const count = counts.get(known.name) ?? 0;
    if (numbered) counts.set(known.name, count + 1);
    return {
      ...record, class: known.name, id: known.id, trainId: known.train_id, group,
      instance: numbered ? known.id * 1000 + count : known.id, pixels: pixels[place] ?? 0,
    };
  });
}

// The class of a label; "cargroup" is a group of the class car.
export function classOf(label, byName) {
  if (byName.has(label)) return { known: byName.get(label), group: false };
  const single = label.endsWith("group") ? byName.get(label.slice(0, -"group".length)) : undefined;
  return single?.has_instances ? { known: single, group: true } : { known: undefined, group: false };
}
