"""Pixel-level scores: drawn pictures, laws, bad input, and the reference on adversarial cases."""

import json
import math
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_groups, scored_table
from cityscapes.evaluation.pixel.counts import count, count_frame
from cityscapes.evaluation.pixel.encoding import (
    better_encoding,
    decide_encoding,
    fit,
    in_ids,
    predicted_values,
    raw_confusion,
    void_values,
)
from cityscapes.evaluation.pixel.groups import without_average_size
from cityscapes.evaluation.pixel.reading import (
    PLAIN,
    Reading,
    colors_of_classes,
    read_prediction,
    resized,
)
from cityscapes.evaluation.pixel.scores import (
    AVERAGE_SIZES,
    frame_scores,
    mean,
    result_json,
    scores,
)
from cityscapes.labels import LabelTable
from cityscapes.png.labels import read_instance_ids, read_label_ids
from cityscapes.png.write import encode
from pictures import TABLE, picture
from reference_environment import reference_python

# v(oid), r(oad), s(idewalk), c(ar), C(ar), g(roup of cars), t(railer), p(erson)
IDS = {"v": 0, "r": 7, "s": 8, "c": 26, "C": 26, "g": 26, "t": 30, "p": 24}
INSTANCES = IDS | {"c": 26000, "C": 26001, "t": 30000, "p": 24000}


def drawn(truth, predicted, encoding="ids"):
    """The counts of a frame that is drawn with letters."""
    counts = count(
        picture(*truth, **IDS, dtype=np.uint8),
        picture(*truth, **INSTANCES),
        picture(*predicted, **IDS, dtype=np.uint8),
    )
    return in_ids(counts, encoding, TABLE)


def score_of(name, *frames, sizes=AVERAGE_SIZES, table=TABLE):
    result = scores(list(frames), table, sizes)
    return next(score for score in result.classes + result.categories if score.name == name)


# ---- drawn pictures ----


def test_the_rows_of_the_counts():
    truth = picture("rrc", "rcc", **IDS, dtype=np.uint8)
    instances = picture("rrc", "rCC", **INSTANCES)
    predicted = picture("rcc", "rcc", **IDS, dtype=np.uint8)
    np.testing.assert_array_equal(
        count(truth, instances, predicted),
        [[7, 7, 7, 2], [7, 7, 26, 1], [26, 26000, 26, 1], [26, 26001, 26, 2]],
    )


def test_a_car_taken_for_road_costs_both():
    frame = drawn(["rrrr", "rrcc"], ["rrrr", "rrrc"])
    road, car = score_of("road", frame), score_of("car", frame)
    assert (road.tp, road.fp, road.fn, road.iou) == (6, 1, 0, 6 / 7)
    assert (car.tp, car.fp, car.fn, car.iou) == (1, 0, 1, 1 / 2)
    assert (road.prior, car.prior) == (6 / 8, 2 / 8)
    result = scores([frame], TABLE, AVERAGE_SIZES)
    assert result.confusion[26, 7] == result.confusion[26, 26] == 1
    assert mean(score.iou for score in result.classes) == (6 / 7 + 1 / 2) / 2
    # flat and vehicle: the same, as each has one class here
    assert mean(score.iou for score in result.categories) == (6 / 7 + 1 / 2) / 2


def test_what_is_predicted_on_void_does_not_count_and_predicted_void_is_missed():
    frame = drawn(["vvrr", "vvrr"], ["rrrv", "rrrr"])
    road = score_of("road", frame)
    assert (road.tp, road.fp, road.fn) == (3, 0, 1)
    void = score_of("unlabeled", frame)
    assert (void.tp, void.fp, void.fn, void.prior) == (0, 0, 0, 1 / 2)
    assert math.isnan(void.iou)


def test_small_instances_weigh_as_much_as_large_ones():
    # Car 0 has 1 pixel, all found: weight 12 / 1, tp 12. Car 1 has 4, of which 1 is found:
    # weight 12 / 4 = 3, tp 3, fn 9. The group is no instance. One road pixel is taken for a car.
    frame = drawn(["cCCCC", "rrggr"], ["ccsss", "crccr"])
    car = score_of("car", frame, sizes=AVERAGE_SIZES | {"car": 12.0})
    assert (car.tp, car.fp, car.fn, car.iou) == (4, 1, 3, 4 / 8)
    assert car.iiou == (12 + 3) / (12 + 3 + 1 + 9)
    assert math.isnan(score_of("road", frame).iiou)


