"""Annotating and correcting frames in the browser: the label tool's additions to the viewer."""
