"""What the report says in sentences about sets that are compared."""

import pytest

from cityscapes.files.tables import write_csv
from cityscapes.report.brief import ranking, sentences

COLUMNS = [
    "first", "second", "name", "score of first", "score of second", "difference", "low", "high",
    "frames", "beyond chance",
]  # fmt: skip


@pytest.fixture
def compare(tmp_path):
    def compare(*rows):
        write_csv(tmp_path / "pixel_val.csv", COLUMNS, rows)
        return tmp_path / "pixel_val.csv"

    return compare


def row(first, second, name, scores, low, high, beyond="yes"):
    return (first, second, name, *scores, scores[1] - scores[0], low, high, 9, beyond)


def test_the_best_set_comes_first_and_differences_are_those_to_it(compare):
    path = compare(
        row("a", "b", "all classes", (0.5, 0.75), 0.1, 0.3),
        row("a", "b", "road", (0.9, 0.8), -0.2, -0.05),
        row("a", "b", "car", (0.5, 0.6), -0.1, 0.2, "no"),
        row("a", "b", "sky", (0.1, 0.9), 0.7, 0.9),
        row("a", "c", "all classes", (0.5, 0.25), -0.3, 0.1, "no"),
        row("b", "c", "all classes", (0.75, 0.25), -0.6, -0.4),
    )
    assert ranking(path) == ["b", "a", "c"]
    assert sentences(path, "pixel") == [
        "b has mIoU 0.750, a 0.500: a difference of 0.250 (0.100 to 0.300), which is beyond "
        "chance. Beyond chance, b is better for sky. Beyond chance, a is better for road.",
        "b has mIoU 0.750, c 0.250: a difference of 0.500 (0.400 to 0.600), which is beyond "
        "chance. No difference of a class is beyond chance.",
    ]


def test_the_classes_with_the_largest_differences_are_named(compare):
    of_class = [
        row("a", "b", f"class {n}", (0.5, 0.5 - n / 100), -0.1, -0.01) for n in range(1, 8)
    ]
    path = compare(row("a", "b", "all classes", (0.5, 0.4), -0.2, 0.1, "no"), *of_class)
    (text,) = sentences(path, "instance")
    assert (
        "AP 0.500, b 0.400: a difference of 0.100 (-0.100 to 0.200), which may be chance" in text
    )
    assert "a is better for class 7, class 6, class 5, class 4 and 3 more classes." in text


def test_sets_without_a_score_are_not_ranked(compare):
    nan = float("nan")
    path = compare(row("a", "b", "all classes", (nan, 0.4), nan, nan, "no"))
    assert ranking(path) == ["b"]
    assert sentences(path, "pixel") == []
    assert sentences(compare(), "pixel") == []
