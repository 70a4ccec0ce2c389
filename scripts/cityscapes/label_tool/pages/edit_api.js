// What the label tool asks of the server. Errors are those of api.js; a conflict has the status 412.

import { ask, unpack } from "./api.js";

function withJson(method, body, version) {
  return {
    method, body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...(version ? { "If-Match": version } : {}) },
  };
}

// The path of a frame's annotation of a type.
export function pathOf(type, { split, city, frame }) {
  return [type, split, city, frame].map(encodeURIComponent).join("/");
}

async function json(path, options) {
  return (await ask(path, options)).json();
}

async function packed(path, options) {
  return unpack(await (await ask(path, options)).arrayBuffer());
}

export const getEdit = (path) => json(`edit/${path}`);
export const putEdit = (path, version, body) => json(`edit/${path}`, withJson("PUT", body, version));
// The objects that each pixel of a box shows, as the workflow paints them.
export const paint = (path, version, objects, box) =>
  packed(`edit/${path}/paint`, withJson("POST", { version, objects, box }));
// Back to a version of the history, or to "raw", the file of the dataset.
export const revert = (path, version, to) => json(`edit/${path}/revert`, withJson("POST", { to }, version));
export const getVersion = (path, name) => json(`edit/${path}/history/${encodeURIComponent(name)}`);
export const getDifference = (path) => packed(`edit/${path}/difference`);
export const putReview = (path, version, review) => json(`review/${path}`, withJson("PUT", review, version));
export const putCorrections = (path, version, corrections) =>
  json(`corrections/${path}`, withJson("PUT", { corrections }, version));
export const geometry = (body) => json("geometry", withJson("POST", body));
export const getEdits = () => json("edits");
export const getTable = async () => (await ask("edits.csv")).blob();
export const startMaking = (path) => json(`make/${path}`, withJson("POST", {}));

// Lines of a run as they come; each call of `tell` gets some text.
export async function followMaking(run, tell) {
  const answer = await ask(`make/${encodeURIComponent(run)}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    tell(value);
  }
}
