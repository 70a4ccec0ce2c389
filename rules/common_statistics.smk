"""What the rules of the statistics ask for."""

from cityscapes.statistics.names import EXTRA, STATISTICS


def average_sizes(wildcards):
    """The configured mean sizes of instances, as JSON; a function, as it holds braces."""
    return json.dumps(config["evaluation"]["average_sizes"], sort_keys=True)


def extra_tables(what):
    """A function of wildcards: the tables of cities that extra statistics are made from."""
    return lambda wildcards: ask(shards.extra_tables, what, wildcards.split)


def counted(wildcards):
    """The statistics of all splits with annotations, and those that settings ask for."""
    await_unpacked()
    return free([*ask(shards.statistics), *ask(shards.changes), *ask(shards.extra)])
