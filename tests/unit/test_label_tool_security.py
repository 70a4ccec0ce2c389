"""Who may change something by the label tool, with which bodies, and where it never writes."""

import errno
import json
import os
import socket

import pytest

from cityscapes.editing import durable
from cityscapes.editing import lock as locks
from label_project import EDIT, Labels, new, serve_tool
from small_project import contents_below
from viewer_project import PLACE, make_viewed

# Method and path of each route of the label tool that takes a body, with a body that is right.
CORRECTION = {"type": 1, "annotation": "here", "bbox": [1, 2, 3, 4]}
TRIANGLE = [[0, 0], [4, 0], [4, 4]]
WRITING = {
    "save": ("PUT", EDIT, {"objects": [0]}),
    "paint": ("POST", f"{EDIT}/paint", {"version": "x", "objects": [0]}),
    "revert": ("POST", f"{EDIT}/revert", {"to": "raw"}),
    "review": ("PUT", f"review/gtFine/{PLACE}", {"status": "done", "note": ""}),
    "corrections": ("PUT", f"corrections/gtFine/{PLACE}", {"corrections": [CORRECTION]}),
    "geometry": ("POST", "geometry", {"operation": "union", "polygons": [TRIANGLE]}),
    "make": ("POST", f"make/gtFine/{PLACE}", {}),
}
READING = (EDIT, f"{EDIT}/history/x", f"{EDIT}/difference", "edits", "edits.csv", "make/0")
PLACES = (
    f"gtFine/val/frankfurt/..%2f..%2f{PLACE}",
    "gtFine/val/frankfurt/../../../../data/x",
    "gtFine/val/lindau/frankfurt_000000_000294",
    "gtFine/val/frankfurt/frankfurt_000000_000294%00",
    "gtFine/val/frankfurt/new_frame",
    f"disparity/{PLACE}",
    f"history/{PLACE}",
    f"..%2fdata/{PLACE}",
)
every = pytest.mark.parametrize("name", WRITING)


def ask(client, name, body=None, without=(), **headers):
    method, path, right = WRITING[name]
    body = right if body is None else body
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content_Type": "application/json", "If_Match": "x"} | headers
    return client.ask(f"/api/{path}", method, body=data, without=without, **headers)


@pytest.fixture(autouse=True)
def unchanged(folder):
    """No request of this file changes anything below the project, but for the lock."""
    before = contents_without_lock(folder)
    yield
    assert contents_without_lock(folder) == before


def contents_without_lock(folder):
    found = contents_below(folder)
    return {path: what for path, what in found.items() if path not in ("edits", "edits/.lock")}


@every
def test_the_token_is_needed(tool, name):
    assert ask(tool, name, without=("Authorization",)).status == 401
    assert ask(tool, name, Authorization="Bearer wrong").status == 401


@every
@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"X_Cityscapes_Page": "0"},
    ],
)
def test_other_sites_are_refused(tool, name, changed):
    assert ask(tool, name, **changed).status == 403


@every
def test_the_header_of_the_page_is_needed(tool, name):
    assert ask(tool, name, without=("X-Cityscapes-Page",)).status == 403


@every
def test_another_host_is_misdirected(tool, name):
    assert ask(tool, name, Host="evil.example").status == 421


@every
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_is_sent_must_be_json(tool, name, kind):
    assert ask(tool, name, Content_Type=kind).status == 415


@pytest.mark.parametrize("path", READING)
def test_reading_needs_the_token_too(tool, path):
    assert tool.ask(f"/api/{path}", without=("Authorization",)).status == 401
    assert tool.ask(f"/api/{path}", Sec_Fetch_Site="cross-site").status == 403


@every
def test_no_method_but_its_own_does_anything(tool, name):
    method, path, right = WRITING[name]
    for other in {"GET", "PUT", "POST", "DELETE", "PATCH"} - {method}:
        answer = tool.ask(
            f"/api/{path}", other, body=json.dumps(right), Content_Type="application/json"
        )
        # The frame's document is read where it is written.
        assert answer.status in (404, 405) or (name, other) == ("save", "GET")


