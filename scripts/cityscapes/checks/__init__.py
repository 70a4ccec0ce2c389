"""What can be wrong with a raw dataset: pure functions of one frame's files."""
