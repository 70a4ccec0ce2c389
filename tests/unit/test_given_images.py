"""Label images in place of polygons: all kinds are as if they had been painted."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cityscapes.errors import DataError
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.given_images import GivenImages, given_instance_ids
from cityscapes.ground_truth.images import PICTURES, FrameImages, Picture, Values, as_painted
from cityscapes.ground_truth.polygons import Annotation
from cityscapes.ground_truth.segments import segments
from cityscapes.ground_truth.shard_records import table_path
from cityscapes.incremental.tables import read_tracked
from cityscapes.png.header import RGB, parse_header
from cityscapes.png.write import encode
from pictures import TABLE
from small_shard import (
    DATA,
    DEFAULT,
    RESULTS,
    SHARD,
    all_files,
    files_of,
    made_path,
    name_of,
    polygons_of,
    run,
    token,
    write_frames,
)  # fmt: skip

LABELS, INSTANCES = Path("a_labelIds.png"), Path("a_instanceIds.png")


def painted(seed):
    """The label images of sixty random boxes, of all classes and some groups."""
    rng = np.random.default_rng(seed)
    labels = [TABLE.labels[index] for index in rng.integers(0, len(TABLE.labels), size=60)]
    groups = [bool(label.has_instances and rng.integers(0, 2)) for label in labels]
    corners = rng.integers(-2, 40, size=(60, 4)).tolist()
    boxes = [np.array([[a, b], [c, b], [c, d], [a, d]], dtype=float) for a, b, c, d in corners]
    return FrameImages(Annotation(40, 30, labels, groups, boxes), TABLE, "released")


def given(label_ids, instance_ids=None, table=TABLE):
    instances = None if instance_ids is None else (INSTANCES, encode(instance_ids))
    return GivenImages(given_instance_ids(table, (LABELS, encode(label_ids)), instances), table)


@pytest.mark.parametrize("seed", range(8))
def test_all_files_are_byte_by_byte_those_of_the_polygons(seed):
    drawn = painted(seed)
    images = given(drawn.image("labelIds"), drawn.image("instanceIds"))
    for kind in PICTURES:
        assert images.png(kind) == drawn.png(kind), kind
    assert images.segments() == drawn.segments()
    assert images.size == drawn.size == (40, 30)


def categories(annotation, table):
    """uint8: the category of each object, and 100 more for groups; what has no id is left out."""
    drawn = list(zip(annotation.labels, annotation.groups, strict=True))
    values = np.array([label.category_id + 100 * group for label, group in drawn], dtype=np.uint8)
    return Values(77, values, np.array([label.id >= 0 for label, _ in drawn], dtype=bool))


def test_a_picture_that_is_added_needs_nothing_here(monkeypatch):
    monkeypatch.setitem(PICTURES, "categories", Picture(categories, as_painted))
    # A car in front of a group of persons in front of a road, which leaves a part unlabeled.
    corners = [(0, 5, 40, 25), (5, 5, 20, 20), (10, 10, 30, 22)]
    boxes = [np.array([[a, b], [c, b], [c, d], [a, d]], dtype=float) for a, b, c, d in corners]
    labels = [TABLE.by_name[name] for name in ("road", "person", "car")]
    annotation = Annotation(40, 30, labels, [False, True, False], boxes)
    drawn = FrameImages(annotation, TABLE, "released")
    images = given(drawn.image("labelIds"), drawn.image("instanceIds"))
    # The background is an object here: of class unlabeled, whose category is 0.
    expected = np.where(drawn.image("categories") == 77, 0, drawn.image("categories"))
    assert sorted(set(expected.ravel().tolist())) == [0, 1, 7, 106]
    assert images.image("categories").tolist() == expected.tolist()
    assert parse_header(images.png("categories")).width == 40


def test_numbers_with_gaps_are_kept():
    label_ids = np.array([[26, 26, 24, 26, 29]], dtype=np.uint8)
    instance_ids = np.array([[26003, 26999, 24001, 26, 29007]], dtype=np.uint16)
    images = given(label_ids, instance_ids)
    assert images.image("labelIds").tolist() == label_ids.tolist()
    assert images.image("instanceIds").tolist() == instance_ids.tolist()
    assert images.image("instanceTrainIds").tolist() == [[13003, 13999, 11001, 13, 255]]


def test_without_instance_ids_things_are_regions_without_a_number():
    label_ids = np.array([[26, 26, 7, 0]], dtype=np.uint8)
    images = given(label_ids)
    assert images.image("instanceIds").tolist() == [[26, 26, 7, 0]]
    assert images.image("instanceTrainIds").tolist() == [[13, 13, 0, 255]]
    assert images.segments() == segments(label_ids.astype(np.uint16), TABLE)
    assert [segment.id for segment in images.segments()] == [7, 26]


def test_numbers_of_what_has_no_instances_mean_nothing():
    images = given(np.array([[7, 7, 26]], np.uint8), np.array([[7000, 7001, 26003]], np.uint16))
    assert images.image("instanceIds").tolist() == [[7, 7, 26003]]


def test_instance_ids_of_8_bits_are_those_of_regions():
    data = encode(np.array([[7, 26]], np.uint8))
    instance_ids = given_instance_ids(TABLE, (LABELS, data), (INSTANCES, data))
    assert instance_ids.dtype == np.uint16
    assert instance_ids.tolist() == [[7, 26]]


def test_the_indices_of_a_palette_are_ids(tmp_path):
    image = Image.fromarray(np.array([[7, 26]], np.uint8)).convert("P")
    image.putdata([7, 26])
    image.save(tmp_path / "p.png")
    ids = given_instance_ids(TABLE, (LABELS, (tmp_path / "p.png").read_bytes()), None)
    assert ids.tolist() == [[7, 26]]


def bytes_of(values, dtype=np.uint8):
    return encode(np.array(values, dtype=dtype))


@pytest.mark.parametrize(
    ("labels", "instances", "message"),
    [
        (bytes_of([[7, 99, 99]]), None, r"a_labelIds.png: ids that are not .*: 99 in 2 pixels\."),
        (bytes_of([[7, 255]]), None, "255 in 1 pixels; 255 is void in images of trainIds"),
        (bytes_of([range(40, 60)]), None, "44 in 1 pixels and 15 more"),
        (bytes_of([[7, 7]], np.uint16), None, "a_labelIds.png: is 16-bit grey, not 8-bit grey"),
        (bytes_of([[[7, 7, 7]]]), None, "a_labelIds.png: is 8-bit RGB, not 8-bit grey"),
        (b"", None, "a_labelIds.png: is not a PNG"),
        (bytes_of([[7]])[:-30], None, "a_labelIds.png: cannot be decoded"),
        (bytes_of([[7]]), b"GIF89a", "a_instanceIds.png: is not a PNG"),
        (bytes_of([[7]]), bytes_of([[[7, 0, 0]]]), "a_instanceIds.png: is 8-bit RGB"),
        (
            bytes_of([[7, 7]]), bytes_of([[7], [7]], np.uint16),
            "a_instanceIds.png: is 1 x 2 pixels, and a_labelIds.png 2 x 1",
        ),
        (
            bytes_of([[26, 24, 26]]), bytes_of([[26001, 26001, 24]], np.uint16),
            "a_instanceIds.png: 2 pixels are of another class than in a_labelIds.png, the first "
            "at x 1, y 0: 26001 is no instance of id 24",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(labels, instances, message):
    with pytest.raises(DataError, match=message) as error:
        given_instance_ids(
            TABLE, (LABELS, labels), instances if instances is None else (INSTANCES, instances)
        )
    assert str(error.value).count(".png: ") == 1


# A shard of the two


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A shard of two frames with label images, the first with instances, and no polygons."""
    monkeypatch.chdir(tmp_path)
    write_frames(1, 2)
    run(state="first")
    for number in (1, 2):
        polygons_of(number).unlink()
        for kind in ("labelIds", "instanceIds")[: 3 - number]:
            write_atomic(raw(number, kind), made_path(number, kind).read_bytes())
    return tmp_path