def test_an_ignored_class_is_of_its_category_only_in_the_weighted_score():
    # A car (2 pixels, weight 6) is taken for a trailer, and so is a pixel of road. IoU of vehicle:
    # tp 0, fn 2, fp 0. iIoU: a trailer is a vehicle, tp 12, fn 0, but then road is a fp.
    frame = drawn(["ccrr"], ["tttr"])
    vehicle = score_of("vehicle", frame, sizes=AVERAGE_SIZES | {"car": 12.0})
    assert (vehicle.tp, vehicle.fp, vehicle.fn, vehicle.iou) == (0, 0, 2, 0)
    assert vehicle.iiou == 12 / (12 + 1)
    car = score_of("car", frame)
    assert (car.iou, car.iiou) == (0, 0)


def test_confusion_within_a_category_costs_the_classes_only():
    frame = drawn(["rrss"], ["rsss"])
    assert score_of("road", frame).iou == 1 / 2
    assert score_of("sidewalk", frame).iou == 2 / 3
    assert score_of("flat", frame).iou == 1


def test_the_same_number_in_two_frames_is_two_instances():
    # weights 12 / 1 and 12 / 3: tp 12, fn 12
    frames = drawn(["crrr"], ["crrr"]), drawn(["cccr"], ["rrrr"])
    assert score_of("car", *frames, sizes=AVERAGE_SIZES | {"car": 12.0}).iiou == 1 / 2


def test_the_first_instance_of_a_class_1_does_not_count():
    # 1000 is no instance and 1001 is one (of 2 pixels, weight 6, missed): a quirk of the reference
    table = LabelTable(
        [
            label._replace(has_instances=True, ignore_in_eval=False) if label.id == 1 else label
            for label in TABLE
        ]
    )
    frame = np.array([[1, 1000, 1, 4], [1, 1001, 7, 2]])
    found = score_of("ego vehicle", frame, sizes=AVERAGE_SIZES | {"ego vehicle": 12}, table=table)
    assert (found.iou, found.iiou) == (4 / 6, 0)


def test_the_scores_of_one_frame():
    # road 6 / 7, car 1 / 3 (one more on sidewalk), sidewalk 0 / 1; void is left out
    found = frame_scores(drawn(["rrrrv", "rrccs"], ["rrrrc", "rrrcc"]), TABLE)
    assert (found.pixels, found.accuracy) == (9, 7 / 9)
    assert found.mean_iou == pytest.approx((6 / 7 + 1 / 3 + 0) / 3)
    assert (found.worst_class, found.worst_iou) == ("sidewalk", 0)


def test_a_frame_of_void_has_no_scores():
    found = frame_scores(drawn(["vv"], ["rv"]), TABLE)
    assert (found.pixels, found.worst_class) == (0, None)
    assert math.isnan(found.accuracy) and math.isnan(found.mean_iou)


# ---- encodings ----


def values_of(**pixels):
    """A histogram: values_of(v7=3) has three pixels of value 7."""
    values = np.zeros(256, dtype=np.int64)
    for name, number in pixels.items():
        values[int(name[1:])] = number
    return values


@pytest.mark.parametrize(
    ("values", "encoding"),
    [
        (values_of(v7=10, v26=1), "ids"),  # no trainId is 26
        (values_of(v0=10, v255=1), "trainIds"),  # no id is 255
        (values_of(v0=10, v1=5, v13=5), "trainIds"),  # as ids, most of it is void
        (values_of(v7=10, v11=5), "ids"),  # evaluated either way
    ],
)
def test_the_encoding_is_decided_by_the_values(values, encoding):
    assert decide_encoding(values, TABLE) == encoding


def test_of_values_that_fit_no_encoding_the_most_decide():
    assert decide_encoding(values_of(v7=10, v26=3, v255=1), TABLE) == "ids"
    assert decide_encoding(values_of(v7=10, v26=1, v255=3), TABLE) == "trainIds"


def test_one_frame_may_fit_both_but_the_set_does_not():
    frames = [counts_of_values(7, 7, 11), counts_of_values(26, 7)]
    assert decide_encoding(sum(map(predicted_values, frames)), TABLE) == "ids"


def counts_of_values(*values):
    """Counts of a frame of road on which these values are predicted."""
    road = np.full((1, len(values)), 7)
    return count(road.astype(np.uint8), road.astype(np.uint16), np.array([values], dtype=np.uint8))


def test_train_ids_are_the_evaluated_class_that_has_them():
    counts = in_ids(counts_of_values(0, 13, 18, 255), "trainIds", TABLE)
    assert counts[:, 2].tolist() == [7, 26, 33, 0]
    parking_is_road = LabelTable(
        [label._replace(train_id=0) if label.name == "ground" else label for label in TABLE]
    )
    assert in_ids(counts_of_values(0), "trainIds", parking_is_road)[:, 2].tolist() == [7]


@pytest.mark.parametrize(
    ("encoding", "values", "message"),
    [
        ("ids", [7, 34, 255, 255], r"no ids of .* \(0, 1, .*, 33\): 34 \(1 pixels\), 255 \(2 p"),
        ("trainIds", [0, 19, 19], r"no trainIds of .* \(0, .*, 18, 255\): 19 \(2 pixels\)"),
    ],
)
def test_an_unknown_predicted_value(encoding, values, message):
    with pytest.raises(DataError, match=message):
        in_ids(counts_of_values(*values), encoding, TABLE)


