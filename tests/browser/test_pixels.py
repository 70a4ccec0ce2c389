"""The colours on the canvas are the values in the files."""

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from cityscapes.labels import read_labels
from cityscapes.png.labels import read_grey
from tiny import CLONE
from viewer_pages import FRAME, actual_size, canvas

TABLE = read_labels(CLONE / "config/labels.csv")
FULL = "opacity=100&overlay="
FRAMES = [FRAME, "val/lindau/lindau_000000_000019", "val/munster/munster_000000_000019"]


def label_image(folder, frame, kind, shard_type="gtFine", bits=8):
    return read_grey(folder / f"results/{shard_type}/{frame}_{shard_type}_{kind}.png", bits)


def drawn(page):
    """The canvas, cut to the image at one screen pixel a pixel."""
    actual_size(page)
    return canvas(page)[:256, :512]


def class_colors():
    colors = np.zeros((256, 3), dtype=np.uint8)
    for label in TABLE:
        if label.id >= 0:
            colors[label.id] = label.color
    return colors


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("shard_type", ["gtFine", "gtCoarse"])
def test_a_class_on_the_page_is_that_class_in_labelids(frame_page, folder, frame, shard_type):
    page = frame_page(f"{FULL}{shard_type}.classes", frame)
    ids = label_image(folder, frame, "labelIds", shard_type)
    assert np.array_equal(drawn(page), class_colors()[ids])


@pytest.mark.parametrize("whose", ["prepared", "released"])
def test_label_images_can_be_shown_as_they_lie_on_disk(frame_page, folder, whose):
    ids = label_image(folder, FRAME, "labelIds")
    page = frame_page(f"{FULL}{whose}")
    assert np.array_equal(drawn(page), class_colors()[ids])


def test_trainids_are_those_of_labeltrainids(frame_page, folder):
    ids = label_image(folder, FRAME, "labelTrainIds")
    colors = np.zeros((256, 3), dtype=np.uint8)
    for label in TABLE:
        if 0 <= label.train_id < 255:
            colors[label.train_id] = label.color
    assert np.array_equal(drawn(frame_page(f"{FULL}gtFine.trainIds")), colors[ids])


def test_each_instance_has_a_colour_of_its_own(frame_page, folder):
    ids = label_image(folder, FRAME, "instanceIds", bits=16)
    shown = drawn(frame_page(f"{FULL}gtFine.instances")).astype(int)
    shown = shown[..., 0] << 16 | shown[..., 1] << 8 | shown[..., 2]
    color_of = {}
    for value in np.unique(ids):
        (color,) = np.unique(shown[ids == value])
        color_of[value] = color
    instances = [value for value in color_of if value >= 1000]
    assert len({color_of[value] for value in instances}) == len(instances) > 10


def test_without_opacity_the_image_is_that_of_the_file(frame_page, folder):
    page = frame_page("opacity=0&image=leftImg8bit")
    path = folder / f"resources/sample/dataset/leftImg8bit/{FRAME}_leftImg8bit.png"
    assert np.array_equal(drawn(page), cv2.imread(str(path))[..., ::-1])


def test_the_blurred_image_is_shown_unless_another_is_chosen(frame_page, folder):
    page = frame_page("opacity=0")
    path = folder / f"resources/sample/dataset/leftImg8bit_blurred/{FRAME}_leftImg8bit_blurred.png"
    assert np.array_equal(drawn(page), cv2.imread(str(path))[..., ::-1])


def test_a_class_without_its_tick_is_clear(frame_page, folder):
    page = frame_page(f"{FULL}gtFine.classes&picture=off&hide=road")
    ids = label_image(folder, FRAME, "labelIds")
    shown = drawn(page)
    (ground,) = np.unique(shown[ids == 7], axis=0)
    assert np.array_equal(shown[ids != 7], class_colors()[ids][ids != 7])
    assert not np.array_equal(ground, TABLE.by_name["road"].color)


def test_pixel_predictions_are_the_ids_that_their_values_mean(frame_page, folder):
    for name, encoding in (("pixel_good", "id"), ("pixel_poor", "train_id")):
        path = (
            folder / f"resources/sample/predictions/{name}/{FRAME.removeprefix('val/')}_pred.png"
        )
        values = read_grey(path, 8)
        colors = np.zeros((256, 3), dtype=np.uint8)
        for label in reversed(TABLE.labels):
            if label.id >= 0 and (encoding == "id" or not label.ignore_in_eval):
                colors[getattr(label, encoding)] = label.color
        shown = drawn(frame_page(f"opacity=100&set={name}&compare=only"))
        assert np.array_equal(shown, colors[values])


def test_the_error_map_leaves_ignored_classes_out(frame_page, folder):
    ids = label_image(folder, FRAME, "labelIds")
    path = (
        folder / f"resources/sample/predictions/pixel_good/{FRAME.removeprefix('val/')}_pred.png"
    )
    predicted = read_grey(path, 8)
    evaluated = np.zeros(256, dtype=bool)
    evaluated[[label.id for label in TABLE if label.id >= 0 and not label.ignore_in_eval]] = True
    page = frame_page("opacity=100&set=pixel_good&compare=errors")
    shown = drawn(page)
    right, wrong, ignored = (30, 120, 60), (230, 50, 40), (90, 90, 90)
    expected = np.where((ids == predicted)[..., None], right, wrong)
    expected[~evaluated[ids]] = ignored
    assert np.array_equal(shown, expected)
    share = 100 * (ids == predicted)[evaluated[ids]].mean()
    told = f"{share:.2f} % of {evaluated[ids].sum():,} pixels are right"
    expect(page.locator(".note")).to_contain_text(told)


def test_masks_and_segments_are_painted_over_each_other(frame_page):
    for name in ("instance_good", "instance_coco", "panoptic_good"):
        shown = drawn(frame_page(f"opacity=100&set={name}&compare=only&picture=off"))
        assert len(np.unique(shown.reshape(-1, 3), axis=0)) > 3


def test_disparity_and_depth_have_no_colour_where_nothing_was_measured(frame_page, folder):
    path = folder / f"resources/sample/dataset/disparity/{FRAME}_disparity.png"
    measured = read_grey(path, 16) > 0
    for overlay in ("disparity", "depth"):
        shown = drawn(frame_page(f"{FULL}{overlay}&picture=off"))
        (ground,) = np.unique(shown[~measured], axis=0)
        assert (shown[measured] != ground).any(axis=1).all()


def test_differences_of_blurred_and_original_beyond_the_tolerance(frame_page, folder):
    data = folder / "resources/sample/dataset"
    images = [
        cv2.imread(str(data / f"{kind}/{FRAME}_{kind}.png")).astype(int)
        for kind in ("leftImg8bit", "leftImg8bit_blurred")
    ]
    changed = np.abs(images[0] - images[1]).max(axis=2) > 2
    page = frame_page(f"{FULL}blurred&picture=off")
    shown = drawn(page)
    assert changed.sum() > 20
    assert (shown[changed][:, 0] == 255).all() and (shown[~changed][:, 0] < 255).all()
    told = f"{changed.sum():,} pixels differ by more than 2"
    expect(page.locator(".note")).to_contain_text(told)
