"""How users reach the page: port, link, and what is printed when the server starts."""

import getpass
import os
import shlex
import socket
import sys
import webbrowser
from collections.abc import Mapping
from html import escape
from pathlib import Path
from tempfile import mkdtemp

from cityscapes.errors import DataError
from cityscapes.files.whole import create, digest
from cityscapes.viewer.security import HOST

# Below the range of ephemeral ports.
FIRST_PORT, PORTS = 20_000, 10_000
LAST_PORT = 65_535


def port_of(folder: Path, tool: str = "") -> int:
    """Return the port of a working directory: always the same, since browsers keep drafts by port.

    Each `tool` has its own, so that viewer and label tool can run at once.
    """
    names = [os.path.realpath(folder), tool] if tool else [os.path.realpath(folder)]
    return FIRST_PORT + int(digest(*names), 16) % PORTS


def bind(port: int, tool: str = "viewer") -> socket.socket:
    """Bind a socket on the loopback interface, not listening; raise DataError if that fails."""
    if not 0 <= port <= LAST_PORT:
        raise DataError(f"port {port} cannot be: right are 1 to {LAST_PORT}")
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise DataError(
            f"port {port} of {HOST} cannot be used: {error.strerror}. Does a {tool} of this "
            f"folder run already? Else name another port: --port {port + 1}"
        ) from None
    return bound


def link(port: int, token: str) -> str:
    """Return the address of the page; the part after # is not sent and appears in no log."""
    return f"http://{HOST}:{port}/#token={token}"


def greeting(address: str, port: int, environment: Mapping[str, str], tool: str = "viewer") -> str:
    """Return the text printed at the start, with the ssh command if one is needed."""
    lines = [
        f"\n  {address}\n",
        "The link is for you alone: who has it sees the dataset.",
        f"Ctrl+C here, or Quit on the page, ends the {tool}.",
    ]
    command = forwarding(port, environment)
    if command:
        lines += ["", "On your own computer, run this, then open the link there:", f"  {command}"]
    return "\n".join(lines)


def forwarding(port: int, environment: Mapping[str, str]) -> str:
    """Return the ssh command for the user's own computer; "" if the server runs on that.

    Inside a Slurm job it leads by way of the node that the job was submitted on.
    """
    tunnel = f"ssh -N -L {port}:{HOST}:{port}"
    user = shlex.quote(getpass.getuser())
    node = shlex.quote(socket.gethostname())
    login = environment.get("SLURM_SUBMIT_HOST", "")
    if environment.get("SLURM_JOB_ID") and login:
        return f"{tunnel} -J {user}@{shlex.quote(login)} {user}@{node}"
    if connection := environment.get("SSH_CONNECTION", "").split():
        # client address, client port, server address, server port
        at = shlex.quote(connection[2]) if len(connection) == 4 else node
        port_of_ssh = (
            f" -p {shlex.quote(connection[3])}" if connection[3:] not in ([], ["22"]) else ""
        )
        return f"{tunnel}{port_of_ssh} {user}@{at}"
    return ""


def has_display(environment: Mapping[str, str]) -> bool:
    """Return True if the user would see a browser that is started here."""
    if environment.get("SSH_CONNECTION") or environment.get("SLURM_JOB_ID"):
        return False
    return sys.platform == "darwin" or bool(
        environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    )


def open_browser(address: str) -> Path | None:
    """Open the page; return the private file that leads to it, for the caller to remove.

    The link itself on the browser's command line would show the token to all users. None if
    there is no browser.
    """
    leading = Path(mkdtemp(prefix="cityscapes-viewer-")) / "open.html"
    text = f'<meta http-equiv="refresh" content="0; url={escape(address)}">'
    with create(leading) as file:
        file.write(text.encode())
    try:
        opened = webbrowser.open(leading.as_uri())
    except webbrowser.Error:
        opened = False
    if opened:
        return leading
    remove_leading(leading)
    return None


def remove_leading(leading: Path) -> None:
    """Remove the file of `open_browser`."""
    leading.unlink(missing_ok=True)
    leading.parent.rmdir()
