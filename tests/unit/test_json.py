"""JSON documents of others: what is read, and what is refused with which words."""

import io
import json
import random

import pytest

from cityscapes.errors import DataError
from cityscapes.files import json_stream
from cityscapes.files.json_document import is_name, parse_document, read_document
from cityscapes.files.json_stream import JsonStream


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": [1, 2.5]}', {"a": [1, 2.5]}),
        (b"\xef\xbb\xbf[]", []),
        ('"\u00fc"'.encode(), "\u00fc"),
        (b"[Infinity, -Infinity]", [float("inf"), -float("inf")]),
        (b"9" * 4300, int("9" * 4300)),
        (b'"\\ud800"', "\ud800"),
    ],
)
def test_what_is_read(data, value):
    assert parse_document(data) == value


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON: the file is empty"),
        (b"\xef\xbb\xbf \n", "not JSON: the file is empty"),
        (b'{"a":\n 1,}', "not JSON: .* at line 2 column 4 .10 bytes; is the file truncated"),
        (b"[] []", "not JSON: Extra data at line 1 column 4"),
        (b'["\xe4"]', "not JSON: not a text file in UTF-8: .* at byte 2"),
        (b'["\xed\xa0\x80"]', "not JSON: not a text file in UTF-8: .* at byte 2"),
        ("[]".encode("utf-16"), "not JSON: the text is UTF-16, not UTF-8"),
        (b"[" * 100_000, "JSON that cannot be read: nested too deeply"),
        (b"[1,\n" + b"9" * 5000 + b"]", "a whole number of 5000 digits at line 2"),
        (b" " * 101, "the file is larger than 100 bytes, the limit"),
    ],
)
def test_what_is_refused(data, message):
    with pytest.raises(DataError, match=message):
        parse_document(data, 100 if message.startswith("the file is larger") else 1_000_000)


def test_messages_of_a_file_name_it(tmp_path):
    path = tmp_path / "x.json"
    with pytest.raises(DataError, match=r"x\.json: cannot be read: No such file"):
        read_document(path, 100)
    path.write_bytes(b"[" + b" " * 100)
    with pytest.raises(DataError, match=r"x\.json: the file is larger than 100 bytes"):
        read_document(path, 100)
    with pytest.raises(DataError, match=r"x\.json: not JSON: .* at line 1 column 102"):
        read_document(path, 101)


def test_names():
    assert is_name("bonn.png")
    assert is_name("m\u00fcnchen \U0001f600")
    assert not any(map(is_name, ("", "a\0b", "a\ud800", "\udcff", None, 3, ["a"])))


def stream_of(text):
    return JsonStream(io.TextIOWrapper(io.BytesIO(text), encoding="latin-1", newline=""))


def random_value(rng, depth=0):
    kinds = [
        lambda: rng.choice([None, True, 0, -17, 3.25, 1e300, 123456789012]),
        lambda: "".join(
            rng.choice('ab"\\\n \u00fc\U0001f600[]{},:') for _ in range(rng.randrange(9))
        ),
        lambda: [random_value(rng, depth + 1) for _ in range(rng.randrange(4))],
        lambda: {str(n): random_value(rng, depth + 1) for n in range(rng.randrange(4))},
    ]
    return rng.choice(kinds if depth < 3 else kinds[:2])()


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize("seed", range(20))
def test_a_stream_gives_what_the_document_holds(monkeypatch, chunk, seed):
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    rng = random.Random(seed)
    values = [random_value(rng) for _ in range(rng.randrange(6))]
    style = {"ensure_ascii": rng.random() < 0.5, "indent": rng.choice([None, 2])}
    text = json.dumps(values, **style).encode()
    stream = stream_of(text)
    found = list(stream.elements())
    stream.end()
    assert [value.value for value in found] == values
    assert [json.loads(text[value.begin : value.end]) for value in found] == values

    wrapped = {str(number): value for number, value in enumerate(values)}
    stream = stream_of(json.dumps(wrapped, **style).encode())
    assert {key: stream.value().value for key in stream.keys()} == wrapped
    stream.end()


@pytest.mark.parametrize("chunk", [1, 5, 1 << 20])
def test_no_cut_document_is_read(monkeypatch, chunk):
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    text = json.dumps([1, -2.5e7, True, "a\u00fc\\", [None], {"b": [{}]}]).encode()
    for length in range(len(text)):
        with pytest.raises(DataError, match="not JSON: "):
            list(stream_of(text[:length]).elements())


def test_the_place_of_a_mistake_is_a_byte_of_the_file(monkeypatch):
    monkeypatch.setattr(json_stream, "CHUNK", 8)
    text = b'["\xc3\xbc", ' * 1 + b"1," * 50 + b"nope, 5]"
    with pytest.raises(DataError, match=f"Expecting value at byte {text.index(b'nope')}"):
        list(stream_of(text).elements())
    with pytest.raises(DataError, match=r"UTF-8: .* at byte 4"):
        list(stream_of(b'[1, "\xfc"]').elements())
