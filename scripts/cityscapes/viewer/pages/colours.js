// Colours of values: tables of one uint32 a number, whose bytes are R, G, B, A. Pure.

export function rgba(red, green, blue, alpha = 255) {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

const CLEAR = 0;
const VOID = rgba(0, 0, 0);

// A colour of its own for each number, far from those of its neighbours.
export function distinct(number) {
  const hue = (number * 0.61803398875) % 1;
  const light = 0.45 + 0.2 * ((number * 7) % 3) / 2;
  return hsl(hue, 0.75, light);
}

function hsl(hue, saturation, light) {
  const channel = (n) => {
    const k = (n + hue * 12) % 12;
    const a = saturation * Math.min(light, 1 - light);
    return Math.round(255 * (light - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return rgba(channel(0), channel(8), channel(4));
}

export class Classes {
  constructor(labels) {
    this.labels = labels;
    this.byId = new Map(labels.map((label) => [label.id, label]));
    this.byName = new Map(labels.map((label) => [label.name, label]));
    // Of the classes that share a trainId, an evaluated one gives the colour.
    this.byTrainId = new Map();
    for (const label of labels) {
      const known = this.byTrainId.get(label.train_id);
      if (label.id >= 0 && (!known || (known.ignore_in_eval && !label.ignore_in_eval))) {
        this.byTrainId.set(label.train_id, label);
      }
    }
  }

  colour(id) {
    const label = this.byId.get(id);
    return label ? rgba(...label.color) : CLEAR;
  }

  trainColour(trainId) {
    const label = this.byTrainId.get(trainId);
    return label && !label.ignore_in_eval ? rgba(...label.color) : VOID;
  }

  get background() {
    return this.byName.get("unlabeled");
  }
}

// Annotated objects: `mode` is classes, instances or trainIds; hidden classes are clear.
export function objectTable(objects, classes, mode, hidden = new Set()) {
  const table = new Uint32Array(objects.length + 1);
  const background = classes.background;
  // Of a frame that nobody annotated yet, the image is to be seen.
  table[0] = hidden.has(background.name) || !objects.length ? CLEAR : colourOf(background, 0, mode, classes);
  objects.forEach((one, i) => {
    if (one.deleted || one.concealed || hidden.has(one.class)) return;
    table[i + 1] = colourOf(classes.byName.get(one.class), one, mode, classes);
  });
  return table;
}

function colourOf(label, one, mode, classes) {
  if (mode === "trainIds") return classes.trainColour(label.train_id);
  if (mode === "instances" && one.instance >= 1000) return distinct(one.instance);
  return classes.colour(label.id);
}

// The ids of a label image; what the label table does not have is clear.
export function labelTable(classes, hidden = new Set()) {
  const table = new Uint32Array(256);
  for (const { id, name } of classes.labels) {
    if (id >= 0 && !hidden.has(name)) table[id] = classes.colour(id);
  }
  return table;
}

// The id of each number, for comparisons; -1 is no class.
export function objectIds(objects, classes) {
  const ids = new Int16Array(objects.length + 1);
  ids[0] = classes.background.id;
  objects.forEach((one, i) => (ids[i + 1] = one.deleted ? -1 : one.id));
  return ids;
}

export function predictionTable(records, classes, mode, hidden = new Set()) {
  const table = new Uint32Array(1 << 16);
  for (const { number, id } of records) {
    const label = classes.byId.get(id);
    if (!label || hidden.has(label.name)) continue;
    table[number] = mode === "instances" && label.has_instances ? distinct(number) : classes.colour(id);
  }
  return table;
}

export function predictionIds(records) {
  const ids = new Int16Array(1 << 16).fill(-1);
  for (const { number, id } of records) ids[number] = id ?? -1;
  return ids;
}

// Perceptual colours from dark blue by magenta to yellow, as plasma: for amounts.
const STOPS = [[13, 8, 135], [126, 3, 168], [204, 71, 120], [248, 149, 64], [240, 249, 33]];

export function ramp(share) {
  const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
  const below = Math.min(Math.floor(at), STOPS.length - 2);
  const mixed = STOPS[below].map((c, i) => Math.round(c + (STOPS[below + 1][i] - c) * (at - below)));
  return rgba(...mixed);
}

// Disparity in px of the value p of a disparity image; NaN where nothing was measured.
export function disparityOf(p) {
  return p ? (p - 1) / 256 : NaN;
}

export function depthOf(p, { fx, baseline }) {
  return (baseline * fx) / disparityOf(p);
}

// 3 to 100 px, logarithmic, as the reference shows them; not measured is clear.
export function disparityTable() {
  const table = new Uint32Array(1 << 16);
  const low = Math.log(3), high = Math.log(100);
  for (let p = 1; p < table.length; p++) {
    table[p] = ramp((Math.log(Math.max(disparityOf(p), 1e-6)) - low) / (high - low));
  }
  return table;
}

// 2 to 100 m, logarithmic, near is bright; infinite is dark, not measured clear.
export function depthTable(camera) {
  const table = new Uint32Array(1 << 16);
  const low = Math.log(2), high = Math.log(100);
  for (let p = 1; p < table.length; p++) {
    table[p] = ramp(1 - (Math.log(depthOf(p, camera)) - low) / (high - low));
  }
  return table;
}
