"""The statistics of a frame as a kind of value, which the manifest of its shard keeps."""

from cityscapes.ground_truth.frame_files import FrameFiles
from cityscapes.statistics.frame_counts import count_frame


def statistics(kind: str, files: FrameFiles) -> dict:
    """The counts of a frame, as manifest and table hold them."""
    counts = files.images_of(lambda images: count_frame(files.annotation, images))
    return {"statistics": counts.as_value()}
