"""The label table: the official one, and everything that can be wrong with a user's."""

from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.labels import read_labels

OFFICIAL = Path(__file__).parents[2] / "config/labels.csv"


@pytest.fixture
def edited(tmp_path):
    """Write the official table with lines replaced: {line number: text}, and read it."""

    def read(lines):
        text = OFFICIAL.read_text().splitlines()
        for number, line in lines.items():
            text[number - 1] = line
        path = tmp_path / "labels.csv"
        path.write_text("\n".join(text))
        return read_labels(path)

    return read


def test_the_official_table():
    table = read_labels(OFFICIAL)
    assert len(table.labels) == 35
    assert table.by_name["car"].id == 26
    assert [label.train_id for label in table if not label.ignore_in_eval] == list(range(19))


def test_groups():
    table = read_labels(OFFICIAL)
    assert table.named("cargroup") == (table.by_name["car"], True)
    assert table.named("polegroup") == (table.by_name["polegroup"], False)
    with pytest.raises(KeyError):
        table.named("cloudgroup")


def test_a_table_from_a_spreadsheet_has_a_byte_order_mark(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(OFFICIAL.read_text(), encoding="utf-8-sig")
    assert read_labels(path).by_name["car"].id == 26


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({10: "road,8,1,flat,1,0,0,1,2,3"}, r"line 10: name 'road' is already that of line 9"),
        ({10: "lane,7,1,flat,1,0,0,1,2,3"}, r"line 10: id 7 is already that of line 9"),
        ({10: "sidewalk,8,256,flat,1,0,0,1,2,3"}, r"line 10: trainId is 256, not 0 to 255"),
        ({10: "sidewalk,8,-1,flat,1,0,0,1,2,3"}, r"line 10: trainId -1 is for negative ids only"),
        ({10: "sidewalk,8,1,flat,1,0,0,1,2,300"}, r"line 10: blue is 300, not 0 to 255"),
        ({10: "sidewalk,x,1,flat,1,0,0,1,2,3"}, r"line 10: id is 'x', not a whole number"),
        ({10: "sidewalk,8,1,flat,1,yes,0,1,2,3"}, r"line 10: hasInstances is 'yes', not a whole"),
        ({10: "sidewalk,8,1,flat,1,2,0,1,2,3"}, r"line 10: hasInstances is 2, not 0 or 1"),
        ({10: "sidewalk,8,1,flat,1,0,0,1,2"}, r"line 10: no value for blue"),
        ({10: "sidewalk,8,1,flat,3,0,0,1,2,3"}, r"line 10: categoryId of 'flat' is 3, but 1 abo"),
        ({10: "sidewalk,300,1,flat,1,0,0,1,2,3"}, r"line 10: id is 300, at most 255"),
        ({10: "sidewalk,70,1,flat,1,1,0,1,2,3"}, r"line 10: id is 70: a class with instances"),
        ({28: "car,26,99,vehicle,7,1,0,0,0,142"}, r"line 28: trainId is 99: a class with inst"),
        ({10: "sidewalk,1_0,1,flat,1,0,0,1,2,3"}, r"line 10: id is '1_0', not a whole number"),
        (
            {10: "sidewalk,\uff18,1,flat,1,0,0,1,2,3"},
            r"line 10: id is '\uff18', not a whole number",
        ),
        ({10: "sidewalk,8.0,1,flat,1,0,0,1,2,3"}, r"line 10: id is '8.0', not a whole number"),
        ({10: f"sidewalk,-1{'0' * 20},1,flat,1,0,0,1,2,3"}, r"line 10: id is '-10+', not a whole"),
        ({10: f"sidewalk,{'9' * 5000},1,flat,1,0,0,1,2,3"}, r"id is '9+\.\.\., not a whole"),
        (
            {10: "sidewalk,8,1,flat,1,0,0,1,2,3,4,5"},
            r"line 10: 2 more fields than columns, from '4",
        ),
        (
            {10: "side\x1b[31mwalk,8,1,flat,1,0,0,1,2,3"},
            r"name 'side\\x1b\[31mwalk' holds charact",
        ),
        ({1: OFFICIAL.read_text().splitlines()[0] + ",id"}, r"line 1: more than one column id"),
        ({10: "x" * 2000}, r"line 10: name 'x+\.\.\. is longer than 100 characters"),
        ({10: "x," * 600_000}, r"no label table: it is larger than 1000000 bytes"),
        ({1: "name,id"}, r"line 1: missing column trainId, category, .*; found name, id"),
        ({2: "nothing,0,255,void,0,0,1,0,0,0"}, r"line 1: no class 'unlabeled'"),
    ],
)
def test_one_mistake(edited, lines, message):
    with pytest.raises(DataError, match=message):
        edited(lines)


