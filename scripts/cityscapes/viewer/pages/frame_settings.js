// What of the settings a frame can show, and what it shows in place of the rest. Pure.

// The types that a frame of the catalogue has.
export function typesOf(place, catalogue) {
  return new Set(catalogue.types.filter((type, i) => (place.types >> i) & 1));
}

// The names of the prediction sets that are about a frame's split.
export function setsOf(place, project) {
  const sets = Object.entries(project.sets);
  return sets.filter(([, { split }]) => split === place.split).map(([name]) => name);
}

// Those of boxes, whose ground truth the frame has.
export function boxSetsOf(place, types, project) {
  const truth = { boxes3d: "gtBbox3d", pedestrians: "gtBboxCityPersons" };
  const sets = Object.entries(project.boxSets);
  return sets.filter(([, { split, task }]) => split === place.split && types.has(truth[task])).map(([name]) => name);
}

// The settings, with what a frame of these types has in place of what it lacks.
export function effectiveSettings(settings, types, images, sets, boxSets) {
  const image = types.has(settings.image) ? settings.image : images.find((name) => types.has(name)) ?? "";
  const first = types.has("gtFine") ? "gtFine.classes" : types.has("gtCoarse") ? "gtCoarse.classes" : "none";
  const what = settings.overlay.split(".")[0];
  const there = { none: true, prepared: true, released: true, depth: types.has("disparity"), blurred: types.has("leftImg8bit_blurred") && types.has("leftImg8bit") };
  const overlay = settings.overlay && (there[what] ?? types.has(what)) ? settings.overlay : first;
  const set = sets.includes(settings.set) ? settings.set : "";
  const found = boxSets.includes(settings.found) ? settings.found : "";
  return { ...settings, image, overlay, set, found, compare: set ? settings.compare : "off" };
}
