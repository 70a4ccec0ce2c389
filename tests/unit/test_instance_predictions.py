"""Instance predictions: what is read, and everything that is refused, by line or entry."""

import json

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.predictions import (
    text_predictions,
)
from pictures import TABLE

SHAPE = (6, 8)
NUMBERS = class_numbers(TABLE, "ids")
FRAME = "bonn_000000_000019"


@pytest.fixture
def results(tmp_path):
    """A result root with one good mask, m.png: 3 x 2 pixels at (4, 1)."""
    root = tmp_path / "results"
    root.mkdir()
    write_mask(root / "m.png")
    return root


def write_mask(path, shape=SHAPE):
    image = np.zeros(shape, dtype=np.uint8)
    image[1:3, 4:7] = 200
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), image)


def read(root, text, folder="."):
    """The predictions in a text file below the result root."""
    (root / folder).mkdir(exist_ok=True)
    path = root / folder / f"{FRAME}.txt"
    path.write_text(text)
    return list(text_predictions(path, root, SHAPE, NUMBERS))


def refused(root, text, **options):
    """Why a text file is refused: the lines of the message but the first."""
    with pytest.raises(DataError) as caught:
        read(root, text, **options)
    first, *lines = str(caught.value).split("\n  ")
    assert first.endswith(f"{FRAME}.txt: the predictions are wrong:")
    return lines


def test_a_text_file(results):
    (prediction,) = read(results, "m.png 26 0.75\n")
    assert prediction[:4] == (26, 0.75, 4, 1)
    np.testing.assert_array_equal(prediction.mask, np.ones((2, 3)))
    assert prediction.mask.dtype == np.uint8
    assert read(results, "") == []


@pytest.mark.parametrize("name", ["m.png", "./m.png", "../results/m.png", "sub/../m.png"])
def test_paths_may_wander_below_the_root(results, name):
    (results / "sub").mkdir()
    assert len(read(results, f"{name} 26 0.5")) == 1


def test_masks_may_lie_outside_of_the_folder_of_the_text_file(results):
    assert len(read(results, "../m.png 26 0.5", folder="texts")) == 1


def test_the_root_may_be_a_link(results, tmp_path):
    (tmp_path / "link").symlink_to(results)
    assert len(read(tmp_path / "link", "m.png 26 0.5")) == 1


def test_a_mask_that_is_named_twice_counts_once_as_the_last_line_says(results):
    (prediction,) = read(results, "m.png 26 0.5\n./m.png 24.0 0.25\n")
    assert prediction[:2] == (24, 0.25)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("m.png 26", "'m.png 26' is not `mask labelId confidence`"),
        ("", "'' is not `mask labelId confidence`"),
        ("m.png  26 0.5", "with one space between each"),
        ("m.png\t26\t0.5", "with one space between each"),
        ("my mask.png 26 0.5", "with one space between each"),
        ("m.png 26 nan", "confidence 'nan' is not a finite number"),
        ("m.png 26 -inf", "confidence '-inf' is not a finite number"),
        ("m.png 26 high", "confidence 'high' is not a finite number"),
        ("m.png 99 0.5", "label id '99' is not an id of the label table"),
        ("m.png 26.5 0.5", "label id '26.5' is not an id of the label table"),
        ("m.png nan 0.5", "label id 'nan' is not an id of the label table"),
        ("m.png car 0.5", "label id 'car' is not an id of the label table"),
        ("gone.png 26 0.5", "gone.png cannot be read: No such file or directory"),
        (". 26 0.5", "results cannot be read: Is a directory"),
        ("text.png 26 0.5", "text.png is not an image, or a damaged one"),
        ("empty.png 26 0.5", "empty.png is not an image, or a damaged one"),
        ("cut.png 26 0.5", "cut.png is not an image, or a damaged one"),
        ("wide.png 26 0.5", "wide.png is 9 x 6 pixels, the ground truth 8 x 6"),
        ("turned.png 26 0.5", "turned.png is 6 x 8 pixels, the ground truth 8 x 6"),
        ("{root}/m.png 26 0.5", "is an absolute path, not relative to the text file"),
        ("../o.png 26 0.5", "mask '../o.png' is {parent}/o.png, outside of the results {root}"),
        ("../results_other/m.png 26 0.5", "{parent}/results_other/m.png, outside of"),
        ("link.png 26 0.5", "mask 'link.png' is {parent}/o.png, outside of"),
        ("linked/m.png 26 0.5", "is {parent}/results_other/m.png, outside of"),
        ("deep/../../o.png 26 0.5", "{parent}/o.png, outside of"),
        ("m\0.png 26 0.5", "is no path"),
        ("loop.png 26 0.5", "loop.png cannot be read: Too many levels of symbolic links"),
    ],
)
def test_wrong_lines_are_named_with_their_number(results, tmp_path, line, message):
    write_mask(tmp_path / "o.png")
    write_mask(tmp_path / "results_other/m.png")
    write_mask(results / "wide.png", (6, 9))
    write_mask(results / "turned.png", (8, 6))
    (results / "text.png").write_text("no image")
    (results / "empty.png").touch()
    (results / "cut.png").write_bytes((results / "m.png").read_bytes()[:-20])
    (results / "link.png").symlink_to("../o.png")
    (results / "linked").symlink_to("../results_other")
    (results / "a/b").mkdir(parents=True)
    (results / "deep").symlink_to("a/b")  # what follows it is read as text: deep/.. is here
    (results / "loop.png").symlink_to("loop.png")
    names = {"root": results, "parent": tmp_path}
    (problem,) = refused(results, f"m.png 26 0.5\n{line.format(**names)}\n")
    assert problem.startswith("line 2: ")
    assert message.format(**names) in problem


