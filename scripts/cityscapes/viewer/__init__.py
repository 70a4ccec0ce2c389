"""Looking at the dataset, at results and at mistakes in the browser."""
