"""The account at the site: from the environment, a netrc file, or the person at the terminal.

Both stay in memory: no message, log or file of ours shows them. The jobs of a workflow get the
account from their run, by a socket: see account_socket.py.
"""

import getpass
import netrc
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cityscapes.errors import DataError
from cityscapes.packages.account_socket import receive

USERNAME, PASSWORD = "CITYSCAPES_USERNAME", "CITYSCAPES_PASSWORD"
# Not the account itself, but the socket of a run that passes it on.
SOCKET = "CITYSCAPES_ACCOUNT_SOCKET"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Credentials(NamedTuple):
    """An account of the site."""

    username: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(...)"


def host_of(site: str) -> str:
    """Return the host of a site's address; DataError if it is unsafe for a password."""
    try:
        parts = urlsplit(site)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if "@" in parts.netloc:
        # Not the address: Snakemake writes what it prints into its log.
        raise DataError(
            "site: the address holds a username or password (what is before the @), which would "
            f"be seen in logs; leave them out: {USERNAME} and {PASSWORD} or ~/.netrc give them"
        )
    if not host or parts.scheme not in ("http", "https"):
        raise DataError(f"site {site}: not an address such as https://www.example.org")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise DataError(f"site {site}: without https the password could be read on its way")
    return host


def account(host: str) -> Credentials:
    """Return the account for a host, from any of these sources; DataError if none has it."""
    return find_credentials(host) or ask_credentials(host)


def take_from_environment() -> dict[str, str]:
    """Remove and return the variables of the account, so that child processes lack them."""
    return {name: os.environ.pop(name) for name in (USERNAME, PASSWORD) if name in os.environ}


def find_credentials(host: str, variables: Mapping[str, str] | None = None) -> Credentials | None:
    """Find the account that environment, run or netrc file have for a host; None without any.

    `variables` are those that were taken from the environment, the environment itself by default.
    Raises DataError when one of them is not as it should be.
    """
    variables = os.environ if variables is None else variables
    found = [variables.get(name, "") for name in (USERNAME, PASSWORD)]
    if all(found):
        return Credentials(*found)
    if any(found):
        there, missing = (USERNAME, PASSWORD) if found[0] else (PASSWORD, USERNAME)
        raise DataError(f"{there} is set, but {missing} is not: set both or none")
    if path := variables.get(SOCKET):
        return Credentials(*receive(path))
    return _from_netrc(Path(os.environ.get("NETRC") or "~/.netrc").expanduser(), host)


def ask_credentials(host: str) -> Credentials:
    """Ask for the account in the terminal; raise DataError if there is no terminal."""
    try:
        # Not standard input: a job of the workflow may have none, and still have a terminal.
        with open("/dev/tty", encoding="utf-8") as keys, open("/dev/tty", "w") as screen:
            print(f"Username at {host}: ", end="", file=screen, flush=True)
            username = keys.readline().strip()
        password = getpass.getpass("Password: ") if username else ""
    except OSError:
        raise DataError(
            f"no username and password for {host}: set {USERNAME} and {PASSWORD}, or write "
            f"`machine {host} login ... password ...` into ~/.netrc, or run in a terminal, "
            "which asks for them"
        ) from None
    except KeyboardInterrupt:
        password = ""
    if not password:
        raise DataError(f"no username and password for {host} were given")
    return Credentials(username, password)


def _from_netrc(path: Path, host: str) -> Credentials | None:
    try:
        entry = netrc.netrc(str(path)).hosts.get(host)
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except (netrc.NetrcParseError, UnicodeDecodeError):
        # Not the parser's own words: they may quote a password.
        raise DataError(
            f"{path}: not in the format of a netrc file (a password with blanks needs quotes)"
        ) from None
    if entry is None:
        return None
    if mode & 0o077:
        raise DataError(f"{path}: others may read the password in it; chmod 600 {path}")
    return Credentials(entry[0], entry[2])
