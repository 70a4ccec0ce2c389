"""Panoptic segmentation: panoptic quality."""
