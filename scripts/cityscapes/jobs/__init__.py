"""Workers, progress and memory of a job."""
