"""Pixel-level semantic labelling: IoU and iIoU."""
