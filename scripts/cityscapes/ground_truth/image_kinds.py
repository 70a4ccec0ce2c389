"""The kinds made from a frame's polygons, or from label images in their place."""

from cityscapes.ground_truth.frame_files import FrameFiles


def label_image(kind: str, files: FrameFiles) -> bytes:
    """Return the PNG file of a label image."""
    return files.images_of(lambda images: images.png(kind))


def segments(kind: str, files: FrameFiles) -> dict:
    """Return width, height and panoptic segments of a frame, for the tables."""
    found = files.images_of(lambda images: images.segments())
    width, height = files.images.size
    return {"width": width, "height": height, "segments": [list(segment) for segment in found]}
