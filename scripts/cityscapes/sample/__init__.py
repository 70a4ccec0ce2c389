"""A small synthetic dataset: street scenes drawn in three dimensions, packed as raw packages."""
