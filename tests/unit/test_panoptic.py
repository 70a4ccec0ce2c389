"""Segments against a slow recount; the JSON file against what the format says."""

import json

import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.ground_truth.segments import (
    FrameSegments,
    Segment,
    panoptic_json,
    panoptic_rgb,
    segments,
)
from cityscapes.labels import LabelTable
from panoptic import stop_if_named_twice
from pictures import TABLE, picture


def test_a_drawn_picture():
    ids = picture("rrsc", "rcsc", r=7, s=4, c=26001)
    assert segments(ids, TABLE) == [
        Segment(id=7, area=3, x=0, y=0, width=2, height=2),
        Segment(id=26001, area=3, x=1, y=0, width=3, height=2),
    ]


@pytest.mark.parametrize("seed", range(10))
def test_as_a_slow_recount(seed):
    values = np.array([0, 4, 7, 11, 24, 26, 24000, 26000, 26001, 29000, 33012], dtype=np.uint16)
    rng = np.random.default_rng(seed)
    ids = values[rng.integers(0, len(values), size=(rng.integers(1, 9), rng.integers(1, 9)))]
    expected = []
    for value in np.unique(ids).tolist():
        if not TABLE.by_id[value // 1000 if value >= 1000 else value].ignore_in_eval:
            rows, columns = np.nonzero(ids == value)
            box = columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
            expected.append(Segment(value, len(rows), *box))
    assert segments(ids, TABLE) == expected


def test_the_segments_fill_the_evaluated_pixels_of_the_picture():
    ids = picture("rrsc", "rcsc", r=7, s=4, c=26001)
    rgb = panoptic_rgb(ids, TABLE).astype(int) @ [1, 256, 65536]
    np.testing.assert_array_equal(rgb, np.where(ids == 4, 0, ids))
    assert sum(segment.area for segment in segments(ids, TABLE)) == np.count_nonzero(rgb)


def test_only_groups_are_crowds():
    found = [Segment(7, 1, 0, 0, 1, 1), Segment(26, 1, 0, 0, 1, 1), Segment(26001, 1, 0, 0, 1, 1)]
    frames = [FrameSegments("bonn", "bonn_000000_000019", 8, 4, found)]
    by_id = json.loads(panoptic_json(frames, TABLE, train_ids=False))
    infos = by_id["annotations"][0]["segments_info"]
    assert [(info["category_id"], info["iscrowd"]) for info in infos] == [(7, 0), (26, 1), (26, 0)]
    by_train_id = json.loads(panoptic_json(frames, TABLE, train_ids=True))
    infos = by_train_id["annotations"][0]["segments_info"]
    assert [info["category_id"] for info in infos] == [0, 13, 13]
    assert len(by_id["categories"]) == len(by_train_id["categories"]) == 19


def test_classes_of_one_train_id_are_one_category():
    together = {"truck": 13, "bus": 13, "sidewalk": 0}
    table = LabelTable(
        [label._replace(train_id=together.get(label.name, label.train_id)) for label in TABLE]
    )
    found = [Segment(id_, 1, 0, 0, 1, 1) for id_ in (7, 8, 26001, 27001)]
    frames = [FrameSegments("bonn", "bonn_000000_000019", 8, 4, found)]
    document = json.loads(panoptic_json(frames, table, train_ids=True))
    infos = document["annotations"][0]["segments_info"]
    assert [info["category_id"] for info in infos] == [0, 0, 13, 13]
    categories = {category["id"]: category for category in document["categories"]}
    assert len(categories) == len(document["categories"]) == 16
    assert categories[13]["name"] == "car+truck+bus"
    assert categories[13]["color"] == [0, 0, 142]
    by_id = json.loads(panoptic_json(frames, table, train_ids=False))
    assert len(by_id["categories"]) == 19


def test_the_class_of_id_0_has_a_segment_that_is_not_void():
    ids = picture("oor", "oc.", o=0, r=7, c=26001, **{".": 4})
    # The background takes another id, and road, renamed, that of the background.
    renumbered = {"unlabeled": 99, "road": 0, "sidewalk": 7}
    table = LabelTable(
        [
            label._replace(id=renumbered.get(label.name, label.id))
            for label in TABLE
            if label.id != 99
        ]
    )
    assert segments(ids, table) == [
        Segment(id=7, area=1, x=2, y=0, width=1, height=1),
        Segment(id=256, area=3, x=0, y=0, width=2, height=2),
        Segment(id=26001, area=1, x=1, y=1, width=1, height=1),
    ]
    rgb = panoptic_rgb(ids, table).astype(int) @ [1, 256, 65536]
    assert rgb.tolist() == [[256, 256, 7], [256, 26001, 0]]
    frames = [FrameSegments("bonn", "bonn_000000_000019", 3, 2, segments(ids, table))]
    (annotation,) = json.loads(panoptic_json(frames, table, train_ids=False))["annotations"]
    assert [info["category_id"] for info in annotation["segments_info"]] == [7, 0, 26]


def test_images_stand_in_the_order_of_their_paths():
    # "bad-honnef/..." sorts before "bad/...", as "-" comes before "/".
    frames = [
        FrameSegments(city, f"{city}_000000_000019", 8, 4, []) for city in ("bad", "bad-honnef")
    ]
    document = json.loads(panoptic_json(frames, TABLE, train_ids=False))
    assert [image["id"][:5] for image in document["images"]] == ["bad-h", "bad_0"]


def test_two_frames_of_one_name_in_the_panoptic_files_are_told():
    frames = [
        FrameSegments(city, name, 4, 2, []) for city, name in (("a", "a_b_1"), ("a_b", "a_b_1"))
    ]
    with pytest.raises(DataError, match="image a_b_1: frames of a and of a_b have this name"):
        stop_if_named_twice(frames)
    stop_if_named_twice([frames[0], frames[0]._replace(frame="a_b_2")])
