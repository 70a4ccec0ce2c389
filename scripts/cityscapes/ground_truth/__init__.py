"""The results that are made from the raw files of a frame."""
