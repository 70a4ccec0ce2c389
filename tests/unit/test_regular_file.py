"""Files are read whole, and what is no file is named and never opened."""

import os
import socket

import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.counting import Truth
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.frames import text_work
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import read_panoptic_predictions
from cityscapes.files.json_document import read_document
from cityscapes.files.regular import read_file
from cityscapes.labels import read_labels
from cityscapes.own.flat_folder import read_list
from cityscapes.png.labels import read_grey
from pictures import TABLE


def refusal(path, most_bytes=10):
    with pytest.raises(DataError) as caught:
        read_file(path, most_bytes)
    return str(caught.value)


def test_a_file_is_read_whole_up_to_the_limit(tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")
    (tmp_path / "link").symlink_to("file")
    assert read_file(tmp_path / "file", 10) == read_file(tmp_path / "link", 10) == b"0123456789"
    message = f"{tmp_path}/file: cannot be read: it has 10 bytes, more than the limit of 9 bytes"
    assert refusal(tmp_path / "file", 9) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pipe", "it is a pipe, not a file"),
        ("socket", "it is a socket, not a file"),
        ("device", "it is a device, not a file"),
        ("folder", "Is a directory"),
        ("none", "No such file or directory"),
        ("loop", "Too many levels of symbolic links"),
    ],
)
def test_what_is_no_file_is_named_and_not_opened(tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    os.mkfifo("pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("socket")
    os.symlink("/dev/zero", "device")
    os.mkdir("folder")
    os.symlink("loop", "loop")
    monkeypatch.setattr(os, "open", lambda *arguments: pytest.fail("opened"))
    path = tmp_path / name
    assert refusal(path) == f"{path}: cannot be read: {message}"
    listening.close()


def test_a_pipe_in_place_of_the_file_just_seen_does_not_stop_the_run(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    seen = os.stat(tmp_path / "file")
    monkeypatch.setattr(os, "stat", lambda path: seen)
    assert "it is a pipe" in refusal(tmp_path / "pipe")


FRAME = "bonn_000000_000019"
NUMBERS = class_numbers(TABLE, "ids")
READERS = {
    "JSON": lambda path: read_document(path, 1000),
    "label table": read_labels,
    "label image": lambda path: read_grey(path, 8),
    "text predictions": lambda path: list(text_predictions(path, path.parent, (6, 8), NUMBERS)),
    "COCO results": lambda path: index_coco_results(path, [FRAME], TABLE),
    "COCO entries": lambda path: list(coco_predictions(path, [], (6, 8), NUMBERS)),
    "COCO images": read_coco_images,
    "panoptic JSON": read_panoptic_predictions,
    "panoptic picture": read_panoptic_png,
    "list of a split": read_list,
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("what", "message"), [("pipe", "a pipe"), ("device", "a device")])
def test_no_reader_waits_for_a_pipe_or_reads_a_device(tmp_path, name, what, message):
    path = tmp_path / "val.json"
    os.mkfifo(path) if what == "pipe" else os.symlink("/dev/zero", path)
    with pytest.raises(DataError, match=rf"val\.json: .*it is {message}, not a file"):
        READERS[name](path)


def test_a_pipe_in_place_of_a_text_file_is_no_list_of_masks(tmp_path):
    os.mkfifo(tmp_path / "x.txt")
    truth = Truth(tmp_path, tmp_path, "val", "bonn", {})
    (work,) = text_work({FRAME: tmp_path / "x.txt"}, tmp_path, truth, NUMBERS)
    with pytest.raises(DataError):
        work.count(*work.arguments)
