"""What is true about Cityscapes: arrays and records in, arrays and records out."""
