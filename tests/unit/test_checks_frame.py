"""Whatever lies in the files of a frame, the check of the frame ends and tells of it."""

import json
import os
import struct
import zlib

import numpy as np
import pytest

from cityscapes.checks.frame import MOST_BYTES, Settings, check_frame
from cityscapes.layout import Entry
from cityscapes.png import write as png
from pictures import TABLE

WIDTH, HEIGHT = 32, 16

BOX = [[2, 2], [9, 2], [9, 9]]
POLYGONS = {"imgWidth": WIDTH, "imgHeight": HEIGHT}
POLYGONS["objects"] = [{"label": "car", "polygon": BOX}, {"label": "road", "polygon": BOX}]
RIDER = {"label": "rider", "instanceId": 25, "bbox": [1, 1, 9, 9], "bboxVis": [1, 1, 9, 9]}
SOLID = {"center": [9, 0, 1], "dimensions": [4, 2, 1], "rotation": [1, 0, 0, 0]}
VEHICLE = {"label": "car", "score": 1.0, "instanceId": 26000, "3d": SOLID}
LENS = {"fx": 20, "fy": 20, "u0": 16, "v0": 8}
POSE = {"sensor_T_ISO_8855": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]}
SOUND = {
    "gtFine_polygons": POLYGONS,
    "gtBboxCityPersons": POLYGONS | {"objects": [RIDER]},
    "gtBbox3d": POLYGONS
    | {"objects": [VEHICLE | {"2d": {"amodal": [2, 2, 7, 7], "modal": [2, 2, 7, 7]}}]}
    | {"sensor": LENS | POSE, "ignore": [{"2d": [1, 1, 3, 3]}]},
    "gtBboxValidated": POLYGONS
    | {"classes": ["car", "cantsolve"]}
    | {"objects": [{"bbox": [1, 1, 9, 9], "soft_label": [0.8, 0.2]}]},
    "camera": {"intrinsic": LENS, "extrinsic": {"baseline": 0.2, "x": 1.7, "yaw": 0}},
    "vehicle": {"speed": 8.1, "gpsHeading": 12},
    "timestamp": 12,
}
# Texts, as JSON writers disagree on what is JSON.
HOSTILE = [
    *("null", "true", "[]", "{}", '""', "-0.0", "1e308", "-1e999", "NaN", "Infinity", "9" * 19),
    *("1" + "0" * 400, "1" + "0" * 4290, "1" + "0" * 5000, '"\\ud800"', '"car\\n"', "[[1, 2]]"),
    *('{"label": "car", "polygon": 3}', "[" * 900 + "]" * 900, "[" * 100_000, '"' + "x" * 10**5),
]


def frame(root, **contents):
    """What is found in a frame with these files: slot -> bytes."""
    files = {}
    for slot, data in contents.items():
        (root / slot).write_bytes(data)
        files[slot] = Entry(slot, len(data), 0)
    return check(root, files)


def check(root, files, sizes=((WIDTH, HEIGHT),)):
    found = check_frame(root, files, TABLE, Settings(sizes, 2))
    return json.loads(json.dumps(found))


def problems(found):
    """Slot -> checks of its problems."""
    return {slot: [p[1] for p in file[3]] for slot, file in found["files"].items() if file[3]}


