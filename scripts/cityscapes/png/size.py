"""How large an image may be: what bounds the memory that a damaged file can ask for."""

# ASSUME: no camera is larger than this, and no annotation.
MAX_SIDE = 32_768
MAX_PIXELS = 1 << 25
