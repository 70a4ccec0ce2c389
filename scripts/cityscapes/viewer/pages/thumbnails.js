// Small pictures: asked for when they come in sight, forgotten when others need the room.

const KEPT = 400;
const AT_ONCE = 4;
const REST = 60; // ms

export class ThumbnailStore {
  constructor(fetchBlob) {
    this.fetchBlob = fetchBlob;
    this.urls = new Map();
    this.waiting = new Map();
    this.running = 0;
  }

  show(place, picture, failed) {
    const key = keyOf(place);
    const known = this.urls.get(key);
    if (known) {
      this.urls.delete(key);
      this.urls.set(key, known);
      picture.src = known;
      return;
    }
    this.waiting.set(key, { place, picture, failed, aborter: new AbortController(), begun: false });
    // Nothing is asked for that is scrolled past.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#next(), REST);
  }

  // It is not in sight any more.
  release(place) {
    const key = keyOf(place);
    this.waiting.get(key)?.aborter.abort();
    this.waiting.delete(key);
  }

  close() {
    clearTimeout(this.timer);
    for (const { aborter } of this.waiting.values()) aborter.abort();
    this.waiting.clear();
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
  }

  #next() {
    for (const [key, job] of this.waiting) {
      if (this.running >= AT_ONCE) return;
      if (!job.begun) this.#fetch(key, job);
    }
  }

  async #fetch(key, job) {
    job.begun = true;
    this.running++;
    try {
      const blob = await this.fetchBlob(job.place, job.aborter.signal);
      if (job.aborter.signal.aborted) return;
      const url = URL.createObjectURL(blob);
      this.urls.set(key, url);
      job.picture.src = url;
      this.#forget();
    } catch (error) {
      if (error.name !== "AbortError") job.failed(error.message);
    } finally {
      this.running--;
      if (this.waiting.get(key) === job) this.waiting.delete(key);
      this.#next();
    }
  }

  #forget() {
    for (const [key, url] of this.urls) {
      if (this.urls.size <= KEPT) return;
      URL.revokeObjectURL(url);
      this.urls.delete(key);
    }
  }
}

function keyOf(place) {
  return `${place.split}/${place.city}/${place.frame}`;
}
