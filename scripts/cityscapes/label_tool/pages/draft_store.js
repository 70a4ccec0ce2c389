// Drafts in the browser's database: what is not saved yet outlives a reload and a crash.
// A record is a draft of one frame and one tab: {dataset, type, split, city, frame, tab, version,
// date, draft}; two tabs on one frame do not replace each other's.

const STORE = "drafts";
const PLACE = ["dataset", "type", "split", "city", "frame"];
const KEY = [...PLACE, "tab"];

export class DraftStore {
  #database = null;

  // `tab` is a name of this page; `name` that of the database.
  constructor(tab, name = "cityscapes-label-tool") {
    this.tab = tab;
    this.name = name;
  }

  // Store the draft of a frame, in place of this tab's last one.
  async put(place, draft, date = new Date()) {
    const record = {
      ...only(place, PLACE), tab: this.tab, version: draft.version, date: date.toISOString(), draft,
    };
    await this.#write((store) => store.put(record));
    return record;
  }

  // The records of a frame, or without one of all frames of the dataset; the newest first.
  async list({ dataset, type, split, city, frame }) {
    const names = [dataset, type, split, city, frame].filter((name) => name !== undefined);
    const range = IDBKeyRange.bound(names, [...names, []]); // a list comes after every text
    const records = await this.#read((store) => store.getAll(range));
    return records.sort((one, other) => other.date.localeCompare(one.date));
  }

  // Make another tab's record that of this one, which may have stored a newer one meanwhile.
  async take(record) {
    const own = { ...record, tab: this.tab };
    await this.#write((store) => {
      const request = store.getKey(KEY.map((name) => own[name]));
      request.onsuccess = () => {
        if (request.result === undefined) store.put(own);
        if (record.tab !== this.tab) store.delete(KEY.map((name) => record[name]));
      };
    }, false);
    return own;
  }

  async delete(record) {
    await this.#write((store) => store.delete(KEY.map((name) => record[name])));
  }

  // Delete this tab's draft of a frame, as after a save.
  async clear(place) {
    await this.delete({ ...place, tab: this.tab });
  }

  async close() {
    const database = await this.#database?.catch(() => null);
    database?.close();
    this.#database = null;
  }

  // Also said to those who wait for nothing: whether there is a database at all.
  open() {
    this.#database ??= this.#open().catch((error) => {
      this.#database = null; // the next draft tries again
      throw error;
    });
    return this.#database;
  }

  #open() {
    return new Promise((done, failed) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE, { keyPath: KEY });
      };
      request.onblocked = () => failed(new Error("another tab holds an older database of drafts"));
      request.onerror = () => failed(request.error);
      request.onsuccess = () => {
        const database = request.result;
        // A newer page needs the database, or the data of the site were cleared.
        database.onversionchange = () => {
          database.close();
          this.#database = null;
        };
        database.onclose = () => { this.#database = null; };
        done(database);
      };
    });
  }

  async #read(ask) {
    const store = (await this.open()).transaction(STORE).objectStore(STORE);
    const request = ask(store);
    return new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  }

  // Done when it is on the disk, not when the system has promised to write it. Without `atOnce`,
  // the change may go on with what it reads.
  async #write(change, atOnce = true) {
    const transaction = (await this.open()).transaction(STORE, "readwrite", { durability: "strict" });
    return new Promise((done, failed) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => failed(transaction.error ?? new Error("the write was aborted"));
      try {
        change(transaction.objectStore(STORE));
        if (atOnce) transaction.commit(); // or a page that ends now would take it along
      } catch (error) {
        transaction.abort(); // all of a change or nothing
        failed(error);
      }
    });
  }
}

function only(record, names) {
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}