def test_all_wrong_lines_are_reported_at_once(results):
    lines = refused(results, "gone.png 26 1\nm.png 26 1\nm.png 26 x\nm.png 26\nm.png 99 1\n")
    assert [line.split(":")[0] for line in lines] == ["line 1", "line 3", "line 4", "line 5"]
    many = refused(results, "m.png 26\n" * 150)
    assert len(many) == 101
    assert many[-1] == "and 50 more"


def test_a_text_file_that_cannot_be_read(results):
    with pytest.raises(DataError, match=r"none\.txt: cannot be read: No such file"):
        list(text_predictions(results / "none.txt", results, SHAPE, NUMBERS))
    with pytest.raises(DataError, match="larger than 16,000,000 bytes: no predictions of a frame"):
        read(results, "\n" * 16_000_001)
    assert len(refused(results, "x" * 1_000_000)[0]) < 200
    with pytest.raises(DataError, match=r"m\.png: not a text file"):
        list(text_predictions(results / "m.png", results, SHAPE, NUMBERS))


def entry(**changes):
    return {"image_id": FRAME, "category_id": 26, "score": 0.5, "segmentation": rle()} | changes


def rle(pixels=None):
    if pixels is None:
        pixels = np.zeros(SHAPE, dtype=np.uint8)
        pixels[1:3, 4:7] = 1
    packed = coco.encode(np.asfortranarray(pixels))
    return {"size": packed["size"], "counts": packed["counts"].decode()}


def read_coco(folder, *entries, frames=(FRAME, "bonn_000001_000019")):
    path = folder / "results.json"
    path.write_text(json.dumps(entries))
    found = index_coco_results(path, frames, TABLE)
    assert not found.problems, found.problems
    return found.of_frame


def unpack_coco(folder, *entries):
    path = folder / "results.json"
    found = read_coco(folder, *entries)[FRAME]
    return list(coco_predictions(path, found, SHAPE, NUMBERS))


def test_a_coco_file_is_grouped_by_frame(tmp_path):
    other = entry(image_id="bonn_000001_000019", category_id=24.0)
    grouped = read_coco(
        tmp_path, entry(), other, entry(score=1), frames=[FRAME, "b", *[other["image_id"]]]
    )
    assert [[item.index for item in items] for items in grouped.values()] == [[0, 2], [], [1]]
    (place,) = grouped[other["image_id"]]
    text = (tmp_path / "results.json").read_text()[place.begin : place.end]
    assert json.loads(text) == other


