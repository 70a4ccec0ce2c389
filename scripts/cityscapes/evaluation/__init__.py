"""From predictions to the scores of the benchmark."""
