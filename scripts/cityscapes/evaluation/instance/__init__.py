"""Instance-level semantic labelling: average precision."""
