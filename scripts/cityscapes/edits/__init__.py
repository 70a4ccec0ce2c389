"""Edits of annotations: polygon files that take the place of those of the dataset."""
