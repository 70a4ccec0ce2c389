"""Small pictures of frames, each made once, in one file of limited size."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from cityscapes.errors import DataError
from cityscapes.viewer.layers import decode_rgb, png_file
from cityscapes.workflow.removal import THUMBNAILS

# Below the results; `clean` removes it.
NAME = f"manifests/{THUMBNAILS}"
WIDTH, HEIGHT = 256, 128
QUALITY = 80
# Some 40,000 pictures; then the oldest are removed.
MOST_BYTES = 300_000_000
# Size of the cache in memory, if there is no folder for the file or it cannot be written.
MOST_IN_MEMORY = 30_000_000
_TABLE = """
    CREATE TABLE IF NOT EXISTS thumbnails (
        path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, picture BLOB
    )
"""


class Thumbnails:
    """The cache in a folder of results; in memory if that cannot be written."""

    def __init__(self, results: Path | None, most_bytes: int = MOST_BYTES):
        """`results` is None if nothing may be written there."""
        self._lock = Lock()
        self._most = most_bytes
        on_disk = self._open(results / NAME) if results and results.is_dir() else None
        if on_disk is None:
            self._most = min(most_bytes, MOST_IN_MEMORY)
        self._base = on_disk or self._connect(":memory:")
        (self._held,) = self._base.execute(
            "SELECT COALESCE(SUM(LENGTH(picture)), 0) FROM thumbnails"
        ).fetchone()

    def of(self, path: Path) -> bytes:
        """Return the JPEG file of an image, made if it is new; DataError if it is damaged."""
        status = path.stat()
        key = (str(path.absolute()), status.st_size, status.st_mtime_ns)
        known = self._ask(
            "SELECT picture FROM thumbnails WHERE (path, size, mtime) = (?, ?, ?)", key
        )
        if known:
            return known[0]
        picture = thumbnail(path)
        self._put(key, picture)
        return picture

    def close(self) -> None:
        """Close the file."""
        with self._lock, closing(self._base):
            pass

    def _ask(self, question: str, values: tuple) -> tuple | None:
        with self._lock:
            try:
                return self._base.execute(question, values).fetchone()
            except sqlite3.Error:  # a damaged file, or one that another viewer holds for long
                return None

    def _put(self, key: tuple, picture: bytes) -> None:
        with self._lock:
            try:
                with self._base:
                    self._base.execute(
                        "INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?, ?)", (*key, picture)
                    )
                    self._held += len(picture)
                    if self._held > self._most:
                        self._remove_oldest()
            except sqlite3.Error:  # a full disk: the picture is shown all the same
                pass

    def _remove_oldest(self) -> None:
        self._base.execute(
            "DELETE FROM thumbnails WHERE rowid IN "
            "(SELECT rowid FROM thumbnails ORDER BY rowid LIMIT "
            " (SELECT COUNT(*) / 4 + 1 FROM thumbnails))"
        )
        (self._held,) = self._base.execute(
            "SELECT COALESCE(SUM(LENGTH(picture)), 0) FROM thumbnails"
        ).fetchone()

    def _open(self, path: Path) -> sqlite3.Connection | None:
        if path.is_symlink() or path.parent.is_symlink():
            return None
        try:
            path.parent.mkdir(exist_ok=True)
            return self._connect(str(path))
        except (OSError, sqlite3.Error):
            return None

    def _connect(self, path: str) -> sqlite3.Connection:
        base = sqlite3.connect(path, timeout=1, check_same_thread=False)
        base.execute("PRAGMA synchronous = OFF")  # after a power cut it is made again
        base.execute(_TABLE)
        base.execute("SELECT picture FROM thumbnails LIMIT 1")
        return base


def thumbnail(path: Path) -> bytes:
    """Return a JPEG file of at most 256 x 128 pixels of an image; DataError if it is damaged."""
    image = decode_rgb(path, png_file(path)[0])
    if image.dtype == np.uint16:
        darkest, brightest = np.percentile(image[::8, ::8], (1, 99))
        image = np.clip((image - darkest) * (255 / max(brightest - darkest, 1)), 0, 255)
        image = image.astype(np.uint8)
    height, width = image.shape[:2]
    scale = min(WIDTH / width, HEIGHT / height, 1)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise DataError(f"{path}: no picture of {width} x {height} pixels can be made")
    return data.tobytes()
