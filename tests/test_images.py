"""What each kind of label image shows, and the laws between them."""

import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.images import KINDS, FrameImages
from cityscapes.labels import LabelTable
from pictures import TABLE, picture, scene

LEFT, RIGHT, ALL = (0, 0, 3, 4), (4, 0, 7, 4), (0, 0, 7, 4)


def image(kind, drawn, table=TABLE):
    return FrameImages(drawn, table, "released").image(kind)


def random_scene(seed):
    rng = np.random.default_rng(seed)
    names = [label.name for label in TABLE] + ["cargroup", "persongroup", "bicyclegroup"]
    boxes = [
        (rng.choice(names), (x, y, x + w, y + h))
        for x, y, w, h in rng.integers(-5, 30, size=(25, 4)).tolist()
        if w > 0 and h > 0
    ]
    return scene(*boxes, width=40, height=20)


def test_later_objects_lie_over_earlier_ones():
    drawn = scene(("road", ALL), ("car", RIGHT))
    expected = picture(*["rrrrcccc"] * 4, r=7, c=26)
    np.testing.assert_array_equal(image("labelIds", drawn), expected)


def test_objects_are_numbered_by_class_and_groups_are_not():
    drawn = scene(("car", LEFT), ("person", LEFT), ("cargroup", LEFT), ("car", RIGHT))
    expected = picture(*["ggggcccc"] * 4, g=26, c=26001)
    np.testing.assert_array_equal(image("instanceIds", drawn), expected)


def test_hidden_objects_are_counted_too():
    drawn = scene(("car", ALL), ("car", ALL))
    assert set(image("instanceIds", drawn).flat) == {26001}


def test_a_licence_plate_leaves_the_car_as_it_was():
    drawn = scene(("car", ALL), ("license plate", LEFT))
    for kind in ("labelIds", "instanceIds", "labelTrainIds", "instanceTrainIds", "color"):
        alone = scene(("car", ALL))
        np.testing.assert_array_equal(image(kind, drawn), image(kind, alone))


def test_trailers_have_instances_but_no_train_ids():
    drawn = scene(("trailer", LEFT), ("car", RIGHT))
    assert set(image("instanceTrainIds", drawn).flat) == {255, 13000}
    assert set(image("instanceIds", drawn).flat) == {30000, 26000}


def test_the_background_is_unlabeled():
    values = {kind: set(image(kind, scene()).ravel().tolist()) for kind in KINDS}
    assert values["labelIds"] == values["instanceIds"] == values["panoptic"] == {0}
    assert values["labelTrainIds"] == values["instanceTrainIds"] == {255}
    assert values["color"] == {0, 255}  # black, opaque


def test_colors_are_red_green_blue_alpha():
    assert image("color", scene(("rider", ALL)))[0, 0].tolist() == [255, 0, 0, 255]


def test_panoptic_pictures_hold_the_evaluated_instance_ids():
    rgb = image("panoptic", scene(("static", ALL), ("car", RIGHT)))
    assert rgb[0, 0].tolist() == [0, 0, 0]
    assert rgb[0, 5].tolist() == [26000 % 256, 26000 // 256, 0]


def test_depth_and_channels_are_as_released():
    drawn = scene(("car", ALL))
    forms = {kind: (image(kind, drawn).dtype.name, image(kind, drawn).shape[2:]) for kind in KINDS}
    assert forms == {
        "labelIds": ("uint8", ()),
        "instanceIds": ("uint16", ()),
        "color": ("uint8", (4,)),
        "labelTrainIds": ("uint8", ()),
        "instanceTrainIds": ("uint16", ()),
        "panoptic": ("uint8", (3,)),
        "panoptic_trainId": ("uint8", (3,)),
    }


def test_a_thousand_and_one_cars_are_refused():
    with pytest.raises(DataError, match="more than 1000 objects of class 'car'"):
        image("instanceIds", scene(*[("car", LEFT)] * 1001))


def test_a_hidden_class_with_a_train_id_is_only_in_the_instance_train_ids():
    # The reference tests the id for one image and the trainId for the other.
    plate = TABLE.by_name["license plate"]._replace(train_id=4)
    table = LabelTable([plate if label.id < 0 else label for label in TABLE])
    drawn = scene(("license plate", ALL), table=table)
    assert set(image("labelTrainIds", drawn, table).flat) == {255}
    assert set(image("instanceTrainIds", drawn, table).flat) == {4}


@pytest.mark.parametrize("seed", range(20))
def test_laws(seed):
    drawn = random_scene(seed)
    ids = image("labelIds", drawn)
    instances = image("instanceIds", drawn)
    np.testing.assert_array_equal(ids, np.where(instances >= 1000, instances // 1000, instances))

    train_ids = np.zeros(256, dtype=np.uint8)
    colors = np.zeros((256, 4), dtype=np.uint8)
    for label in TABLE:
        if label.id >= 0:
            train_ids[label.id] = label.train_id
            colors[label.id] = (*label.color, 255)
    np.testing.assert_array_equal(image("labelTrainIds", drawn), train_ids[ids])
    np.testing.assert_array_equal(image("color", drawn), colors[ids])

    instances = image("instanceTrainIds", drawn)
    classes = np.where(instances >= 1000, instances // 1000, instances)
    np.testing.assert_array_equal(classes, train_ids[ids])
