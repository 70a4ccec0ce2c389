"""All files of one frame, of the types asked for."""

import zlib
from collections.abc import Iterator
from functools import cached_property

import cv2
import numpy as np

from cityscapes.checks.formats import BETAS
from cityscapes.labels import LabelTable
from cityscapes.png.write import encode
from cityscapes.sample import annotation, boxes, coarse, depth, fog, pictures, records
from cityscapes.sample.camera import rig
from cityscapes.sample.frames import CITIES, SampleFrame
from cityscapes.sample.labelling import IMAGES, Labelled
from cityscapes.sample.street import street
from cityscapes.sample.view import View, look


def frame_files(
    frame: SampleFrame,
    types: list[str],
    table: LabelTable,
    width: int,
    height: int,
    seed: int,
) -> list[tuple[str, str, bytes]]:
    """Return type, ending (`_polygons.json`) and content of every file of a frame.

    The content depends on the seed, the name of the frame and the size alone.
    """
    cv2.setNumThreads(1)  # frames are drawn in parallel already
    made = _Frame(frame, table, width, height, seed)
    return [(kind, *file) for kind in types for file in MAKERS[kind](made)]


class _Frame:
    """A frame in the making: each intermediate is made once, on first use."""

    def __init__(self, frame: SampleFrame, table: LabelTable, width: int, height: int, seed: int):
        self.frame = frame
        self.table = table
        self.camera = rig(frame.city, width, height)
        entropy = [seed, zlib.crc32(frame.name.encode())]
        # One generator per subject, so that leaving out a type does not change the others.
        (self.for_street, self.for_fine, self.for_coarse, self.for_weather, self.for_depth,
         self.for_vehicle, self.for_votes) = np.random.default_rng(entropy).spawn(7)  # fmt: skip

    @cached_property
    def things(self) -> list:
        turn = next(k for k, city in enumerate(CITIES) if city.name == self.frame.city)
        return street(self.for_street, theme=turn + self.frame.index)

    @cached_property
    def left(self) -> View:
        return look(self.things, self.camera)

    @cached_property
    def right(self) -> View:
        return look(self.things, self.camera.right())

    @cached_property
    def drawn(self) -> list[annotation.Drawn]:
        if self.frame.split == "test":
            return annotation.withheld(self.camera)
        return annotation.fine(self.left, self.for_fine)

    @cached_property
    def labelled(self) -> Labelled:
        return Labelled(self.drawn, self.camera, self.table)

    @cached_property
    def weather(self) -> pictures.Weather:
        return pictures.weather(self.for_weather)

    @cached_property
    def disparity(self) -> np.ndarray:
        return depth.disparity(self.left)

    @cached_property
    def left_picture(self) -> np.ndarray:
        return pictures.picture(self.left, self.disparity, self.weather)

    @cached_property
    def right_picture(self) -> np.ndarray:
        return pictures.picture(self.right, depth.disparity(self.right), self.weather)


Files = Iterator[tuple[str, bytes]]  # ending and content


def _gt_fine(made: _Frame) -> Files:
    return _ground_truth(made, made.drawn, made.labelled)


def _gt_coarse(made: _Frame) -> Files:
    drawn = coarse.coarse(made.drawn, made.camera, made.for_coarse)
    return _ground_truth(made, drawn, Labelled(drawn, made.camera, made.table))


def _ground_truth(made: _Frame, drawn: list[annotation.Drawn], labelled: Labelled) -> Files:
    for kind in IMAGES:
        yield f"_{kind}.png", encode(labelled.image(kind))
    yield "_polygons.json", annotation.polygon_file(drawn, made.camera)


def _left(made: _Frame) -> Files:
    yield ".png", encode(made.left_picture)


def _blurred(made: _Frame) -> Files:
    yield ".png", encode(pictures.blurred(made.left_picture, made.left))


def _foggy(made: _Frame) -> Files:
    if _has_fog(made.frame):
        metres = fog.distance(made.disparity, made.camera)
        light = made.weather.horizon
        for beta in BETAS:
            image = fog.foggy(made.left_picture, metres, light, float(beta))
            yield f"_beta_{beta}.png", encode(image)


def _has_fog(frame: SampleFrame) -> bool:
    """Return True for a few frames: each has three large images, and a selection is published."""
    return frame.index == 0 and frame.city in ("aachen", "frankfurt")


def _right(made: _Frame) -> Files:
    yield ".png", encode(made.right_picture)


def _left_16_bit(made: _Frame) -> Files:
    if _has_16_bit(made.frame):
        yield ".png", encode(pictures.sixteen_bit(made.left_picture))


def _right_16_bit(made: _Frame) -> Files:
    if _has_16_bit(made.frame):
        yield ".png", encode(pictures.sixteen_bit(made.right_picture))


def _has_16_bit(frame: SampleFrame) -> bool:
    """Return True for one split, as 16-bit pictures are large."""
    return frame.split == "val"


def _disparity(made: _Frame) -> Files:
    yield ".png", encode(depth.encoded(made.disparity, made.left, made.for_depth))


def _camera(made: _Frame) -> Files:
    yield ".json", records.camera_file(made.camera)


def _vehicle(made: _Frame) -> Files:
    yield ".json", records.vehicle_file(made.for_vehicle)


def _timestamp(made: _Frame) -> Files:
    yield ".txt", records.timestamp_file(made.frame)


def _people(made: _Frame) -> Files:
    yield ".json", boxes.people_file(made.labelled, made.camera)


def _vehicles(made: _Frame) -> Files:
    yield ".json", boxes.vehicles_file(made.labelled, made.camera)


def _validated(made: _Frame) -> Files:
    yield ".json", boxes.validated_file(made.labelled, made.camera, made.for_votes)


MAKERS = {
    "gtFine": _gt_fine,
    "gtCoarse": _gt_coarse,
    "leftImg8bit": _left,
    "leftImg8bit_blurred": _blurred,
    "leftImg8bit_foggy": _foggy,
    "rightImg8bit": _right,
    "leftImg16bit": _left_16_bit,
    "rightImg16bit": _right_16_bit,
    "disparity": _disparity,
    "camera": _camera,
    "vehicle": _vehicle,
    "timestamp_sequence": _timestamp,
    "gtBboxCityPersons": _people,
    "gtBbox3d": _vehicles,
    "gtBboxValidated": _validated,
}
