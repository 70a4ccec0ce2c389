"""Updating what is made of each frame, without touching files that are not ours."""
