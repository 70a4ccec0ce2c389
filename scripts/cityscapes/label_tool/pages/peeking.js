// The image without its labels, while a key is held.

export function peek(editor, { code, key }) {
  if (editor.isPeeking) return; // the key repeats
  const listening = new AbortController();
  const { signal } = listening;
  const set = (on) => {
    editor.isPeeking = on;
    editor.redraw();
  };
  const end = () => {
    listening.abort();
    set(false);
  };
  addEventListener("keyup", (event) => (event.code === code || event.key === key) && end(), { signal });
  // A release is not told to a window that is left.
  addEventListener("blur", end, { signal });
  set(true);
}
