"""Camera, vehicle and time records, and the depths of a disparity image."""

import json
import math

import numpy as np
import pytest

from cityscapes.checks.records import (
    camera_record,
    disparity_record,
    problems_of_camera,
    problems_of_vehicle,
    timestamp_record,
    vehicle_record,
)
from cityscapes.errors import DataError

INTRINSIC = {"fx": 2262.52, "fy": 2265.3, "u0": 1096.98, "v0": 513}
EXTRINSIC = {"baseline": 0.2, "pitch": 0.04, "roll": 0, "yaw": 0.0, "x": 1.7, "y": 0.1, "z": 1.2}
VEHICLE = {"speed": 8.1, "yawRate": -0.01, "gpsLatitude": 50.8, "gpsLongitude": 6.1}


def camera(intrinsic=(), extrinsic=()):
    document = {"intrinsic": INTRINSIC | dict(intrinsic), "extrinsic": EXTRINSIC | dict(extrinsic)}
    return camera_record(json.dumps(document).encode())


def vehicle(**values):
    return vehicle_record(json.dumps(VEHICLE | values).encode())


def test_a_camera_is_read_as_numbers():
    assert camera() == INTRINSIC | EXTRINSIC
    assert problems_of_camera(camera()) == []


def test_values_of_the_mounting_may_be_missing_but_those_of_depth_not():
    assert camera(extrinsic={"pitch": None})["pitch"] is None
    with pytest.raises(DataError) as raised:
        camera({"fx": None, "v0": "a"}, {"baseline": None, "roll": [1]})
    assert str(raised.value) == (
        "intrinsic fx is missing, not a number; "
        'intrinsic v0 is "a", not a number; '
        "extrinsic baseline is missing, not a number; "
        "extrinsic roll is [1], not a number"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "JSON that cannot be read"),
        (b"[1]", r"the file holds \[1\], not an object"),
        (b'{"intrinsic": 3}', "intrinsic is 3, .* extrinsic is missing, not an object with base"),
    ],
)
def test_what_is_no_camera_is_said(data, message):
    with pytest.raises(DataError, match=message):
        camera_record(data)


def test_a_camera_that_would_overflow_the_depths_is_impossible():
    (problem,) = problems_of_camera(camera({"fx": 1e300}))
    assert problem == ("error", "impossible value", "fx is 1e+300, above 1,000,000")


@pytest.mark.parametrize("huge", [math.inf, math.nan, 10**400])
def test_impossible_values_of_a_camera_are_one_problem(huge):
    (problem,) = problems_of_camera(camera({"fx": -1, "fy": 0, "u0": huge}, {"baseline": 0}))
    assert problem[:2] == ("error", "impossible value")
    for part in ("fx is -1.0, not above 0", "fy is 0.0", "u0 is", "not a finite", "baseline is"):
        assert part in problem.what


def test_a_vehicle_may_lack_values():
    record = vehicle(gpsHeading=360)
    assert record == VEHICLE | {"gpsHeading": 360, "outsideTemperature": None}
    assert problems_of_vehicle(record) == []
    with pytest.raises(DataError, match='speed is "fast", not a number; yawRate is true'):
        vehicle(speed="fast", yawRate=True)


@pytest.mark.parametrize("values", [{}, {"speed": None}, {"speeed": 3}])
def test_a_vehicle_of_which_nothing_is_known_is_none(values):
    with pytest.raises(DataError, match=r"none of speed, yawRate, .* is in the file"):
        vehicle_record(json.dumps(values).encode())


@pytest.mark.parametrize(
    ("key", "possible", "impossible"),
    [
        ("speed", (-0.4, 69), (-101, 101)),
        ("yawRate", (-1, 1), (-13, 13)),
        ("gpsHeading", (0, 360), (-1, 361)),
        ("outsideTemperature", (-30, 45), (-61, 61)),
    ],
)
def test_values_that_no_drive_had_are_a_problem(key, possible, impossible):
    for value in possible:
        assert problems_of_vehicle(vehicle(**{key: value})) == []
    for value in impossible:
        (problem,) = problems_of_vehicle(vehicle(**{key: value}))
        assert problem.what.startswith(f"{key} is {float(value)}, not from ")


def test_a_place_that_is_not_on_earth_is_a_problem():
    (problem,) = problems_of_vehicle(vehicle(gpsLatitude=91, gpsLongitude=-181, speed=math.nan))
    assert problem == (
        "error",
        "impossible value",
        "speed is nan, not a finite number; gpsLatitude is 91.0, not from -90 to 90; "
        "gpsLongitude is -181.0, not from -180 to 180",
    )


def test_a_time_is_whole_nanoseconds():
    assert timestamp_record(b"0") == 0
    assert timestamp_record(b"1117647058\r\n") == 1117647058
    assert timestamp_record(b"9223372036854775807") == 2**63 - 1
    too_late = (b"9223372036854775808", b"9" * 19, b"9" * 20, b"9" * 5000)
    for data in (b"", b"-1", b"1.5", b"1 2", b"\xb2", *too_late):
        with pytest.raises(DataError, match="not a whole number of nanoseconds"):
            timestamp_record(data)


def disparities(*pixels):
    """uint16 (4, 1000): disparities in pixels, None where not measured."""
    values = [0 if pixel is None else 1 + 256 * pixel for pixel in pixels]
    return np.resize(np.array(values, dtype=np.uint16), (4, 1000))


def test_depths_are_those_of_the_measured_pixels():
    lens = camera({"fx": 1000}, {"baseline": 0.2})
    record = disparity_record(disparities(None, 10, 10, 20), lens)
    assert record == {"valid_share": 0.75, "nearest_m": 10.0, "median_m": 20.0}


def test_one_mismatch_is_not_the_nearest():
    image = disparities(10)
    image[0, 0] = 1 + 256 * 200
    assert disparity_record(image, camera({"fx": 1000}))["nearest_m"] == 20.0
    image[0, :5] = 1 + 256 * 200
    assert disparity_record(image, camera({"fx": 1000}))["nearest_m"] == 1.0


def test_disparity_0_is_infinitely_far():
    record = disparity_record(disparities(0, 0, 10), camera({"fx": 1000}))
    assert (record["nearest_m"], record["median_m"]) == (20.0, math.inf)


def test_without_measurements_or_a_camera_there_are_no_depths():
    nothing = {"nearest_m": None, "median_m": None}
    assert disparity_record(disparities(None), camera()) == {"valid_share": 0.0} | nothing
    assert disparity_record(disparities(10), None) == {"valid_share": 1.0} | nothing
    assert disparity_record(disparities(10), camera({"fx": -1})) == {"valid_share": 1.0} | nothing
