// Light or dark: as the system says, until somebody chooses.

const KEY = "cityscapes-viewer-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function applyTheme() {
  const chosen = localStorage.getItem(KEY) ?? (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = chosen;
  return chosen;
}

export function toggleTheme() {
  localStorage.setItem(KEY, applyTheme() === "dark" ? "light" : "dark");
  return applyTheme();
}

dark.addEventListener("change", applyTheme);
