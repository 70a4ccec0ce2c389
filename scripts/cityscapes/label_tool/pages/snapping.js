// What lies near a point: vertices and edges of objects, for snapping and for the pointer. Pure.
// Edge i of a polygon goes from point i to the next one; after the last comes the first.

import { wholePoint } from "./polygons.js";

const CELL = 32; // pixels of the image

// The edges of objects in the cells of a grid. Points outside the image count to its outer cells.
export class EdgeIndex {
  // `objects` as those of a state; `image` is {width, height}.
  constructor(objects, { width, height }) {
    this.objects = objects;
    this.columns = Math.max(Math.ceil(width / CELL), 1);
    this.rows = Math.max(Math.ceil(height / CELL), 1);
    const count = objects.reduce((sum, { polygon }) => sum + polygon.length, 0);
    this.owners = new Uint32Array(count);
    this.indices = new Uint32Array(count);
    this.ends = new Float64Array(4 * count);
    this.#list();
    this.#sort(count);
  }

  #list() {
    let edge = 0;
    this.objects.forEach(({ polygon }, owner) => {
      for (let i = 0; i < polygon.length; i++, edge++) {
        const [from, to] = [polygon[i], polygon[i + 1 === polygon.length ? 0 : i + 1]];
        this.owners[edge] = owner;
        this.indices[edge] = i;
        this.ends[4 * edge] = from[0];
        this.ends[4 * edge + 1] = from[1];
        this.ends[4 * edge + 2] = to[0];
        this.ends[4 * edge + 3] = to[1];
      }
    });
  }

  // `edges` from starts[cell] to starts[cell + 1] are those that touch the cell.
  #sort(count) {
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let edge = 0; edge < count; edge++) {
      this.#cells(edge, (cell) => { this.starts[cell + 1]++; });
    }
    for (let cell = 0; cell < this.columns * this.rows; cell++) {
      this.starts[cell + 1] += this.starts[cell];
    }
    const next = this.starts.slice();
    this.edges = new Uint32Array(this.starts.at(-1));
    for (let edge = 0; edge < count; edge++) {
      this.#cells(edge, (cell) => { this.edges[next[cell]++] = edge; });
    }
  }

  // The cells of an edge: in each row of the grid those between where it comes in and goes out.
  #cells(edge, take) {
    const start = 4 * edge;
    const isDown = this.ends[start + 1] <= this.ends[start + 3];
    const [from, to] = isDown ? [start, start + 2] : [start + 2, start];
    const x1 = this.ends[from];
    const y1 = this.ends[from + 1];
    const x2 = this.ends[to];
    const slope = (x2 - x1) / (this.ends[to + 1] - y1); // used between rows alone
    const [first, last] = [this.#row(y1), this.#row(this.ends[to + 1])];
    for (let row = first; row <= last; row++) {
      const above = row === first ? x1 : x1 + slope * (row * CELL - y1);
      const below = row === last ? x2 : x1 + slope * ((row + 1) * CELL - y1);
      const end = this.#column(Math.max(above, below));
      for (let column = this.#column(Math.min(above, below)); column <= end; column++) {
        take(row * this.columns + column);
      }
    }
  }

  #row(y) {
    return Math.min(Math.max(Math.floor(y / CELL), 0), this.rows - 1);
  }

  #column(x) {
    return Math.min(Math.max(Math.floor(x / CELL), 0), this.columns - 1);
  }

  // The nearest vertex within so many pixels of the image, or null: {kind, key, index, point,
  // distance}. `isWanted(object, index)` chooses; of equally near ones, the topmost object's.
  vertexNear(point, radius, isWanted = isSeen) {
    let best = null;
    this.#each(point, radius, (edge) => {
      const found = [this.ends[4 * edge], this.ends[4 * edge + 1]];
      const distance = Math.hypot(found[0] - point[0], found[1] - point[1]);
      best = this.#better(best, "vertex", edge, found, distance, radius, isWanted);
    });
    return this.#named(best);
  }

  // The nearest edge likewise: `index` is that of the edge, a new point goes before index + 1;
  // `point` is the nearest one on it in whole numbers.
  edgeNear(point, radius, isWanted = isSeen) {
    let best = null;
    this.#each(point, radius, (edge) => {
      const found = nearestOn(this.ends.subarray(4 * edge, 4 * edge + 4), point);
      const distance = Math.hypot(found[0] - point[0], found[1] - point[1]);
      best = this.#better(best, "edge", edge, found, distance, radius, isWanted);
    });
    const named = this.#named(best);
    return named && { ...named, point: wholePoint(named.point) };
  }

  // What a point that is drawn snaps to: a vertex, and where none is near, an edge.
  snap(point, radius, isWanted = isSeen) {
    return this.vertexNear(point, radius, isWanted) ?? this.edgeNear(point, radius, isWanted);
  }

  #each([x, y], radius, take) {
    const last = this.#column(x + radius);
    for (let row = this.#row(y - radius); row <= this.#row(y + radius); row++) {
      for (let column = this.#column(x - radius); column <= last; column++) {
        const cell = row * this.columns + column;
        for (let i = this.starts[cell]; i < this.starts[cell + 1]; i++) take(this.edges[i]);
      }
    }
  }

  #better(best, kind, edge, point, distance, radius, isWanted) {
    if (distance > radius || (best && distance > best.distance)) return best;
    if (best && distance === best.distance && edge <= best.edge) return best;
    if (!isWanted(this.objects[this.owners[edge]], this.indices[edge])) return best;
    return { kind, edge, point, distance };
  }

  #named(best) {
    if (!best) return null;
    const { kind, edge, point, distance } = best;
    const { key } = this.objects[this.owners[edge]];
    return { kind, key, index: this.indices[edge], point, distance };
  }
}

// The index of a list of objects, made once: lists are replaced, never changed.
const known = new WeakMap();

export function indexOfEdges(objects, image) {
  if (!known.has(objects)) known.set(objects, new EdgeIndex(objects, image));
  return known.get(objects);
}

// The tolerance in pixels of the screen as one in pixels of the image; see view.js.
export function radiusOf(view, tolerance = 8) {
  return tolerance / view.scale;
}

function isSeen({ deleted }) {
  return !deleted;
}

function nearestOn([x1, y1, x2, y2], [x, y]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const squared = dx * dx + dy * dy;
  if (!squared) return [x1, y1];
  const part = Math.min(Math.max(((x - x1) * dx + (y - y1) * dy) / squared, 0), 1);
  return [x1 + part * dx, y1 + part * dy];
}
