"""3-D vehicle detection: average precision and the similarity of boxes (Cityscapes 3D)."""