@pytest.mark.parametrize("listed", [False, True], ids=["packed", "listed"])
@pytest.mark.parametrize("seed", range(12))
def test_masks_of_a_coco_file(tmp_path, seed, listed):
    rng = np.random.default_rng(seed)
    pixels = (rng.random(SHAPE) < rng.choice([0, 0.1, 0.5, 0.9, 1])).astype(np.uint8)
    packed = rle(pixels)
    if listed:
        flat = pixels.ravel(order="F")
        changes = np.flatnonzero(np.diff(flat, prepend=0, append=2))
        packed["counts"] = np.diff(changes, prepend=0).tolist()
    (prediction,) = unpack_coco(tmp_path, entry(segmentation=packed))
    height, width = prediction.mask.shape
    found = np.zeros_like(pixels)
    found[prediction.top :, prediction.left :][:height, :width] = prediction.mask
    np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize(
    ("polygons", "rows"),
    [
        ([[1, 1, 4, 1, 4, 3, 1, 3]], ["00000000", "01110000", "01110000"]),
        ([[0, 0, 2, 0, 2, 1, 0, 1], [5, 0, 9, 0, 9, 2, 5, 2]], ["11000111", "00000111"]),
        ([], []),
    ],
)
def test_polygons_of_a_coco_file(tmp_path, polygons, rows):
    expected = np.zeros(SHAPE, dtype=np.uint8)
    for y, row in enumerate(rows):
        expected[y] = [*map(int, row)]
    (prediction,) = unpack_coco(tmp_path, entry(segmentation=polygons))
    height, width = prediction.mask.shape
    found = np.zeros(SHAPE, dtype=np.uint8)
    found[prediction.top :, prediction.left :][:height, :width] = prediction.mask
    np.testing.assert_array_equal(found, expected)


# ---- ids of other files ----

# As detectron2's and mmdetection's converters write them, annotations in between.
TRAINED_ON = {
    "info": {},
    "images": [
        {"id": 7, "file_name": f"bonn/{FRAME}_leftImg8bit.png", "width": 8, "height": 6},
        {"id": 8, "file_name": "bonn/bonn_000001_000019_leftImg8bit.png"},
        {"id": 9, "file_name": "train/ulm_000000_000019_leftImg8bit.png"},
    ],
    "annotations": [{"id": 0, "segmentation": rle()}] * 3,
    "categories": [
        {"id": id_, "name": name}
        for id_, name in enumerate(["person", "Rider", "car", "traffic_light"], start=11)
    ],
}


def read_with_images(folder, *entries, document=TRAINED_ON):
    (folder / "trained_on.json").write_text(json.dumps(document))
    path = folder / "results.json"
    path.write_text(json.dumps(entries))
    images = read_coco_images(folder / "trained_on.json")
    frames = [FRAME, "bonn_000001_000019"]
    return index_coco_results(path, frames, TABLE, images=images)


@pytest.mark.parametrize(
    ("categories", "way"),
    [
        ([11, 13, 14], "by id"),
        ([0, 2, 3], "by place from 0"),
        ([1, 3, 4], "by place from 1"),
        ([1, 3, 3], "by place from 1"),
    ],
)
def test_numbers_are_those_of_a_named_json(tmp_path, categories, way):
    person, car, light = categories
    found = read_with_images(
        tmp_path,
        entry(image_id=8, category_id=person),
        entry(image_id=7, category_id=car),
        entry(image_id=7, category_id=light),
    )
    assert not found.problems
    assert [[one.index for one in listed] for listed in found.of_frame.values()] == [[1, 2], [0]]
    assert found.note == f"categories of trained_on.json {way}"
    path = tmp_path / "results.json"
    of_frame = coco_predictions(path, found.of_frame[FRAME], SHAPE, found.numbers)
    last = 19 if light != car else 26
    assert [prediction.label_id for prediction in of_frame] == [26, last]


def test_images_of_other_splits_and_unknown_numbers_are_named(tmp_path):
    found = read_with_images(
        tmp_path,
        *(entry(image_id=id_, category_id=11) for id_ in (9, 10, 7, FRAME)),
        entry(image_id=7, category_id=99),
    )
    path, trained_on = tmp_path / "results.json", tmp_path / "trained_on.json"
    assert found.problems == [
        f"{path}: entry 0: image_id 9 is 'train/ulm_000000_000019_leftImg8bit.png' in "
        f"{trained_on}, which is no frame that is evaluated",
        f"{path}: entry 1: image_id 10 is no image of {trained_on}",
        f"{path}: entry 4: label id 99 is not a category of {trained_on}",
    ]


def test_categories_that_are_no_classes_are_named(tmp_path):
    document = TRAINED_ON | {
        "categories": [{"id": 1, "name": "persons"}, {"id": 2, "name": "car"}]
    }
    assert not read_with_images(tmp_path, entry(category_id=2), document=document).problems
    with pytest.raises(DataError, match=r"category 1 'persons' \(did you mean person"):
        read_with_images(tmp_path, entry(category_id=1), document=document)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "an object with `images` and `categories` is wanted"),
        ({"images": []}, "there are no images"),
        (TRAINED_ON | {"categories": [5]}, "categories 0: 5 is not an object"),
        (TRAINED_ON | {"images": [{"id": 1}]}, "images 0: file_name is missing"),
        (TRAINED_ON | {"categories": [{"id": "a", "name": "b"}]}, 'id "a" of a category is not'),
    ],
)
def test_a_json_without_images_is_refused(tmp_path, document, message):
    with pytest.raises(DataError, match=rf"trained_on.json: not a COCO JSON .*: {message}"):
        read_with_images(tmp_path, document=document)


