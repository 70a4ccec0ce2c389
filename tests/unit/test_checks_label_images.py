"""The label images of a frame against each other."""

import json

import numpy as np

from cityscapes.checks.label_images import (
    VAL_PIXELS,
    Difference,
    LabelImages,
    check_label_images,
    val_difference,
)
from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.labels import LabelTable
from pictures import TABLE, picture

LABELS = picture("rrccg", "rrccg", dtype=np.uint8, r=7, c=26, g=26)
INSTANCES = picture("rrccg", "rrccg", r=7, c=26001, g=26)


def painted(ids):
    """uint8 (height, width, 4): a colour for each class."""
    return np.stack([ids, ids // 2, ids, np.full_like(ids, 255)], axis=-1)


def wrong_images(labels=LABELS, instances=INSTANCES, color=None):
    """Name of an image -> (check, what) of all that is wrong with it."""
    found = check_label_images(labels, instances, color, TABLE).problems
    return {name: [p[1:] for p in problems] for name, problems in found.items() if problems}


def test_label_images_agree_where_the_instance_is_of_the_label():
    assert wrong_images(color=painted(LABELS)) == {}
    labels = LABELS.copy()
    labels[0, :3] = (8, 7, 27)
    what = "2 pixels have another class than in instanceIds"
    assert wrong_images(labels) == {"labelIds": [("labelIds not of instanceIds", what)]}


def test_ids_of_no_class_are_reported_once_an_image():
    labels, instances = LABELS.copy(), INSTANCES.copy()
    labels[0, 1:3] = (200, 255)
    found = {
        "labelIds": [
            ("unknown id", "ids that are not in the label table: 200 in 1 pixels, 255 in 1 pixels")
        ]
    }
    assert wrong_images(labels, color=painted(LABELS)) == found
    assert wrong_images(labels, None) == found
    instances[0] = (7, 60_000, 300, 44, 26)
    (problem,) = wrong_images(instances=instances)["instanceIds"]
    assert problem[1].endswith("44 in 1 pixels, 60 in 1 pixels, 300 in 1 pixels")
    assert wrong_images(None, instances) == wrong_images(instances=instances)


def test_an_image_of_train_ids_is_recognised_by_their_void():
    ids = picture("rvc", dtype=np.uint8, r=0, v=255, c=13)
    (problem,) = wrong_images(ids, None)["labelIds"]
    assert problem[1].endswith("255 in 1 pixels; 255 is void in images of trainIds")


def test_ids_of_the_release_are_known_to_tables_without_them_and_the_reverse():
    table = LabelTable([TABLE.background, TABLE.by_id[7]._replace(id=90)])
    ids = picture("ab", dtype=np.uint8, a=33, b=90)
    assert not check_label_images(ids, None, None, table).problems["labelIds"]


def test_another_colour_within_a_class_is_reported_whatever_the_colours_are():
    color = painted(LABELS)
    color[1, 3] = (1, 2, 3, 255)
    what = "1 pixels have another colour than most pixels of their class in labelIds"
    assert wrong_images(color=color) == {"color": [("color not of labelIds", what)]}
    # What is wrong with labelIds is not reported for colours, too.
    labels = LABELS.copy()
    labels[0, 0] = 8
    assert list(wrong_images(labels, color=painted(LABELS))) == ["labelIds"]


def test_images_of_one_value_are_reported_as_such_only():
    flat = np.full_like(LABELS, 200)
    assert wrong_images(flat, color=painted(LABELS)) == {}
    assert wrong_images(color=np.full((2, 5, 4), 100, np.uint8)) == {}
    assert wrong_images(np.zeros_like(LABELS)) == {}


def test_all_our_own_images_fit_each_other():
    def box(left, top):
        return [[left, top], [left + 3, top], [left + 3, 7], [left, 7]]

    objects = [
        {"label": label.name, "polygon": box(n % 9, n % 5)} for n, label in enumerate(TABLE)
    ]
    document = {"imgWidth": 12, "imgHeight": 8, "objects": objects}
    images = FrameImages(parse_annotation(json.dumps(document).encode(), TABLE), TABLE, "released")
    labels, instances, color = map(images.image, ("labelIds", "instanceIds", "color"))
    assert wrong_images(labels, instances, color) == {}


def test_the_pixels_of_every_value_are_counted():
    labels = picture("rrc", "rvr", dtype=np.uint8, r=7, c=26, v=255)
    counts = check_label_images(labels, None, None, TABLE).pixels
    assert len(counts) == 256
    assert (counts[7], counts[26], counts[255], sum(counts)) == (4, 1, 1, 6)
    assert check_label_images(None, labels.astype(np.uint16), None, TABLE).pixels is None
    assert check_label_images(None, None, None, TABLE) == LabelImages(None, {})


def test_the_published_counts_fill_500_images_and_differences_are_named():
    assert sum(VAL_PIXELS) == 500 * 2048 * 1024
    counts = [*VAL_PIXELS, *[0] * 222]
    assert val_difference(counts) == []
    counts[7] -= 5
    counts[40] += 5
    assert val_difference(counts) == [
        Difference(7, 345264437, 345264442),
        Difference(40, 5, 0),
    ]
