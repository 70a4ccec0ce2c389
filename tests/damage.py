"""Damage a copy of the sample in all the ways that check_all must notice.

    python tests/damage.py --dataset COPY                 all that can be done at once
    python tests/damage.py --dataset COPY --only NAME     some of it
    python tests/damage.py --list                         what there is

The copy may consist of hard links: a damaged file is always a new one. The frames are those of a
sample of 28 or more.
"""

import argparse
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

from cityscapes.checks.formats import TYPES, stem
from cityscapes.files.whole import write_atomic
from cityscapes.png import write as png
from cityscapes.sample.frames import CITIES, spread

FRAMES = {(frame.city, frame.index): frame for frame in spread(28, {c.split for c in CITIES})}


class Damage(NamedTuple):
    """One way of damage, and the rows of problems.csv that tell of it."""

    name: str
    sentence: str
    reports: list[tuple[str, str, str]]  # severity, check, where
    do: Callable[[Path], None]  # to a dataset root
    alone: bool = False  # it hides others, and is not done with them


DAMAGES: list[Damage] = []


def of(city: str, index: int, kind: str, ending: str = "") -> str:
    """Path below the root of a file of the sample's frame with this number in its city."""
    frame = FRAMES[city, index]
    ending = ending or next(iter(TYPES[kind]))
    return f"{kind}/{frame.split}/{city}/{frame.name}_{stem(kind)}{ending}"


def to_file(file: str, severity: str, check: str) -> Callable:
    """Register a function of a path as a damage to one file, which the report is to name."""

    def register(function: Callable[[Path], None]) -> Callable:
        def of_one_file(root: Path) -> None:
            function(root / file)

        what = PurePosixPath(file).stem.split("_", 3)[-1]
        name = f"{function.__name__}-{what}"
        DAMAGES.append(Damage(name, function.__doc__, [(severity, check, file)], of_one_file))
        return function

    return register


def to_tree(*reports: tuple[str, str, str], alone: bool = False) -> Callable:
    """Register a function of a dataset root as a damage that is reported by these rows."""

    def register(function: Callable[[Path], None]) -> Callable:
        name, sentence = function.__name__, function.__doc__
        DAMAGES.append(Damage(name, sentence, list(reports), function, alone))
        return function

    return register


# Files that cannot be read, or are no PNG.


@to_file(of("aachen", 0, "leftImg8bit"), "error", "unreadable")
@to_file(of("bochum", 0, "gtFine", "_polygons.json"), "error", "unreadable")
@to_file(of("zurich", 0, "gtFine", "_instanceIds.png"), "error", "unreadable")
def folder_in_its_place(path):
    """A folder has the name of the file."""
    path.unlink()
    path.mkdir()


@to_file(of("aachen", 0, "disparity"), "error", "unreadable")
@to_file(of("aachen", 0, "camera"), "error", "unreadable")
def link_to_nothing(path):
    """A link whose target is gone has the name of the file."""
    path.unlink()
    path.symlink_to("gone")


@to_file(of("aachen", 0, "rightImg8bit"), "error", "empty file")
@to_file(of("zurich", 0, "leftImg8bit_blurred"), "error", "empty file")
@to_file(of("aachen", 1, "camera"), "error", "empty file")
@to_file(of("zurich", 1, "gtFine", "_polygons.json"), "error", "empty file")
@to_file(of("aachen", 1, "timestamp_sequence"), "error", "empty file")
def empty(path):
    """The file has no bytes."""
    write_atomic(path, b"")


