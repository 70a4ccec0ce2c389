// What the viewer shows of a frame: the part of its state that stands in the address. Pure.

export const OVERLAYS = [
  ["none", "None"],
  ["gtFine.classes", "gtFine: classes"],
  ["gtFine.instances", "gtFine: instances"],
  ["gtFine.trainIds", "gtFine: trainIds"],
  ["gtCoarse.classes", "gtCoarse: classes"],
  ["gtCoarse.instances", "gtCoarse: instances"],
  ["gtCoarse.trainIds", "gtCoarse: trainIds"],
  ["prepared", "labelIds file: prepared"],
  ["released", "labelIds file: of the dataset"],
  ["disparity", "Disparity"],
  ["depth", "Depth"],
  ["blurred", "Blurred against original"],
];
export const COMPARISONS = [
  ["off", "Not shown"],
  ["only", "Prediction alone"],
  ["side", "Side by side"],
  ["swipe", "Swipe"],
  ["blink", "Blink"],
  ["errors", "Error map"],
];
export const BOXES = [
  ["persons", "CityPersons", "gtBboxCityPersons"],
  ["boxes3d", "3-D", "gtBbox3d"],
  ["modal", "Modal, amodal", "gtBbox3d"],
  ["validated", "Validated", "gtBboxValidated"],
];
export const OUTLINES = [
  ["hidden", "Hidden"],
  ["deleted", "Deleted"],
  ["groups", "Groups"],
];

const DEFAULTS = {
  image: "", overlay: "", opacity: 50, hide: "", outlines: "", boxes: "", found: "", set: "", compare: "off",
  split: 50, object: "", picture: "on", colour: "classes",
};

// From the parameters of an address; unknown values are the defaults.
export function read(parameters) {
  const settings = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (name in parameters) settings[name] = parameters[name];
  }
  for (const name of ["opacity", "split"]) {
    const value = Number(settings[name]);
    settings[name] = value >= 0 && value <= 100 ? value : DEFAULTS[name];
  }
  if (!COMPARISONS.some(([name]) => name === settings.compare)) settings.compare = "off";
  if (settings.overlay && !OVERLAYS.some(([name]) => name === settings.overlay)) settings.overlay = "";
  return settings;
}

// The parameters that differ from the defaults.
export function write(settings) {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => String(value) !== String(DEFAULTS[name])),
  );
}

export function listOf(text) {
  return new Set(text.split(",").filter(Boolean).map(decodeURIComponent));
}

export function textOf(list) {
  return [...list].map(encodeURIComponent).join(",");
}

export function toggled(text, name) {
  const list = listOf(text);
  if (!list.delete(name)) list.add(name);
  return textOf(list);
}
