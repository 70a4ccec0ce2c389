"""Validated boxes: hard labels of soft ones, and what is wrong with a file."""

import json

import pytest

from cityscapes.checks.validated import ValidatedBox, check_validated, parse_validated
from cityscapes.errors import DataError

SIZE = (100, 50)
CLASSES = ["car", "truck", "cantsolve"]
CAR = {"bbox": [1, 2, 30, 40], "soft_label": [0.7, 0.2, 0.1]}


def document(*objects, classes=CLASSES, **more):
    size = {"imgWidth": 100, "imgHeight": 50}
    return json.dumps(size | {"classes": classes, "objects": objects} | more).encode()


def test_the_hard_label_is_the_first_of_the_most_probable():
    tie = {"bbox": [0, 0, 5, 5], "soft_label": [0.1, 0.45, 0.45], "vote_counts": {"truck": 4}}
    added = CAR | {"added_from_original_annotations": True}
    boxes = parse_validated(document(CAR, tie, added))
    assert boxes[0] == ValidatedBox((1, 2, 30, 40), (0.7, 0.2, 0.1), ("car",), {}, False)
    assert (boxes[1].label, boxes[1].labels) == ("truck", ("truck", "cantsolve"))
    assert (boxes[1].score, boxes[1].votes) == (0.45, {"truck": 4})
    assert boxes[2].added


def test_objects_are_counted_by_hard_label():
    found = check_validated(
        document(CAR, CAR, CAR | {"added_from_original_annotations": True}), SIZE, None
    )
    assert (found.boxes, found.labels, found.problems) == (3, {"(added)": 1, "car": 3}, [])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"bbox": [30, 2, 1, 40]},
            "object 1: bbox is [30, 2, 1, 40], not [x1, y1, x2, y2] of two corners",
        ),
        ({"bbox": [1, 2, 3]}, "not a list of 4 numbers"),
        ({"soft_label": []}, "soft_label is [], not a list of 3 numbers"),
        ({"soft_label": [0.5, 1.5, -1]}, "a probability for each class is needed"),
        ({"vote_counts": {"bus": 1}}, 'vote_counts is {"bus": 1}, not a number of people'),
        ({"vote_counts": {"car": -1}}, "not a number of people for classes"),
        ({"added_from_original_annotations": 1}, "is 1, not true or false"),
    ],
)
def test_wrong_objects_are_named(change, message):
    found = check_validated(document(CAR, CAR | change), SIZE, None)
    assert [(p.severity, p.check) for p in found.problems] == [("error", "wrong shape")]
    assert message in found.problems[0].what
    assert found.boxes == 1
    with pytest.raises(DataError):
        parse_validated(document(CAR, CAR | change))


@pytest.mark.parametrize(
    ("one", "check"),
    [
        (CAR | {"bbox": [100, 0, 120, 10]}, "outside the image"),
        (CAR | {"soft_label": [0.4, 0.1, 0.1]}, "uneven soft label"),
    ],
)
def test_odd_objects_are_warned_of(one, check):
    found = check_validated(document(CAR, one), SIZE, None)
    assert [(p.severity, p.check) for p in found.problems] == [("warning", check)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (document(classes=None), "classes is missing, not a list of names"),
        (document(classes=[1]), "classes is [1], not a list of names"),
        (b'{"classes": []}', "objects is missing, not a list"),
        (b"[]", "the file holds [], not an object"),
    ],
)
def test_a_file_of_another_kind_is_named(data, message):
    (problem,) = check_validated(data, SIZE, None).problems
    assert message in problem.what
