"""Scoring predictions as the benchmark does."""
