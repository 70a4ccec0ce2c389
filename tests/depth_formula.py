"""Depth values by Python's own numbers, to compare with."""


def slow_value(p, camera):
    """The value of a depth image for the value p of a disparity image, with Python's numbers."""
    if p in (0, 1):
        return 0
    d = (p - 1) / 256
    value = round(256 * (camera.baseline * camera.fx / d))  # half to even, as Python rounds
    return value if value <= 65535 else 0
