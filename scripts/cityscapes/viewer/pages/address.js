// The part of the address behind #: which page, frame, layers and view it shows. Pure.

export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split("?");
  const [, page = "frames", ...names] = path.split("/").map(decoded);
  const parameters = Object.fromEntries(new URLSearchParams(query));
  if (page === "frame" && names.length === 3) {
    const [split, city, frame] = names;
    return { page, place: { split, city, frame }, parameters };
  }
  return { page: "frames", parameters };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // which is no name of a frame
  }
}

export function format({ page, place, parameters = {} }) {
  const names = page === "frame" ? [page, place.split, place.city, place.frame] : ["frames"];
  const entries = Object.entries(parameters).filter(([, value]) => value !== "" && value != null);
  const query = new URLSearchParams(entries).toString();
  return `#/${names.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}
