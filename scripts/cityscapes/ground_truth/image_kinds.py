"""The kinds that are made of a frame's polygons, or of the label images in their place."""

from cityscapes.ground_truth.frame_files import FrameFiles


def label_image(kind: str, files: FrameFiles) -> bytes:
    """The PNG file of a label image."""
    return files.images_of(lambda images: images.png(kind))


def segments(kind: str, files: FrameFiles) -> dict:
    """Width, height and panoptic segments of a frame, as the tables hold them."""
    found = files.images_of(lambda images: images.segments())
    width, height = files.images.size
    return {"width": width, "height": height, "segments": [list(segment) for segment in found]}