def test_an_unknown_true_id():
    counts = np.array([[7, 7, 7, 5], [99, 7, 7, 4]])
    with pytest.raises(DataError, match=r"true ids that are not .*: 99 \(4 pixels\)"):
        in_ids(counts, "ids", TABLE)


@pytest.mark.parametrize("instance", [7001, 34000, 65535])
def test_an_instance_of_a_class_without_instances(instance):
    counts = np.array([[26, instance, 26, 4]])
    with pytest.raises(DataError, match=rf"without instances: {instance} \(4 pixels\)"):
        in_ids(counts, "ids", TABLE)


def test_a_class_without_an_average_size_has_an_iou_but_no_iiou():
    sizes = {name: size for name, size in AVERAGE_SIZES.items() if name != "rider"}
    frame = drawn(["rcc"], ["rcr"])
    result = scores([frame], TABLE, sizes)
    whole = scores([frame], TABLE, AVERAGE_SIZES)
    by_name = {score.name: score for score in result.classes + result.categories}
    assert by_name["car"].iiou == score_of("car", frame).iiou == 1 / 2
    assert [score.iou for score in result.classes] == pytest.approx(
        [score.iou for score in whole.classes], nan_ok=True
    )
    assert math.isnan(by_name["rider"].iiou) and math.isnan(by_name["human"].iiou)
    assert by_name["vehicle"].iiou == 1 / 2
    assert without_average_size(TABLE, sizes) == ["rider"]


# ---- classes of one trainId, and subsets ----

# Cars, trucks and buses have the trainId of cars, sidewalks that of roads.
TOGETHER = {"truck": 13, "bus": 13, "sidewalk": 0}
MERGED = LabelTable(
    [label._replace(train_id=TOGETHER.get(label.name, label.train_id)) for label in TABLE]
)


def by_train_id(truth, instances, predicted, **options):
    table = scored_table(MERGED, "trainIds", options.pop("classes", ()))
    counts = in_ids(count(truth, instances, predicted), "trainIds", table)
    result = scores([counts], table, AVERAGE_SIZES, "trainIds", **options)
    return {score.name: score for score in result.classes + result.categories}, result


def test_classes_of_one_train_id_are_one_class():
    truth = np.array([[26, 27, 28, 28, 7, 8]], dtype=np.uint8)
    instances = np.array([[26000, 27000, 28000, 28000, 7, 8]], dtype=np.uint16)
    predicted = np.array([[13, 13, 13, 0, 0, 0]], dtype=np.uint8)
    found, result = by_train_id(truth, instances, predicted)
    assert found["car+truck+bus"][2:6] == (3, 0, 1, 3 / 4)
    assert found["road+sidewalk"][2:6] == (2, 1, 0, 2 / 3)
    # each object weighs as one of its own class: of the bus, half is found
    weights = [AVERAGE_SIZES[name] for name in ("car", "truck", "bus")]
    found_share = (sum(weights) - weights[2] / 2) / sum(weights)
    assert found["car+truck+bus"].iiou == pytest.approx(found_share)
    assert not {"car", "truck", "road"} & found.keys()
    assert result_json(result)["labels"]["car+truck+bus"] == 26
    assert result.confusion[26].tolist() == [*[0] * 7, 1, *[0] * 18, 3, *[0] * 7]


@pytest.mark.parametrize("table", [TABLE, MERGED])
def test_our_own_train_ids_score_1_with_any_table(frames, table):
    train_ids = np.full(256, 255, dtype=np.uint8)
    for label in table:
        if label.id >= 0:
            train_ids[label.id] = label.train_id
    table = scored_table(table, "trainIds")
    counts = [
        in_ids(count(truth, instances, train_ids[truth]), "trainIds", table)
        for truth, instances, _ in frames
    ]
    result = scores(counts, table, AVERAGE_SIZES, "trainIds")
    assert mean(score.iou for score in result.classes) == 1
    assert mean(score.iou for score in result.categories) == 1


def test_an_evaluated_class_of_train_id_255_is_not_scored_by_train_id():
    table = LabelTable(
        [label._replace(train_id=255) if label.name == "sky" else label for label in TABLE]
    )
    assert scored_table(table, "trainIds").by_name["sky"].ignore_in_eval
    assert not scored_table(table, "ids").by_name["sky"].ignore_in_eval


def test_with_the_official_table_nothing_is_together():
    for encoding in ("ids", "trainIds"):
        assert scored_table(TABLE, encoding).labels == TABLE.labels
        assert [group[0] for group in class_groups(TABLE, encoding)] == [
            label for label in TABLE if label.id >= 0
        ]


