"""From the raw files of a frame to everything that is made from them."""
