// A picture of numbers: coloured by a table, as a whole or in a rectangle.

// Colour numbers into uint32 pixels; the number `hatched` gets light stripes. Pure.
export function paint(numbers, table, pixels, width, [left, top, right, bottom], hatched = -1) {
  for (let y = top; y < bottom; y++) {
    const end = y * width + right;
    for (let i = y * width + left; i < end; i++) pixels[i] = table[numbers[i]];
  }
  if (hatched < 0) return;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const i = y * width + x;
      if (numbers[i] === hatched && ((x + y) & 7) < 3) pixels[i] = mixWithWhite(table[hatched]);
    }
  }
}

function mixWithWhite(colour) {
  if (colour >>> 24 === 0) return 0xffffffff;
  return (((colour >>> 1) & 0x7f7f7f7f) + 0x7f7f7f7f) | 0xff000000;
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

  show(numbers, table, hatched = -1) {
    this.showPart(numbers, table, [0, 0, this.width, this.height], hatched);
  }

  // `box` is left, top, right, bottom, right and bottom not included.
  showPart(numbers, table, box, hatched = -1) {
    const [left, top, right, bottom] = clip(box, this.width, this.height);
    if (left >= right || top >= bottom) return;
    paint(numbers, table, this.pixels, this.width, [left, top, right, bottom], hatched);
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