def test_all_mistakes_are_listed_at_once(edited):
    with pytest.raises(DataError) as caught:
        edited({10: "sidewalk,8,256,flat,1,0,0,1,2,3", 12: "lane,7,1,flat,1,0,0,1,2,3"})
    assert "line 10: trainId is 256" in str(caught.value)
    assert "line 12: id 7 is already that of line 9" in str(caught.value)


def test_a_line_with_several_mistakes_hides_none(edited):
    with pytest.raises(DataError) as caught:
        edited({28: "car,26,300,vehicle,7,1,0,0,0,342", 30: " bus,26,15,vehicle,7,1,0,0,60,100"})
    assert "line 28: blue is 342" in str(caught.value)
    assert "line 28: trainId is 300" in str(caught.value)
    assert "line 30: id 26 is already that of line 28" in str(caught.value)
    assert "line 30: name ' bus' begins or ends with a blank" in str(caught.value)


def test_a_missing_column_hides_nothing(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("name,id\nunlabeled,0\nroad,x\nroad,0\n")
    with pytest.raises(DataError) as caught:
        read_labels(path)
    assert "line 1: missing column trainId" in str(caught.value)
    assert "line 3: id is 'x'" in str(caught.value)
    assert "line 4: id 0 is already that of line 2" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"labels\.csv: cannot be read"):
        read_labels(tmp_path / "labels.csv")


def test_blanks_around_numbers_and_further_columns_are_fine(edited):
    lines = OFFICIAL.read_text().splitlines()
    text = {number: f"{line},note" for number, line in enumerate(lines, start=1)}
    text[1] = f"{lines[0]},comment"
    text[28] = "car, 26 ,+13,vehicle, 7,1,0,0,0,142,note"
    assert edited(text).by_name["car"] == read_labels(OFFICIAL).by_name["car"]


@pytest.fixture
def with_hot_keys(tmp_path):
    """Read the official table with a column of hot keys: {line number: text}."""

    def read(keys):
        lines = OFFICIAL.read_text().splitlines()
        ends = ["hotKey", *(keys.get(number, "") for number in range(2, len(lines) + 1))]
        path = tmp_path / "labels.csv"
        path.write_text("\n".join(map(",".join, zip(lines, ends, strict=True))))
        return read_labels(path)

    return read


def test_hot_keys_are_read_where_the_table_has_them(with_hot_keys):
    table = with_hot_keys({9: "r", 10: " 7", 28: "A"})
    found = {label.name: label.hot_key for label in table if label.hot_key}
    assert found == {"road": "R", "sidewalk": "7", "car": "A"}
    assert not any(label.hot_key for label in read_labels(OFFICIAL))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({10: "ab"}, r"line 10: hotKey is 'ab', not one letter of A to Z or one digit"),
        ({10: "ß"}, r"line 10: hotKey is 'ß', not one letter"),
        ({10: "0"}, r"line 10: hotKey is '0', not one letter of A to Z or one digit of 1 to 9"),
        ({10: "?"}, r"line 10: hotKey is '\?', not one letter"),
        ({10: "l"}, r"line 10: hotKey is 'l': the label tool has Shift \+ L for itself"),
        ({9: "r", 10: "R"}, r"line 10: hotKey 'R' is already that of line 9"),
    ],
)
def test_wrong_hot_keys_are_listed(with_hot_keys, keys, message):
    with pytest.raises(DataError, match=message):
        with_hot_keys(keys)
