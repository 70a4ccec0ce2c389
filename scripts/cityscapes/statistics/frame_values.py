"""The statistics of a frame as a kind of value, which the manifest of its shard keeps."""

from cityscapes.ground_truth.frame_files import FrameFiles
from cityscapes.statistics.frame_counts import count_frame


def statistics(kind: str, files: FrameFiles) -> dict:
    """Return the counts of a frame, as manifest and table hold them."""
    annotation = files.annotation if files.has_polygons else None
    counts = files.images_of(lambda images: count_frame(annotation, images))
    return {"statistics": counts.as_value()}
