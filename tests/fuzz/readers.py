"""Every reader of files that others wrote, with small valid files for each.

A reader is given the path of a file and does with it what the workflow does; DataError is a good
answer, and so is none.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from pycocotools import mask as coco

from cityscapes.checks.annotations import check_annotation
from cityscapes.checks.boxes import check_boxes3d, check_city_persons
from cityscapes.checks.formats import SLOTS
from cityscapes.checks.frame import Settings as CheckSettings
from cityscapes.checks.frame import check_frame
from cityscapes.checks.image_file import inspect_image
from cityscapes.checks.records import (
    camera_record,
    problems_of_camera,
    problems_of_vehicle,
    timestamp_record,
    vehicle_record,
)
from cityscapes.checks.validated import check_validated
from cityscapes.errors import DataError
from cityscapes.evaluation.boxes3d.frames import count_files as count_vehicle_files
from cityscapes.evaluation.boxes3d.scores import class_scores, results_json
from cityscapes.evaluation.boxes3d.settings import Settings3d
from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.counting import Truth
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.frames import text_work
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.panoptic.frames import panoptic_work
from cityscapes.evaluation.panoptic.json_file import read_panoptic_truth
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import Reading, read_panoptic_predictions
from cityscapes.evaluation.pedestrians.detections import read_results
from cityscapes.evaluation.pedestrians.frames import count_files as count_people_files
from cityscapes.evaluation.pedestrians.scores import miss_rates
from cityscapes.evaluation.pedestrians.subsets import OFFICIAL
from cityscapes.evaluation.pixel.reading import read_prediction, reading_of, resized
from cityscapes.files.tables import read_notes, read_table, write_table
from cityscapes.ground_truth.depth import read_camera
from cityscapes.ground_truth.given_images import GivenImages, given_instance_ids
from cityscapes.ground_truth.images import PICTURES, FrameImages
from cityscapes.ground_truth.polygons import PolygonRules, parse_annotation
from cityscapes.labels import read_labels
from cityscapes.layout import Entry
from cityscapes.own.flat_folder import Placed, images_in, make, place, read_list
from cityscapes.person_labels import read_person_labels
from cityscapes.png.labels import read_grey
from cityscapes.png.write import encode

LABELS = Path(__file__).parents[2] / "config/labels.csv"
TABLE = read_labels(LABELS)
PEOPLE = read_person_labels(LABELS.with_name("labels_cityPersons.csv"))
NUMBERS = class_numbers(TABLE, "ids")
COLORS = reading_of("colors", "", TABLE)
SHAPE = (6, 8)
FRAME = "bonn_000000_000019"


class Reader(NamedTuple):
    """What is done with a file, and valid files to damage."""

    name: str
    file_name: str
    read: Callable[[Path], object]
    files: list[bytes]
    beside: tuple[tuple[str, bytes], ...] = ()  # other files that are there, by name


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


# --- Annotations ---------------------------------------------------------------------------------

BOX = [[1, 1], [6, 1], [6, 4], [1, 4]]
POLYGONS = dumped(
    {
        "imgWidth": 8,
        "imgHeight": 6,
        "objects": [
            {"label": "road", "polygon": [[-3, 2], [9, 2], [9.5, 9], [0, 9]], "deleted": 0},
            {"label": "car", "polygon": BOX, "id": 1, "user": "a", "date": "1"},
            {"label": "persongroup", "polygon": [[2, 0], [4, 0], [3, 5]]},
        ],
    }
)
DEGENERATE = dumped(
    {
        "imgWidth": "8",
        "imgHeight": 6.0,
        "objects": [{"label": "car", "polygon": BOX[:2]}, {"label": "road", "polygon": BOX}],
    }
)


def paint(path: Path) -> None:
    annotation = parse_annotation(path.read_bytes(), TABLE)
    images = FrameImages(annotation, TABLE, "released")
    for kind in PICTURES:
        images.image(kind)
    images.segments()


def check(path: Path) -> None:
    checked = check_annotation(path.read_bytes(), TABLE, (8, 6))
    json.dumps([checked.counts, checked.problems])


def paint_with_labels(path: Path) -> None:
    table = read_labels(path)
    images = FrameImages(parse_annotation(POLYGONS, table), table, "released")
    for kind in PICTURES:
        images.image(kind)
    images.segments()


def paint_some(path: Path) -> None:
    """As with `degenerate: skip`, and with the size of the first image."""
    rules = PolygonRules(skip_degenerate=True)
    FrameImages(parse_annotation(path.read_bytes(), TABLE, rules), TABLE, "released").segments()
    entry = Entry(path.name, path.stat().st_size, 0)
    files = {"gtFine_polygons": entry}
    json.dumps(check_frame(path.parent, files, TABLE, CheckSettings((), 2, rules)))


def make_of_given_images(path: Path) -> None:
    """Label images in place of polygons: both are damaged in turn."""
    good = picture(), picture(dtype=np.uint16)
    for labels, instances in ((path.read_bytes(), good[1]), (good[0], path.read_bytes())):
        with suppress(DataError):
            given = given_instance_ids(TABLE, (path, labels), (path, instances))
            images = GivenImages(given, TABLE)
            for kind in PICTURES:
                images.png(kind)
            images.segments()


def place_flat(path: Path) -> None:
    """An image of a flat folder, converted or linked."""
    target = path.parent / "data/leftImg8bit/val/x/x_leftImg8bit.png"
    target.unlink(missing_ok=True)
    make(Placed(path, target), as_copy=True)


def place_list(path: Path) -> None:
    _, names = read_list(path)
    place(images_in(path.parent), [("val", name) for name in names], "x", path.parent / "data")


PERSON = {"instanceId": 24000, "bbox": [1, 1, 3, 4], "bboxVis": [1, 1, 3, 3], "label": "person"}
VEHICLE = {
    "2d": {"modal": [1, 1, 3, 3], "amodal": [1, 1, 4, 4]},
    "3d": {"center": [9.5, 1, 0], "dimensions": [4, 2, 1.5], "rotation": [1, 0, 0, 0]},
    "instanceId": 26001,
    "label": "car",
    "score": 1.0,
}
SENSOR = {"fx": 2262.5, "fy": 2265, "u0": 1096, "v0": 513, "sensor_T_ISO_8855": [[1, 0, 0, 0]] * 3}
SIZE = {"imgWidth": 8, "imgHeight": 6}
PEDESTRIANS = dumped({**SIZE, "objects": [PERSON | {"label": "pedestrian"}]})
PERSONS = dumped({**SIZE, "objects": [PERSON, PERSON]})
BOXES = dumped({**SIZE, "objects": [VEHICLE], "ignore": [{"2d": [0, 0, 2, 2]}], "sensor": SENSOR})


VALIDATED = dumped(
    {**SIZE, "classes": ["car", "cantsolve"]}
    | {"objects": [{"bbox": [1, 1, 5, 4], "soft_label": [0.8, 0.2], "vote_counts": {"car": 4}}]}
)
DETECTIONS = dumped(
    [
        {"image_id": image, "category_id": 1, "bbox": [1, 1, 3, 4.5], "score": 0.5}
        for image in (1, FRAME)
    ]
)


def check_boxes(path: Path) -> None:
    for function in (check_city_persons, check_boxes3d, check_validated):
        json.dumps(function(path.read_bytes(), (8, 6), {26000, 24000}))


def count_vehicles(path: Path) -> None:
    """As ground truth, and as predictions for sound ground truth."""
    settings = Settings3d(min_iou=0.1)
    sound = path.with_name("truth.json")
    for files in ((path, None), (sound, path)):
        counts = json.loads(json.dumps(count_vehicle_files(*files, settings)))
        results_json(class_scores([counts], settings), settings)


def count_people(path: Path) -> None:
    """As ground truth, with detections for one frame."""
    rows = [[1, 1, 3, 4, 0.5]]
    miss_rates([count_people_files(path, PEOPLE, None, rows, OFFICIAL)], OFFICIAL)


def count_detections(path: Path) -> None:
    """As a results file, or as a text file."""
    found, _ = read_results(path, [FRAME])
    for rows in found.values():
        count_people_files(path.with_name("truth.json"), PEOPLE, None, rows, OFFICIAL)


def count_lines(path: Path) -> None:
    count_people_files(path.with_name("truth.json"), PEOPLE, path, [], OFFICIAL)


# --- Records -------------------------------------------------------------------------------------

CAMERA = dumped(
    {
        "intrinsic": {"fx": 2262.52, "fy": 2265.3, "u0": 1096.98, "v0": 513.137},
        "extrinsic": {"baseline": 0.209313, "pitch": 0.038, "roll": 0, "yaw": -0.02, "x": 1.7},
    }
)
VEHICLE_RECORD = dumped({"speed": 8.1, "yawRate": -0.1, "gpsLatitude": 50.7, "gpsLongitude": 7})


def read_all_of_camera(path: Path) -> None:
    problems_of_camera(camera_record(path.read_bytes()))
    read_camera(path)


def read_vehicle(path: Path) -> None:
    problems_of_vehicle(vehicle_record(path.read_bytes()))


def read_time(path: Path) -> None:
    timestamp_record(path.read_bytes())


# --- Predictions ---------------------------------------------------------------------------------


def picture(channels: tuple[int, ...] = (), dtype: type = np.uint8, value: int = 7) -> bytes:
    image = np.zeros((*SHAPE, *channels), dtype=dtype)
    image[1:3, 4:7] = value
    return encode(image)


def panoptic_picture() -> bytes:
    """Segment 7: its id is in the red channel alone."""
    image = np.zeros((*SHAPE, 3), dtype=np.uint8)
    image[1:3, 4:7, 0] = 7
    return encode(image)


def rle() -> dict:
    pixels = np.zeros(SHAPE, dtype=np.uint8)
    pixels[1:3, 4:7] = 1
    packed = coco.encode(np.asfortranarray(pixels))
    return {"size": packed["size"], "counts": packed["counts"].decode()}


JPEG = cv2.imencode(".jpg", np.full((6, 8, 3), 99, np.uint8))[1].tobytes()
ENTRY = {"image_id": FRAME, "category_id": 26, "score": 0.5, "segmentation": rle()}
LISTED = ENTRY | {"segmentation": {"size": [*SHAPE], "counts": [25, 2, 4, 2, 15]}}


POLYGONS_OF_ENTRY = ENTRY | {"segmentation": [[4, 1, 7, 1, 7, 3.0], [0, 0, 1, 0, 1, 1, 0, 1]]}
TRAINED_ON = {
    "info": {},
    "images": [{"id": 3, "file_name": f"bonn/{FRAME}_leftImg8bit.png"}],
    "annotations": [{"id": 0}],
    "categories": [{"id": 26, "name": "car"}, {"id": 7, "name": "road"}],
}


def read_coco_with_images(path: Path) -> None:
    images = read_coco_images(path)
    found = index_coco_results(path.with_name("results.json"), [FRAME], TABLE, images=images)
    list(
        coco_predictions(
            path.with_name("results.json"), found.of_frame[FRAME], SHAPE, found.numbers
        )
    )
    as_panoptic = Reading([FRAME], TABLE, "trainIds", images)
    read_panoptic_predictions(path.with_name("truth.json"), as_panoptic)


def label_map(dtype: str, shape: tuple[int, ...] = SHAPE) -> bytes:
    file = BytesIO()
    np.save(file, np.full(shape, 7, dtype=dtype))
    return file.getvalue()


def read_label_map(path: Path) -> None:
    resized(read_prediction(path), (12, 16))


def read_colors(path: Path) -> None:
    read_prediction(path, COLORS)


def read_coco(path: Path) -> None:
    found = index_coco_results(path, [FRAME], TABLE)
    list(coco_predictions(path, found.of_frame[FRAME], SHAPE, found.numbers))


def read_text(path: Path) -> None:
    truth = Truth(path.parent, path.parent, "val", "bonn", {})
    text_work({FRAME: path}, path.parent, truth, NUMBERS)
    list(text_predictions(path, path.parent, SHAPE, NUMBERS))


def read_mask(path: Path) -> None:
    list(text_predictions(path.with_name("mask.txt"), path.parent, SHAPE, NUMBERS))


SEGMENT = {"id": 7, "category_id": 7, "iscrowd": 0, "area": 6, "bbox": [4, 1, 3, 2]}
ANNOTATION = {"image_id": FRAME, "file_name": f"{FRAME}.png", "segments_info": [SEGMENT]}
CATEGORIES = [{"id": 7, "name": "road", "isthing": 0}, {"id": 26, "name": "car", "isthing": 1}]
PANOPTIC = dumped({"annotations": [ANNOTATION], "categories": CATEGORIES})


def read_panoptic(path: Path) -> None:
    frames = set(read_panoptic_predictions(path).frames)
    if FRAME in frames:
        reading = Reading([FRAME], TABLE, "ids")
        for work in panoptic_work({FRAME}, path.with_name("truth.json"), path, reading, {}):
            work.count(*work.arguments)


def read_label_image(path: Path) -> None:
    inspect_image(path.read_bytes(), SLOTS["gtFine_labelIds"].format, (8, 6))
    read_grey(path, 8)


def read_deep_image(path: Path) -> None:
    inspect_image(path.read_bytes(), SLOTS["disparity"].format, (8, 6))
    read_grey(path, 16)


# --- Our own tables ------------------------------------------------------------------------------


def read_our_table(path: Path) -> None:
    read_notes(path)
    rows = read_table(path)
    columns = ["frame", "path"]
    again = path.with_name("again.tsv")
    write_table(again, columns, rows)
    kept = [{column: row.get(column, "") for column in columns} for row in rows]
    assert read_table(again) == kept, "a table that is written and read is another"


TSV = b'# a=b c=[]\nframe\tpath\na\t"b\t""c"\nd\t{"e": ["f"]}\n'

TRUTH_FILES = (("truth.json", PANOPTIC), (f"truth/{FRAME}.png", panoptic_picture()))
READERS = [
    Reader("polygons", "x.json", paint, [POLYGONS]),
    Reader("polygons, some left out", "x.json", paint_some, [POLYGONS, DEGENERATE]),
    Reader("polygons, checked", "x.json", check, [POLYGONS]),
    Reader("label table", "labels.csv", paint_with_labels, [LABELS.read_bytes()]),
    Reader("boxes", "x.json", check_boxes, [PERSONS, BOXES, VALIDATED]),
    Reader("vehicles", "x.json", count_vehicles, [BOXES], (("truth.json", BOXES),)),
    Reader("people", "x.json", count_people, [PEDESTRIANS]),
    Reader("detections", "x.json", count_detections, [DETECTIONS], (("truth.json", PEDESTRIANS),)),
    Reader(
        "lines of detections",
        f"{FRAME}.txt",
        count_lines,
        [b"1 1 3 4 0.5\n1 1.5 3 4e0 1\n"],
        (("truth.json", PEDESTRIANS),),
    ),
    Reader("camera", "x.json", read_all_of_camera, [CAMERA]),
    Reader("vehicle", "x.json", read_vehicle, [VEHICLE_RECORD]),
    Reader("timestamp", "x.txt", read_time, [b"1234567890\n"]),
    Reader(
        "COCO results",
        "x.json",
        read_coco,
        [
            dumped([ENTRY, LISTED, POLYGONS_OF_ENTRY]),
            dumped({"images": [{}], "annotations": [ENTRY, POLYGONS_OF_ENTRY]}),
        ],
    ),
    Reader(
        "COCO images",
        "x.json",
        read_coco_with_images,
        [dumped(TRAINED_ON)],
        (("results.json", dumped([ENTRY, ENTRY | {"image_id": 3}])), *TRUTH_FILES),
    ),
    Reader(
        "label map",
        "x.npy",
        read_label_map,
        [label_map("uint8"), label_map(">i8"), label_map("bool", (1, *SHAPE))],
    ),
    Reader(
        "picture of colours",
        "x.png",
        read_colors,
        [picture((3,), value=0), picture((4,), value=0)],
    ),
    Reader(
        "panoptic JSON",
        "x.json",
        read_panoptic,
        [PANOPTIC],
        (*TRUTH_FILES, (f"x/{FRAME}.png", panoptic_picture())),
    ),
    Reader("panoptic ground truth", "x.json", read_panoptic_truth, [PANOPTIC]),
    Reader("panoptic picture", "x.png", read_panoptic_png, [picture((3,))]),
    Reader(
        "text predictions",
        f"{FRAME}.txt",
        read_text,
        [b"m.png 26 0.75\nm.png 24 1\n", b"./m.png 24.0 1e-3\n"],
        (("m.png", picture()),),
    ),
    Reader(
        "mask",
        "m.png",
        read_mask,
        [picture(), picture(dtype=np.uint16), picture((3,)), picture((4,))],
        (("mask.txt", b"m.png 26 0.75\n"),),
    ),
    Reader("8-bit label image", "x.png", read_label_image, [picture()]),
    Reader("16-bit label image", "x.png", read_deep_image, [picture(dtype=np.uint16, value=900)]),
    Reader(
        "label images in place of polygons",
        "x.png",
        make_of_given_images,
        [picture(), picture(dtype=np.uint16)],
    ),
    Reader("image of a flat folder", "x.png", place_flat, [picture((3,)), picture(), JPEG]),
    Reader("list of a split", "val.txt", place_list, [b"a.png\n# b\nval.txt\r\n"]),
    Reader("our tables", "x.tsv", read_our_table, [TSV]),
]
