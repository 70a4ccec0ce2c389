"""Editing annotations: documents, their versions, review, and saving without a loss."""
