"""Figures for reports and papers, each with the numbers that it shows."""
