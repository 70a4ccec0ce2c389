"""The config of a run, for commands other than Snakemake: same files, defaults and messages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cityscapes.errors import DataError
from cityscapes.workflow.schema import problems_of_config


def read_config(clone: Path, configfile: Path | None = None) -> dict[str, Any]:
    """Read the config: of the clone, over it the working directory's, over both `configfile`.

    Validated, with the defaults of the schema filled in. Raises DataError that names the file, or
    the key and what is wrong with it.
    """
    files = [clone / "config/config.yaml"]
    own = Path("config/config.yaml")
    files += [own] if own.exists() else []
    files += [configfile] if configfile else []
    merged: dict[str, Any] = {}
    for path in files:
        merged = _merge(merged, _mapping(path))
    schema = _mapping(clone / "config/schema.yaml")
    config = filled(merged, schema)
    if problems := problems_of_config(config, schema):
        raise DataError("the config is wrong:" + "".join(f"\n  {line}" for line in problems))
    return config


def filled(values: Any, schema: Mapping[str, Any]) -> Any:
    """Return the values of a config, with the schema's defaults for missing ones."""
    if not isinstance(values, dict):
        return values
    if "properties" in schema:
        known = {
            name: filled(one["default"], one)
            for name, one in schema["properties"].items()
            if "default" in one
        }
        of_key = schema["properties"]
        return known | {
            name: filled(value, of_key.get(name, {})) for name, value in values.items()
        }
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict) and "properties" in inner:
        return {name: filled(value, inner) for name, value in values.items()}
    return values


def _mapping(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not YAML: {error}") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise DataError(f"{path}: holds {type(document).__name__}, not keys with values")
    return document


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Merge two configs, the second over the first, key by key at all depths, as Snakemake."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(value, dict) and isinstance(old, dict)
        merged[key] = _merge(old, value) if both else value  # type: ignore[arg-type]
    return merged
