// A picture of numbers: coloured by a table, as a whole or in a rectangle.

// Colour numbers into uint32 pixels of a rectangle. Pure.
export function paint(numbers, table, pixels, width, [left, top, right, bottom]) {
  for (let y = top; y < bottom; y++) {
    const end = y * width + right;
    for (let i = y * width + left; i < end; i++) pixels[i] = table[numbers[i]];
  }
}

// Give the pixels of a number a colour where slanted stripes cross them; no others are looked at.
export function stripe(numbers, number, colour, pixels, width, [left, top, right, bottom]) {
  for (let y = top; y < bottom; y++) {
    const end = y * width + right;
    for (let phase = 0; phase < 3; phase++) {
      const first = left + ((phase - left - y) & 7);
      for (let i = y * width + first; i < end; i += 8) {
        if (numbers[i] === number) pixels[i] = colour;
      }
    }
  }
}

function mixWithWhite(colour) {
  if (colour >>> 24 === 0) return 0xffffffff;
  return ((((colour >>> 1) & 0x7f7f7f7f) + 0x7f7f7f7f) | 0xff000000) >>> 0;
}

export class Raster {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.canvas = document.createElement("canvas");
    this.canvas.width = width;
    this.canvas.height = height;
    this.context = this.canvas.getContext("2d");
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  show(numbers, table) {
    paint(numbers, table, this.pixels, this.width, [0, 0, this.width, this.height]);
    this.put();
  }

  showBox(numbers, table, box) {
    const [left, top, right, bottom] = clip(box, this.width, this.height);
    if (left >= right || top >= bottom) return;
    paint(numbers, table, this.pixels, this.width, [left, top, right, bottom]);
    this.context.putImageData(this.image, 0, 0, left, top, right - left, bottom - top);
  }

  // Stripes over a number, or without them again; `box` is left, top, right, bottom around it.
  hatch(numbers, table, number, box, on) {
    const [left, top, right, bottom] = clip(box, this.width, this.height);
    if (left >= right || top >= bottom) return;
    const colour = on ? mixWithWhite(table[number]) : table[number];
    stripe(numbers, number, colour, this.pixels, this.width, [left, top, right, bottom]);
    this.context.putImageData(this.image, 0, 0, left, top, right - left, bottom - top);
  }

  // Pixels that something else computed.
  put() {
    this.context.putImageData(this.image, 0, 0);
  }
}

export function clip([left, top, right, bottom], width, height) {
  const within = (value, most) => Math.min(Math.max(Math.trunc(value), 0), most);
  return [within(left, width), within(top, height), within(right, width), within(bottom, height)];
}

// Left, top, right, bottom of the pixels that a polygon may cover.
export function boxOf(polygon) {
  const xs = polygon.map(([x]) => x), ys = polygon.map(([, y]) => y);
  return [Math.min(...xs) - 1, Math.min(...ys) - 1, Math.max(...xs) + 2, Math.max(...ys) + 2];
}
