"""Checks of a raw dataset: pure functions of one frame's files."""
