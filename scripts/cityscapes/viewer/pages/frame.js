// What is known of a frame, asked for once each, and how many frames are kept in memory.

import { ApiError, getBlob, getJson, getPacked } from "./api.js";

const KEPT = 3;

export class Frame {
  constructor(place) {
    this.place = place;
    this.path = [place.split, place.city, place.frame].map(encodeURIComponent).join("/");
    this.parts = new Map();
    this.aborter = new AbortController();
    this.closed = false;
  }

  // A promise of {value} or {error}: what is damaged leaves the rest of the frame alone.
  part(key) {
    if (!this.parts.has(key)) this.parts.set(key, this.#ask(key));
    return this.parts.get(key);
  }

  async #ask(key) {
    try {
      return { value: await this.#fetch(key) };
    } catch (error) {
      if (!(error instanceof ApiError) && error.name !== "AbortError") console.error(error);
      return { error: error.message, status: error.status };
    }
  }

  async #fetch(key) {
    const [what, name] = key.split(":");
    const signal = this.aborter.signal;
    switch (what) {
      case "image": return bitmap(await getBlob(`image/${name}/${this.path}`, signal), name, this);
      case "values": return getPacked(`values/${name}/${this.path}`, signal);
      case "objects": return getPacked(`objects/${name}/${this.path}`, signal);
      case "labels": return getPacked(`labels/${name}/gtFine/${this.path}`, signal);
      case "disparity": return getPacked(`disparity/${this.path}`, signal);
      case "prediction":
        return getPacked(`prediction/${encodeURIComponent(name)}/${this.path}`, signal);
      case "outcomes": return getJson(`outcomes/${encodeURIComponent(name)}/${this.path}`, signal);
      case "scores": return getJson(`scores/${encodeURIComponent(name)}/${this.path}`, signal);
      case "boxes": return getJson(`boxes/${this.path}`, signal);
      case "about": return getJson(`frame/${this.path}`, signal);
      default: throw new Error(`there is no part ${key}`);
    }
  }

  async close() {
    this.closed = true;
    this.aborter.abort();
    for (const part of this.parts.values()) {
      const { value } = await part;
      if (value instanceof ImageBitmap) value.close();
    }
    this.parts.clear();
  }
}

async function bitmap(blob, name, frame) {
  let image;
  try {
    // The values as they stand in the file, whatever it says of colour spaces.
    image = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  } catch {
    throw new ApiError(422, `${name} of ${frame.place.frame}: the PNG is truncated or damaged`);
  }
  if (frame.closed) image.close();
  return image;
}

const frames = new Map();
let shown = null;

// The pictures of the frame on the screen stay, however many others are asked for meanwhile.
export function keepShown(frame) {
  shown = frame;
}

export function frameOf(place) {
  const key = `${place.split}/${place.city}/${place.frame}`;
  const known = frames.get(key) ?? new Frame(place);
  frames.delete(key);
  frames.set(key, known);
  for (const [old, frame] of frames) {
    if (frames.size <= KEPT) break;
    if (frame === shown) continue;
    frames.delete(old);
    frame.close();
  }
  return known;
}