def test_of_a_subset_the_truth_of_the_others_is_ignored():
    # road 3 of 4; the sidewalk that is taken for road, and the person, do not count
    truth, predicted = ["rrrrssp"], ["rrrcrrr"]
    table = scored_table(TABLE, "ids", ["road", "car"])
    counts = in_ids(drawn(truth, predicted), "ids", table)
    result = scores([counts], table, AVERAGE_SIZES, is_subset=True)
    found = {score.name: score for score in result.classes + result.categories}
    assert (found["road"].iou, found["car"].iou) == (3 / 4, 0)
    assert mean(score.iou for score in result.classes) == (3 / 4 + 0) / 2
    assert math.isnan(found["sidewalk"].iou) and math.isnan(found["person"].iou)
    # Not 0, as the reference has it for a category that is ignored as a whole.
    assert math.isnan(found["human"].iiou)


def test_a_name_stands_for_all_classes_of_its_train_id():
    for name in ("truck", "car+truck+bus"):
        table = scored_table(MERGED, "trainIds", [name])
        names = [label.name for label in table if not label.ignore_in_eval]
        assert names == ["car", "truck", "bus"]


def test_names_of_a_subset_that_are_no_evaluated_class_are_listed():
    with pytest.raises(DataError, match=r"'rood' \(did you mean road.*\)\n  'static'"):
        scored_table(TABLE, "ids", ["rood", "car", "static"])


# ---- values that mean nothing, and suspicious encodings ----


def test_networks_of_20_classes_predict_19_for_nothing():
    counts = np.array([[7, 7, 0, 90], [26, 26001, 13, 8], [0, 0, 19, 5], [7, 7, 19, 10]])
    values = raw_confusion(counts).sum(axis=0)
    assert void_values("trainIds", TABLE) == [19]
    right = {name: fit(raw_confusion(counts), name, TABLE).right for name in ("ids", "trainIds")}
    assert decide_encoding(values, TABLE) == "ids"  # 19 is a traffic light
    assert decide_encoding(values, TABLE, right=right) == "trainIds"
    found = in_ids(counts, "trainIds", TABLE, [19])
    assert found[:, 2].tolist() == [7, 26, 0, 0]
    assert void_values("ids", TABLE) == [255]


def test_255_is_void_of_ids_too_where_the_truth_speaks_for_ids():
    counts = np.array([[7, 7, 7, 60], [26, 26001, 26, 5], [8, 8, 255, 50]])
    confusion = raw_confusion(counts)
    right = {name: fit(confusion, name, TABLE).right for name in ("ids", "trainIds")}
    assert right == {"ids": 65 / 115, "trainIds": 0}
    assert decide_encoding(confusion.sum(axis=0), TABLE, right=right) == "ids"


def test_the_fit_is_the_score(frames):
    confusion = sum(raw_confusion(count(*images)) for images in frames)
    result = scores(counts_of(frames), TABLE, AVERAGE_SIZES)
    found = fit(confusion, "ids", TABLE)
    assert found.mean_iou == pytest.approx(mean(score.iou for score in result.classes))


def test_a_better_encoding_is_named_with_its_score():
    train_ids = np.array([[7, 7, 0, 50], [8, 8, 1, 25], [26, 26001, 13, 25]])
    warning = better_encoding(raw_confusion(train_ids), "ids", TABLE)
    assert warning == (
        "only 0.0% of the evaluated pixels are right as ids; as trainIds it would be 100.0%, "
        "mIoU 1.0000: set `encoding: trainIds`"
    )
    assert better_encoding(raw_confusion(train_ids), "trainIds", TABLE) == ""
    bad = np.array([[7, 7, 11, 50], [8, 8, 7, 25]])
    assert better_encoding(raw_confusion(bad), "ids", TABLE) == ""


# ---- files ----


def png(image, **options):
    file = BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


