"""Pictures of a view: colours with light, haze and sky; the blurred and the 16-bit twin."""

from dataclasses import dataclass

import cv2
import numpy as np

from cityscapes.sample import screen
from cityscapes.sample.depth import SHIFT, fixed
from cityscapes.sample.view import View

# Levels of grey by which surfaces are lighter or darker in places.
STAIN = 4


@dataclass(frozen=True)
class Weather:
    """Light and sky of one frame; the same for both cameras."""

    sun: np.ndarray  # float (3,): the direction of the sun, in vehicle coordinates
    zenith: np.ndarray  # float (3,) red, green, blue
    horizon: np.ndarray
    haze: float  # metres after which half of the colour is lost
    clouds: np.ndarray  # float32 (rows, columns) of 0..1
    stains: np.ndarray  # uint8 (rows, columns) of 0..2 * STAIN: unevenness of surfaces


def weather(rng: np.random.Generator) -> Weather:
    """Make up the weather of a frame, grey or fair."""
    sun = np.array([-0.45, rng.choice([-1, 1]) * rng.uniform(0.3, 0.7), 0.7])
    fair = rng.random()
    zenith = np.array([150, 164, 180]) * (1 - fair) + np.array([84, 134, 196]) * fair
    horizon = np.array([206, 208, 208]) * (1 - fair) + np.array([208, 222, 232]) * fair
    clouds = rng.random((6, 14), dtype=np.float32)
    stains = rng.integers(0, 2 * STAIN + 1, (44, 60), dtype=np.uint8)
    return Weather(
        sun / np.linalg.norm(sun), zenith, horizon, rng.uniform(280, 520), clouds, stains
    )


def picture(view: View, disparity: np.ndarray, air: Weather) -> np.ndarray:
    """uint8 (height, width, 3), red first: the image of the view's camera."""
    canvas = _sky(view, air)
    for sight in view.sights:
        for patch, pixels in sight.patches():
            colour = _lit(patch.colour, patch.normal, air)
            for polygon in pixels:
                cv2.fillPoly(canvas, [fixed(polygon)], colour, cv2.LINE_AA, SHIFT)
    canvas = _stained(canvas, air)
    canvas = _hazy(canvas, disparity, view, air)
    _own_vehicle(canvas, view)
    border = screen.rectification_border(view.camera)
    cv2.fillPoly(canvas, [np.rint(border).astype(np.int32)], (0, 0, 0))
    return canvas


def blurred(image: np.ndarray, view: View) -> np.ndarray:
    """uint8 (height, width, 3): the image with faces and number plates made unrecognisable."""
    image = image.copy()
    size = np.array([view.camera.width, view.camera.height])
    for sight in view.sights:
        for patch, pixels in sight.patches():
            if not patch.private:
                continue
            low, high = pixels[0].min(axis=0), pixels[0].max(axis=0)
            rim = 0.25 * (high - low) + 1
            x0, y0 = np.clip(np.floor(low - rim), 0, size).astype(int)
            x1, y1 = np.clip(np.ceil(high + rim) + 1, 0, size).astype(int)
            if x0 < x1 and y0 < y1:
                window = image[y0:y1, x0:x1]
                image[y0:y1, x0:x1] = cv2.GaussianBlur(window, (0, 0), max(1.0, (x1 - x0) / 4))
    return image


def sixteen_bit(image: np.ndarray) -> np.ndarray:
    """uint16 (height, width, 3): the image as linear light, falling off towards the corners."""
    height, width = image.shape[:2]
    light = np.rint((np.arange(256) / 255) ** 2.2 * 58_000 + 900).astype(np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    fall_off = np.broadcast_to(1 - 0.08 * y * y, (height, width))
    return np.rint(light[image] * fall_off[..., None]).astype(np.uint16)


def _sky(view: View, air: Weather) -> np.ndarray:
    height, width = view.camera.height, view.camera.width
    down = np.linspace(0, 1, height)[:, None] / 0.42
    rows = air.zenith + (air.horizon - air.zenith) * np.clip(down, 0, 1) ** 0.8
    sky = np.repeat(rows.astype(np.float32)[:, None], width, axis=1)
    upper = max(1, int(0.45 * height))
    clouds = cv2.resize(air.clouds, (width, upper), interpolation=cv2.INTER_CUBIC)
    cover = np.clip(clouds - 0.45, 0, 1)[..., None]
    sky[:upper] += (235 - sky[:upper]) * cover
    return sky.astype(np.uint8)


def _lit(
    colour: tuple[int, int, int], normal: tuple[float, float, float], air: Weather
) -> tuple[float, float, float]:
    """Return the colour of a surface under the open sky and the sun."""
    light = 0.68 + 0.14 * normal[2] + 0.36 * max(0.0, float(np.dot(normal, air.sun)))
    red, green, blue = colour
    return min(255.0, red * light), min(255.0, green * light), min(255.0, blue * light)


def _stained(canvas: np.ndarray, air: Weather) -> np.ndarray:
    """Return the canvas unevenly lit, in soft spots wider than high."""
    height, width = canvas.shape[:2]
    spots = cv2.resize(air.stains, (width, height), interpolation=cv2.INTER_LINEAR)
    spots = cv2.merge([spots] * 3)
    return cv2.subtract(cv2.add(canvas, spots), np.full_like(canvas, STAIN))


def _hazy(canvas: np.ndarray, disparity: np.ndarray, view: View, air: Weather) -> np.ndarray:
    """Return the image with far things faded into the colour of the horizon."""
    camera = view.camera
    steps = np.arange(256) / 8  # haze is constant from 32 pixels of disparity on
    with np.errstate(divide="ignore"):
        distance = camera.baseline * camera.fx / (steps * camera.width / 2048)
    share = 1 - 0.5 ** (distance / air.haze)
    share[0] = 0.0  # the sky has its colour already
    step = np.minimum(disparity * (8 * 2048 / camera.width), 255).astype(np.uint8)
    fog = cv2.LUT(step, share.astype(np.float32))
    mist = np.broadcast_to(air.horizon.astype(np.uint8), canvas.shape)
    return cv2.blendLinear(canvas, np.ascontiguousarray(mist), 1 - fog, fog)


def _own_vehicle(canvas: np.ndarray, view: View) -> None:
    """The bonnet: dark, with bands that mirror the sky."""
    outline = screen.bonnet(view.camera)
    down = view.camera.height / 1024
    middle = outline[:, 0].mean()
    for step, shade in enumerate(range(34, 94, 5)):
        band = outline + np.array([0, 9 * step * down])
        band[:, 0] = middle + (band[:, 0] - middle) * (1 - 0.02 * step)
        colour = (shade, shade + 2, shade + 6)
        cv2.fillPoly(canvas, [fixed(band)], colour, cv2.LINE_AA, SHIFT)
