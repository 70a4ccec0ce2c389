"""What a blurred image changes, and what is made of it."""

import math

import numpy as np
import pytest

from cityscapes.checks.blurred import LIMITS, change, problem, verdict

ORIGINAL = np.random.default_rng(0).integers(40, 200, (120, 200, 3), dtype=np.uint8)


def changed(*boxes, by=20, channel=slice(None)):
    """The original with boxes (x, y, width, height) that are lighter."""
    image = ORIGINAL.copy()
    for x, y, width, height in boxes:
        image[y : y + height, x : x + width, channel] += by
    return image


def mask(*boxes):
    image = np.zeros(ORIGINAL.shape[:2], dtype=np.uint8)
    for x, y, width, height in boxes:
        image[y : y + height, x : x + width] = 1
    return image


def test_a_blurred_face_is_found_with_its_place_and_share():
    found = change(ORIGINAL, changed((10, 20, 30, 15)), mask((0, 0, 200, 60)), 2)
    assert (found.pixels, found.share) == (450, 450 / (120 * 200))
    assert (found.regions, found.boxes) == (1, [[10, 20, 30, 15]])
    assert found.psnr_inside == pytest.approx(20 * math.log10(255 / 20))
    assert found.psnr_outside == math.inf
    assert found.on_objects == 1.0
    assert verdict(found, LIMITS) == "ok"
    assert problem("ok", found, True) is None


def test_a_change_in_one_channel_counts_and_one_within_the_tolerance_does_not():
    assert change(ORIGINAL, changed((0, 0, 5, 4), by=3, channel=2), None, 2).pixels == 20
    assert change(ORIGINAL, changed((0, 0, 5, 4), by=2), None, 2).pixels == 0


def test_regions_are_joined_over_small_gaps_only_and_listed_by_area():
    near = change(ORIGINAL, changed((10, 10, 10, 10), (25, 10, 10, 10)), None, 2)
    assert near.boxes == [[10, 10, 25, 10]]
    far = change(ORIGINAL, changed((10, 10, 10, 10), (40, 10, 12, 10)), None, 2)
    assert far.boxes == [[40, 10, 12, 10], [10, 10, 10, 10]]


def test_of_many_regions_all_are_counted_and_the_largest_listed():
    spots = [(x, y, 1 + (x == 20), 1) for x in range(0, 200, 20) for y in (0, 40, 80)]
    found = change(ORIGINAL, changed(*spots), None, 2)
    assert (found.regions, len(found.boxes)) == (30, 20)
    assert found.boxes[:3] == [[20, 0, 2, 1], [20, 40, 2, 1], [20, 80, 2, 1]]


def test_differences_outside_the_regions_lower_the_outer_likeness():
    image = changed((10, 20, 30, 15))
    image[60:] += 1
    found = change(ORIGINAL, image, None, 2)
    beside = 120 * 200 - 450
    assert found.pixels == 450
    assert found.psnr_outside == pytest.approx(10 * math.log10(255**2 * beside / (60 * 200)))


def test_changes_a_few_pixels_from_an_object_belong_to_it():
    image = changed((50, 50, 10, 10), (150, 50, 10, 10))
    assert change(ORIGINAL, image, mask((60, 50, 5, 10)), 2).on_objects == 0.5
    assert change(ORIGINAL, image, mask((60, 50, 5, 10)).astype(bool), 2).on_objects == 0.5
    # Ten pixels are a few: of the left region, one column in ten is as near as that.
    assert change(ORIGINAL, image, mask((69, 50, 5, 10)), 2).on_objects == 0.05
    assert change(ORIGINAL, image, mask(), 2).on_objects == 0.0
    assert change(ORIGINAL, image, None, 2).on_objects is None


def test_a_copy_is_identical_and_worth_a_note_unless_nobody_is_in_sight():
    copy = change(ORIGINAL, ORIGINAL, mask((0, 0, 50, 50)), 2)
    assert copy == (0, 0.0, 0, [], math.inf, math.inf, None)
    assert verdict(copy, LIMITS) == "identical"
    assert problem("identical", copy, True)[:2] == ("note", "nothing blurred")
    assert problem("identical", copy, None)[:2] == ("note", "nothing blurred")
    assert problem("identical", copy, False) is None


def test_another_picture_is_too_different():
    other = change(ORIGINAL, ORIGINAL[::-1], None, 2)
    assert verdict(other, LIMITS) == "too different"
    found = problem("too different", other, True)
    assert found[:2] == ("error", "too different")
    assert found.what.endswith(
        "of the pixels differ clearly from leftImg8bit: this is not the same picture; "
        "either of the two files may be the wrong one"
    )


def test_noise_all_over_is_too_different_even_within_the_tolerance():
    noisy = change(ORIGINAL, ORIGINAL + np.uint8(2), None, 2)
    assert noisy.pixels == 0
    assert verdict(noisy, LIMITS) == "too different"
    what = "0.0% of the pixels differ clearly from leftImg8bit, others a little: more than faces"
    assert problem("too different", noisy, True).what.startswith(what)


def test_blur_far_from_people_and_vehicles_is_a_note():
    found = change(ORIGINAL, changed((150, 50, 10, 10)), mask((0, 0, 20, 20)), 2)
    says = verdict(found, LIMITS)
    assert says == "blurred outside people and vehicles"
    assert problem(says, found, True)[:2] == ("note", says)
    assert "10 x 10 pixels at x 150, y 50" in problem(says, found, True).what
