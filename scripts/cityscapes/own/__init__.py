"""Converting one's own datasets from flat folders to the layout of Cityscapes."""
