"""How far the numbers of two JSON documents are apart; all else must be equal."""

import math


def differences(found, expected, where=""):
    """(place, difference) of each number; AssertionError where keys or texts differ."""
    if isinstance(expected, dict):
        assert list(found) == list(expected), where
        for key in expected:
            yield from differences(found[key], expected[key], f"{where}/{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for index, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
            yield from differences(ours, theirs, f"{where}/{index}")
    elif isinstance(expected, (int, float)) and not isinstance(expected, bool):
        assert isinstance(found, (int, float)), where
        if math.isnan(found) or math.isnan(expected):
            yield where, 0.0 if math.isnan(found) == math.isnan(expected) else math.inf
        else:
            yield where, 0.0 if found == expected else abs(found - expected)
    else:
        assert found == expected, where


def largest_difference(found, expected):
    """The largest of them; infinite where only one of the two is nan."""
    return max((difference for _, difference in differences(found, expected)), default=0.0)
