"""What the rules of the statistics ask for."""

from cityscapes.statistics.names import DISTANCES, STATISTICS


def average_sizes(wildcards):
    """The configured mean sizes of instances, as JSON; a function, as it holds braces."""
    return json.dumps(config["evaluation"]["average_sizes"], sort_keys=True)


def counted(wildcards):
    """The statistics of all splits with annotations, and distances where these are asked for."""
    await_unpacked()
    return free([*ask(shards.statistics), *ask(shards.distances)])
