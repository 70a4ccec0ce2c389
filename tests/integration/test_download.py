"""Packages from a site that is slow, cuts, forgets and errs: whole files, or one clear line."""

import hashlib
import io
import os
import pty
import random
import signal
import subprocess
import sys
import time
import zipfile

import pytest

from cityscapes.packages.account_socket import hand_on
from cityscapes.packages.answers import PIECE
from cityscapes.packages.registry import write_unpacked
from site_server import PASSWORD, USERNAME, serve
from tiny import CLONE

NAME = "gtFine_trainvaltest.zip"
OTHER = "gtBbox_cityPersons_trainval.zip"
UNPACKED = {"zip": "1", "zip_listing": "2", "zip_directory": "3"}
ACCOUNT = {"CITYSCAPES_USERNAME": USERNAME, "CITYSCAPES_PASSWORD": PASSWORD}


def zip_of_noise(size=300_000, seed=0):
    """A zip file that is a little larger than `size` bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("gtFine/noise.bin", random.Random(seed).randbytes(size))
    return file.getvalue()


DATA = zip_of_noise()


@pytest.fixture
def site():
    with serve({NAME: DATA, OTHER: zip_of_noise(1000, seed=1)}) as site:
        yield site


def start(
    folder,
    site,
    *flags,
    name=NAME,
    environment=ACCOUNT,
    script="download_package.py",
    log=subprocess.STDOUT,
):
    """Start a download by hand, without a terminal and without anyone's own account."""
    command = [sys.executable, CLONE / f"scripts/{script}", "--site", site.url]
    command += ["--known", CLONE / "config/packages.tsv"]
    if script == "download_package.py":
        command += ["--package", folder / "zips" / name, "--unpacked", folder / "unpacked.tsv"]
        command += ["--receipt", folder / "receipt.tsv", "--pause", "0.01"]
        command += ["--dataset", folder / "dataset"]
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith("CITYSCAPES")
    }
    return subprocess.Popen(
        [*command, *flags],
        env={**inherited, "HOME": str(folder), "NO_PROXY": "127.0.0.1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,  # no terminal to ask at
    )


def download(folder, site, *flags, **options):
    """Download by hand; what it said. Nothing may hold the account, whatever happened."""
    process = start(folder, site, *flags, **options)
    output, _ = process.communicate(timeout=300)
    for path in folder.rglob("*"):
        if path.is_file() and path.name != ".netrc":
            assert not any(secret.encode() in path.read_bytes() for secret in ACCOUNT.values())
    assert not any(secret in output for secret in ACCOUNT.values())
    assert "Traceback" not in output
    assert (process.returncode == 0) == ("ERROR" not in output), output
    return output


def refuse(folder, site, *flags, **options):
    """Download by hand, which must fail with one line; that line."""
    output = download(folder, site, *flags, **options)
    lines = [line for line in output.splitlines() if line.startswith("ERROR")]
    assert len(lines) == 1, output
    assert not (folder / "zips" / NAME).exists()
    assert not (folder / "receipt.tsv").exists()
    return lines[0]


def fetched(folder):
    """Whether the zip file is there, whole, and alone."""
    (path,) = (folder / "zips").iterdir()
    return path.name == NAME and path.read_bytes() == DATA


def test_a_package_arrives_with_its_receipt(site, tmp_path):
    output = download(tmp_path, site)
    assert fetched(tmp_path)
    digest = hashlib.md5(DATA).hexdigest()
    assert f"{NAME}\t{len(DATA)}\t{digest}\n" in (tmp_path / "receipt.tsv").read_text()
    assert f"WARNING {NAME}: its md5 sum is {digest}" in output  # config/packages.tsv has another
    assert f"{NAME}: 300.1 kB of 300.1 kB" in output


def test_a_zip_file_that_is_there_is_neither_fetched_nor_written(site, tmp_path):
    (tmp_path / "zips").mkdir()
    (tmp_path / "zips" / NAME).write_bytes(b"mine")
    before = (tmp_path / "zips" / NAME).stat()
    download(tmp_path, site, environment={})
    assert (tmp_path / "zips" / NAME).stat().st_mtime_ns == before.st_mtime_ns
    assert not site.asked
    assert f"{NAME}\t4\t\n" in (tmp_path / "receipt.tsv").read_text()


def test_what_was_unpacked_is_not_fetched_again(site, tmp_path):
    write_unpacked(tmp_path / "unpacked.tsv", [], **UNPACKED)
    (tmp_path / "dataset").mkdir()
    assert "was unpacked" in download(tmp_path, site, environment={})
    assert not site.asked


@pytest.mark.parametrize("left", ["unpacked.tsv", "unpacked.unfinished", "nothing in it"])
def test_what_is_gone_or_was_not_finished_is_fetched_again(site, tmp_path, left):
    write_unpacked(tmp_path / "unpacked.tsv", [], **UNPACKED)
    (tmp_path / left).touch()
    if left == "nothing in it":
        (tmp_path / "unpacked.tsv").write_bytes(b"")
    if left != "unpacked.tsv":
        (tmp_path / "dataset").mkdir()
    download(tmp_path, site)
    assert fetched(tmp_path)


def test_cut_connections_are_continued(site, tmp_path):
    site.cuts = [PIECE, 1, 0, 2 * PIECE]
    assert "the connection was cut; next try" in download(tmp_path, site)
    assert fetched(tmp_path)
    assert site.ranges()[0] is None
    assert site.ranges()[-1] == f"bytes={3 * PIECE + 1}-"


def test_a_server_that_ignores_ranges_is_understood(site, tmp_path):
    site.cuts = [PIECE]
    site.ignores_ranges = True
    download(tmp_path, site)
    assert fetched(tmp_path)
    assert site.ranges() == [None, f"bytes={PIECE}-"]


def test_a_partial_file_is_kept_for_the_next_run(site, tmp_path):
    site.cuts = [PIECE, 0]
    assert "the connection was cut; given up after 2 tries" in refuse(
        tmp_path, site, "--tries", "2"
    )
    (partial,) = (tmp_path / "zips").iterdir()
    assert partial.name.startswith(".")
    assert partial.read_bytes() == DATA[:PIECE]
    download(tmp_path, site)
    assert fetched(tmp_path)
    assert site.ranges()[-1] == f"bytes={PIECE}-"


def test_a_whole_file_that_was_not_renamed_is_not_fetched_twice(site, tmp_path):
    (tmp_path / "zips").mkdir()
    (tmp_path / f"zips/.{NAME}.{site.md5[NAME]}.part").write_bytes(DATA)
    download(tmp_path, site)
    assert fetched(tmp_path)
    assert site.ranges() == [f"bytes={len(DATA)}-"]


def test_bytes_of_another_version_are_not_continued(site, tmp_path):
    (tmp_path / "zips").mkdir()
    (tmp_path / f"zips/.{NAME}.{'0' * 32}.part").write_bytes(b"PK" + b"x" * 100_000)
    download(tmp_path, site)
    assert fetched(tmp_path)
    assert site.ranges() == [None]


def test_a_partial_file_that_is_too_long_is_dropped(site, tmp_path):
    (tmp_path / "zips").mkdir()
    (tmp_path / f"zips/.{NAME}.{site.md5[NAME]}.part").write_bytes(DATA + b"x")
    download(tmp_path, site)
    assert fetched(tmp_path)


def test_a_wrong_md5_sum_is_no_download(site, tmp_path):
    site.md5[NAME] = "0" * 32
    assert f"{NAME}: the md5 sum of the file is" in refuse(tmp_path, site)
    assert not list((tmp_path / "zips").iterdir())


def test_a_busy_server_is_tried_again(site, tmp_path):
    site.errors = [(500, {}), (503, {"Retry-After": "0.01"}), (429, {}), (502, {})]
    assert "the site answers 503 Service Unavailable; next try" in download(tmp_path, site)
    assert fetched(tmp_path)


def test_a_broken_server_is_given_up(site, tmp_path):
    site.errors = [(500, {})] * 4
    assert "500 Internal Server Error; given up after 4 tries" in refuse(
        tmp_path, site, "--tries", "4"
    )
    assert len(site.asked) == 4


def test_a_long_pause_that_the_server_asks_for_is_left_to_the_user(site, tmp_path):
    site.errors = [(503, {"Retry-After": "86400"})]
    assert "the site asks to wait 86400 s" in refuse(tmp_path, site)


def test_a_server_that_falls_silent_is_tried_again(site, tmp_path):
    site.silent_after = 200_000
    process = start(tmp_path, site, "--timeout", "2")
    assert site.is_silent.wait(120)
    site.silent_after = None
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert "no answer in time; next try" in output
    assert fetched(tmp_path)


def test_a_slow_server_that_lives_is_waited_for(site, tmp_path):
    site.trickle = 0.004  # a thousand times: more than a timeout in all, none between two pieces
    assert "next try" not in download(tmp_path, site, "--timeout", "3")
    assert fetched(tmp_path)


def test_a_session_that_ends_in_the_middle_is_renewed(site, tmp_path):
    site.cuts = [PIECE]
    site.sessions_end_with_files = True
    # At once, as no pause would mend it.
    assert "the session has ended; next try in 0.0 s" in download(tmp_path, site)
    assert fetched(tmp_path)
    assert site.logins == 2


def test_a_page_in_place_of_a_file_is_not_saved(site, tmp_path):
    for page in (b"<html>Please log in</html>", b""):
        site.packages[NAME] = page
        assert "the site sent its login page" in refuse(tmp_path, site, "--tries", "2")
        (partial,) = (tmp_path / "zips").iterdir()
        assert partial.read_bytes() == b""


def test_a_wrong_password_is_said_once(site, tmp_path):
    wrong = {**ACCOUNT, "CITYSCAPES_PASSWORD": "no"}
    line = refuse(tmp_path, site, environment=wrong)
    assert line == f"ERROR {site.url} does not accept this username and password"
    assert not site.asked


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("path", ["/login", "/downloads/", "/file-handling/"])
def test_a_site_that_has_moved_is_said_with_its_new_address(site, tmp_path, status, path):
    site.moved = {path: (status, "https://www.example.org/new")}
    line = refuse(tmp_path, site)
    assert f"{site.url} sends on from {path} to https://www.example.org/new" in line
    assert site.logins == (path != "/login")


def test_a_page_that_has_moved_within_the_site_is_named(site, tmp_path):
    site.moved = {"/login": (301, "/en/login")}
    assert f"from /login to {site.url}/en/login" in refuse(tmp_path, site)
    site.moved = {"/downloads/": (302, "/closed")}
    assert "the site sent to /closed in place of it" in refuse(tmp_path, site, "--tries", "2")


def test_a_package_that_the_account_may_not_have_is_named(site, tmp_path):
    site.forbidden = {NAME}
    assert f"{NAME}: {site.url} refuses it to this account (403)" in refuse(tmp_path, site)
    line = refuse(tmp_path, site, name="gtFine_trainval.zip")
    assert "gtFine_trainval.zip: not among the 2 packages" in line
    assert f"did you mean {NAME}" in line


def test_no_server_is_said_in_few_words(site, tmp_path):
    site.url = "http://127.0.0.1:9"
    assert "the site refuses connections; given up after 2 tries" in refuse(
        tmp_path, site, "--tries", "2"
    )
    site.url = "http://cityscapes.example.org"
    assert "without https the password could be read" in refuse(tmp_path, site)


def test_a_password_in_the_address_is_not_repeated(site, tmp_path):
    site.url = f"https://{USERNAME}:{PASSWORD}@www.example.org"
    assert "the address holds a username or password" in refuse(tmp_path, site)


def test_a_wait_is_shown_where_the_log_is_not(site, tmp_path):
    site.url = "http://127.0.0.1:9"
    process = start(tmp_path, site, "--tries", "2", log=subprocess.DEVNULL)
    output, _ = process.communicate(timeout=300)
    assert "the list of packages: the site refuses connections; next try in" in output
    # A list is soon given up.
    assert "given up after 3 tries" in refuse(
        *(tmp_path, site, "--folder", tmp_path, "--unpacked", tmp_path, "--dataset", tmp_path),
        script="packages_list.py",
    )


def test_a_disk_that_is_too_small_is_noticed_before(site, tmp_path, monkeypatch):
    # The size that the site declares is what counts, less what is already there.
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text(
        "import shutil\n"
        "shutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**9, 0, 250_000)\n"
    )
    line = refuse(tmp_path, site)
    assert f"the disk is too small: {NAME} needs 300.1 kB more, 250 kB are free" in line
    (tmp_path / f"zips/.{NAME}.{site.md5[NAME]}.part").write_bytes(DATA[:100_000])
    download(tmp_path, site)
    assert fetched(tmp_path)


def test_a_disk_that_is_too_small_for_all_is_noticed_before_the_first(site, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text(
        "import shutil\n"
        "shutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**9, 0, 301_000)\n"
    )
    line = refuse(tmp_path, site, "--other-downloads", OTHER)
    assert "the disk is too small: what is still to download" in line
    assert f"{NAME} 300.1 kB, {OTHER} 1.1" in line
    assert "needs 301.3 kB more, 301 kB are free" in line
    assert not list((tmp_path / "zips").iterdir())
    # What is there, of a part or of the whole, needs no more room.
    (tmp_path / f"zips/.{NAME}.{site.md5[NAME]}.part").write_bytes(DATA[:1000])
    download(tmp_path, site, "--other-downloads", OTHER)
    assert fetched(tmp_path)


def test_two_at_once_do_not_mix(site, tmp_path):
    site.silent_after = 200_000
    first = start(tmp_path, site)
    assert site.is_silent.wait(120)
    site.silent_after = None
    assert "another process downloads it" in refuse(tmp_path, site)
    site.go_on.set()
    output, _ = first.communicate(timeout=300)
    assert first.returncode == 0, output
    assert fetched(tmp_path)


def test_killed_in_the_middle_the_next_run_goes_on(site, tmp_path):
    site.silent_after = 200_000
    process = start(tmp_path, site)
    assert site.is_silent.wait(120)
    (partial,) = (tmp_path / "zips").iterdir()
    while partial.stat().st_size < PIECE:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    size = partial.stat().st_size
    assert not (tmp_path / "zips" / NAME).exists()
    site.silent_after = None
    download(tmp_path, site)
    assert fetched(tmp_path)
    assert site.ranges() == [None, f"bytes={size}-"]


def test_the_account_of_a_netrc_file(site, tmp_path):
    netrc = tmp_path / ".netrc"
    netrc.write_text(f'machine 127.0.0.1 login {USERNAME} password "{PASSWORD}"\n')
    netrc.chmod(0o644)
    line = refuse(tmp_path, site, environment={})
    assert line == f"ERROR {netrc}: others may read the password in it; chmod 600 {netrc}"
    netrc.chmod(0o600)
    download(tmp_path, site, environment={})
    assert fetched(tmp_path)


def test_the_account_that_a_run_hands_on(site, tmp_path):
    address = hand_on(USERNAME, PASSWORD)
    download(tmp_path, site, environment={"CITYSCAPES_ACCOUNT_SOCKET": address})
    assert fetched(tmp_path)


def test_a_netrc_file_that_is_wrong_is_not_quoted(site, tmp_path):
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login me password {PASSWORD}\n")
    line = refuse(tmp_path, site, environment={})
    assert line.startswith(f"ERROR {tmp_path}/.netrc: not in the format of a netrc file")


def test_without_an_account_one_line_says_the_three_ways(site, tmp_path):
    line = refuse(tmp_path, site, environment={})
    for way in ("CITYSCAPES_USERNAME and CITYSCAPES_PASSWORD", "~/.netrc", "a terminal"):
        assert way in line
    line = refuse(tmp_path, site, environment={"CITYSCAPES_USERNAME": USERNAME})
    assert "CITYSCAPES_USERNAME is set, but CITYSCAPES_PASSWORD is not" in line


def test_a_terminal_is_asked(site, tmp_path):
    command = [sys.executable, CLONE / "scripts/packages_list.py", "--site", site.url]
    command += ["--known", CLONE / "config/packages.tsv"]
    command += ["--folder", tmp_path, "--unpacked", tmp_path, "--dataset", tmp_path]
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith("CITYSCAPES")
    }
    process, terminal = pty.fork()
    if process == 0:
        environment = {**inherited, "HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"}
        os.execve(sys.executable, command, environment)
    shown = ""
    for prompt, answer in (("Username at 127.0.0.1: ", USERNAME), ("Password: ", PASSWORD)):
        while not shown.endswith(prompt):
            shown += os.read(terminal, 1).decode()
        os.write(terminal, f"{answer}\n".encode())
    try:
        while piece := os.read(terminal, 1000):
            shown += piece.decode()
    except OSError:  # how Linux says that the other end is closed
        pass
    assert os.waitpid(process, 0)[1] == 0, shown
    assert "gtFine_trainvaltest" in shown
    assert PASSWORD not in shown


def test_scripts_that_need_no_account_do_not_keep_it(capfd):
    code = (
        "import argparse, os, subprocess\n"
        "from cityscapes.command import run\n"
        "run(lambda: subprocess.run('env'), argparse.ArgumentParser(), needs_account={})\n"
    )
    environment = {**os.environ, **ACCOUNT, "PYTHONPATH": str(CLONE / "scripts")}
    for needs_account in (True, False):
        command = [sys.executable, "-c", code.format(needs_account)]
        subprocess.run(command, env=environment, check=True)
        assert (PASSWORD in capfd.readouterr().out) == needs_account


def test_the_list_of_packages(site, tmp_path):
    site.packages["new_package.zip"] = b"PK"
    (tmp_path / NAME).touch()
    write_unpacked((tmp_path / OTHER).with_suffix(".tsv"), [], **UNPACKED)
    flags = ["--folder", tmp_path, "--unpacked", tmp_path, "--dataset", tmp_path]
    output = download(tmp_path, site, *flags, script="packages_list.py")
    rows = {line.split()[0]: line.split()[1:] for line in output.splitlines() if line}
    assert rows["gtFine_trainvaltest"] == ["300.1", "kB", "zip"]
    assert rows["gtBbox_cityPersons_trainval"][2:] == ["yes", "unpacked"]
    assert rows["new_package"] == ["2", "bytes", "not", "in", "packages.tsv"]


def test_what_was_planted_under_the_name_of_a_partial_file_is_not_written_to(site, tmp_path):
    zips, mine = tmp_path / "zips", tmp_path / "mine"
    zips.mkdir()
    mine.write_text("mine")
    partial = zips / f".{NAME}.{site.md5[NAME]}.part"
    partial.symlink_to(mine)
    line = refuse(tmp_path, site)
    assert line == f"ERROR {partial}: a link has the name of a temporary file; remove it"
    partial.unlink()
    partial.hardlink_to(mine)
    assert "a file with another hard link has the name of" in refuse(tmp_path, site)
    partial.unlink()
    os.mkfifo(partial)
    assert "not a file has the name of" in refuse(tmp_path, site)
    assert mine.read_text() == "mine"
    partial.unlink()
    # Those of other versions go, and what they lead to stays.
    (zips / f".{NAME}.{'0' * 32}.part").symlink_to(mine)
    (zips / f".{NAME}.mine.part").write_text("mine")
    download(tmp_path, site)
    assert {path.name for path in zips.iterdir()} == {NAME, f".{NAME}.mine.part"}
    assert (zips / NAME).read_bytes() == DATA
    assert mine.read_text() == "mine"


def test_a_link_to_a_disk_that_is_not_mounted_is_not_replaced(site, tmp_path):
    (tmp_path / "zips").mkdir()
    (tmp_path / "zips" / NAME).symlink_to("/mnt/none/of/these")
    line = refuse(tmp_path, site)
    assert line == f"ERROR {tmp_path}/zips/{NAME}: a broken link has this name"
    assert (tmp_path / "zips" / NAME).is_symlink()
