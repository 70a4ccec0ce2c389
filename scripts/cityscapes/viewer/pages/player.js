// What happens by itself: the next frame in autoplay, and blinking between two layers.

const PLAY_EVERY = 1000;
const BLINK_EVERY = 700;

export class Player {
  // `next()` shows the next frame, and says whether there was one; `label(text)` names the button.
  constructor(next, label) {
    this.next = next;
    this.label = label;
    this.timer = null;
  }

  toggle() {
    this.play(!this.timer);
  }

  play(on) {
    clearTimeout(this.timer);
    this.timer = null;
    this.label(on ? "Stop" : "Play");
    if (!on) return;
    this.timer = setTimeout(async () => {
      const there = await this.next();
      if (this.timer) this.play(there);
    }, PLAY_EVERY);
  }

  close() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}

export class Blinker {
  constructor(redraw) {
    this.redraw = redraw;
    this.second = false; // whether the second layer has its turn
  }

  blink(on) {
    clearInterval(this.timer);
    this.second = false;
    if (!on) return;
    this.timer = setInterval(() => {
      this.second = !this.second;
      this.redraw();
    }, BLINK_EVERY);
  }

  close() {
    clearInterval(this.timer);
  }
}
