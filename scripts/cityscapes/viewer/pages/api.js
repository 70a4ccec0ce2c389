// What the server is asked. The token comes with the link, and stays in this tab.

const KEY = "cityscapes-viewer-token";

// `answer` is what the server sent beside the message.
export class ApiError extends Error {
  constructor(status, message, answer = null) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

// Keep the token of the address, and take it out of there.
export function takeToken() {
  const match = /^#token=([\w-]+)$/.exec(location.hash);
  if (match) {
    sessionStorage.setItem(KEY, match[1]);
    history.replaceState(null, "", "#/frames");
  }
  return sessionStorage.getItem(KEY) !== null;
}

export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, {
      ...options,
      headers: {
        Authorization: `Bearer ${sessionStorage.getItem(KEY)}`,
        "X-Cityscapes-Page": "1",
        ...options.headers,
      },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "The viewer does not answer: it was ended, or the connection is lost.");
  }
  if (!answer.ok) {
    let message = `status ${answer.status}`, told = null;
    try {
      told = await answer.json();
      message = told.error;
    } catch {
      // Not from the viewer itself.
    }
    throw new ApiError(answer.status, message, told);
  }
  return answer;
}

export async function getJson(path, signal) {
  return (await ask(path, { signal })).json();
}

export async function getBlob(path, signal) {
  return (await ask(path, { signal })).blob();
}

export async function getPacked(path, signal) {
  return unpack(await (await ask(path, { signal })).arrayBuffer());
}

export async function quit() {
  await ask("quit", {
    method: "POST", body: "{}", headers: { "Content-Type": "application/json" },
  });
}

// Document and arrays of an answer as packed.py writes it.
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  const document = JSON.parse(text);
  const types = { uint8: Uint8Array, uint16: Uint16Array };
  for (const [name, { dtype, shape, offset }] of Object.entries(document.arrays)) {
    const count = shape.reduce((a, b) => a * b, 1);
    document[name] = new types[dtype](buffer, 4 + length + offset, count);
    document[name].shape = shape;
  }
  return document;
}
