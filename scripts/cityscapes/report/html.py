"""Pieces of HTML: text is escaped, tables have headers, pictures are part of the page."""

import base64
import csv
import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

_MEDIA = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
# Longer tables are files next to the page only.
MOST_ROWS = 400
_DIGITS = 4
_LONG_TEXT = 40


def element(name: str, *inside: str, **attributes: str) -> str:
    """Return an element that contains pieces of HTML; `class_` is the attribute `class`."""
    names = {key: key.rstrip("_").replace("_", "-") for key in attributes}
    texts = "".join(f' {names[key]}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{texts}>{''.join(inside)}</{name}>\n"


def paragraph(text: str, **attributes: str) -> str:
    """Return a paragraph of plain text."""
    return element("p", escape(text), **attributes)


def items(texts: Iterable[str]) -> str:
    """Return a list of plain texts."""
    return element("ul", *(element("li", escape(text)) for text in texts))


def picture(path: Path, alternative: str, class_: str = "") -> str:
    """Return a picture as part of the page, with a text for those who cannot see it."""
    data = base64.b64encode(path.read_bytes()).decode()
    source = f"data:{_MEDIA[path.suffix]};base64,{data}"
    return f'<img class="{class_}" src="{source}" alt="{escape(alternative)}">'


def read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Read the columns and rows of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    return columns, rows


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first column names its rows; a wide one scrolls by itself."""
    of_text = [any(row[n] and not _is_number(row[n]) for row in rows) for n in range(len(columns))]
    head = element(
        "tr",
        *(
            element("th", escape(name), scope="col", class_="text" if text else "number")
            for name, text in zip(columns, of_text, strict=True)
        ),
    )
    body = (
        element("tr", element("th", escape(row[0]), scope="row"), *map(_cell, row[1:]))
        for row in rows
    )
    whole = element(
        "table", element("caption", escape(caption)), element("thead", head),
        element("tbody", *body), class_="sortable",
    )  # fmt: skip
    return element("div", whole, class_="wide", role="region", tabindex="0", aria_label=caption)


def folded(title: str, *inside: str) -> str:
    """Return pieces of HTML that are shown on demand."""
    return element("details", element("summary", escape(title)), *inside)


def table_of(path: Path, caption: str, columns: Sequence[str] = ()) -> str:
    """Return the table in a CSV file, or some of its columns; for a long one, its file name."""
    all_columns, rows = read_rows(path)
    if len(rows) > MOST_ROWS:
        return paragraph(f"{caption}: {len(rows)} rows, in {path.name}", class_="dim")
    chosen = [all_columns.index(name) for name in columns or all_columns]
    return table(
        caption, [all_columns[n] for n in chosen], [[row[n] for n in chosen] for row in rows]
    )


def short(text: str) -> str:
    """Format a number for people: four decimals, commas; other texts are returned unchanged."""
    try:
        number = float(text)
    except ValueError:
        return text
    if math.isnan(number):
        return ""
    if text.lstrip("-").isdigit():
        return f"{int(text):,}" if abs(number) >= 10_000 else text
    return f"{number:.{_DIGITS}f}" if abs(number) < 1000 else f"{number:,.0f}"


def counted(number: int, noun: str) -> str:
    """Return a number and what is counted, which ends with s in the plural."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _cell(text: str) -> str:
    shown = short(text)
    value = "" if shown == "" else text
    kind = "long text" if len(text) > _LONG_TEXT else "text" if shown == text else ""
    attributes = {"data-value": value} | ({"class": kind} if kind and not _is_number(text) else {})
    texts = "".join(f' {key}="{escape(one)}"' for key, one in attributes.items())
    return f"<td{texts}>{escape(shown)}</td>"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
