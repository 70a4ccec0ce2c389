// Which objects are hidden and locked, by object and by class: a setting of the page, not of the file.

export class Visibility {
  constructor() {
    this.clear();
  }

  clear() {
    this.objects = { hidden: new Set(), locked: new Set(), solo: new Set() };
    this.classes = { hidden: new Set(), locked: new Set(), solo: new Set() };
  }

  // Set or take away a mark ("hidden", "locked", "solo") of keys or of labels: away where all have it.
  toggle(mark, { keys = [], labels = [] }) {
    const sets = [[this.objects[mark], [...keys]], [this.classes[mark], [...labels]]];
    const all = sets.every(([set, names]) => names.every((name) => set.has(name)));
    for (const [set, names] of sets) {
      for (const name of names) all ? set.delete(name) : set.add(name);
    }
    return !all;
  }

  // Objects that come anew are not locked or hidden by their keys.
  #has(mark, key, label) {
    return this.objects[mark].has(key) || this.classes[mark].has(label);
  }

  get isSolo() {
    return this.objects.solo.size > 0 || this.classes.solo.size > 0;
  }

  get isAny() {
    const sets = [...Object.values(this.objects), ...Object.values(this.classes)];
    return sets.some(({ size }) => size > 0);
  }

  isHidden({ key, label }) {
    return this.#has("hidden", key, label) || (this.isSolo && !this.#has("solo", key, label));
  }

  isLocked({ key, label }) {
    return this.#has("locked", key, label);
  }

  // The keys of the objects that must stay as they are.
  lockedOf(objects) {
    return new Set(objects.filter((one) => this.isLocked(one)).map(({ key }) => key));
  }
}
