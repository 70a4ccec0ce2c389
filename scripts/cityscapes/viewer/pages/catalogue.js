// The list of frames: as the server sends it, filtered, sorted. Pure.

export function readFrames(document) {
  const frames = [];
  for (const { split, city, frames: names, types } of document.cities) {
    names.forEach((frame, i) => {
      frames.push({ split, city, frame, types: types[i] });
    });
  }
  return { frames, types: document.types };
}

export function has(catalogue, frame, type) {
  return Boolean((frame.types >> catalogue.types.indexOf(type)) & 1);
}

// `known` holds what filters of other tables need: classes, problems, scores (Map frame -> ...).
export function choose(frames, filter, known = {}) {
  const words = (filter.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  let chosen = frames.filter((one) => {
    if (filter.split && one.split !== filter.split) return false;
    if (filter.city && one.city !== filter.city) return false;
    if (words.length && !words.every((word) => `${one.split}/${one.frame}`.toLowerCase().includes(word))) {
      return false;
    }
    if (filter.class && !known.classes?.get(one.frame)?.has(filter.class)) return false;
    if (filter.problem && !hasProblem(known.problems?.get(one.frame), filter.problem)) return false;
    if (known.isWanted && !known.isWanted(one, filter)) return false; // by what was edited
    const score = known.scores?.frames.get(one.frame);
    if (filter.below && !(inSplit(one, known) && score !== null && score < Number(filter.below))) {
      return false;
    }
    return true;
  });
  if (filter.sort && filter.sort !== "name") chosen = worstFirst(chosen, known);
  return chosen;
}

function inSplit(one, known) {
  return known.scores?.split === one.split && known.scores.frames.has(one.frame);
}

function hasProblem(problems, wanted) {
  if (!problems) return false;
  return wanted === "any" || problems.some(({ check }) => check === wanted);
}

// Frames without a score come last, in the order of names.
function worstFirst(frames, known) {
  const score = (one) => (inSplit(one, known) ? known.scores.frames.get(one.frame) ?? 2 : 3);
  return frames
    .map((one, i) => [score(one), i, one])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, , one]) => one);
}

export function isSame(one, place) {
  return one.frame === place.frame && one.city === place.city && one.split === place.split;
}

export function neighbours(frames, place) {
  const at = frames.findIndex((one) => isSame(one, place));
  return { at, previous: frames[at - 1] ?? null, next: at < 0 ? null : frames[at + 1] ?? null };
}
