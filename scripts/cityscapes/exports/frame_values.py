"""What exports take from each frame: values of the manifest, and links."""

import os
from collections.abc import Iterable

import numpy as np

from cityscapes.exports.instances import Instance, as_list
from cityscapes.exports.masks import instances as instances_of
from cityscapes.ground_truth.frame_files import FrameFiles
from cityscapes.ground_truth.images import instance_ids, label_ids
from cityscapes.ground_truth.kinds import KINDS
from cityscapes.incremental.items import Link
from cityscapes.layout import Shard, image_name
from cityscapes.pixel_runs import Changes


def instances(kind: str, files: FrameFiles) -> dict:
    """Return width, height and instances of a frame, as the manifest keeps them."""
    return {**_size(files), "instances": [as_list(one) for one in instances_of_frame(files)]}


def class_pixels(kind: str, files: FrameFiles) -> dict:
    """Return width, height and [id, pixels] of the classes that labelIds of a frame show."""
    counted = files.images_of(lambda images: count_pixels(*images.painted_as(label_ids)))
    return {**_size(files), "class_pixels": counted}


def link(kind: str, files: FrameFiles) -> Link:
    """Return a link to another file of a frame below the results, raw or made."""
    files.images_of(lambda images: images)  # nothing is linked that cannot be painted
    folder = files.maker.folders[kind]
    shard = Shard(*files.path(next(iter(files.frame.sources))).parts[-4:-1])
    results = folder.parents[KINDS[kind].folder_of(shard).count("/")]
    pattern, name = KINDS[kind].target, files.frame.name
    if "{city}" not in pattern:
        name = image_name(shard.city, name)
    target = results / pattern.format(**shard._asdict(), frame=name)
    return Link(os.path.relpath(target.absolute(), os.path.realpath(folder)))


def count_pixels(
    lookup: np.ndarray, numbers: np.ndarray, bands: Iterable[Changes]
) -> list[list[int]]:
    """Count the pixels of the image `lookup[numbers]`: [value, pixels], in ascending value.

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


def instances_of_frame(files: FrameFiles) -> list[Instance]:
    """Return the instances of a frame; they are computed once for all kinds."""
    table = files.maker.table
    return files.once(
        "instances",
        lambda: files.images_of(lambda i: instances_of(*i.painted_as(instance_ids), table)),
    )


def _size(files: FrameFiles) -> dict[str, int]:
    width, height = files.images.size
    return {"width": width, "height": height}
