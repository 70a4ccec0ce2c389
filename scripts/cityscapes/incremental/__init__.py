"""Bringing what is made of each frame up to date, and touching nothing that is not ours."""
