"""Annotating and correcting frames in the browser: what the label tool adds to the viewer."""
