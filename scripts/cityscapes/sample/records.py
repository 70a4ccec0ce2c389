"""The small records of each frame: camera, vehicle and time."""

import json

import numpy as np

from cityscapes.sample.camera import Camera
from cityscapes.sample.frames import SampleFrame

# Frames per second of the cameras.
RATE = 17


def camera_file(camera: Camera) -> bytes:
    """Return the bytes of a `*_camera.json` file."""
    extrinsic = {
        key: getattr(camera, key) for key in ("baseline", "pitch", "roll", "x", "y", "yaw", "z")
    }
    intrinsic = {key: getattr(camera, key) for key in ("fx", "fy", "u0", "v0")}
    return as_json({"extrinsic": extrinsic, "intrinsic": intrinsic})


def vehicle_file(rng: np.random.Generator) -> bytes:
    """Return the bytes of a `*_vehicle.json` file: speed in m/s, yaw rate in rad/s."""
    record = {
        "gpsHeading": round(rng.uniform(0, 360), 2),
        "gpsLatitude": round(rng.uniform(47.5, 53.5), 6),
        "gpsLongitude": round(rng.uniform(6.2, 13.4), 6),
        "outsideTemperature": round(rng.uniform(2, 28) * 2) / 2,
        "speed": round(rng.uniform(0, 15), 4),
        "yawRate": round(rng.normal(0, 0.03), 6),
    }
    return as_json(record)


def timestamp_file(frame: SampleFrame) -> bytes:
    """Return the bytes of a `*_timestamp.txt` file: nanoseconds since the sequence's start."""
    return str(frame.frame * 1_000_000_000 // RATE).encode()


def as_json(record: dict) -> bytes:
    """Return a record as JSON, as the packages hold it."""
    return json.dumps(record, indent=4).encode()
