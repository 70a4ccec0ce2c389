"""The records of a frame (camera, vehicle, time), and its disparity image."""

import math
from typing import Any

import cv2
import numpy as np

from cityscapes.checks.problem import Problem
from cityscapes.errors import DataError, short
from cityscapes.files.json_document import parse_document
from cityscapes.ground_truth.depth import Camera, depth_map

INTRINSIC = ("fx", "fy", "u0", "v0")
EXTRINSIC = ("baseline", "pitch", "roll", "yaw", "x", "y", "z")
VEHICLE = (
    "speed", "yawRate", "gpsLatitude", "gpsLongitude", "gpsHeading", "outsideTemperature",
)  # fmt: skip
# Required to measure with the camera.
REQUIRED = (*INTRINSIC, "baseline")

# Value -> lowest and highest plausible value.
LIMITS = {
    # ASSUME: no car reaches 360 km/h, or turns around twice in a second; sensors that stand still
    # may say a little less than 0.
    "speed": (-100, 100),
    "yawRate": (-12, 12),
    "gpsLatitude": (-90, 90),
    "gpsLongitude": (-180, 180),
    "gpsHeading": (0, 360),
    # ASSUME: nobody drove where it is colder or hotter than anywhere in Europe.
    "outsideTemperature": (-60, 60),
}
# ASSUME: no lens has a longer focal length in pixels, nor two lenses a longer way in metres
# between them.
HIGHEST = {"fx": 1e6, "fy": 1e6, "baseline": 1e3}
# Times are 64-bit numbers in Parquet files; this is 292 years.
LAST_TIME = 2**63 - 1

# ASSUME: one in a thousand measured disparities may be a mismatch. These are often the largest
# of an image, so that the very nearest pixel says nothing about the street.
NEAREST_SHARE = 0.001


def camera_record(data: bytes) -> dict[str, float | None]:
    """fx, fy, u0, v0 in pixels, baseline, x, y, z in metres, pitch, roll, yaw in radians.

    `data` are the bytes of a `*_camera.json` file. None stands for a value of the mounting that is
    missing. Raises DataError that lists every value that is missing or no number.
    """
    document = _document(data)
    record, wrong = {}, []
    for part, keys in (("intrinsic", INTRINSIC), ("extrinsic", EXTRINSIC)):
        values = document.get(part)
        if not isinstance(values, dict):
            wrong.append(f"{part} is {short(values)}, not an object with {', '.join(keys)}")
            continue
        numbers, not_numbers = _numbers(values, keys)
        record.update(numbers)
        wrong += [f"{part} {text}" for text in not_numbers]
    if wrong:
        raise DataError("; ".join(wrong))
    return record


def vehicle_record(data: bytes) -> dict[str, float | None]:
    """speed in m/s, yawRate in rad/s, the GPS values in degrees, outsideTemperature in Celsius.

    `data` are the bytes of a `*_vehicle.json` file. None stands for a value that is missing.
    Raises DataError that lists every value that is no number, or says that all are missing.
    """
    record, wrong = _numbers(_document(data), VEHICLE)
    if wrong:
        raise DataError("; ".join(wrong))
    if all(value is None for value in record.values()):
        raise DataError(f"none of {', '.join(VEHICLE)} is in the file")
    return record


def timestamp_record(data: bytes) -> int:
    """int: nanoseconds since the first frame of the sequence, from the bytes of a `.txt` file.

    Raises DataError if the file holds anything but one whole number.
    """
    text = data.strip()
    # isdigit() of bytes knows the ten ASCII digits only.
    if not text.isdigit() or len(text) > len(str(LAST_TIME)) or int(text) > LAST_TIME:
        found = short(text[:100].decode("utf-8", "replace"))
        raise DataError(
            f"the file holds {found}, not a whole number of nanoseconds up to {LAST_TIME}"
        )
    return int(text)


def disparity_record(disparity: np.ndarray, camera: dict | None) -> dict[str, float | None]:
    """valid_share (0 to 1), nearest_m and median_m (metres) of a uint16 (height, width) image.

    Only a thousandth of the measured pixels is nearer than nearest_m, half of them is nearer than
    median_m. `camera` is a `camera_record`. The depths are infinite where the disparity is 0, and
    None if nothing is measured or the camera is not known or impossible.
    """
    valid = cv2.countNonZero(disparity) / disparity.size
    record: dict[str, float | None] = {"valid_share": valid, "nearest_m": None, "median_m": None}
    # Half the time of np.bincount; its float32 counts are exact up to 16 million pixels.
    pixels = cv2.calcHist([disparity], [0], None, [1 << 16], [0, 1 << 16]).astype(np.int64)
    up_to = np.cumsum(pixels[1:])  # pixels from value 1 on: 0 is not measured
    if up_to[-1] and camera and not problems_of_camera(camera):
        shares = (1 - NEAREST_SHARE, 0.5)
        values = 1 + np.searchsorted(up_to, [share * up_to[-1] for share in shares])
        lens = Camera(camera["fx"], camera["baseline"])
        nearest, median = depth_map(values.astype(np.uint16)[None], lens)[0].tolist()
        record.update(nearest_m=nearest, median_m=median)
    return record


def problems_of_camera(record: dict) -> list[Problem]:
    """Return the values of a `camera_record` that no camera can have."""
    wrong = _not_finite(record)
    for key, highest in HIGHEST.items():
        if record[key] <= 0:
            wrong.append(f"{key} is {record[key]}, not above 0")
        elif highest < record[key] < math.inf:
            wrong.append(f"{key} is {record[key]}, above {highest:,.0f}")
    return _impossible(wrong)


def problems_of_vehicle(record: dict) -> list[Problem]:
    """Return the values of a `vehicle_record` that no vehicle can have."""
    wrong = _not_finite(record)
    for key, (lowest, highest) in LIMITS.items():
        value = record[key]
        if value is not None and math.isfinite(value) and not lowest <= value <= highest:
            wrong.append(f"{key} is {value}, not from {lowest} to {highest}")
    return _impossible(wrong)


def _document(data: bytes) -> dict:
    document = parse_document(data)
    if not isinstance(document, dict):
        raise DataError(f"the file holds {short(document)}, not an object")
    return document


def _numbers(values: dict, keys: tuple) -> tuple[dict[str, float | None], list[str]]:
    """Return the numbers of an object, None for missing optional ones, and what is no number."""
    record, wrong = {}, []
    for key in keys:
        value = values.get(key)
        if type(value) in (int, float) or (value is None and key not in REQUIRED):
            record[key] = _float(value)
        else:
            wrong.append(f"{key} is {short(value)}, not a number")
    return record, wrong


def _float(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def _not_finite(record: dict) -> list[str]:
    return [
        f"{key} is {value}, not a finite number"
        for key, value in record.items()
        if value is not None and not math.isfinite(value)
    ]


def _impossible(wrong: list[str]) -> list[Problem]:
    return [Problem("error", "impossible value", "; ".join(wrong))] if wrong else []
