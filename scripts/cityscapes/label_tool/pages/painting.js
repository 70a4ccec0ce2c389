// The picture of a frame that is edited: object numbers from the server, in boxes of what changed.

import { paint } from "./edit_api.js";
import { boundsOf } from "./polygons.js";

export class Painting {
  // `session` has path, version, body(state) and state; `painted(box)` is told of new pixels.
  constructor(session, width, height, painted) {
    Object.assign(this, { session, width, height, painted });
    this.list = null; // the objects that the numbers are of
    this.fresh = true; // whether all has to be painted
    this.numbers = new Uint16Array(width * height);
    this.numbers.shape = [height, width];
    this.pixels = [];
    this.running = null;
  }

  // Other objects come with the same keys: all is painted.
  restart() {
    this.fresh = true;
  }

  // A promise that holds once the picture is that of the state of then or of a later one.
  update() {
    if (this.running) this.again = true;
    this.running ??= this.#run().finally(() => (this.running = null));
    return this.running;
  }

  async #run() {
    do {
      this.again = false;
      const { state, path, version } = this.session.moment();
      const { fresh } = this;
      this.fresh = false;
      const all = [0, 0, this.width, this.height];
      const box = fresh ? all : changedBox(this.list, state.objects, this.width, this.height);
      const body = this.session.body(state);
      const found = await paint(path, version, body.objects, box ?? [0, 0, 1, 1]).catch((error) => {
        this.fresh ||= fresh; // or the next picture would be a part of this one in one of other objects
        throw error;
      });
      // The first object gives the background a colour, too.
      const first = this.list && !this.list.length !== !state.objects.length;
      const whole = !fresh && (this.#renumber(state.objects) || first);
      this.#put(found.numbers, found.box ?? box ?? [0, 0, 1, 1]);
      this.list = state.objects;
      this.pixels = found.pixels;
      this.painted(whole ? all : box);
    } while (this.again);
  }

  // Places in the list changed: the numbers of what stays follow. True where that is so.
  #renumber(objects) {
    const places = new Map(objects.map(({ key }, place) => [key, place + 1]));
    const table = new Uint16Array(1 + this.list.length);
    let moved = false;
    this.list.forEach(({ key }, place) => {
      table[place + 1] = places.get(key) ?? 0;
      moved ||= table[place + 1] !== place + 1 && places.has(key);
    });
    const { numbers } = this;
    if (moved) for (let i = 0; i < numbers.length; i++) numbers[i] = table[numbers[i]];
    return moved;
  }

  #put(numbers, [left, top, right, bottom]) {
    const wide = right - left;
    for (let y = top; y < bottom; y++) {
      this.numbers.set(numbers.subarray((y - top) * wide, (y - top + 1) * wide), y * this.width + left);
    }
  }
}

// The box, within the image, of all that looks otherwise in another list of objects; null for
// nothing. Objects are the same where they are identical, as states share them. Pure.
export function changedBox(before, after, width, height) {
  const old = new Map(before.map((one) => [one.key, one]));
  const now = new Map(after.map((one) => [one.key, one]));
  const points = [];
  const add = ({ polygon, deleted }) => {
    if (!deleted && polygon.length) points.push(...cornersOf(boundsOf(polygon)));
  };
  for (const one of before) {
    if (now.get(one.key) === one) continue;
    add(one);
    if (now.has(one.key)) add(now.get(one.key));
  }
  for (const one of after) if (!old.has(one.key)) add(one);
  reordered(before.filter(({ key }) => now.has(key)), after.filter(({ key }) => old.has(key))).forEach(add);
  if (!points.length) return null;
  const [left, top, right, bottom] = boundsOf(points);
  const within = (value, most) => Math.min(Math.max(Math.floor(value), 0), most);
  const box = [within(left - 2, width), within(top - 2, height), within(right + 3, width), within(bottom + 3, height)];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

// The objects between the first and the last place at which two orders differ.
function reordered(before, after) {
  let first = 0, last = after.length - 1;
  while (first <= last && before[first].key === after[first].key) first++;
  while (last >= first && before[last].key === after[last].key) last--;
  return after.slice(first, last + 1);
}

function cornersOf([left, top, right, bottom]) {
  return [[left, top], [right, bottom]];
}
