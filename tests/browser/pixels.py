"""What is drawn on the canvas of a frame."""

import base64

import numpy as np

READ = """
() => {
  const canvas = document.querySelector("canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let text = "";
  for (let i = 0; i < data.length; i += 0x8000) {
    text += String.fromCharCode(...data.subarray(i, i + 0x8000));
  }
  return [canvas.width, canvas.height, btoa(text)];
}
"""


def canvas(page):
    """uint8 (height, width, 3): the pixels of the canvas."""
    width, height, text = page.evaluate(READ)
    data = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    return data.reshape(height, width, 4)[..., :3]


def actual_size(page):
    """Show one pixel of the image a pixel of the screen, its corner in that of the canvas."""
    from conftest import settle

    address = page.evaluate("location.hash").split("?")
    query = "&".join(
        part for part in (address[1:] or [""])[0].split("&") if part and "view=" not in part
    )
    page.evaluate("(hash) => { location.hash = hash }", f"{address[0]}?{query}&view=0,0,1")
    page.wait_for_timeout(100)
    settle(page)
