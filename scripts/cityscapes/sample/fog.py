"""Fog from the drawn depth, by the formula of the published foggy images."""

import numpy as np

from cityscapes.sample.camera import Camera


def distance(disparity: np.ndarray, camera: Camera) -> np.ndarray:
    """float32 (height, width): metres from the lens to what each pixel shows, infinite in the sky.

    `disparity` is float32 (height, width) in pixels, 0 where the sky is. This is the way through
    the air along the ray of the pixel: at the border of the image it is longer than the depth.
    """
    x = (np.arange(camera.width, dtype=np.float32) - camera.u0) / camera.fx
    y = (np.arange(camera.height, dtype=np.float32)[:, None] - camera.v0) / camera.fy
    with np.errstate(divide="ignore"):
        depth = np.float32(camera.baseline * camera.fx) / disparity
    return depth * np.sqrt(1 + x * x + y * y)


def foggy(
    image: np.ndarray, metres: np.ndarray, light: np.ndarray, attenuation: float
) -> np.ndarray:
    """uint8 (height, width, 3): an image as seen through homogeneous fog.

    The share exp(-attenuation * metres) of each colour comes through, the rest is `light`, the
    colour (3,) of the fog; `attenuation` is beta in 1/m. Source: the law of Koschmieder, as in
    Sakaridis et al., Semantic Foggy Scene Understanding with Synthetic Data, IJCV 2018.
    """
    through = np.exp(-np.float32(attenuation) * metres)[..., None]
    return np.rint(image * through + light.astype(np.float32) * (1 - through)).astype(np.uint8)
