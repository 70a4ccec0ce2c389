// Mouse, pen and touch on the canvas: drag to move, wheel to zoom, click to choose.

const CLICK = 4; // pixels that a click may move

// `grips` are asked in order whether they take what a press begins: begin(point, event). The one
// that does gets the drag, to(point, event), and, where it wants it, end(point, event, moved) in
// place of the click.
export function listen(canvas, { move, drag, wheel, click, leave, grips }) {
  let down = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const point = at(event);
    const grip = grips.find((one) => one.begin(point, event));
    down = { start: point, last: point, moved: false, grip };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const point = at(event);
    if (down) {
      const far = Math.hypot(point.x - down.start.x, point.y - down.start.y) > CLICK;
      if (far || down.moved) {
        down.moved = true;
        if (down.grip) down.grip.to(point, event);
        else drag(point.x - down.last.x, point.y - down.last.y);
        down.last = point;
      }
    }
    move(point, event);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (down?.grip?.end) down.grip.end(at(event), event, down.moved);
    else if (down && !down.moved) click(at(event));
    down = null;
  });
  canvas.addEventListener("pointercancel", () => {
    down?.grip?.cancel?.();
    down = null;
  });
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    // Browsers scroll sideways where Shift is held.
    wheel(at(event), (event.deltaY || event.deltaX) * lines, event);
  }, { passive: false });
}
