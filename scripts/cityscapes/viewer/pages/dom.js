// Elements of the page. Texts become text nodes: nothing of a file is ever read as HTML.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(text, onclick, properties = {}) {
  return h("button", { type: "button", onclick, ...properties }, text);
}

// A select box under a label; `options` are [value, text] pairs, or groups {label, options}.
export function select(label, options, value, onchange, properties = {}) {
  const option = ([of, text]) => h("option", { value: of, selected: of === value }, text);
  const entries = options.map((entry) =>
    Array.isArray(entry)
      ? option(entry)
      : h("optgroup", { label: entry.label }, entry.options.map(option)),
  );
  const box = h("select", { onchange: () => onchange(box.value), ...properties }, entries);
  box.value = value;
  return h("label", { class: "field" }, h("span", {}, label), box);
}

export function checkbox(label, checked, onchange, properties = {}) {
  const box = h("input", {
    type: "checkbox", checked, onchange: () => onchange(box.checked), ...properties,
  });
  return h("label", { class: "check" }, box, h("span", {}, label));
}

export function say(text) {
  document.getElementById("status").textContent = text;
}
