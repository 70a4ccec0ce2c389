"""The account of a run, passed to those of its jobs that need it.

The environment is inherited by all jobs, by what these start, and on a cluster by other machines;
a file with a password stays after a kill. A socket in a folder of this user alone does neither:
the account stays in the memory of the run, and ends with it.
"""

import atexit
import json
import shutil
import socket
import tempfile
import threading
from pathlib import Path

from cityscapes.errors import DataError

# The path of a socket has room for 104 bytes on macOS, 108 on Linux.
LONGEST_FOLDER = 60
SECONDS = 10.0
LONGEST_MESSAGE = 1 << 16


def hand_on(username: str, password: str) -> str:
    """Serve an account to this user's processes until this one ends; return the socket's path."""
    base = tempfile.gettempdir()
    # Its mode is 0700: nobody else reaches the socket.
    folder = Path(
        tempfile.mkdtemp(prefix="cityscapes-", dir=base if len(base) < LONGEST_FOLDER else "/tmp")
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = str(folder / "account")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    message = json.dumps([username, password]).encode()
    threading.Thread(target=_answer_all, args=(listener, message), daemon=True).start()
    return path


def receive(path: str) -> tuple[str, str]:
    """Receive the username and password from a run's socket; raise DataError if that fails."""
    message = bytearray()
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(path)
            while len(message) < LONGEST_MESSAGE and (piece := connection.recv(4096)):
                message += piece
        username, password = json.loads(message)
    except (OSError, ValueError, TypeError):
        raise DataError(
            f"{path}: the run that should pass on the account does not answer: has it ended?"
        ) from None
    return username, password


def _answer_all(listener: socket.socket, message: bytes) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(SECONDS)
            try:
                connection.sendall(message)
            except OSError:  # the client is gone
                continue