@to_file(of("aachen", 1, "leftImg8bit"), "error", "truncated")
@to_file(of("aachen", 0, "gtFine", "_labelIds.png"), "error", "truncated")
@to_file(of("aachen", 1, "disparity"), "error", "truncated")
@to_file(of("frankfurt", 0, "leftImg16bit"), "error", "truncated")
def truncated(path):
    """The download of an image stopped half-way."""
    data = path.read_bytes()
    write_atomic(path, data[: len(data) // 2])


@to_file(of("aachen", 2, "leftImg8bit"), "error", "damaged")
@to_file(of("aachen", 0, "gtFine", "_instanceIds.png"), "error", "damaged")
@to_file(of("frankfurt", 0, "rightImg16bit"), "error", "damaged")
def flipped_byte(path):
    """One byte of the packed pixels is another one."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    write_atomic(path, bytes(data))


@to_file(of("aachen", 1, "rightImg8bit"), "error", "damaged")
@to_file(of("aachen", 0, "gtCoarse", "_color.png"), "error", "damaged")
def wrong_checksum(path):
    """The checksum of the first chunk is another one."""
    data = bytearray(path.read_bytes())
    data[29] ^= 0xFF  # signature 8, length and name of IHDR 8, its body 13
    write_atomic(path, bytes(data))


@to_file(of("aachen", 2, "rightImg8bit"), "error", "damaged")
@to_file(of("aachen", 1, "gtCoarse", "_labelIds.png"), "error", "damaged")
def cut_rows(path):
    """All checksums are right, and yet the packed pixels end in the middle of the image."""
    data = path.read_bytes()
    header, packed = data[16:29], data[41:-16]
    write_atomic(path, png.assemble(header, packed[: len(packed) // 2]))


@to_file(of("aachen", 3, "leftImg8bit"), "error", "not a PNG")
@to_file(of("aachen", 0, "leftImg8bit_blurred"), "error", "not a PNG")
def jpeg(path):
    """A JPEG file has the name of a PNG file."""
    write_atomic(path, cv2.imencode(".jpg", pixels(path))[1].tobytes())


# Images of another kind than their type has.


@to_file(of("bochum", 0, "leftImg8bit"), "error", "wrong size")
@to_file(of("bochum", 0, "disparity"), "error", "wrong size")
@to_file(of("bochum", 0, "gtFine", "_color.png"), "error", "wrong size")
@to_file(of("bochum", 1, "gtCoarse", "_labelIds.png"), "error", "wrong size")
def half_size(path):
    """The image was scaled down."""
    write_image(path, pixels(path)[::2, ::2])


@to_file(of("bochum", 0, "rightImg8bit"), "error", "wrong mode")
@to_file(of("bochum", 1, "gtFine", "_color.png"), "error", "wrong mode")
def grey(path):
    """A colour image was saved as grey."""
    write_image(path, cv2.cvtColor(pixels(path)[..., :3], cv2.COLOR_BGR2GRAY))


@to_file(of("bochum", 1, "leftImg8bit"), "error", "wrong mode")
@to_file(of("bochum", 0, "gtFine", "_labelIds.png"), "error", "wrong mode")
def palette(path):
    """The image was saved with a palette."""
    data = io.BytesIO()
    Image.open(path).convert("P").save(data, "PNG")
    write_atomic(path, data.getvalue())


@to_file(of("bochum", 2, "leftImg8bit"), "error", "wrong mode")
@to_file(of("bochum", 0, "leftImg8bit_blurred"), "error", "wrong mode")
def with_alpha(path):
    """The image was saved with an alpha channel."""
    write_image(path, cv2.cvtColor(pixels(path), cv2.COLOR_BGR2BGRA))


@to_file(of("frankfurt", 1, "leftImg16bit"), "error", "wrong bit depth")
@to_file(of("bochum", 1, "disparity"), "error", "wrong bit depth")
@to_file(of("bochum", 1, "gtFine", "_instanceIds.png"), "error", "wrong bit depth")
def eight_bits(path):
    """A 16-bit image was saved with 8 bits."""
    write_image(path, (pixels(path) >> 8).astype(np.uint8))


@to_file(of("bochum", 2, "gtFine", "_labelIds.png"), "error", "wrong bit depth")
@to_file(of("bochum", 1, "rightImg8bit"), "error", "wrong bit depth")
def sixteen_bits(path):
    """An 8-bit image was saved with 16 bits."""
    write_image(path, pixels(path).astype(np.uint16))


@to_file(of("frankfurt", 1, "rightImg16bit"), "error", "8-bit values")
@to_file(of("bochum", 2, "disparity"), "error", "8-bit values")
def eight_bit_values(path):
    """The file has 16 bits, but the values on their way to it had 8."""
    write_image(path, pixels(path) >> 8)


# Images that can be used, but are odd.


@to_file(of("bochum", 2, "rightImg8bit"), "warning", "trailing data")
@to_file(of("bochum", 2, "gtFine", "_color.png"), "warning", "trailing data")
def trailing_data(path):
    """Something was appended to the file."""
    write_atomic(path, path.read_bytes() + b"\0" * 512)


@to_file(of("zurich", 0, "leftImg8bit"), "warning", "all black")
@to_file(of("zurich", 0, "disparity"), "warning", "all black")
@to_file(of("zurich", 1, "leftImg8bit_blurred"), "warning", "all black")
@to_file(of("zurich", 1, "gtCoarse", "_labelIds.png"), "warning", "all black")
def black(path):
    """Every pixel is 0."""
    write_image(path, np.zeros_like(pixels(path)))


@to_file(of("zurich", 0, "rightImg8bit"), "warning", "constant image")
@to_file(of("frankfurt", 2, "leftImg16bit"), "warning", "constant image")
@to_file(of("zurich", 0, "gtFine", "_color.png"), "warning", "constant image")
def constant(path):
    """Every pixel is the same."""
    write_image(path, np.full_like(pixels(path), 1000 if "16bit" in path.name else 100))


@to_file(of("zurich", 2, "gtFine", "_labelIds.png"), "error", "labelIds not of instanceIds")
@to_file(of("zurich", 0, "gtCoarse", "_labelIds.png"), "error", "labelIds not of instanceIds")
def other_classes(path):
    """Some pixels of labelIds have a class that instanceIds do not show."""
    image = pixels(path)
    image[10:20, 10:20] = 33 - image[10:20, 10:20] % 33
    write_image(path, image)


# JSON and text of the wrong shape.


@to_file(of("aachen", 2, "camera"), "error", "wrong shape")
@to_file(of("aachen", 0, "vehicle"), "error", "wrong shape")
@to_file(of("aachen", 0, "gtBbox3d"), "error", "wrong shape")
@to_file(of("aachen", 1, "gtBboxCityPersons"), "error", "wrong shape")
@to_file(of("aachen", 0, "gtFine", "_polygons.json"), "error", "wrong shape")
def list_for_object(path):
    """The file is JSON, but a list."""
    write_atomic(path, b"[1, 2, 3]")


@to_file(of("aachen", 1, "vehicle"), "error", "wrong shape")
@to_file(of("aachen", 0, "gtBboxCityPersons"), "error", "wrong shape")
@to_file(of("aachen", 1, "gtFine", "_polygons.json"), "error", "wrong shape")
def cut(path):
    """The file ends in the middle."""
    data = path.read_bytes()
    write_atomic(path, data[: len(data) // 2])


@to_file(of("aachen", 1, "gtBbox3d"), "error", "wrong shape")
@to_file(of("aachen", 2, "gtBboxCityPersons"), "error", "wrong shape")
@to_file(of("aachen", 0, "gtCoarse", "_polygons.json"), "error", "wrong shape")
def no_objects(path):
    """The list of objects is missing."""
    edit(path, lambda document: document.pop("objects"))


@to_file(of("aachen", 3, "camera"), "error", "wrong shape")
def no_intrinsic(path):
    """Half of the camera is missing."""
    edit(path, lambda document: document.pop("intrinsic"))


@to_file(of("bochum", 0, "camera"), "error", "wrong shape")
def text_for_number_in_camera(path):
    """The focal length is a text."""
    edit(path, lambda document: document["intrinsic"].update(fx="283"))


@to_file(of("aachen", 2, "vehicle"), "error", "wrong shape")
def text_for_number_in_vehicle(path):
    """The speed is a text."""
    edit(path, lambda document: document.update(speed="fast"))


@to_file(of("aachen", 0, "timestamp_sequence"), "error", "wrong shape")
def text_for_time(path):
    """The time is a word."""
    write_atomic(path, b"now\n")


@to_file(of("aachen", 2, "gtFine", "_polygons.json"), "error", "wrong shape")
@to_file(of("zurich", 0, "gtCoarse", "_polygons.json"), "error", "wrong shape")
def text_for_polygon(path):
    """An object more has a text for a polygon."""
    add_object(path, "building", "everywhere")


@to_file(of("aachen", 3, "gtBboxCityPersons"), "error", "wrong shape")
def box_of_three_numbers(path):
    """A box of a person lacks its height."""
    edit(path, lambda document: document["objects"][0]["bbox"].pop())


@to_file(of("aachen", 2, "gtBbox3d"), "error", "wrong shape")
def text_for_rotation(path):
    """The rotation of a vehicle is a text."""
    edit(path, lambda document: document["objects"][0]["3d"].update(rotation="none"))


# Values that cannot be.


@to_file(of("bochum", 1, "camera"), "error", "impossible value")
def no_focal_length(path):
    """The focal length is 0."""
    edit(path, lambda document: document["intrinsic"].update(fx=0))


@to_file(of("bochum", 2, "camera"), "error", "impossible value")
def infinite_baseline(path):
    """The baseline is infinite."""
    edit(path, lambda document: document["extrinsic"].update(baseline=float("inf")))


@to_file(of("bochum", 0, "vehicle"), "error", "impossible value")
def beyond_the_pole(path):
    """The car was at 100 degrees north."""
    edit(path, lambda document: document.update(gpsLatitude=100))


@to_file(of("aachen", 3, "gtFine", "_polygons.json"), "error", "unknown label")
@to_file(of("aachen", 1, "gtCoarse", "_polygons.json"), "error", "unknown label")
def unknown_label(path):
    """An object more has a label with a slip."""
    add_object(path, "caar", [[10, 10], [20, 10], [20, 20]])


@to_file(of("bochum", 1, "gtFine", "_polygons.json"), "error", "too few points")
@to_file(of("aachen", 2, "gtCoarse", "_polygons.json"), "error", "too few points")
def two_points(path):
    """An object more has two points."""
    add_object(path, "building", [[10, 10], [20, 10]])


@to_file(of("zurich", 0, "gtFine", "_polygons.json"), "warning", "outside the image")
@to_file(of("aachen", 3, "gtCoarse", "_polygons.json"), "warning", "outside the image")
def outside(path):
    """An object more lies to the left of the image."""
    add_object(path, "building", [[-30, 10], [-20, 10], [-20, 20]])


@to_file(of("bochum", 2, "gtFine", "_polygons.json"), "error", "wrong size")
@to_file(of("bochum", 0, "gtBboxCityPersons"), "error", "wrong size")
@to_file(of("bochum", 0, "gtBbox3d"), "error", "wrong size")
def other_width(path):
    """The file says that the image is one pixel wider."""
    edit(path, lambda document: document.update(imgWidth=document["imgWidth"] + 1))


# Boxes.


@to_file(of("frankfurt", 0, "gtBbox3d"), "warning", "outside the image")
def box_outside(path):
    """The box of a vehicle is wholly to the left of the image."""
    boxes = {"amodal": [-50, 10, 20, 20], "modal": [-50, 10, 20, 20]}
    edit(path, lambda document: document["objects"][0]["2d"].update(boxes))


@to_file(of("frankfurt", 0, "gtBboxCityPersons"), "note", "leaves the image")
def box_leaves(path):
    """The visible box of a person is partly above the image."""
    boxes = {"bbox": [10, -8, 10, 20], "bboxVis": [10, -8, 10, 20]}
    edit(path, lambda document: document["objects"][0].update(boxes))


@to_file(of("munster", 1, "gtBbox3d"), "warning", "visible outside full")
def more_seen_than_there_is(path):
    """The visible box of a vehicle is larger than the full one."""
    boxes = {"amodal": [10, 10, 10, 20], "modal": [10, 10, 20, 20]}
    edit(path, lambda document: document["objects"][0]["2d"].update(boxes))


@to_file(of("frankfurt", 1, "gtBbox3d"), "warning", "unmatched instance")
@to_file(of("frankfurt", 2, "gtBboxCityPersons"), "warning", "unmatched instance")
def unknown_instance(path):
    """A box is of an object that the polygons do not show."""
    edit(path, lambda document: document["objects"][0].update(instanceId=26999))


@to_file(of("frankfurt", 1, "gtBboxCityPersons"), "warning", "unknown person")
def misspelt_person(path):
    """The label of a person is misspelt."""
    edit(path, lambda document: document["objects"][0].update(label="pedestrain"))


@to_file(of("lindau", 0, "gtBbox3d"), "warning", "bad quaternion")
def twice_the_rotation(path):
    """The quaternion of a vehicle is of length 2."""
    edit(path, lambda document: document["objects"][0]["3d"].update(rotation=[2, 0, 0, 0]))


@to_file(of("frankfurt", 1, "gtBboxValidated"), "warning", "uneven soft label")
def half_a_soft_label(path):
    """The probabilities of a validated box are half of what they should be."""

    def halve(document):
        document["objects"][0]["soft_label"] = [
            share / 2 for share in document["objects"][0]["soft_label"]
        ]

    edit(path, halve)


@to_file(of("frankfurt", 0, "gtBboxValidated"), "error", "wrong shape")
def width_for_corner(path):
    """A validated box has its corners the wrong way round."""
    edit(path, lambda document: document["objects"][0].update(bbox=[30, 30, 10, 10]))


@to_file(of("lindau", 0, "gtBboxCityPersons"), "error", "wrong shape")
def box_without_height(path):
    """The full box of a person has no height."""
    edit(path, lambda document: document["objects"][0].update(bbox=[10, 10, 10, 0]))


# Blurred images.


@to_file(of("lindau", 0, "leftImg8bit_blurred"), "note", "nothing blurred")
def not_blurred(path):
    """The blurred image is the original."""
    write_atomic(path, original(path).read_bytes())


@to_tree(("error", "too different", of("lindau", 1, "leftImg8bit_blurred")))
def other_frame_blurred(root):
    """The blurred image is the picture of another frame."""
    other = root / of("munster", 1, "leftImg8bit")
    write_atomic(root / of("lindau", 1, "leftImg8bit_blurred"), other.read_bytes())


@to_file(of("munster", 0, "leftImg8bit_blurred"), "note", "blurred outside people and vehicles")
def blurred_sky(path):
    """A part of the sky is blurred, and nothing else."""
    image = pixels(original(path))
    image[:6, :40] = 255 - image[:6, :40]
    write_image(path, image)


# The same content under two names.


@to_file(of("augsburg", 1, "leftImg8bit"), "warning", "copy")
@to_file(of("augsburg", 1, "disparity"), "warning", "copy")
@to_file(of("augsburg", 1, "gtCoarse", "_polygons.json"), "warning", "copy")
def as_the_frame_before(path):
    """The file has the content of the city's first frame."""
    write_atomic(path, path.with_name(path.name.replace("_000030_", "_000000_")).read_bytes())


@to_file(of("lindau", 1, "leftImg16bit"), "warning", "copy")
@to_file(of("berlin", 1, "leftImg8bit_blurred"), "warning", "copy")
def as_the_sequence_before(path):
    """The file has the content of the city's first sequence."""
    write_atomic(path, path.with_name(path.name.replace("000001_", "000000_")).read_bytes())


@to_tree(("warning", "copy", of("munich", 1, "leftImg8bit")))
def as_the_next_sequence(root):
    """The first picture of a city has the content of the second: the second is the copy then."""
    second = root / of("munich", 1, "leftImg8bit")
    write_atomic(root / of("munich", 0, "leftImg8bit"), second.read_bytes())


@to_file(of("bad-honnef", 0, "rightImg8bit"), "warning", "copy")
def right_is_left(path):
    """The right image is the left one."""
    left = str(path).replace("rightImg8bit", "leftImg8bit")
    write_atomic(path, Path(left).read_bytes())


# What is missing. (One folder each: the files that are missing in a folder are reported together.)


@to_file(of("zurich", 1, "leftImg8bit"), "error", "missing")
@to_file(of("bochum", 2, "leftImg8bit_blurred"), "error", "missing")
@to_file(of("zurich", 1, "gtFine", "_labelIds.png"), "error", "missing")
@to_file(of("bochum", 0, "gtCoarse", "_polygons.json"), "error", "missing")
@to_file(of("zurich", 0, "camera"), "error", "missing")
@to_file(of("zurich", 0, "gtBbox3d"), "error", "missing")
@to_file(of("lindau", 0, "disparity"), "error", "missing")
@to_file(of("munster", 0, "leftImg16bit"), "error", "missing")
def gone(path):
    """The file is not there."""
    path.unlink()


@to_tree(("error", "missing", "vehicle/val/munster"))
def city_without_vehicles(root):
    """All vehicle files of a city are missing."""
    shutil.rmtree(root / "vehicle/val/munster")


@to_tree(("error", "missing", "gtCoarse/val/munster"))
def city_without_coarse_labels(root):
    """All four kinds of gtCoarse files of a city are missing."""
    shutil.rmtree(root / "gtCoarse/val/munster")


# Files and folders under a wrong name, or in a wrong place.


@to_tree(
    ("error", "name", "leftImg8bit/val/frankfurt/frankfurt_000000_00294_leftImg8bit.png"),
)
def slip_in_a_number(root):
    """A digit of the frame's number is missing in a name."""
    rename(root / of("frankfurt", 0, "leftImg8bit"), "_000294_", "_00294_")


@to_tree(
    ("error", "name", "gtFine/val/frankfurt/frankfurt_000000_000294_gtfine_polygons.json"),
)
def slip_in_a_type(root):
    """A name has the type in small letters."""
    rename(root / of("frankfurt", 0, "gtFine", "_polygons.json"), "gtFine", "gtfine")


@to_tree(("error", "name", "disparity/val/munster/munster_000000_000019_disparity.PNG"))
def slip_in_an_ending(root):
    """A name ends in capital letters."""
    rename(root / of("munster", 0, "disparity"), ".png", ".PNG")


@to_tree(
    ("error", "name", "rightImg8bit/val/frankfurt/frankfurt_000000_000567_rightImg8bit.png"),
)
def swapped_digits(root):
    """Two digits are swapped, which makes the name that of a frame that is not there."""
    rename(root / of("frankfurt", 1, "rightImg8bit"), "_000576_", "_000567_")


@to_tree(("error", "name", "rightImg8bit/val/munster/lindau_000001_000019_rightImg8bit.png"))
def in_the_wrong_city(root):
    """A file lies in the folder of another city."""
    path = root / of("lindau", 1, "rightImg8bit")
    os.replace(path, root / "rightImg8bit/val/munster" / path.name)


@to_tree(("error", "name", "camera/train_extra/augsburg/lindau_000000_000019_camera.json"))
def in_the_wrong_split(root):
    """A file lies in the folder of another split."""
    path = root / of("lindau", 0, "camera")
    os.replace(path, root / "camera/train_extra/augsburg" / path.name)


@to_tree(("error", "name", "vehicle/val/frankfurt/lindau_000000_000019_vehicle.json"))
def copy_in_another_city(root):
    """A copy of a file lies in the folder of another city."""
    path = root / of("lindau", 0, "vehicle")
    write_atomic(root / "vehicle/val/frankfurt" / path.name, path.read_bytes())


@to_tree(
    ("note", "no part of the dataset", "leftImg8bit/val/lindau/Thumbs.db"),
    ("note", "no part of the dataset", "gtFine/val/lindau/readme.txt"),
)
def stray_files(root):
    """Programs and people left files that are none of the dataset's."""
    write_atomic(root / "leftImg8bit/val/lindau/Thumbs.db", b"thumbs")
    write_atomic(root / "gtFine/val/lindau/readme.txt", b"See the other folder.\n")


@to_tree()
def macos_files(root):
    """An archive made on macOS left hidden files next to images and polygons: no problems."""
    for kind in ("leftImg8bit", "gtFine"):
        name = PurePosixPath(of("lindau", 0, kind)).name
        write_atomic(root / f"{kind}/val/lindau/._{name}", b"\0\5\x16\7")
    write_atomic(root / "leftImg8bit/val/.DS_Store", b"\0")


@to_tree(("warning", "not named like a city", "gtFine/val/lindau (copy)"))
def copied_folder(root):
    """A file manager made a copy of a city's folder."""
    shutil.copytree(root / "gtFine/val/lindau", root / "gtFine/val/lindau (copy)")


@to_tree(("error", "too low", "leftImg8bit_demoVideo/leftImg8bit"))
def type_too_low(root):
    """A package was unpacked into a folder of its own."""
    (root / "leftImg8bit_demoVideo/leftImg8bit").mkdir(parents=True)
    os.replace(
        root / "leftImg8bit/demoVideo", root / "leftImg8bit_demoVideo/leftImg8bit/demoVideo"
    )


@to_tree(("error", "broken link", "gtBboxCityPersons/val/munster"))
def link_for_a_city(root):
    """The folder of a city is a link whose target is gone."""
    folder = root / "gtBboxCityPersons/val/munster"
    shutil.rmtree(folder)
    folder.symlink_to("gone")


@to_tree(
    (
        "warning",
        "unexpected frame",
        "leftImg8bit/train/bochum/bochum_000000_009000_leftImg8bit.png",
    ),
    (
        "warning",
        "unexpected frame",
        "rightImg8bit/train_extra/augsburg/augsburg_000000_000090_rightImg8bit.png",
    ),
)
def extra_frames(root):
    """Two frames are there in one type only."""
    upside_down = pixels(root / of("zurich", 2, "leftImg8bit"))[::-1]
    write_image(
        root / "leftImg8bit/train/bochum/bochum_000000_009000_leftImg8bit.png", upside_down
    )
    upside_down = pixels(root / of("augsburg", 2, "rightImg8bit"))[::-1]
    name = "augsburg_000000_000090_rightImg8bit.png"
    write_image(root / "rightImg8bit/train_extra/augsburg" / name, upside_down)


@to_tree(
    *(
        ("error", "name", f"camera/val/lindau/lindau_00000{number}_000019_camera{slip}.json")
        for number, slip in enumerate(["s", " (1)"])
    ),
    alone=True,
)
def two_slips_in_a_folder(root):
    """Two names of a folder have a slip behind their frame."""
    for number, slip in enumerate(["s", " (1)"]):
        rename(root / of("lindau", number, "camera"), ".json", f"{slip}.json")


# Whole types, splits and cities that are gone, or not in their place.


@to_tree()
def folders_of_others(root):
    """Folders that are not of the dataset lie next to what is: nothing is reported."""
    frame = FRAMES["lindau", 0].name
    for file in (
        f"results/gtFine/val/lindau/{frame}_gtFine_labelIds.png",
        f"predictions/val/lindau/{frame}_leftImg8bit.png",
        f"leftImg8bit_snow/val/lindau/{frame}_leftImg8bit_snow_0.02.png",
        f"leftImg8bit_old/val/lindau/{frame}_leftImg8bit.png",
        f"gtFine/cityscapes_panoptic_val/{frame}_gtFine_panoptic.png",
        "gtFine/cityscapes_panoptic_val.json",
        "gtFine/notes/today.txt",
    ):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(root / file, b"")


@to_tree(("error", "no split", "leftImg8bit/validation"), alone=True)
def split_under_another_name(root):
    """A split of a type has another name."""
    os.replace(root / "leftImg8bit/val", root / "leftImg8bit/validation")


@to_tree(("error", "not named like a type", "leftimg8bit"), alone=True)
def type_in_small_letters(root):
    """The folder of a type is named in small letters."""
    os.replace(root / "leftImg8bit", root / "leftimg8bit")


@to_tree(("error", "too low", "gtFine/gtFine"), alone=True)
def type_in_itself(root):
    """A package was unpacked in the folder of its type."""
    os.replace(root / "gtFine", root / "unpacked")
    (root / "gtFine").mkdir()
    os.replace(root / "unpacked", root / "gtFine/gtFine")


@to_tree(("error", "too low", "rightImg16bit/rightImg16bit"), alone=True)
def split_of_a_type_in_itself(root):
    """Only one split of a type lies one level too low."""
    (root / "rightImg16bit/rightImg16bit").mkdir()
    os.replace(root / "rightImg16bit/val", root / "rightImg16bit/rightImg16bit/val")


@to_tree(("error", "too low", "cityscapes"), alone=True)
def root_too_high(root):
    """All types lie in a folder, next to an empty one of a type's name."""
    kinds = [path.name for path in root.iterdir() if path.is_dir()]
    (root / "cityscapes").mkdir()
    for kind in kinds:
        os.replace(root / kind, root / "cityscapes" / kind)
    (root / "leftImg8bit").mkdir()


@to_tree(("warning", "no frames", "vehicle"), alone=True)
def type_without_frames(root):
    """The folders of a type are there, and no file in them."""
    for path in root.glob("vehicle/*/*/*"):
        path.unlink()


@to_tree(
    *(("error", "missing", f"gtFine/{split}") for split in ("test", "train", "val")), alone=True
)
def no_polygons(root):
    """All polygons of gtFine are gone, and the label images still there."""
    for path in root.glob("gtFine/*/*/*_polygons.json"):
        path.unlink()


@to_tree(("error", "missing", "gtCoarse/val"), alone=True)
def no_label_ids_in_a_split(root):
    """All labelIds of a split are gone."""
    for path in root.glob("gtCoarse/val/*/*_labelIds.png"):
        path.unlink()


@to_tree(("error", "no city", "disparity/val"), alone=True)
def files_outside_of_cities(root):
    """The files of a city lie in the folder of their split."""
    for path in (root / "disparity/val/lindau").iterdir():
        os.replace(path, root / "disparity/val" / path.name)


@to_tree(("error", "no split", "disparity/lindau"), alone=True)
def city_next_to_the_splits(root):
    """A city lies next to the splits."""
    os.replace(root / "disparity/val/lindau", root / "disparity/lindau")


@to_tree(("error", "broken link", "disparity/val/lindau"), alone=True)
def link_in_a_circle(root):
    """The folder of a city is a link to itself."""
    shutil.rmtree(root / "disparity/val/lindau")
    (root / "disparity/val/lindau").symlink_to("lindau")


# How files are changed.


def pixels(path: Path) -> np.ndarray:
    """uint8 or uint16 (height, width[, channels]) of an image, in OpenCV's order."""
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def write_image(path: Path, image: np.ndarray) -> None:
    """Write an image of OpenCV's order as PNG."""
    write_atomic(path, cv2.imencode(".png", image)[1].tobytes())


def original(blurred: Path) -> Path:
    """The left image of a blurred one."""
    return Path(str(blurred).replace("leftImg8bit_blurred", "leftImg8bit"))


def rename(path: Path, old: str, new: str) -> None:
    """Replace a part of a file's name."""
    os.replace(path, path.with_name(path.name.replace(old, new)))


def edit(path: Path, change: Callable[[dict], object]) -> None:
    """Change the document in a JSON file."""
    document = json.loads(path.read_bytes())
    change(document)
    write_atomic(path, json.dumps(document).encode())


def add_object(path: Path, label: str, polygon) -> None:
    """Append an object to a polygon file."""
    drawn = {"label": label, "polygon": polygon}
    edit(path, lambda document: document["objects"].append(drawn))


def main(dataset: Path | None, only: list[str] | None, show: bool) -> None:
    for damage in DAMAGES:
        if damage.name not in only if only else damage.alone and not show:
            continue
        if show:
            reports = ["    " + ", ".join(report) for report in damage.reports]
            print("\n".join([f"{damage.name}: {damage.sentence}", *reports]))
        else:
            damage.do(dataset)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", type=Path, help="root of the copy to damage")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[d.name for d in DAMAGES])
    parser.add_argument("--list", action="store_true", dest="show", help="only say what there is")
    flags = parser.parse_args()
    if not flags.show and flags.dataset is None:
        parser.error("--dataset is missing")
    main(**vars(flags))
