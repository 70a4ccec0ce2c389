"""The report: one HTML page of statistics, scores and checks, for people to look at."""
