"""PNG files of label images: written and read exactly, and fast."""
