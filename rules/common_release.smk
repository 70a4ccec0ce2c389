"""What the rules of the comparison with released images use."""

from cityscapes.workflow.release import Release

released_images = Release(settings, shards)


def released(wildcards):
    """All files of verify_release; waits for the raw files."""
    await_unpacked()
    return free(ask(released_images.files))