@pytest.mark.parametrize(
    "image_id",
    [f"{FRAME}_leftImg8bit.png", f"val/bonn/{FRAME}.jpg", f"left_{FRAME}", f"C:\\x\\{FRAME}.png"],
)
def test_image_ids_may_be_file_names(tmp_path, image_id):
    assert [one.index for one in read_coco(tmp_path, entry(image_id=image_id))[FRAME]] == [0]


def test_categories_may_be_train_ids(tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps([entry(category_id=13), entry(category_id=26)]))
    found = index_coco_results(path, [FRAME], TABLE, "trainIds")
    assert found.problems == [f"{path}: entry 1: label id 26 is not a trainId of the label table"]
    (prediction,) = coco_predictions(path, found.of_frame[FRAME], SHAPE, found.numbers)
    assert prediction.label_id == 26


def test_a_long_packed_mask(tmp_path):
    """Run lengths of many digits, and differences below zero."""
    pixels = np.random.default_rng(0).integers(0, 2, (400, 900), dtype=np.uint8)
    pixels[:, 100:700] = 0
    pixels[:, 300:350] = 1
    entries = read_coco(tmp_path, entry(segmentation=rle(pixels)))[FRAME]
    (prediction,) = coco_predictions(tmp_path / "results.json", entries, pixels.shape, NUMBERS)
    np.testing.assert_array_equal(prediction.mask, pixels)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (5, "5 is not an object"),
        ({"image_id": FRAME}, "no category_id, score, segmentation"),
        (entry(image_id="bonn_000009_000019"), 'image_id "bonn_000009_000019" is not a frame'),
        (entry(image_id=19), "image_id 19 is a number: name the COCO JSON whose images they are"),
        (entry(image_id=[1]), "is not a frame that is evaluated; <city>_<sequence>_<frame> is"),
        (entry(category_id=99), "label id 99 is not an id of the label table"),
        (entry(category_id=26.5), "label id 26.5 is not an id of the label table"),
        (entry(category_id="26"), 'category_id "26" is not a number'),
        (entry(score=None), "score missing is not a number"),
        (entry(score=True), "score true is not a number"),
        (entry(score=float("nan")), "confidence nan is not a finite number"),
        (entry(score=10**400), "is not a finite number"),
        (entry(segmentation="x"), 'segmentation "x" is neither an RLE nor a list of polygons'),
        (entry(segmentation={"size": [6, 8]}), "is not an RLE with size and counts"),
    ],
)
def test_wrong_entries_are_named_with_their_index(tmp_path, wrong, message):
    path = tmp_path / "results.json"
    path.write_text(json.dumps([entry(), wrong, entry(), wrong]))
    found = index_coco_results(path, [FRAME], TABLE)
    assert [item.index for item in found.of_frame[FRAME]] == [0, 2]
    begins = [f"{path}: entry {index}: " for index in (1, 3)]
    assert all(line.startswith(begin) for line, begin in zip(found.problems, begins, strict=True))
    assert message in found.problems[0]


