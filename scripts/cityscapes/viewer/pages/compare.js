// Ground truth against prediction, pixel by pixel. Pure.

import { rgba } from "./colours.js";

export const COLOURS = {
  right: rgba(30, 120, 60), wrong: rgba(230, 50, 40), ignored: rgba(90, 90, 90),
};

// Colour where classes agree and differ; classes that are not evaluated are left out. `evaluated`
// is a set of ids; `only` is null, or the ids that a prediction of instances is about: all others
// are then one class, and where `isGroup` of a true number is set, only another such class is
// wrong, and nothing is right, as in the scores. The counts of pixels.
export function errors(
  truth, truthIds, guess, guessIds, evaluated, pixels, only = null, isGroup = [],
) {
  const OTHER = -2, IGNORED = -3;
  const trueClass = truthIds.map((id) => {
    if (!evaluated.has(id)) return IGNORED;
    return only && !only.has(id) ? OTHER : id;
  });
  const guessedClass = guessIds.map((id) => (only && !only.has(id) ? OTHER : id));
  const { right: RIGHT, wrong: WRONG, ignored: LEFT_OUT } = COLOURS;
  let right = 0, wrong = 0;
  for (let i = 0; i < truth.length; i++) {
    const is = trueClass[truth[i]];
    const said = guessedClass[guess[i]];
    const group = only && isGroup[truth[i]];
    if (is === IGNORED || (said === OTHER && (is === OTHER || group)) || (group && said === is)) {
      pixels[i] = LEFT_OUT;
    } else if (is === said) {
      pixels[i] = RIGHT;
      right++;
    } else {
      pixels[i] = WRONG;
      wrong++;
    }
  }
  return { right, wrong, ignored: truth.length - right - wrong };
}

// Differences of two images of RGBA bytes: clear where no channel differs by more than tolerance.
export function differences(a, b, tolerance, pixels) {
  let changed = 0;
  for (let i = 0; i < pixels.length; i++) {
    const j = 4 * i;
    const most = Math.max(
      Math.abs(a[j] - b[j]), Math.abs(a[j + 1] - b[j + 1]), Math.abs(a[j + 2] - b[j + 2]),
    );
    pixels[i] = most > tolerance ? rgba(255, Math.max(0, 160 - 2 * most), 0) : 0;
    if (most > tolerance) changed++;
  }
  return changed;
}
