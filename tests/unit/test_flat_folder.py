"""A flat folder of images becomes a dataset in the layout of Cityscapes."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import dataset_of_images
from cityscapes.errors import DataError
from cityscapes.own.flat_folder import read_list
from cityscapes.png.write import encode

RED = np.full((4, 6, 3), (200, 10, 10), dtype=np.uint8)


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """Three images of three kinds, and lists of two splits as Windows and Unix write them."""
    monkeypatch.chdir(tmp_path)
    for folder in ("images", "masks", "polygons"):
        Path(folder).mkdir()
    Path("images/a 1.png").write_bytes(encode(RED))
    Path("images/b.JPG").write_bytes(cv2.imencode(".jpg", RED[..., ::-1])[1].tobytes())
    Image.fromarray(RED[..., 0]).save("images/c.png")
    Path("masks/a 1.png").write_bytes(encode(np.full((4, 6), 7, np.uint8)))
    Path("polygons/b.json").write_text("{}")
    Path("train.txt").write_bytes(b"\xef\xbb\xbfa 1.png\r\n\r\n# a remark\r\nb\r\n")
    Path("val.txt").write_text("c.png")


def run(**options):
    defaults = {
        "images": Path("images"), "lists": [Path("train.txt"), Path("val.txt")],
        "polygons": None, "label_ids": None, "instance_ids": None, "city": "mine", "copy": False,
        "output": Path("data"), "jobs": 1,
    }  # fmt: skip
    dataset_of_images.main(**{**defaults, **options})


def files():
    return {str(path.relative_to("data")): path for path in Path("data").rglob("*.*")}


def test_images_and_annotations_get_their_places():
    run(label_ids=Path("masks"), polygons=Path("polygons"))
    assert files().keys() == {
        "leftImg8bit/train/mine/a 1_leftImg8bit.png",
        "leftImg8bit/train/mine/b_leftImg8bit.png",
        "leftImg8bit/val/mine/c_leftImg8bit.png",
        "gtFine/train/mine/a 1_gtFine_labelIds.png",
        "gtFine/train/mine/b_gtFine_polygons.json",
    }


def test_png_files_of_8_bit_rgb_are_links_that_move_with_all_and_others_are_converted():
    run()
    link = Path("data/leftImg8bit/train/mine/a 1_leftImg8bit.png")
    assert os.readlink(link) == "../../../../images/a 1.png"
    jpeg, grey = (
        Path(f"data/leftImg8bit/{name}_leftImg8bit.png") for name in ("train/mine/b", "val/mine/c")
    )
    for path in (jpeg, grey):
        assert not path.is_symlink()
        assert Image.open(path).mode == "RGB"
    expected = cv2.imread("images/b.JPG", cv2.IMREAD_COLOR_RGB)
    np.testing.assert_array_equal(np.asarray(Image.open(jpeg)), expected)
    assert (np.asarray(Image.open(grey)) == 200).all()


def test_copies_where_asked_for_and_a_second_run_is_quiet():
    run(copy=True)
    assert not any(path.is_symlink() for path in files().values())
    before = {path: file.stat().st_mtime_ns for path, file in files().items()}
    run(copy=True)
    assert {path: file.stat().st_mtime_ns for path, file in files().items()} == before


def test_what_is_wrong_is_listed_and_the_rest_is_made():
    Path("images/d.png").write_bytes(b"\x89PNG")
    Path("images/e.png").write_bytes(encode(RED))
    Path("images/e.jpg").write_bytes(b"")
    Path("images/f.png").write_bytes(encode(RED))
    os.mkfifo("images/p.png")
    Path("data/leftImg8bit/val/mine").mkdir(parents=True)
    Path("data/leftImg8bit/val/mine/f_leftImg8bit.png").write_text("mine")
    Path("val.txt").write_text("c\nd\ne\nf\ngone\nb\nc.png\np\n")
    with pytest.raises(DataError) as error:
        run()
    lines = str(error.value).splitlines()
    assert lines[0] == "data: 7 files are missing, all others were placed:"
    for line, words in zip(
        lines[1:],
        [
            "'e': it is not clear which is meant: e.jpg, e.png",
            "'gone': no gone.png or .jpg in images",
            "'b': the image is in train and in val",
            "'c.png': the image is twice in val",
            "images/d.png: is no PNG or JPEG image",
            "data/leftImg8bit/val/mine/f_leftImg8bit.png: another file has this name",
            "images/p.png: cannot be read: it is a pipe, not a file",
        ],
        strict=True,
    ):
        assert words in line
    assert len(files()) == 4


def test_an_image_of_too_many_pixels_is_not_decoded():
    Image.new("L", (40_000, 1)).save("images/c.png")
    with pytest.raises(DataError, match=r"c\.png: is 40000 x 1 pixels; an image has at most"):
        run()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("mine.txt", b"a", "a list is named after its split: train, val"),
        ("test.txt", b"\xff\xfe", "not a text file in UTF-8: byte 0"),
        ("test.txt", None, "cannot be read: No such file"),
    ],
)
def test_a_list_that_is_none(name, data, message):
    if data is not None:
        Path(name).write_bytes(data)
    with pytest.raises(DataError, match=message):
        read_list(Path(name))


@pytest.mark.parametrize("city", ["a/b", ".a", "{a}", "a\n"])
def test_a_city_that_is_none(city):
    with pytest.raises(DataError, match="no folder of a city"):
        run(city=city)


def test_a_folder_that_is_missing():
    with pytest.raises(DataError, match="masks2: no such folder"):
        run(label_ids=Path("masks2"))