GOOD = rle()["counts"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size": [8, 6], "counts": GOOD}, "RLE is 6 x 8 pixels, the ground truth 8 x 6"),
        ({"size": 48, "counts": GOOD}, "RLE is 48 pixels, the ground truth 8 x 6"),
        ({"size": [6], "counts": GOOD}, "RLE is [6] pixels, the ground truth 8 x 6"),
        *(
            ({"size": [6, 8], "counts": counts}, "do not fill 8 x 6 pixels")
            for counts in (
                *("", GOOD[:-1], GOOD[:-2], GOOD + "1", GOOD + "o", "o", "\x01", "~~~", "é" * 9),
                *("o" * 90 + "1", "`0", [], [47], [49], [-1, 49], [47.0, 1], ["48"], None, 48),
                *([True, 47], [[48]], [10**30]),
            )
        ),
        ([[1, 1, 4, 1]], "polygon 0 has 4 numbers; x and y of three points or more are wanted"),
        ([[1, 1, 4, 1, 4, 4, 1]], "polygon 0 has 7 numbers"),
        ([[1, 1, 4, 1, 4, "4"]], "is not a list of numbers"),
        ([[1, 1, 4, 1, 4, True]], "is not a list of numbers"),
        ([[0, 0, 0, 0, 0, 0], 5], "polygon 1 5 is not a list of numbers"),
        ([[1, 1, 4, 1, 4, 1e9]], "does not lie in the image of 8 x 6 pixels"),
        ([[1, 1, 4, 1, 4, 10**400]], "does not lie in the image of 8 x 6 pixels"),
        ([[1, 1, 4, 1, 4, float("nan")]], "does not lie in the image of 8 x 6 pixels"),
        ([[0, 0, 8, 6] * 9], "polygons of 252 pixels' length are no outlines of an object"),
    ],
)
def test_wrong_masks_of_a_coco_file_are_named_with_their_index(tmp_path, wrong, message):
    with pytest.raises(DataError) as caught:
        unpack_coco(tmp_path, entry(), entry(segmentation=wrong), entry(segmentation=wrong))
    first, *lines = str(caught.value).split("\n  ")
    assert first == f"{tmp_path}/results.json: the predictions are wrong:"
    assert [line.split(":")[0] for line in lines] == ["entry 1", "entry 2"]
    assert message in lines[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"[{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"5", "not COCO results: a list of entries is wanted at the top, or an object"),
        (
            b'{"images": [5]}',
            "not COCO results: a list of entries is wanted at the top, or an obj",
        ),
        (b'{"results": 5}', "not COCO results: a list of entries is wanted at the top, or an obj"),
        (b'{"results": [], "annotations": []}', "the file holds results and annotations"),
        (b"[][]", r"'\[\]' follows the end of the document at byte 2"),
        (b"\xef\xbb\xbf[]\n garbage", "'garbage' follows the end of the document at byte 7"),
        (b'{"results": []}, []', r"', \[\]' follows the end of the document at byte 15"),
        (b"[1 2]", r"not JSON: , or \] is expected at byte 3"),
        (b"[" + b"9" * 5000 + b"]", "a whole number of 5000 digits at byte 1"),
        (b"[" * 100_000, "nested too deeply at byte 1"),
        (b'["' + b"x" * 9_000_000 + b'"]', "a value of more than 8 MB at byte 1"),
        (b"[" + b"[]," * 10_000 + b"[]]", "more than 10,000 entries are wrong, the first ones"),
    ],
)
def test_a_coco_file_that_cannot_be_read(tmp_path, content, message):
    path = tmp_path / "results.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        index_coco_results(path, [FRAME], TABLE)


def test_joined_lists_are_no_results(tmp_path):
    """Two files in one: the second list would be lost."""
    text = json.dumps([entry()])
    (tmp_path / "results.json").write_text(text + text)
    with pytest.raises(DataError, match=rf"follows the end of the document at byte {len(text)}"):
        index_coco_results(tmp_path / "results.json", [FRAME], TABLE)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "mark"])
@pytest.mark.parametrize(
    "text",
    [
        "[{}]",
        ' {{"images": [{{"id": 1}}], "annotations": [{}], "info": {{}}}} ',
        '{{"results": [{}]}}\n',
    ],
)
def test_a_list_of_results_may_be_wrapped(tmp_path, text, mark):
    path = tmp_path / "results.json"
    path.write_bytes(mark + text.format(json.dumps(entry())).encode())
    found = index_coco_results(path, [FRAME], TABLE)
    assert not found.problems
    assert len(list(coco_predictions(path, found.of_frame[FRAME], SHAPE, NUMBERS))) == 1


def test_names_of_frames_need_not_be_ascii(tmp_path):
    frame = "m\u00fcnchen_000000_000001"
    path = tmp_path / "results.json"
    for text in (
        json.dumps([entry(image_id=frame)], ensure_ascii=False),
        json.dumps([entry(image_id=frame)]),
    ):
        path.write_text(text, encoding="utf-8")
        found = index_coco_results(path, [frame], TABLE)
        assert not found.problems
        assert len(list(coco_predictions(path, found.of_frame[frame], SHAPE, NUMBERS))) == 1


def test_a_file_that_changes_while_it_is_read_is_named(tmp_path):
    grouped = read_coco(tmp_path, entry())
    path = tmp_path / "results.json"
    path.write_text("[" + " " * 1000)
    with pytest.raises(DataError, match="entry 0: not JSON"):
        list(coco_predictions(path, grouped[FRAME], SHAPE, NUMBERS))
    path.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        list(coco_predictions(path, grouped[FRAME], SHAPE, NUMBERS))
