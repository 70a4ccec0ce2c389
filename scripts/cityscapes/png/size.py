"""The largest allowed image, which limits the memory that a damaged file can need."""

# ASSUME: no camera is larger than this, and no annotation.
MAX_SIDE = 32_768
MAX_PIXELS = 1 << 25
