"""3-D boxes in the image: corners, projection, and the amodal 2-D box around them.

Coordinate systems: vehicle (ISO 8855: x forward, y left, z up, metres), sensor (x right, y down,
z forward, metres) and image (pixels). Source: reference, box3dImageTransform.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cityscapes.errors import DataError, short
from cityscapes.evaluation.boxes3d.values import finite_number, finite_numbers

# Corners in the order of the reference: back left, back right, front right, front left, first the
# bottom, then the top; in shares of (length, width, height) from the centre.
CORNERS = np.array(
    [
        (-0.5, 0.5, -0.5), (-0.5, -0.5, -0.5), (0.5, -0.5, -0.5), (0.5, 0.5, -0.5),
        (-0.5, 0.5, 0.5), (-0.5, -0.5, 0.5), (0.5, -0.5, 0.5), (0.5, 0.5, 0.5),
    ]
)  # fmt: skip
CORNER_NAMES = ("BLB", "BRB", "FRB", "FLB", "BLT", "BRT", "FRT", "FLT")
# The edges of a box, as pairs of corners: bottom, top, upright.
EDGES = np.array(
    [
        (0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4),
        (0, 4), (1, 5), (2, 6), (3, 7),
    ]
)  # fmt: skip
# Parts nearer to the camera, in metres along its axis, or behind it are cut off.
NEAR = 0.01
# From the axes of the vehicle to those of the sensor.
SENSOR_AXES = np.array([(0.0, -1.0, 0.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0)])


@dataclass(frozen=True)
class Camera3d:
    """The camera of a `*_gtBbox3d.json` file."""

    fx: float  # focal lengths and principal point, in pixels
    fy: float
    u0: float
    v0: float
    sensor_from_vehicle: np.ndarray  # float64 (3, 4): rotation and translation in metres


def parse_camera(sensor: Any) -> Camera3d:
    """Parse the camera in `sensor` of a 3-D file; raise DataError, which names the key."""
    if not isinstance(sensor, dict):
        raise DataError(f"sensor is {short(sensor)}, not an object with the camera")
    pose = sensor.get("sensor_T_ISO_8855")
    if not isinstance(pose, list) or len(pose) not in (3, 4):
        raise DataError(f"sensor_T_ISO_8855 is {short(pose)}, not a list of 3 or 4 rows")
    rows = [finite_numbers(row, "a row of sensor_T_ISO_8855", 4) for row in pose[:3]]
    fx, fy, u0, v0 = (finite_number(sensor.get(key), key) for key in ("fx", "fy", "u0", "v0"))
    return Camera3d(fx, fy, u0, v0, np.array(rows, dtype=float))


def unit_quaternions(rotation: np.ndarray) -> np.ndarray:
    """float64 (n, 4): quaternions (w, x, y, z) of length 1; those of length 0 stay so."""
    squares = np.einsum("ij,ij->i", rotation, rotation)
    # UPSTREAM: quaternions this close to length 1 are kept (pyquaternion).
    scaled = (np.abs(1.0 - squares) >= 1e-14) & (squares > 0)
    length = np.where(scaled, np.sqrt(squares), 1.0)
    return rotation / length[:, None]


def rotation_matrices(rotation: np.ndarray) -> np.ndarray:
    """float64 (n, 3, 3): the rotations of quaternions (n, 4); zeros where the length is 0."""
    w, x, y, z = unit_quaternions(rotation).T
    ww, xx, yy, zz = w * w, x * x, y * y, z * z
    wx, wy, wz, xy, xz, yz = w * x, w * y, w * z, x * y, x * z, y * z
    rows = (
        (ww + xx - yy - zz, 2 * (xy - wz), 2 * (xz + wy)),
        (2 * (xy + wz), ww - xx + yy - zz, 2 * (yz - wx)),
        (2 * (xz - wy), 2 * (yz + wx), ww - xx - yy + zz),
    )
    return np.stack([np.stack(row, -1) for row in rows], 1)


def corners_in_vehicle(centre: np.ndarray, size: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """float64 (n, 8, 3): the corners of boxes in vehicle coordinates, in metres.

    `centre` (n, 3), `size` (n, 3) as length, width, height, `rotation` (n, 4) as quaternions.
    """
    offsets = CORNERS * size[:, None]
    return offsets @ rotation_matrices(rotation).transpose(0, 2, 1) + centre[:, None]


def corners_in_sensor(corners: np.ndarray, camera: Camera3d) -> np.ndarray:
    """float64 (n, 8, 3): corners in vehicle coordinates, (n, 8, 3), in those of the sensor."""
    pose = camera.sensor_from_vehicle
    return (corners @ pose[:, :3].T + pose[:, 3]) @ SENSOR_AXES.T


def project(points: np.ndarray, camera: Camera3d) -> np.ndarray:
    """float64 (..., 2): pixels of points (..., 3) in sensor coordinates.

    Points behind the camera are projected through it, as the reference does.
    """
    depth = points[..., 2]
    u = camera.fx * points[..., 0] / depth + camera.u0
    v = camera.fy * points[..., 1] / depth + camera.v0
    return np.stack([u, v], -1)


def amodal_boxes(
    centre: np.ndarray, size: np.ndarray, rotation: np.ndarray, camera: Camera3d,
    image_size: tuple[int, int] = (2048, 1024),
) -> np.ndarray:  # fmt: skip
    """float64 (n, 4): the 2-D box [x, y, width, height] around each projected box, in pixels.

    Arguments as of `corners_in_vehicle`; `image_size` is (width, height). The part of a box that
    is behind the camera is cut off, and the result is clipped to the image. A box beside the image
    becomes a line on its edge, and one that is wholly behind the camera is [0, 0, 0, 0].
    """
    corners = corners_in_sensor(corners_in_vehicle(centre, size, rotation), camera)
    before = corners[..., 2] > NEAR
    start, end = corners[:, EDGES[:, 0]], corners[:, EDGES[:, 1]]
    crossing = before[:, EDGES[:, 0]] != before[:, EDGES[:, 1]]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        way = (NEAR - start[..., 2:]) / (end[..., 2:] - start[..., 2:])
        cut = start + way * (end - start)
        cut[..., 2] = NEAR
        pixels = project(np.concatenate([corners, cut], 1), camera)
    seen = np.concatenate([before, crossing], 1)[..., None]
    last = np.array(image_size, dtype=float) - 1
    low = np.clip(np.where(seen, pixels, np.inf).min(axis=1), 0, last)
    high = np.clip(np.where(seen, pixels, -np.inf).max(axis=1), 0, last)
    boxes = np.concatenate([low, high - low], 1)
    boxes[~seen[..., 0].any(axis=1)] = 0
    return boxes


def side_visibilities(
    centre: np.ndarray, size: np.ndarray, rotation: np.ndarray, camera: Camera3d
) -> np.ndarray:
    """bool (n, 6): whether the camera sees the front, back, top, bottom, left, right of boxes."""
    corners = corners_in_sensor(corners_in_vehicle(centre, size, rotation), camera)
    faces = [[3, 2, 6, 7], [0, 1, 5, 4], [4, 5, 6, 7], [0, 1, 2, 3], [3, 0, 4, 7], [1, 5, 6, 2]]
    middle = corners[:, faces].mean(axis=2)
    # UPSTREAM: the normals leave out how the camera itself is turned against the vehicle.
    axes = SENSOR_AXES @ rotation_matrices(rotation) @ SENSOR_AXES.T
    right, down, forward = axes[..., 0], axes[..., 1], axes[..., 2]
    normals = np.stack([forward, -forward, -down, down, -right, right], 1)
    return np.einsum("nij,nij->ni", normals, middle) < 0
