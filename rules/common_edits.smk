"""What the rules of edits ask for."""

from cityscapes.workflow.unedited import Unedited

unedited = Unedited(settings, shards)
UNEDITED_GROUPS = ("labels", "panoptic", "exports")


def unedited_panoptic_tables(split):
    """The tables of panoptic segments of edited frames of a split."""
    return unedited.tables("gtFine", split, "panoptic")


def unedited_instance_tables(split):
    """The tables of the instances of edited frames of a split."""
    return unedited.tables("gtFine", split, "exports")


def unedited_labels_tables(shard_type, split):
    """The tables of the label images of edited frames of a type and split."""
    return unedited.tables(shard_type, split, "labels")


def edited_labels_tables(shard_type, split):
    """The tables of the label images of all frames of the cities with edits."""
    return [shards.table(shard, "labels") for shard in unedited.all_with_edits(shard_type, split)]
