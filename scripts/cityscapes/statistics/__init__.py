"""Statistics of the dataset: which classes frames show, how often, how large and where."""
