"""CVAT and labelme: out as stored files say, and back with the same objects."""

import json
import shutil
from xml.etree import ElementTree

import pytest

from cityscapes.errors import DataError
from cityscapes.exports.editing import cvat_file, objects_of, read_edited
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.layout import Shard
from export_cvat import main as export_cvat
from exported import EXPECTED, STORED, TABLE, make_results
from import_annotations import main as import_annotations
from tiny import CLONE

LABELS = CLONE / "config/labels.csv"
ANNOTATED = [
    path for split in ("train", "val") for path in sorted((STORED / "gtFine" / split).glob("*/*"))
]


def annotation_of(path):
    return parse_annotation(path.read_bytes(), TABLE)


def frame_of(path):
    return path.name.removesuffix("_gtFine_polygons.json")


def polygons_of(xml):
    """Frame -> label and points of each polygon, in the order of the file."""
    return {
        image.get("name").rpartition("/")[2].removesuffix("_leftImg8bit.png"): [
            (int(one.get("z_order")), one.get("label"), one.get("points"))
            for one in image.iter("polygon")
        ]
        for image in ElementTree.fromstring(xml).iter("image")
    }


@pytest.mark.parametrize("split", ["train", "val"])
def test_cvat_has_the_stored_objects_but_for_the_deleted(split):
    paths = {frame_of(path): path for path in ANNOTATED if path.parts[-3] == split}
    frames = [(p.parent.name, frame, annotation_of(p)) for frame, p in paths.items()]
    made = polygons_of(cvat_file(split, frames, TABLE))
    stored = polygons_of((EXPECTED / f"cvat/{split}/annotations.xml").read_bytes())
    assert made.keys() == stored.keys()
    for frame, path in paths.items():
        raw = json.loads(path.read_text())["objects"]
        kept = [s[1:] for s, one in zip(stored[frame], raw, strict=True) if not one.get("deleted")]
        assert made[frame] == [(order, *one) for order, one in enumerate(kept)]


def test_cvat_is_read_back_with_the_same_objects(tmp_path):
    frames = {frame_of(path): annotation_of(path) for path in ANNOTATED}
    listed = [(path.parent.name, frame_of(path), annotation_of(path)) for path in ANNOTATED]
    (tmp_path / "a.xml").write_bytes(cvat_file("all", listed, TABLE))
    read = {one.frame: one for one in read_edited(tmp_path / "a.xml", TABLE)}
    assert read.keys() == frames.keys()
    for frame, one in read.items():
        assert one.objects == objects_of(frames[frame])
        again = parse_annotation(one.text(), TABLE)
        assert objects_of(again) == one.objects
        assert (again.width, again.height) == (frames[frame].width, frames[frame].height)


def test_polygons_in_another_order_are_sorted_by_z_order():
    read = {one.frame: one for one in read_edited(EXPECTED / "cvat/shuffled_munster.xml", TABLE)}
    known = json.loads((EXPECTED / "cvat/objects_munster.json").read_text())
    for name, objects in known.items():
        frame = name.rpartition("/")[2].removesuffix("_leftImg8bit")
        listed = [
            (one["label"], one["points"]) for one in sorted(objects, key=lambda o: o["z_order"])
        ]
        assert read[frame].objects == listed


def test_labelme_files_are_the_stored_ones_and_read_back(tmp_path):
    results = make_results(tmp_path)
    for path in ANNOTATED:
        city = path.parent.name
        below = f"{path.parts[-3]}/{city}/{frame_of(path)}_leftImg8bit.json"
        made = results / "exports/labelme/gtFine" / below
        document = json.loads(made.read_text())
        image = f"leftImg8bit/{below.removesuffix('.json')}.png"
        assert (made.parent / document["imagePath"]).resolve() == (results / image).resolve()
        (read,) = read_edited(made, TABLE)
        assert read.objects == objects_of(annotation_of(path))
        stored = EXPECTED / "labelme" / below
        if stored.exists():
            known = json.loads(stored.read_text())
            assert {**document, "imagePath": "", "version": ""} == {
                **known, "imagePath": "", "version": "",
            }  # fmt: skip


def take_over(folder, *files, all_=False, split=None):
    import_annotations(
        list(files), dataset=folder / "data", type_="gtFine", split=split, labels=LABELS,
        output=folder / "edited", all_=all_,
    )  # fmt: skip
    return {str(p.relative_to(folder / "edited")): p for p in (folder / "edited").rglob("*.json")}


@pytest.fixture
def exported(tmp_path):
    """A dataset, and a city of it in CVAT's format."""
    shutil.copytree(STORED / "gtFine", tmp_path / "data/gtFine")
    export_cvat(tmp_path / "data", Shard("gtFine", "val", "munster"), LABELS, tmp_path / "m.xml")
    return tmp_path


def test_an_untouched_round_trip_writes_nothing(exported, capsys):
    assert take_over(exported, exported / "m.xml") == {}
    assert "0 of 3 frames written" in capsys.readouterr().out
    made = take_over(exported, exported / "m.xml", all_=True)
    assert len(made) == 3
    for below, path in made.items():
        raw = exported / "data" / below
        assert objects_of(annotation_of(path)) == objects_of(annotation_of(raw))


def test_an_edit_becomes_a_polygon_file_of_its_frame(exported):
    text = (exported / "m.xml").read_text()
    (exported / "m.xml").write_text(text.replace('label="pole"', 'label="traffic light"', 1))
    before = {p: p.read_bytes() for p in (exported / "data").rglob("*.json")}
    made = take_over(exported, exported / "m.xml")
    (path,) = made.values()
    assert list(made) == ["gtFine/val/munster/munster_000001_000019_gtFine_polygons.json"]
    assert "traffic light" in path.read_text()
    assert before == {p: p.read_bytes() for p in (exported / "data").rglob("*.json")}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'label="pole"',
            'label="lamp"',
            "munster_000001_000019: object 3: label 'lamp' is not in",
        ),
        ("<version>", "<!DOCTYPE x><version>", "it declares entities"),
        ("</annotations>", "", "not XML: "),
        ('points="15,20;18,20;18,60;15,60"', 'points="15,20;18,20"', "polygon has 2 points"),
        ('points="15,20;', 'points="x,20;', "'x' is not a number"),
        ("munster_000001_000019_leftImg8bit", "one", "image 'munster/one.png': not named <city>/"),
        ('<polygon label="pole"', '<box /><polygon label="pole"', "box: only polygons can be"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_written(exported, old, new, message):
    text = (exported / "m.xml").read_text()
    assert old in text
    (exported / "m.xml").write_text(text.replace(old, new, 1))
    with pytest.raises(DataError) as error:
        take_over(exported, exported / "m.xml")
    assert message in str(error.value)
    assert not (exported / "edited").exists()


def test_a_frame_that_the_dataset_does_not_have_needs_a_split(exported):
    shutil.rmtree(exported / "data/gtFine/val/munster")
    with pytest.raises(DataError, match=r"munster_000001_000019 is no frame of .*: name --split"):
        take_over(exported, exported / "m.xml")
    assert len(take_over(exported, exported / "m.xml", split="train")) == 3
