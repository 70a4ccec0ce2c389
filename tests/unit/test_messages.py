"""What messages show of values, and what reaches a terminal."""

import logging
import subprocess
import sys

import pytest

from cityscapes.command import PrintableFormatter
from cityscapes.errors import printable, quoted, short
from tiny import CLONE


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "missing"),
        ("a\n\x1b", r'"a\n\u001b"'),
        ({"a": [1, 2.5, None]}, '{"a": [1, 2.5, null]}'),
        ("x" * 58, f'"{"x" * 58}"'),
        ("x" * 59, f'"{"x" * 56}...'),
        (float("nan"), "NaN"),
        (nested(100_000), "[" * 57 + "..."),
        (
            list(range(10**6)),
            "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17..."[:57] + "...",
        ),
    ],
    ids=lambda value: None,
)
def test_short_values(value, text):
    assert short(value) == text


def test_quoted_texts():
    assert quoted("it\x1b[0m") == r"'it\x1b[0m'"
    assert quoted("x" * 10**6) == "'" + "x" * 56 + "..."
    assert quoted(26.5) == "26.5"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain: m\u00fcnchen, \u6771\u4eac\n  a\tb", "plain: m\u00fcnchen, \u6771\u4eac\n  a\tb"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("a\rb\x9b31m\x7f\0", r"a\rb\x9b31m\x7f\x00"),
        ("\u202etxt\u200b", r"\u202etxt\u200b"),
        ("\udcff\ud800", r"\udcff\ud800"),
    ],
)
def test_what_a_terminal_is_shown(text, shown):
    assert printable(text) == shown


def test_logs_hold_no_escape_sequences():
    record = logging.LogRecord("x", logging.INFO, "x", 1, "city %s", ("\x1b[2Jbonn",), None)
    assert PrintableFormatter("%(message)s").format(record) == r"city \x1b[2Jbonn"


def test_errors_hold_no_escape_sequences(tmp_path):
    path = tmp_path / "\x1b[2J.csv"
    command = [
        *(sys.executable, CLONE / "scripts/ground_truth.py", "--labels", path),
        *("--dataset", tmp_path, "--results", tmp_path / "results", "--shard", "gtFine/val/bonn"),
    ]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert r"\x1b[2J.csv" in done.stderr
