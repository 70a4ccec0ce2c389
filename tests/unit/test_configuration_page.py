"""docs/configuration.md has every setting of the schema, as it is now."""

import yaml

from configuration_page import page
from tiny import CLONE

SCHEMA = yaml.safe_load((CLONE / "config/schema.yaml").read_text())


def test_the_page_is_current():
    """Else run: python scripts/configuration_page.py"""
    assert (CLONE / "docs/configuration.md").read_text() == page(SCHEMA)


def test_settings_have_values_defaults_and_names():
    schema = {
        "properties": {
            "size": {"description": "Pixels.", "type": "integer", "minimum": 1, "default": 7},
            "kinds": {"type": "array", "items": {"enum": ["a", "b"]}, "description": "Kinds."},
            "size_or_off": {
                "anyOf": [{"type": "integer"}, {"type": ["null", "string"]}, {"const": "any"}]
            },
            "sets": {
                "description": "Sets.",
                "type": "object",
                "additionalProperties": {
                    "required": ["path"],
                    "properties": {"path": {"type": "string", "description": "A path."}},
                },
            },
        }
    }
    text = page(schema)
    assert "\n## `size`\n\nPixels.\n\n* Value: whole number from 1\n* Default: `7`\n" in text
    assert "\n## `kinds`\n\nKinds.\n\n* Value: list of any: `a`, `b`\n" in text
    assert "\n* Value: whole number, or nothing, or text, or `any`\n" in text
    assert "\n### `sets.<name>.path`\n\nA path.\n\n* Value: text\n* Required\n" in text


def test_every_setting_is_described():
    def check(schema):
        properties = schema.get("properties", {})
        # Those that are all alike are described by what they are in.
        alike = all(setting == next(iter(properties.values())) for setting in properties.values())
        for name, setting in properties.items():
            assert setting.get("description") or alike, name
            check(setting)
            inner = setting.get("additionalProperties")
            check(inner if isinstance(inner, dict) else {})

    check(SCHEMA)
