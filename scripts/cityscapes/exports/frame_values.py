"""What exports are made of, a frame at a time: values of the manifest, and links."""

import os
from collections.abc import Iterable

import numpy as np

from cityscapes.exports.instances import as_list
from cityscapes.exports.masks import instances as instances_of
from cityscapes.ground_truth.frame_files import FrameFiles
from cityscapes.ground_truth.images import FrameImages, instance_ids, label_ids
from cityscapes.ground_truth.pixel_runs import Changes
from cityscapes.incremental.engine import Link
from cityscapes.labels import LabelTable


def instances(kind: str, files: FrameFiles) -> dict:
    """Width, height and instances of a frame, as the manifest keeps them."""
    found = files.images_of(lambda images: _instances(images, files.maker.table))
    return {**_size(files), "instances": found}


def class_pixels(kind: str, files: FrameFiles) -> dict:
    """Width, height and [id, pixels] of the classes that labelIds of a frame show."""
    counted = files.images_of(lambda images: count_pixels(*images.painted_as(label_ids)))
    return {**_size(files), "class_pixels": counted}


def link_to_panoptic(kind: str, files: FrameFiles) -> Link:
    """A link to the panoptic picture of a frame."""
    files.images_of(lambda images: images)  # nothing is linked that cannot be painted
    folders = files.maker.folders
    picture = folders["panoptic"].absolute() / f"{files.frame.name}_gtFine_panoptic.png"
    return Link(os.path.relpath(picture, os.path.realpath(folders[kind])))


def count_pixels(
    lookup: np.ndarray, numbers: np.ndarray, bands: Iterable[Changes]
) -> list[list[int]]:
    """[value, pixels] of the image `lookup[numbers]`, in ascending value.

    `lookup` is uint8 (n,), `numbers` uint8 or uint16 (height, width), `bands` are its changes:
    what begins in row y is one pixel in each row from there on, until it ends.
    """
    pixels = np.zeros(1 << 8)
    for band in bands:
        rows_below = len(numbers) - band.row
        ended = band.above >= 0
        pixels += np.bincount(lookup[band.now], rows_below, len(pixels))
        pixels -= np.bincount(lookup[band.above[ended]], rows_below[ended], len(pixels))
    return [[int(value), int(pixels[value])] for value in np.flatnonzero(pixels)]


def _instances(images: FrameImages, table: LabelTable) -> list[list]:
    return [as_list(one) for one in instances_of(*images.painted_as(instance_ids), table)]


def _size(files: FrameFiles) -> dict[str, int]:
    return {"width": files.annotation.width, "height": files.annotation.height}
