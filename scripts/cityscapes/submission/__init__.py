"""Predictions for the benchmark's server: converted, checked and packed as it accepts them."""
