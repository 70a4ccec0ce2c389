"""Metrics of boundaries: Boundary AP and PQ, and the boundary F-score."""
