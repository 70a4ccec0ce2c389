"""Validating a config by the schema."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from cityscapes.errors import nearest, quoted


def problems_of_config(config: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """Return a line `setting: what is wrong` for each wrong setting; none if all are right.

    Nested settings are named in full, `checks: counts: ...`.
    """
    found = sorted(Draft202012Validator(schema).iter_errors(config), key=_place)
    return [_line(error) for error in found]


def _place(error: ValidationError) -> list[str]:
    return [str(key) for key in error.absolute_path]


def _line(error: ValidationError) -> str:
    # If a setting may have several forms, the message is about the one that fits best.
    best = best_match([error]) or error
    return ": ".join([*_place(best), _said(best)])


def _said(error: ValidationError) -> str:
    """Return what is wrong: with similar settings for unknown ones, with the right names."""
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        close = [nearest(str(name), known) for name in error.instance if name not in known]
        return error.message + "".join(close)
    if error.validator == "pattern" and "propertyNames" in error.schema_path:
        return f"{quoted(error.instance)} does not match: {error.schema['description']}"
    return error.message