def raw(number, kind):
    return DATA / SHARD.folder / f"{name_of(number)}_gtFine_{kind}.png"


def images():
    return {path: (RESULTS / path).read_bytes() for path in all_files() if path.endswith(".png")}


def test_label_images_take_the_place_of_polygons_that_are_gone(work):
    painted = images()
    before = token()
    assert before != "first"
    job, _ = run(state=before)
    assert job.problems == []
    assert token() == before
    made = images()
    assert made.keys() == painted.keys()
    of_first = {path for path in made if name_of(1) in path}
    assert {path: made[path] for path in of_first} == {path: painted[path] for path in of_first}
    assert not any(path.endswith("polygons.json") for path in all_files())
    _, outcome = run(state=before)
    assert outcome.written == 0
    columns = read_tracked(table_path(RESULTS, SHARD, "labels"))[0]
    assert list(columns) == ["frame", "labelIds", "instanceIds", "color"]


def test_from_a_fresh_start(work):
    expected = images()
    for path in sorted(RESULTS.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    run()
    assert images().keys() == expected.keys()
    assert files_of().is_of_images


def test_an_edit_of_either_image_makes_its_frame_again(work):
    run(state=token())
    before, known = images(), token()
    image = np.asarray(Image.open(raw(1, "instanceIds"))).copy()
    image[image == 26000] = 26004
    raw(1, "instanceIds").write_bytes(encode(image))
    assert token() != known
    run(state=token())
    changed = {path for path, data in images().items() if data != before[path]}
    assert changed == {
        str(made_path(1, kind).relative_to(RESULTS))
        for kind in ("instanceIds", "instanceTrainIds", "panoptic", "panoptic_trainId")
    }
    raw(1, "instanceIds").unlink()
    run(state=token())
    ids = np.asarray(Image.open(made_path(1, "instanceIds")))
    assert ids.max() < 1000
    assert run()[1].written == 0


def test_one_polygon_file_and_the_shard_is_of_polygons(work):
    run()
    write_frames(2)
    job, _ = run()
    assert not job._files.is_of_images
    assert {path for path in images() if name_of(1) in path} == set()
    assert made_path(2, "link").is_symlink()


def test_a_bad_image_is_named_and_the_others_are_made(work):
    raw(2, "labelIds").write_bytes(encode(np.full((16, 32), 99, np.uint8)))
    job, _ = run()
    (problem,) = job.problems
    assert problem.startswith(f"{raw(2, 'labelIds')}: ids that are not in the label table: 99")
    assert job.has(name_of(1))


def test_one_kind_alone_and_the_kinds_of_the_config(work):
    one = files_of(["color"])
    assert [kind.name for kind in one.kinds if kind.ending] == ["color"]
    assert parse_header(made_path(1, "panoptic").read_bytes()).color_type == RGB
    values = {kind.name for kind in files_of(DEFAULT).kinds if not kind.ending}
    assert "segments" in values
