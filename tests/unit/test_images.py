"""What each kind of label image shows, and the laws between them."""

import numpy as np
import pytest

from cityscapes import pixel_runs as runs
from cityscapes.errors import DataError
from cityscapes.ground_truth import images
from cityscapes.ground_truth.images import PICTURES, FrameImages
from cityscapes.ground_truth.kinds import KINDS
from cityscapes.ground_truth.segments import segments
from cityscapes.labels import LabelTable
from cityscapes.png.write import encode
from pictures import TABLE, picture, scene

LEFT, RIGHT, ALL = (0, 0, 3, 4), (4, 0, 7, 4), (0, 0, 7, 4)


def image(kind, drawn, table=TABLE):
    return FrameImages(drawn, table, "released").image(kind)


def random_scene(seed, table=TABLE):
    rng = np.random.default_rng(seed)
    names = [label.name for label in TABLE] + ["cargroup", "persongroup", "bicyclegroup"]
    boxes = [
        (rng.choice(names), (x, y, x + w, y + h))
        for x, y, w, h in rng.integers(-5, 30, size=(25, 4)).tolist()
        if w > 0 and h > 0
    ]
    return scene(*boxes, width=40, height=20, table=table)


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
    values = {kind: set(image(kind, scene()).ravel().tolist()) for kind in PICTURES}
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
    forms = {
        kind: (image(kind, drawn).dtype.name, image(kind, drawn).shape[2:]) for kind in PICTURES
    }
    released = {
        "labelIds": ("uint8", ()),
        "instanceIds": ("uint16", ()),
        "color": ("uint8", (4,)),
        "labelTrainIds": ("uint8", ()),
        "instanceTrainIds": ("uint16", ()),
        "panoptic": ("uint8", (3,)),
        "panoptic_trainId": ("uint8", (3,)),
    }
    assert forms | released == forms
    channels = {"grey": (), "RGB": (3,), "RGBA": (4,)}
    assert forms == {k: (KINDS[k].dtype, channels[KINDS[k].channels]) for k in PICTURES}


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


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("band", [1, 100, 1 << 18])
@pytest.mark.parametrize("most_kept", [0, images.MOST_KEPT])
def test_files_and_segments_are_those_of_the_images(monkeypatch, seed, band, most_kept):
    monkeypatch.setattr(runs, "BAND", band)
    monkeypatch.setattr(images, "MOST_KEPT", most_kept)
    # One class is hidden by its id and one by its trainId, which makes two paintings.
    hidden = {"license plate": {"train_id": 4}, "pole": {"train_id": -1}}
    labels = [label._replace(**hidden.get(label.name, {})) for label in TABLE]
    table = LabelTable(labels)
    drawn = FrameImages(random_scene(seed), TABLE, "released")
    again = FrameImages(random_scene(seed, table), table, "released")
    for frame, labels_of_frame in ((drawn, TABLE), (again, table)):
        assert frame.segments() == segments(frame.image("instanceIds"), labels_of_frame)
        for kind in PICTURES:
            assert frame.png(kind) == encode(frame.image(kind))
            assert frame.png(kind) is frame.png(kind)


def test_the_two_panoptic_pictures_are_encoded_once():
    frame = FrameImages(scene(("car", ALL)), TABLE, "released")
    assert frame.png("panoptic") is frame.png("panoptic_trainId")


def test_files_of_more_objects_than_8_bits_number():
    boxes = [("building", (x, 0, x + 2, 1 + x % 7)) for x in range(0, 900, 3)]
    frame = FrameImages(scene(*boxes, width=900, height=9), TABLE, "released")
    assert frame.image("labelIds").any()
    for kind in PICTURES:
        assert frame.png(kind) == encode(frame.image(kind))
    assert frame.segments() == segments(frame.image("instanceIds"), TABLE)
