"""The stereo camera: from metres in vehicle coordinates to pixels, and to disparity.

Vehicle coordinates are those of ISO 8855: x forward, y left, z up, the origin on the ground.
"""

from dataclasses import dataclass, replace

import numpy as np

FULL_WIDTH = 2048
FULL_HEIGHT = 1024


@dataclass(frozen=True)
class Camera:
    """A camera on a vehicle; intrinsics in pixels, extrinsics in metres and radians."""

    width: int
    height: int
    fx: float
    fy: float
    u0: float
    v0: float
    baseline: float
    x: float
    y: float
    z: float
    pitch: float
    roll: float
    yaw: float
    # Distance of this camera to the right of the left one: 0 or the baseline.
    aside: float = 0.0

    def right(self) -> "Camera":
        """Return the right camera of the pair."""
        return replace(self, aside=self.baseline)

    def sensor_from_vehicle(self) -> np.ndarray:
        """float64 (3, 4): takes (x, y, z, 1) of the vehicle to the left sensor, x forward too."""
        rotation = _rotation(self.yaw, self.pitch, self.roll).T
        return np.column_stack([rotation, -rotation @ [self.x, self.y, self.z]])

    def project(self, points: np.ndarray) -> np.ndarray:
        """float64 (..., 2): pixels x, y of points float (..., 3) in vehicle coordinates."""
        sensor = self._in_sensor(points)
        depth = sensor[..., 0]
        u = self.u0 - self.fx * (sensor[..., 1] + self.aside) / depth
        v = self.v0 - self.fy * sensor[..., 2] / depth
        return np.stack([u, v], axis=-1)

    def depth(self, points: np.ndarray) -> np.ndarray:
        """float64 (...): distance along the viewing axis, in metres."""
        return self._in_sensor(points)[..., 0]

    def disparity_plane(self, polygon: np.ndarray) -> tuple[float, float, float]:
        """Return (a, b, c): the flat polygon float (n, 3) has disparity a * x + b * y + c at x, y.

        On a plane, 1 / depth is an affine function of the pixel, and disparity is
        baseline * fx / depth.
        """
        sensor = self._in_sensor(polygon)
        origin = sensor[0]
        normal = newell(sensor)
        offset = float(normal @ origin)
        if abs(offset) < 1e-9:  # seen exactly edge-on: no pixel of its own
            return 0.0, 0.0, self.baseline * self.fx / float(origin[0])
        # The ray of pixel (u, v) is (1, -(u - u0) / fx, -(v - v0) / fy); the right camera sees the
        # same plane from aside.
        scale = self.baseline * self.fx / (offset + self.aside * normal[1])
        a = -scale * normal[1] / self.fx
        b = -scale * normal[2] / self.fy
        c = scale * normal[0] - a * self.u0 - b * self.v0
        return float(a), float(b), float(c)

    def _in_sensor(self, points: np.ndarray) -> np.ndarray:
        matrix = self.sensor_from_vehicle()
        return points @ matrix[:, :3].T + matrix[:, 3]


def rig(city: str, width: int, height: int) -> Camera:
    """Return the camera of a city, scaled to an image of width x height pixels."""
    fx, fy, u0, v0, baseline, pitch, yaw = RIGS[sum(city.encode()) % len(RIGS)]
    across = width / FULL_WIDTH
    down = height / FULL_HEIGHT
    # Pixel centres lie on whole numbers, so the image starts at -0.5.
    return Camera(
        width=width,
        height=height,
        fx=fx * across,
        fy=fy * down,
        u0=(u0 + 0.5) * across - 0.5,
        v0=(v0 + 0.5) * down - 0.5,
        baseline=baseline,
        x=1.7,
        y=0.1,
        z=1.22,
        pitch=pitch,
        roll=0.0,
        yaw=yaw,
    )


# fmt: off
RIGS = [
    #    fx       fy       u0       v0  baseline  pitch     yaw
    (2262.52, 2265.30, 1096.98, 513.137, .209313, .038, -.0195),
    (2268.36, 2225.54, 1048.64, 519.277, .222126, .040,  .0050),
    (2265.18, 2262.07, 1081.25, 511.902, .213056, .036, -.0100),
]
# fmt: on


def newell(polygon: np.ndarray) -> np.ndarray:
    """float64 (3,): normal of a flat polygon float (n, 3), of a length twice its area."""
    x, y, z = polygon.T
    xn, yn, zn = np.roll(polygon, -1, axis=0).T
    return np.array(
        [((y - yn) * (z + zn)).sum(), ((z - zn) * (x + xn)).sum(), ((x - xn) * (y + yn)).sum()]
    )


def _rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """float64 (3, 3): from sensor to vehicle axes; positive pitch looks down."""
    cy, sy = np.cos(yaw), np.sin(yaw)
    cp, sp = np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(roll), np.sin(roll)
    around_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    around_y = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    around_x = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return around_z @ around_y @ around_x
