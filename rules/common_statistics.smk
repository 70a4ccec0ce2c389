"""What the rules of the statistics use."""

from cityscapes.statistics.names import EXTRA, STATISTICS
from cityscapes.workflow.statistics import Statistics

statistics = Statistics(settings, shards, unedited)


def average_sizes(wildcards):
    """The configured mean sizes of instances, as JSON; a function, because JSON has braces."""
    return json.dumps(config["evaluation"]["average_sizes"], sort_keys=True)


def extra_tables(what):
    """A function of wildcards that returns the tables of cities for additional statistics."""
    return lambda wildcards: ask(statistics.extra_tables, what, wildcards.split)


def counted(wildcards):
    """The statistics of all splits with annotations, and the additional ones of the config."""
    await_unpacked()
    return free([*ask(statistics.files), *ask(statistics.changes), *ask(statistics.extra)])
