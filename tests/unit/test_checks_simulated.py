"""Foggy and rainy images: named, counted, and held against the clear images that they show."""

from pathlib import Path

import pytest

from cityscapes.checks.doctor import packaged_types, unexpected_frames
from cityscapes.checks.formats import GREY_8, RGB_8, SIMULATED, SLOTS, TYPES, slot, stem
from cityscapes.checks.inventory import Inventory
from cityscapes.checks.listing import list_raw
from cityscapes.layout import GROUND_TRUTH_TYPES, RAW_TYPES
from tiny import CLONE

FRAMES = [f"ulm_{k:06d}_000019" for k in range(8)]
FOGGY = {"leftImg8bit_foggy": [f"_beta_{beta}.png" for beta in ("0.005", "0.01", "0.02")]}
RAIN = "_alpha_0.02_beta_0.01_dropsize_0.005_pattern_12.png"


def inventory(**frames):
    """What is known of a split of one city, from the numbers of the frames of each type."""
    found = {}
    for kind, numbers in frames.items():
        for number in numbers:
            slots = {slot(kind, ending) for ending in TYPES[kind]}
            found.setdefault(FRAMES[number], set()).update(slots)
    frozen = {frame: frozenset(slots) for frame, slots in found.items()}
    return Inventory({("val", "ulm"): frozen}, {}, {})


def holding(there, kind):
    (row,) = (row for row in there.holdings() if row.type == kind)
    return row


def test_every_type_is_known_everywhere():
    assert {*GROUND_TRUTH_TYPES, *RAW_TYPES} == TYPES.keys()
    assert len(SLOTS) == sum(len(endings) for endings in TYPES.values())
    assert len(TYPES["leftImg8bit_rain"]) == 36
    assert {kind for kind, _ in packaged_types(CLONE / "config/packages.tsv")} <= TYPES.keys()


@pytest.mark.parametrize(
    ("kind", "name", "form"),
    [
        ("leftImg8bit_foggy", "leftImg8bit_foggy_beta_0.005.png", RGB_8),
        ("leftImg8bit_foggyDBF", "leftImg8bit_foggy_beta_0.02.png", RGB_8),
        ("leftImg8bit_transmittanceDBF", "leftImg8bit_transmittance_beta_0.01.png", GREY_8),
        ("leftImg8bit_rain", f"leftImg8bit_rain{RAIN}", RGB_8),
    ],
)
def test_files_are_found_under_their_official_names(tmp_path, kind, name, form):
    folder = tmp_path / kind / "val/ulm"
    folder.mkdir(parents=True)
    (folder / f"{FRAMES[0]}_{name}").touch()
    (folder / f"{FRAMES[0]}_{stem(kind)}_beta_0.03.png").touch()
    raw = list_raw(tmp_path, [kind], "val", "ulm")
    ((found, entry),) = raw.frames[FRAMES[0]].items()
    assert Path(entry.name).name == f"{FRAMES[0]}_{name}"
    assert (SLOTS[found].type, SLOTS[found].format) == (kind, form)
    assert [Path(odd.name).name for odd in raw.odd] == [f"{FRAMES[0]}_{stem(kind)}_beta_0.03.png"]


def test_a_selection_lacks_no_other_frames():
    there = inventory(leftImg8bit=range(8), gtFine=range(8), leftImg8bit_foggy=[1, 2, 3, 4])
    assert there.missing() == there.unexpected() == []
    assert holding(there, "leftImg8bit_foggy")[3:] == (4, 4, 0, 0, "complete")


def test_what_holds_most_frames_should_hold_all():
    there = inventory(leftImg8bit=range(8), leftImg8bit_foggy=range(7))
    missing = [row.file for row in there.missing()]
    assert missing == [
        f"leftImg8bit_foggy/val/ulm/{FRAMES[7]}_leftImg8bit_foggy{ending}"
        for ending in FOGGY["leftImg8bit_foggy"]
    ]
    assert holding(there, "leftImg8bit_foggy")[3:] == (8, 7, 1, 0, "incomplete")


def test_a_frame_of_a_selection_has_all_its_files():
    found = {frame: frozenset({"leftImg8bit"}) for frame in FRAMES}
    found[FRAMES[0]] |= {"leftImg8bit_foggy_beta_0.005", "leftImg8bit_foggy_beta_0.02"}
    found[FRAMES[1]] |= {slot("leftImg8bit_foggy", e) for e in FOGGY["leftImg8bit_foggy"]}
    (row,) = Inventory({("val", "ulm"): found}, {}, {}).missing()
    name = f"{FRAMES[0]}_leftImg8bit_foggy_beta_0.01.png"
    assert row.file == f"leftImg8bit_foggy/val/ulm/{name}"


@pytest.mark.parametrize("more", [{}, {kind: [7] for kind in SIMULATED}])
def test_frames_that_the_clear_images_do_not_have_are_reported(more):
    """However many simulated types have them: they say nothing about which frames there are."""
    there = inventory(**{"leftImg8bit": range(3), **more, "leftImg8bit_foggy": [0, 7]})
    assert {row.frame for row in there.unexpected()} == {FRAMES[7]}
    (finding,) = unexpected_frames(there.unexpected(), there)
    assert finding.where.startswith("leftImg8bit_foggy")
    assert FRAMES[7] in finding.where
    assert holding(there, "leftImg8bit_foggy").unexpected == 1
    assert there.missing() == []


def test_simulated_images_alone_are_counted():
    there = inventory(leftImg8bit_foggy=range(3))
    assert there.missing() == there.unexpected() == []
    assert holding(there, "leftImg8bit_foggy").found == 3
