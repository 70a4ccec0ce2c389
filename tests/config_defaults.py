"""A config as the Snakefile gets it: what a user names, and the defaults of the schema."""

import yaml

from cityscapes.workflow.settings import Settings
from tiny import CLONE

SCHEMA = yaml.safe_load((CLONE / "config/schema.yaml").read_text())


def filled(values, schema=SCHEMA):
    """The values of a config, with the schema's defaults for what is not named."""
    known = {
        name: filled(one["default"], one) if "properties" in one else one["default"]
        for name, one in schema.get("properties", {}).items()
        if "default" in one
    }
    if "properties" in schema:
        named = {name: filled(value, schema["properties"][name]) for name, value in values.items()}
        return {**known, **named}
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict) and "properties" in inner:
        return {name: filled(value, inner) for name, value in values.items()}
    return values


def settings_of(environment=None, **config):
    """The settings of a run with this config and environment."""
    return Settings(filled(config), environment or {}, CLONE)
