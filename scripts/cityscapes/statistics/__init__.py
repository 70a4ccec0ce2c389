"""Statistics of the dataset: what frames show, how often, how large and where."""