GREY = Image.fromarray(np.arange(40, dtype=np.uint8).reshape(5, 8) % 34)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png(GREY)[:-20], "truncated or damaged"),
        (png(GREY)[:60] + b"?" + png(GREY)[61:], "truncated or damaged"),
        (png(GREY.convert("P"))[:-20], "truncated or damaged"),
        (png(GREY.convert("P")).replace(b"PLTE\0", b"PLTE?"), "truncated or damaged"),
        (png(GREY)[:20], "is not a PNG file"),
        (b"", "is not a PNG file"),
        (b"\xff\xd8\xff a JPEG", "is not a PNG file"),
        (png(GREY.convert("RGB")), "is 8-bit RGB, not 8-bit grey"),
        (png(GREY.convert("RGBA")), "is 8-bit RGBA, not 8-bit grey"),
        (png(GREY.convert("LA")), "is 8-bit grey with alpha, not 8-bit grey"),
        (png(GREY.convert("1")), "is 1-bit grey, not 8-bit grey"),
        (png(GREY.convert("I;16")), "is 16-bit grey, not 8-bit grey"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_prediction_that_is_no_image_of_ids(tmp_path, content, message):
    path = tmp_path / "bonn_000000_000019.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=f"bonn_000000_000019.png: .*{message}"):
        read_prediction(path)


def test_instance_ids_have_16_bits(tmp_path):
    path = tmp_path / "ids.png"
    path.write_bytes(png(GREY))
    with pytest.raises(DataError, match="is 8-bit grey, not 16-bit grey"):
        read_instance_ids(path)
    ids = np.array([[7, 26001, 65535]], dtype=np.uint16)
    path.write_bytes(encode(ids))
    np.testing.assert_array_equal(read_instance_ids(path), ids)
    with pytest.raises(DataError, match="is 16-bit grey, not 8-bit grey"):
        read_label_ids(path)


@pytest.mark.parametrize("options", [{}, {"transparency": 7}, {"bits": 8, "compress_level": 0}])
@pytest.mark.parametrize("mode", ["L", "P"])
def test_values_are_read_as_they_are(tmp_path, mode, options):
    # Networks often colour their predictions by a palette; the indices are what counts.
    path = tmp_path / "prediction.png"
    image = GREY.convert(mode)
    if mode == "P":
        image.putpalette([255 - value // 3 for value in range(768)])
    path.write_bytes(png(image, **options))
    np.testing.assert_array_equal(read_prediction(path), np.asarray(GREY))


@pytest.mark.parametrize("wrong", ["prediction", "instanceIds"])
def test_another_size_is_named_with_both_sizes(tmp_path, wrong):
    sizes = {"prediction": (4, 8), "labelIds": (4, 8), "instanceIds": (4, 8)} | {wrong: (8, 4)}
    paths = []
    for name, size in sizes.items():
        paths.append(tmp_path / f"{name}.png")
        dtype = np.uint16 if name == "instanceIds" else np.uint8
        paths[-1].write_bytes(encode(np.zeros(size, dtype=dtype)))
    message = rf"{wrong}.png: is 4x8 pixels, but .*labelIds.png 8x4"
    with pytest.raises(DataError, match=message):
        count_frame(*paths)


def test_images_of_colours_name_the_setting_that_reads_them(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(GREY.convert("RGB")))
    with pytest.raises(DataError, match=r"8-bit RGB, not 8-bit grey; .* `encoding: colors`"):
        read_prediction(path)


COLORS = Reading(colors_of_classes(TABLE))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_are_the_classes_that_have_them(tmp_path, mode):
    # road, car, static (black, as five other ignored classes: the first is unlabeled), dynamic
    ids = np.array([[7, 26, 26], [0, 5, 7]], dtype=np.uint8)
    colors = {label.id: label.color for label in TABLE}
    image = Image.fromarray(
        np.array([[colors[id_] for id_ in row] for row in ids.tolist()], dtype=np.uint8)
    )
    image = image.quantize(8) if mode == "P" else image.convert(mode)
    if mode == "RGBA":
        image.putalpha(7)
    path = tmp_path / "a.png"
    path.write_bytes(png(image))
    np.testing.assert_array_equal(read_prediction(path, COLORS), ids)


def test_every_class_with_an_id_is_read_from_our_own_colour_image(tmp_path):
    for label in TABLE:
        if label.id >= 0 and not label.ignore_in_eval:
            Image.new("RGBA", (2, 2), (*label.color, 255)).save(tmp_path / "a.png")
            assert read_prediction(tmp_path / "a.png", COLORS).tolist() == [[label.id] * 2] * 2


def test_other_colours_are_counted_and_listed(tmp_path):
    image = np.full((4, 5, 3), (128, 64, 128), dtype=np.uint8)
    image[0] = 1, 2, 3
    image[1, :2] = 255, 0, 1
    image[2:] = np.arange(10).reshape(2, 5, 1) + 100
    path = tmp_path / "a.png"
    path.write_bytes(png(Image.fromarray(image)))
    with pytest.raises(DataError) as caught:
        read_prediction(path, COLORS)
    assert "no class in the label table: (1, 2, 3) (5 pixels), (255, 0, 1) (2 pixels), (100, " in (
        str(caught.value)
    )
    # (102, 102, 102) is none, either
    assert str(caught.value).endswith(" and 2 more colours")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png(GREY), "is 8-bit grey, not an 8-bit image of colours"),
        (png(GREY.convert("RGB"))[:-20], "truncated or damaged"),
        (png(GREY.convert("P"))[:-20], "truncated or damaged"),
        (b"", "is not a PNG file"),
    ],
)
def test_what_is_no_image_of_colours(tmp_path, content, message):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"a.png: .*{message}"):
        read_prediction(path, COLORS)


