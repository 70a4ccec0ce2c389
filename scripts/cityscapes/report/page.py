"""The complete page: one HTML file that loads no other file."""

from html import escape
from pathlib import Path

from cityscapes.report import notes, sections
from cityscapes.report.html import counted, element, paragraph
from cityscapes.report.made import Made
from cityscapes.report.sections import Section

TITLE = "Cityscapes: statistics and scores"
# Nothing is loaded, whatever names of files are in the tables.
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)


def page(made: Made, when: str) -> str:
    """Return the HTML of the report; `when` it was made, for people."""
    parts = [sections.in_brief(made)] if made.sets else []
    parts += [sections.statistics(made)] if made.splits else []
    parts += [sections.scores(made)] if made.sets else []
    parts += [sections.checks(made), sections.how(made)]
    head = "".join([
        '<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n',
        element("title", TITLE),
        element("style", _beside("page.css")),
    ])  # fmt: skip
    top = "".join([
        element("h1", TITLE),
        paragraph(f"{_subject(made)}. Made {when}.", class_="dim"),
        notes.notice(notes.missing(made)),
        notes.edits(made),
        notes.licence(made),
    ])  # fmt: skip
    main = "".join(
        element("section", element("h2", escape(one.title), id=one.id), one.html) for one in parts
    )
    body = element("header", top) + _contents(parts) + element("main", main)
    script = element("script", _beside("page.js"))
    whole = element("head", head) + element("body", body, script)
    return "<!DOCTYPE html>\n" + element("html", whole, lang="en")


def _subject(made: Made) -> str:
    data = "The drawn sample" if made.is_sample else "A dataset"
    splits = f" of {counted(len(made.splits), 'split')} with annotations" if made.splits else ""
    sets = f" and {counted(len(made.sets), 'prediction set')}" if made.sets else ""
    return f"{data}{splits}{sets}"


def _contents(parts: list[Section]) -> str:
    lines = []
    for one in parts:
        below = [element("li", _link(id_, title)) for id_, title in one.below]
        inner = element("ul", *below) if below else ""
        lines.append(element("li", _link(one.id, one.title), inner))
    return element("nav", element("ul", *lines), aria_label="Contents")


def _link(id_: str, title: str) -> str:
    return element("a", escape(title), href=f"#{id_}").strip()


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
