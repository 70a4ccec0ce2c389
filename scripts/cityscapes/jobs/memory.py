"""Keeping freed memory for the next image."""

import ctypes
import os

KEEP = 1 << 30
# The largest value of glibc (mallopt, M_MMAP_THRESHOLD); an image of 2048 x 1024 is 2 to 8 MB.
LARGEST_BLOCK = 1 << 25
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> None:
    """Let this process and its workers keep freed memory for the next image.

    By default glibc returns every freed image to the system and requests the memory again, which
    takes a fifth of the time of painting. Without glibc, nothing changes.
    """
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(KEEP))  # read by workers as they start
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(LARGEST_BLOCK))
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(M_TRIM_THRESHOLD, KEEP)
    mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK)
