"""Write docs/configuration.md: every setting of the config, from its schema."""

import argparse
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from cityscapes.command import run
from cityscapes.files.whole import write_atomic

BEGIN = """\
# Configuration

All settings, with their defaults. They go into `config/config.yaml` of the folder that you work in
(or of the clone), into a file that `--configfile` names, or after `--config` on the command line;
a later one of these wins. [editing](editing.md) says what is made again after a change.

This page is written from [`config/schema.yaml`](../config/schema.yaml) by
`python scripts/configuration_page.py`.
"""
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "names and values",
    "null": "nothing",
}


def main(schema: Path, output: Path) -> None:
    write_atomic(output, page(yaml.safe_load(schema.read_text())).encode())


def page(schema: dict[str, Any]) -> str:
    """Return the page in Markdown: a section per setting, nested ones by the names above them."""
    return BEGIN + "".join(_sections(schema, ""))


def _sections(schema: dict[str, Any], above: str) -> Iterator[str]:
    for name, setting in schema["properties"].items():
        path = f"{above}{name}"
        facts = _facts(setting, name in schema.get("required", ()))
        parts = [
            f"{'###' if above else '##'} `{path}`",
            textwrap.fill(setting.get("description", ""), 100, break_on_hyphens=False),
            "\n".join(f"* {fact}" for fact in facts),
        ]
        yield "".join(f"\n{part}\n" for part in parts if part)
        inner = setting.get("additionalProperties")
        if "properties" in setting:
            yield from _sections(setting, f"{path}.")
        elif isinstance(inner, dict) and "properties" in inner:
            yield from _sections(inner, f"{path}.<name>.")


def _facts(setting: dict[str, Any], required: bool) -> Iterator[str]:
    if "properties" in setting:
        return
    yield f"Value: {_values(setting)}"
    if required:
        yield "Required"
    elif "default" in setting:
        yield f"Default: `{json.dumps(setting['default'])}`"


def _values(setting: dict[str, Any]) -> str:
    """Describe the allowed values of a setting."""
    if "const" in setting:
        return f"`{setting['const']}`"
    if "enum" in setting:
        return ", ".join(f"`{value}`" for value in setting["enum"])
    if choices := setting.get("anyOf", setting.get("oneOf")):
        return ", or ".join(map(_values, choices))
    if isinstance(setting["type"], list):
        return ", or ".join(_values({**setting, "type": one}) for one in setting["type"])
    what = TYPES[setting["type"]]
    if setting["type"] == "array":
        size = f" of {setting['maxItems']}" if "maxItems" in setting else " of any"
        return f"{what}{size}: {_values(setting['items'])}"
    bounds = [
        f"{word} {setting[key]}"
        for key, word in (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"))
        if key in setting
    ]
    return " ".join([what, *bounds])


if __name__ == "__main__":
    clone = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schema", type=Path, default=clone / "config/schema.yaml")
    parser.add_argument("--output", type=Path, default=clone / "docs/configuration.md")
    run(main, parser)
