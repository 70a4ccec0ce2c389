// Counts what a page still has to do, for tests: see settle() of viewer_pages.py. Runs before every
// script of a page. Counted are answers of the server until they are read, pictures that are
// decoded or encoded, the database, locks that are looked up, animation frames, and timers.
// Answers of the server come `late` ms later, give or take a half.
(late) => {
  const counts = new Map(); // what is waited for -> how often
  const timers = new Map(); // number of a timer -> its delay
  const { setTimeout, clearTimeout, requestAnimationFrame, cancelAnimationFrame, fetch } = window;

  const begin = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const end = (what) => counts.set(what, counts.get(what) - 1);

  function countPromise(owner, name, make = owner[name]) {
    owner[name] = function (...given) {
      begin(name);
      return make.apply(this, given).finally(() => end(name));
    };
  }

  async function lateFetch(...given) {
    await new Promise((done) => setTimeout(done, late * (0.5 + Math.random())));
    return fetch.apply(window, given);
  }

  countPromise(window, "fetch", late ? lateFetch : fetch);
  for (const name of ["json", "text", "blob", "arrayBuffer"]) countPromise(Response.prototype, name);
  countPromise(window, "createImageBitmap");
  if (window.LockManager) countPromise(LockManager.prototype, "query"); // of secure origins only

  const { toBlob } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.toBlob = function (done, ...given) {
    begin("toBlob");
    return toBlob.call(this, (blob) => {
      end("toBlob");
      done(blob);
    }, ...given);
  };

  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    begin("database");
    let isOpen = true;
    for (const name of ["success", "error", "blocked"]) {
      request.addEventListener(name, () => {
        if (isOpen) end("database");
        isOpen = false;
      });
    }
    return request;
  };
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...given) {
    const made = transaction.apply(this, given);
    begin("transaction");
    for (const name of ["complete", "abort"]) made.addEventListener(name, () => end("transaction"));
    return made;
  };

  window.setTimeout = (work, delay = 0, ...given) => {
    const number = setTimeout(() => {
      timers.delete(number);
      work(...given);
    }, delay);
    timers.set(number, delay);
    return number;
  };
  window.clearTimeout = (number) => {
    timers.delete(number);
    clearTimeout(number);
  };

  const frames = new Set();
  window.requestAnimationFrame = (work) => {
    const number = requestAnimationFrame((time) => {
      frames.delete(number);
      work(time);
    });
    frames.add(number);
    return number;
  };
  window.cancelAnimationFrame = (number) => {
    frames.delete(number);
    cancelAnimationFrame(number);
  };

  // What is pending, in words; timers up to `longest` ms.
  function pending(longest) {
    const words = [...counts].filter(([, count]) => count > 0).map(([what]) => what);
    for (const delay of timers.values()) if (delay <= longest) words.push(`timer of ${delay} ms`);
    if (frames.size) words.push("animation frame");
    if ([...document.images].some(({ complete }) => !complete)) words.push("image");
    if ([...document.querySelectorAll("link[rel=stylesheet]")].some(({ sheet }) => !sheet)) words.push("style sheet");
    if (document.querySelector("canvas[aria-busy=true]")) words.push("painting");
    return words;
  }

  // A whole frame, with the layout and what observes it, and the tasks that were queued meanwhile.
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

  // Holds when nothing was pending over two frames.
  window.nothingPending = async (longest, patience) => {
    const until = performance.now() + patience;
    for (let quiet = 0; quiet < 2; quiet++) {
      await frame();
      const words = pending(longest);
      if (!words.length) continue;
      if (performance.now() > until) throw new Error(`still pending: ${words.join(", ")}`);
      quiet = -1;
    }
  };
}
