"""A config as the Snakefile gets it: what a user names, and the defaults of the schema."""

import yaml

from cityscapes.workflow import config as configs
from cityscapes.workflow.settings import Settings
from tiny import CLONE

SCHEMA = yaml.safe_load((CLONE / "config/schema.yaml").read_text())


def filled(values):
    """The values of a config, with the schema's defaults for what is not named."""
    return configs.filled(values, SCHEMA)


def settings_of(environment=None, **config):
    """The settings of a run with this config and environment."""
    return Settings(filled(config), environment or {}, CLONE)