def places(value, path=()):
    """The paths to all values within a document."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def with_hole(document, path):
    """The document as JSON, with HOLE in place of the value at a path."""
    if not path:
        return "HOLE"
    whole = json.loads(json.dumps(document))
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = "HOLE"
    return json.dumps(whole).replace('"HOLE"', "HOLE")


def test_the_sound_files_have_no_problems(tmp_path):
    contents = {slot: json.dumps(value).encode() for slot, value in SOUND.items()}
    assert problems(frame(tmp_path, **contents)) == {}


@pytest.mark.parametrize("slot", SOUND)
@pytest.mark.filterwarnings("error")
def test_no_value_anywhere_in_a_file_raises_or_makes_a_long_message(slot, tmp_path):
    # Slow (seconds): every place in a file with every hostile value; a sample of them missed bugs.
    disparity = png.encode(np.full((HEIGHT, WIDTH), 2000, np.uint16))
    for path in places(SOUND[slot]):
        document = with_hole(SOUND[slot], path)
        for value in HOSTILE:
            data = document.replace("HOLE", value).encode()
            found = frame(tmp_path, disparity=disparity, **{slot: data})
            whats = [p[2] for file in found["files"].values() for p in file[3]]
            assert all(len(what) < 1000 for what in whats), (path, value[:50])
            json.dumps(found, ensure_ascii=False).encode()  # reports are UTF-8
            time = found["metadata"].get("timestamp", 0)
            assert -(2**63) <= time < 2**63  # in Parquet


@pytest.mark.parametrize("slot", ["leftImg8bit", "camera", "gtFine_polygons"])
def test_what_is_no_file_is_not_waited_for(slot, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    with open(tmp_path / "vast", "wb") as file:
        file.truncate(MOST_BYTES + 1)
    for name, why in (("pipe", "a pipe"), ("device", "a device"), ("vast", "268.4 MB")):
        found = check(tmp_path, {slot: Entry(name, 0, 0)})
        ((severity, what, text),) = found["files"][slot][3]
        assert (severity, what) == ("error", "unreadable")
        assert why in text


def test_a_transparent_colour_is_a_channel_too_many(tmp_path):
    image = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    data = png.encode(image)
    chunk = b"tRNS" + struct.pack(">HHH", 1, 2, 3)
    chunk = struct.pack(">I", 6) + chunk + struct.pack(">I", zlib.crc32(chunk))
    marked = data[:33] + chunk + data[33:]
    found = frame(tmp_path, leftImg8bit=marked, leftImg8bit_blurred=marked)
    slots = ("leftImg8bit", "leftImg8bit_blurred")
    assert problems(found) == {slot: ["wrong mode"] for slot in slots}


def test_a_wrong_polygon_file_is_not_blamed_on_sound_boxes_and_images(tmp_path):
    left = np.random.default_rng(0).integers(0, 99, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    blurred = left.copy()
    blurred[2:5, 2:5] += 99
    pictures = {"leftImg8bit": png.encode(left), "leftImg8bit_blurred": png.encode(blurred)}
    boxes = json.dumps(SOUND["gtBbox3d"]).encode()
    for wrong in ({"label": "carr", "polygon": BOX}, {"label": 3}, 7):
        drawn = json.dumps(POLYGONS | {"objects": [wrong]}).encode()
        found = frame(tmp_path, gtFine_polygons=drawn, gtBbox3d=boxes, **pictures)
        assert list(problems(found)) == ["gtFine_polygons"]
        assert found["blurred"]["on_objects"] is None
        assert found["boxes"]["gtBbox3d"]["unmatched"] == 0


def test_label_images_of_a_frame_are_compared_for_both_annotations(tmp_path):
    labels = np.full((HEIGHT, WIDTH), 7, np.uint8)
    labels[4:] = 200
    instances = np.where(labels == 7, 7, 23).astype(np.uint16)
    color = np.repeat(labels[..., None], 4, axis=2)
    for kind in ("gtFine", "gtCoarse"):
        images = {"labelIds": labels, "instanceIds": instances, "color": color}
        contents = {f"{kind}_{name}": png.encode(image) for name, image in images.items()}
        assert problems(frame(tmp_path, **contents)) == {f"{kind}_labelIds": ["unknown id"]}
    images["labelIds"] = instances.astype(np.uint8)
    images["color"][5, 5] = 3
    contents = {f"gtCoarse_{name}": png.encode(image) for name, image in images.items()}
    assert problems(frame(tmp_path, **contents)) == {"gtCoarse_color": ["color not of labelIds"]}


SMALL = png.encode(np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3))


def sized(root, sizes, **contents):
    """Slot -> checks of its problems, where images may have these sizes."""
    files = {}
    for slot, data in contents.items():
        (root / slot).write_bytes(data)
        files[slot] = Entry(slot, len(data), 0)
    return problems(check(root, files, sizes))


def drawn(width, height):
    return json.dumps({"imgWidth": width, "imgHeight": height, "objects": []}).encode()


@pytest.mark.parametrize("sizes", [(), ((8, 6), (32, 16)), ((32, 16), (8, 6))])
def test_a_frame_has_the_size_of_its_first_image_where_several_are_right(tmp_path, sizes):
    other = png.encode(np.arange(8 * 6 * 3, dtype=np.uint8).reshape(8, 6, 3))
    assert sized(tmp_path, sizes, leftImg8bit=SMALL, gtFine_polygons=drawn(8, 6)) == {}
    assert sized(
        tmp_path, sizes, leftImg8bit=SMALL, rightImg8bit=other, gtFine_polygons=drawn(6, 8)
    ) == {"rightImg8bit": ["wrong size"], "gtFine_polygons": ["wrong size"]}


def test_a_size_that_is_none_of_several_is_told_once(tmp_path):
    sizes = ((32, 16), (64, 32))
    assert sized(tmp_path, sizes, leftImg8bit=SMALL, gtFine_polygons=drawn(8, 6)) == {
        "leftImg8bit": ["wrong size"]
    }


def test_polygons_alone_tell_the_size(tmp_path):
    assert sized(tmp_path, (), gtFine_polygons=drawn(8, 6)) == {}


def test_a_pipe_in_the_place_of_an_image_tells_no_size(tmp_path):
    os.mkfifo(tmp_path / "leftImg8bit")
    files = {"leftImg8bit": Entry("leftImg8bit", 0, 0)}
    assert problems(check(tmp_path, files, ())) == {"leftImg8bit": ["unreadable"]}