HOSTILE = [
    b"",
    b"null",
    b"5",
    b"[]",
    b'"text"',
    b"{",
    b"\xff\xfe{\x00}\x00",
    b"\x80",
    b"[" * 100_000,
    b'{"objects": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    b'{"objects": [' + b"[]," * 2_000_000 + b"[]]}",
    b'{"objects": [' + b"9" * 5_000 + b"]}",
    b'{"objects": NaN, "polygons": Infinity, "corrections": -Infinity, "status": NaN}',
]


@pytest.mark.parametrize("name", [name for name in WRITING if name != "make"])
def test_bodies_that_are_no_object_have_a_message(tool, name):
    for body in HOSTILE:
        answer = ask(tool, name, body)
        # The version is looked at before the entries, and "x" is none.
        assert answer.status in (404, 412, 422), (body[:30], answer.status, answer.data[:300])
        assert json.loads(answer.data)["error"]
    assert tool.json(EDIT)["source"] == "raw"


ODD_VALUES = [
    None, True, 0, -1, 1.5, 10**400, "", "\ud800", "\0", "a" * 100_000, [], {}, [[]], [None],
    float("nan"), float("inf"), [[[[0, 0]]]], {"type": 1}, "../../x", "__proto__",
]  # fmt: skip


ALLOWED = [("save", 0), ("save", []), *(("review", text) for text in ("", "../../x", "__proto__"))]


@pytest.mark.parametrize("name", [name for name in WRITING if name != "make"])
def test_odd_values_in_the_place_of_each_value_have_a_message(tool, name):
    """And never an error of ours, whatever stands where."""
    _, _, right = WRITING[name]
    version = tool.json(EDIT)["version"]
    for key in right:
        for value in ODD_VALUES:
            for body in ({**right, key: value}, {**right, key: [value]}):
                if (name, value) in ALLOWED:
                    continue
                answer = ask(tool, name, body, If_Match=version)
                is_fine = answer.status == 200 and name in ("paint", "geometry")
                if name == "corrections":  # the version of its file is "none"
                    is_fine = answer.status == 412
                assert is_fine or answer.status in (404, 412, 422), (body, answer.data[:300])


@pytest.mark.parametrize("route", ["edit", "review", "corrections", "make"])
def test_only_frames_of_the_catalogue_are_written(tool, route):
    bodies = {"edit": {"objects": [new()]}, "review": {"status": "done"}, "make": {}}
    body = json.dumps(bodies.get(route, {"corrections": []}))
    method = "POST" if route == "make" else "PUT"
    for place in PLACES:
        answer = tool.ask(
            f"/api/{route}/{place}", method, body=body,
            Content_Type="application/json", If_Match="none",
        )  # fmt: skip
        assert answer.status == 404, place


def test_only_names_of_the_history_are_read(tool):
    for name in ("..", "..%2f..%2fx", "%2fetc%2fpasswd", "x.json", "000001_x.json"):
        assert tool.ask(f"/api/{EDIT}/history/{name}").status == 404


def test_a_body_is_counted_while_it_streams(tool):
    head = (
        f"PUT /api/{EDIT} HTTP/1.1\r\nHost: 127.0.0.1:{tool.port}\r\n"
        "Content-Type: application/json\r\nIf-Match: x\r\n"
        + "".join(f"{name}: {text}\r\n" for name, text in tool.headers.items())
    )
    with socket.create_connection(("127.0.0.1", tool.port), timeout=120) as connection:
        connection.sendall(f"{head}Content-Length: {(16 << 20) + 1}\r\n\r\n".encode())
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413 ")
    piece = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    with socket.create_connection(("127.0.0.1", tool.port), timeout=120) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        sent = 0
        try:
            while sent < 64:
                connection.sendall(piece)
                sent += 1
        except OSError:  # it hung up
            pass
        assert sent < 64
    assert tool.json(EDIT)["source"] == "raw"


def test_a_client_that_goes_away_in_its_body_saves_nothing(tool):
    head = (
        f"PUT /api/{EDIT} HTTP/1.1\r\nHost: 127.0.0.1:{tool.port}\r\n"
        f"Content-Type: application/json\r\nIf-Match: {tool.json(EDIT)['version']}\r\n"
        + "".join(f"{name}: {text}\r\n" for name, text in tool.headers.items())
    )
    body = json.dumps({"objects": [0, 1, 2, 3, 4, new()]}).encode()
    with socket.create_connection(("127.0.0.1", tool.port), timeout=120) as connection:
        connection.sendall(f"{head}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)
    assert tool.json(EDIT)["source"] == "raw"


def test_every_answer_has_the_policy(tool):
    for answer in (ask(tool, "save"), ask(tool, "geometry"), tool.ask("/api/edits.csv")):
        assert "default-src 'none'" in answer.getheader("content-security-policy")
        assert answer.getheader("x-content-type-options") == "nosniff"


@pytest.mark.parametrize(
    ("number", "status"),
    [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EFBIG, 507), (errno.EACCES, 403),
     (errno.EROFS, 403), (errno.EPERM, 403), (errno.EIO, 500)],
)  # fmt: skip
def test_what_cannot_be_written_has_a_status_and_a_message(tmp_path, monkeypatch, number, status):
    make_viewed(tmp_path)
    with serve_tool(tmp_path) as client:
        version = client.json(EDIT)["version"]

        def fail(path, data):
            raise OSError(number, os.strerror(number), str(path))

        monkeypatch.setattr(durable, "write", fail)
        for answer in (
            ask(client, "save", {"objects": [0]}, If_Match=version),
            ask(client, "review", If_Match="none"),
            ask(client, "corrections", If_Match="none"),
        ):
            assert answer.status == status
            error = json.loads(answer.data)["error"]
            assert "cannot be written" in error and os.strerror(number) in error
            assert "Nothing was changed" in error
        assert client.json(EDIT)["version"] == version


def test_a_lock_that_is_held_for_long_is_said(tmp_path, monkeypatch):
    make_viewed(tmp_path)
    monkeypatch.setattr(locks, "LONGEST_WAIT", 0.05)
    with serve_tool(tmp_path) as client, locks.locked(tmp_path / "edits"):
        answer = ask(client, "review", If_Match="none")
        assert answer.status == 503
        assert "another label tool holds the lock" in json.loads(answer.data)["error"]


def test_edits_that_lead_into_the_dataset_are_refused(tmp_path):
    make_viewed(tmp_path)
    (tmp_path / "edits").symlink_to("data")
    with pytest.raises(Exception, match=r"folder of edits|of the dataset"):
        with serve_tool(tmp_path):
            pass
    (tmp_path / "edits").unlink()
    before = contents_below(tmp_path / "data")
    with serve_tool(tmp_path) as client:
        # A link that was made while the server runs.
        (tmp_path / "edits").mkdir()
        (tmp_path / "edits/gtFine").symlink_to("../data/gtFine")
        (tmp_path / "edits/review").symlink_to("../data/gtFine")
        (tmp_path / "edits/gtFine_corrections").symlink_to("../data/gtFine")
        version = client.ask(f"/api/{EDIT}")
        assert version.status == 422
        for name in ("save", "review", "corrections"):
            answer = ask(client, name, If_Match="none")
            assert answer.status == 422, answer.data
            assert "Remove the link" in json.loads(answer.data)["error"]
    assert contents_below(tmp_path / "data") == before


def test_a_link_to_a_secret_is_not_read(tmp_path):
    make_viewed(tmp_path / "work")
    secret = tmp_path / "secret.json"
    secret.write_text('{"imgWidth": 1, "imgHeight": 1, "objects": []}')
    for below in (
        f"edits/gtFine/{PLACE}_gtFine_polygons.json",
        f"data/gtFine/{PLACE}_gtFine_polygons.json",
    ):
        link = tmp_path / "work" / below
        link.unlink(missing_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(secret)
        with serve_tool(tmp_path / "work") as client:
            assert "outside of" in client.json(EDIT, 422)["error"]
        link.unlink()


def test_the_client_of_these_tests_can_save(tmp_path):
    """What all refusals above are compared with."""
    make_viewed(tmp_path)
    with serve_tool(tmp_path) as client:
        assert isinstance(client, Labels)
        assert ask(client, "save", If_Match=client.json(EDIT)["version"]).status == 200
        assert ask(client, "review", If_Match="none").status == 200
        assert ask(client, "corrections", If_Match="none").status == 200
        assert ask(client, "geometry").status == 200
        assert ask(client, "revert", If_Match=client.json(EDIT)["version"]).status == 200
