// Keeping the drafts of a tab: when they are stored, and what is said where they cannot be.

import { DraftStore } from "./draft_store.js";

const DELAY = 1000; // ms from a change to the draft that has it
// What comes before a tab ends, or may end: the first leaves most time to write.
const LEAVING = ["beforeunload", "pagehide", "blur"];

export class Drafts {
  #waiting = new Map(); // place as text -> {place, make}
  #timer = null;
  #writing = Promise.resolve(true);
  #release = () => {};
  #onLeave = () => { this.flush(); };

  // `onError(message)` is called as soon as drafts cannot be stored, and each time again;
  // `onStored(record or null)` when one was, or was deleted because nothing is unsaved any more.
  constructor({ onError, onStored = () => {}, delay = DELAY, store = null }) {
    this.onError = onError;
    this.onStored = onStored;
    this.delay = delay;
    this.store = store ?? new DraftStore(crypto.randomUUID());
    this.#hold();
    for (const name of LEAVING) addEventListener(name, this.#onLeave);
    this.ready = this.#told(() => this.store.open());
  }

  // A frame was changed: `make` gives its draft when it is stored, or null where nothing is unsaved.
  // Changes that follow do not put it off.
  changed(place, make) {
    this.#waiting.set(JSON.stringify(place), { place, make });
    this.#timer ??= setTimeout(() => this.flush(), this.delay);
  }

  // Store what waits, at once; true where all of it could be.
  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    // The database keeps the order of writes, so that nothing waits for those before.
    if (waiting.length) this.#writing = this.#storeAll(waiting);
    return this.#writing;
  }

  async #storeAll(waiting) {
    const stored = await Promise.all(waiting.map((one) => this.#store(one)));
    return stored.every((one) => one !== false);
  }

  async #store({ place, make }) {
    return this.#told(async () => {
      const draft = make();
      if (draft) this.onStored(await this.store.put(place, draft));
      else {
        await this.store.clear(place);
        this.onStored(null);
      }
    });
  }

  // The drafts of a frame (or of a dataset), the newest first: records of draft_store.js, with `isOpen`
  // where the tab that made it is still open, and `isStale` where it began from another file than the
  // one of `version`.
  async list(place, version = null) {
    const found = await this.#told(async () => {
      const records = await this.store.list(place);
      const isAnother = (open) => records.some(({ tab }) => tab !== this.store.tab && open.has(tab));
      let open = await openTabs();
      if (isAnother(open)) {
        // It may be the page that was reloaded, whose lock ends with a delay.
        await new Promise((done) => setTimeout(done, 200));
        open = await openTabs();
      }
      return records.map((one) => ({
        ...one, isOpen: open.has(one.tab), isStale: version !== null && one.version !== version,
      }));
    });
    return found || [];
  }

  // The draft of a record, which from now on is this tab's; null where it cannot be had.
  async take({ isOpen, isStale, ...record }) {
    const own = await this.#told(() => this.store.take(record));
    return own ? own.draft : null;
  }

  // True where it was deleted.
  async delete(record) {
    return this.#told(async () => {
      await this.store.delete(record);
      return true;
    });
  }

  async close() {
    for (const name of LEAVING) removeEventListener(name, this.#onLeave);
    await this.flush();
    await this.store.close();
    this.#release();
  }

  // What the work returned, or false; then it was said why.
  async #told(work) {
    try {
      return await work() ?? null;
    } catch (error) {
      this.onError(wordsOf(error));
      return false;
    }
  }

  // Tabs that are open hold a lock of their name, which ends with them, however they end.
  #hold() {
    navigator.locks?.request(lockOf(this.store.tab), () => new Promise((done) => {
      this.#release = done;
    }));
  }
}

// What to say of a draft that is offered.
export function offerOf({ isOpen, isStale }) {
  const where = isOpen ? "another tab, which is still open" : "this browser";
  return isStale
    ? `unsaved work in ${where}, begun from another version of the file: both will be compared`
    : `unsaved work in ${where}`;
}

export function wordsOf(error) {
  const why = WHY[error?.name] ?? error?.message ?? String(error);
  return `Drafts cannot be stored in this browser: ${why}. Save; unsaved work ends with this tab.`;
}

const WHY = {
  QuotaExceededError: "its storage is full",
  SecurityError: "it does not let this page store anything",
  InvalidStateError: "it stores nothing, as in a private window, or the database was closed",
  UnknownError: "its storage cannot be written, as on a full disk",
  VersionError: "a newer version of this page made the database",
};

function lockOf(tab) {
  return `cityscapes-label-tool ${tab}`;
}

async function openTabs() {
  const { held } = await navigator.locks?.query() ?? { held: [] };
  const names = new Set(held.map(({ name }) => name));
  return { has: (tab) => names.has(lockOf(tab)) };
}
