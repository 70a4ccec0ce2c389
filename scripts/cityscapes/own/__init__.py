"""Datasets of one's own: from flat folders to the layout of Cityscapes."""