def test_classes_that_are_told_apart_need_colours_of_their_own():
    table = LabelTable(
        [label._replace(color=(0, 0, 142)) if label.name == "bus" else label for label in TABLE]
    )
    with pytest.raises(DataError, match=r"\(0, 0, 142\) is the colour of car, bus"):
        colors_of_classes(table)


@pytest.mark.parametrize("dtype", ["uint8", "int64", ">u2", "bool"])
@pytest.mark.parametrize("shape", [(5, 8), (1, 5, 8), (5, 8, 1)])
def test_label_maps_of_numpy(tmp_path, dtype, shape):
    values = np.asarray(GREY).astype(dtype)
    np.save(tmp_path / "a.npy", np.asfortranarray(values.reshape(shape)))
    read = read_prediction(tmp_path / "a.npy")
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.zeros((5, 8), dtype=np.float32),
            r"holds float32 of shape \(5, 8\), not whole numbers",
        ),
        (np.zeros((2, 5, 8), dtype=np.uint8), r"holds uint8 of shape \(2, 5, 8\), not whole"),
        (np.zeros(8, dtype=np.uint8), r"holds uint8 of shape \(8,\), not whole numbers"),
        (np.zeros((0, 8), dtype=np.uint8), r"holds uint8 of shape \(0, 8\), not whole numbers"),
        (np.full((5, 8), -1), "holds -1 to -1, not values from 0 to 255"),
        (np.full((5, 8), 256), "holds 256 to 256, not values"),
        (np.array([[{}]], dtype=object), "holds object of shape"),
    ],
)
def test_arrays_that_are_no_label_maps(tmp_path, array, message):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(DataError, match=f"a.npy: {message}"):
        read_prediction(tmp_path / "a.npy")


HEADER = b"\x93NUMPY\x01\x00v\x00"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x93NUMPY", b"PK\3\4", HEADER + b"x" * 118,
        HEADER + b"{'descr': '|u1'}" + b" " * 102, HEADER + b"(" * 118,
        b"\x93NUMPY\x09\x00v\x00" + b"x" * 118,
    ],
)  # fmt: skip
def test_files_that_are_no_arrays(tmp_path, content):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(DataError, match=r"a.npy: is not a .npy file"):
        read_prediction(tmp_path / "a.npy")


def test_arrays_that_are_cut_or_vast(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((50, 80), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"a.npy: is a damaged .npy file"):
        read_prediction(path)
    np.save(path, np.zeros((50, 80), dtype=np.uint8))
    path.write_bytes(path.read_bytes().replace(b"(50, 80)", b"(50, -1)"))
    with pytest.raises(DataError, match=r"a.npy: holds uint8 of shape \(50, -1\), not whole"):
        read_prediction(path)
    path.write_bytes(path.read_bytes().replace(b"(50, -1)", b"(9999999, 9999999)"))
    with pytest.raises(DataError, match=r"a.npy: is not a .npy file|9999999 x 9999999 pixels"):
        read_prediction(path)


@pytest.mark.parametrize("size", [(1, 1), (3, 4), (7, 5), (12, 30)])
def test_resizing_takes_the_nearest_pixels(size):
    image = np.random.default_rng(1).integers(0, 34, (6, 10), dtype=np.uint8)
    height, width = size
    pillow = Image.fromarray(image).resize((width, height), Image.Resampling.NEAREST)
    np.testing.assert_array_equal(resized(image, size), np.asarray(pillow))


def test_predictions_of_another_size_are_resized_where_that_is_asked_for(tmp_path):
    truth = np.repeat(np.repeat([[7, 8], [26, 7]], 4, axis=0), 4, axis=1).astype(np.uint8)
    images = {"p": truth[::4, ::4], "labelIds": truth, "instanceIds": truth.astype(np.uint16)}
    paths = [tmp_path / f"{name}.png" for name in images]
    for path, image in zip(paths, images.values(), strict=True):
        path.write_bytes(encode(np.ascontiguousarray(image)))
    with pytest.raises(DataError, match=r"p.png: is 2x2 pixels, but .*; `resize: nearest` would"):
        count_frame(*paths, PLAIN)
    counted = count_frame(*paths, Reading(resize=True))
    assert counted.resized == [2, 2]
    assert counted.rows == [[7, 7, 7, 32], [8, 8, 8, 16], [26, 26, 26, 16]]
    assert count_frame(paths[1], *paths[1:], Reading(resize=True)).resized is None


# ---- laws ----


def random_frame(rng, table=TABLE):
    """Images of true ids, true instances and predicted ids that show much that can go wrong."""
    shape = rng.integers(1, 17), rng.integers(1, 25)
    ids = np.array([label.id for label in table if label.id >= 0])
    shown = rng.choice(ids, size=rng.integers(1, 9))
    void = np.array([label.id for label in table if label.id >= 0 and label.ignore_in_eval])
    things = [label.id for label in table if label.id >= 0 and label.has_instances]

    truth = np.full(shape, rng.choice(void if rng.random() < 0.3 else shown), dtype=np.uint8)
    instances = truth.astype(np.uint16)
    for _ in range(rng.integers(0, 12)):
        box = random_box(rng, shape)
        truth[box] = value = rng.choice(shown if rng.random() < 0.5 else things)
        single = value in things and rng.random() < 0.8
        instances[box] = value * 1000 + rng.choice([0, 1, 2, 999]) if single else value
    predicted = truth.copy()
    for _ in range(rng.integers(0, 8)):
        predicted[random_box(rng, shape)] = rng.choice(shown if rng.random() < 0.6 else ids)
    style = rng.choice(["boxes", "noise", "constant", "void", "inconsistent", "odd instance"])
    if style == "noise":
        noisy = rng.random(shape) < rng.random()
        predicted[noisy] = rng.choice(ids, size=shape)[noisy]
    elif style == "constant":
        predicted[:] = rng.choice(ids)
    elif style == "void":
        predicted[random_box(rng, shape)] = rng.choice(void)
    elif style == "inconsistent":
        truth[random_box(rng, shape)] = rng.choice(ids)
    elif style == "odd instance":
        # Of class 1, which has none: the reference starts to look at 1001, then ignores it.
        instances[random_box(rng, shape)] = rng.choice(
            [999, 1000, *[1001] * table.by_id[1].ignore_in_eval]
        )
    return truth, instances, predicted


def random_box(rng, shape):
    (top, bottom), (left, right) = (np.sort(rng.integers(0, side + 1, size=2)) for side in shape)
    return slice(top, bottom), slice(left, right)


@pytest.fixture
def frames():
    rng = np.random.default_rng(4)
    return [random_frame(rng) for _ in range(40)]


def counts_of(frames, table=TABLE):
    return [in_ids(count(*images), "ids", table) for images in frames]


def as_text(result, table=TABLE):
    return json.dumps(result_json(result), sort_keys=True, indent=4)


def test_a_perfect_prediction_scores_1(frames):
    perfect = [
        (truth, np.where(instances < 1000, truth, instances), truth)
        for truth, instances, _ in frames
    ]
    perfect = [images for images in perfect if (class_image(images[1]) == images[0]).all()]
    assert len(perfect) > 20
    result = scores(counts_of(perfect), TABLE, AVERAGE_SIZES)
    for score in result.classes + result.categories:
        assert score.iou == 1 or math.isnan(score.iou)
        assert score.iiou == 1 or math.isnan(score.iiou)
        assert score.fp == score.fn == 0
    assert frame_scores(drawn(["rcs"], ["rcs"]), TABLE).mean_iou == 1


def class_image(instances):
    return np.where(instances < 1000, instances, instances // 1000)


def test_counts_of_two_halves_add_to_the_whole(frames):
    for images in frames:
        middle = len(images[0]) // 2
        halves = [
            [image[rows] for image in images] for rows in (slice(middle), slice(middle, None))
        ]
        parts = np.concatenate(counts_of(half for half in halves if half[0].size))
        whole = counts_of([images])
        assert as_text(scores([parts], TABLE, AVERAGE_SIZES)) == as_text(
            scores(whole, TABLE, AVERAGE_SIZES)
        )


def test_counts_hold_every_pixel_and_survive_json(frames):
    for images in frames:
        counts = count(*images)
        assert counts.dtype == np.int64
        assert counts[:, 3].sum() == images[0].size
        assert counts.tolist() == sorted(counts.tolist())
        np.testing.assert_array_equal(json.loads(json.dumps(counts.tolist())), counts)


def test_the_order_of_frames_does_not_matter(frames):
    there, back = (
        result_json(scores(order, TABLE, AVERAGE_SIZES))
        for order in (counts_of(frames), counts_of(frames[::-1]))
    )
    assert deviation(there, back) < 1e-12


def test_swapping_two_classes_on_both_sides_swaps_their_scores(frames):
    swap = np.arange(256)
    swap[[7, 11]] = 11, 7  # road and building: both evaluated, no instances, other categories
    swapped = [
        (
            swap[truth].astype(np.uint8),
            np.where(instances < 256, swap[np.minimum(instances, 255)], instances),
            swap[predicted].astype(np.uint8),
        )
        for truth, instances, predicted in frames
    ]
    before, after = (
        {score.name: score[1:] for score in scores(counts_of(shown), TABLE, AVERAGE_SIZES).classes}
        for shown in (frames, swapped)
    )
    before["road"], before["building"] = before["building"], before["road"]
    np.testing.assert_array_equal(list(before.values()), list(after.values()))


def test_train_ids_of_evaluated_classes_score_as_ids(frames):
    train_ids = np.full(256, 255, dtype=np.uint8)
    for label in TABLE:
        if label.id >= 0 and not label.ignore_in_eval:
            train_ids[label.id] = label.train_id
    evaluated = train_ids < 255
    in_both = [
        (truth, instances, np.where(evaluated[predicted], predicted, 0).astype(np.uint8))
        for truth, instances, predicted in frames
    ]
    coded = [count(truth, instances, train_ids[ids]) for truth, instances, ids in in_both]
    encoding = decide_encoding(sum(map(predicted_values, coded)), TABLE)
    assert encoding == "trainIds"
    assert as_text(
        scores([in_ids(counts, encoding, TABLE) for counts in coded], TABLE, AVERAGE_SIZES)
    ) == as_text(scores(counts_of(in_both), TABLE, AVERAGE_SIZES))


# ---- the reference ----

CASES = 400


def random_case(rng, number):
    """Changes to the label table, average sizes of instances, and some frames."""
    changes, sizes = {}, dict(AVERAGE_SIZES)
    if number % 2:
        for name in rng.choice([label.name for label in TABLE if label.id >= 0], size=6):
            changes[str(name)] = {"ignoreInEval": bool(rng.random() < 0.5)}
        if rng.random() < 0.3:
            changes |= {name: {"ignoreInEval": True} for name in ("person", "rider")}
        # other classes get instances, or lose them
        for name in rng.choice(["ego vehicle", "pole", "sky", "rider", "bicycle"], size=2):
            instances, ignored = (bool(choice) for choice in rng.random(2) < 0.4)
            changes[str(name)] = {"hasInstances": instances, "ignoreInEval": ignored}
            sizes[str(name)] = 10 ** rng.uniform(0, 5)
        changes["license plate"] = {"category": str(rng.choice(["vehicle", "plate"]))}
    table = LabelTable([changed(label, changes.get(label.name, {})) for label in TABLE])
    frames = [random_frame(rng, table) for _ in range(rng.integers(1, 5))]
    return changes, sizes, table, frames


def changed(label, fields):
    ours = {"ignoreInEval": "ignore_in_eval", "hasInstances": "has_instances"}
    return label._replace(**{ours.get(field, field): value for field, value in fields.items()})


def write_frame(folder, number, frame, palette):
    """Three files with the official names; their paths in the order of `count_frame`."""
    truth, instances, predicted = frame
    name = f"frankfurt_{number:06}_000294"
    contents = {
        f"{name}.png": png(Image.fromarray(predicted).convert("P"))
        if palette
        else encode(predicted),
        f"{name}_gtFine_labelIds.png": encode(truth),
        f"{name}_gtFine_instanceIds.png": encode(instances),
    }
    for file, content in contents.items():
        (folder / file).write_bytes(content)
    return [folder / file for file in contents]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """(what the reference wrote, what we would) for every case."""
    python = reference_python()
    root = tmp_path_factory.mktemp("pixel")
    rng = np.random.default_rng(2016)
    cases, ours = [], []
    for number in range(CASES):
        changes, sizes, table, frames = random_case(rng, number)
        folder = root / f"{number:03}"
        folder.mkdir()
        paths = [write_frame(folder, k, frame, number % 5 == 0) for k, frame in enumerate(frames)]
        case = {
            "predictions": [str(prediction) for prediction, _, _ in paths],
            "truth": [str(label_ids) for _, label_ids, _ in paths],
            "labels": changes,
            "average_sizes": sizes,
            "result": str(folder / "resultPixelLevelSemanticLabeling.json"),
        }
        cases.append(case)
        counts = [in_ids(np.array(count_frame(*three).rows), "ids", table) for three in paths]
        ours.append(as_text(scores(counts, table, sizes), table))
    (root / "cases.json").write_text(json.dumps(cases))
    script = Path(__file__).parents[1] / "reference/pixel_reference.py"
    subprocess.run([python, script, root / "cases.json"], check=True)
    return [
        (Path(case["result"]).read_text(), text) for case, text in zip(cases, ours, strict=True)
    ]


def test_every_number_is_the_references(compared):
    assert len(compared) == CASES
    for theirs, ours in compared:
        assert deviation(json.loads(theirs), json.loads(ours)) < 1e-12


def deviation(theirs, ours):
    """The largest deviation between two trees of dicts and lists that must have the same keys."""
    if isinstance(theirs, dict):
        assert theirs.keys() == ours.keys()
        return max((deviation(value, ours[key]) for key, value in theirs.items()), default=0)
    if isinstance(theirs, list):
        assert len(theirs) == len(ours)
        return max(map(deviation, theirs, ours), default=0)
    if math.isnan(theirs):
        assert math.isnan(ours)
        return 0
    return abs(theirs - ours)
