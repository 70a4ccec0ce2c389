"""Who is answered by the viewer, and what it never does: against a live server on loopback."""

import json
import os
import socket
import subprocess
import sys

import pytest

from cityscapes.viewer import security
from cityscapes.viewer.routes import routes
from small_project import contents_below
from tiny import CLONE
from viewer_project import PLACE, make_viewed, serve


def raw(port, request):
    """The answer to the bytes of a request."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(request)
        data = b""
        while part := connection.recv(1 << 16):
            data += part
    return data


def test_it_listens_on_loopback_alone(viewer):
    inodes = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            inodes.add(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    listening = []
    for table in ("tcp", "tcp6"):
        for line in open(f"/proc/net/{table}").read().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                listening.append(fields[1])
    assert listening == [f"0100007F:{viewer.port:04X}"]


def test_no_option_binds_it_elsewhere():
    done = subprocess.run(
        [sys.executable, CLONE / "scripts/viewer.py", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "--host" not in done.stdout and "--bind" not in done.stdout


@pytest.mark.parametrize(
    ("without", "changed"),
    [
        (("Authorization",), {}),
        ((), {"Authorization": "Bearer wrong"}),
        ((), {"Authorization": "Bearer "}),
        ((), {"Authorization": "Basic {token}"}),
        ((), {"Authorization": "Bearer {token}x"}),
        ((), {"Authorization": "Bearer \xe9"}),
    ],
)
def test_every_call_needs_the_token(viewer, without, changed):
    told = {key: text.format(token=viewer.server.token) for key, text in changed.items()}
    for route in ("project", "frames", f"objects/gtFine/{PLACE}", "no-such-route"):
        answer = viewer.ask(f"/api/{route}", without=without, **told)
        assert answer.status == 401
        assert "token" in json.loads(answer.data)["error"]


def test_the_token_is_compared_in_constant_time(viewer, monkeypatch):
    compared = []
    right = security.hmac.compare_digest
    monkeypatch.setattr(
        security.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or right(a, b)
    )
    assert viewer.ask("/api/project").status == 200
    assert compared == [(viewer.server.token.encode(), viewer.server.token.encode())]


def test_the_token_is_not_in_any_page_nor_set_as_cookie(viewer):
    for path in ("/", "/main.js", "/api.js"):
        answer = viewer.ask(path, without=("Authorization", "X-Cityscapes-Page"))
        assert answer.status == 200
        assert viewer.server.token.encode() not in answer.data
        assert answer.getheader("set-cookie") is None


def test_a_token_in_the_address_is_of_no_use(viewer):
    path = f"/api/project?token={viewer.server.token}"
    assert viewer.ask(path, without=("Authorization",)).status == 401


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "0.0.0.0:{port}", "[::1]:{port}"],
)
def test_another_host_is_misdirected(viewer, host):
    host = host.format(port=viewer.port)
    for path in ("/", "/api/project"):
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n"
        request += "".join(f"{name}: {text}\r\n" for name, text in viewer.headers.items())
        answer = raw(viewer.port, f"{request}Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 421 "), answer


def test_two_hosts_or_none_are_refused(viewer):
    right = f"Host: 127.0.0.1:{viewer.port}\r\n"
    for hosts in ("", right + "Host: evil.example\r\n", right + right):
        request = f"GET / HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode()
        status = raw(viewer.port, request).split(b" ")[1]
        assert status in (b"400", b"421")


def test_localhost_with_the_port_is_right(viewer):
    assert viewer.ask("/", Host=f"localhost:{viewer.port}").status == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"X_Cityscapes_Page": "0"},
    ],
)
def test_other_sites_are_refused(viewer, changed):
    assert viewer.ask("/api/project", **changed).status == 403


def test_a_request_without_the_header_of_the_page_is_refused(viewer):
    assert viewer.ask("/api/project", without=("X-Cityscapes-Page",)).status == 403


def test_the_page_itself_is_answered(viewer):
    origin = f"http://127.0.0.1:{viewer.port}"
    assert viewer.ask("/api/project", Origin=origin, Sec_Fetch_Site="same-origin").status == 200


def test_nobody_may_ask_by_preflight(viewer):
    answer = viewer.ask("/api/quit", "OPTIONS", without=("Authorization",), Origin="http://e.vil")
    assert answer.status == 403
    assert not [name for name, _ in answer.getheaders() if name.lower().startswith("access-")]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_is_sent_must_be_json(viewer, kind):
    answer = viewer.ask("/api/quit", "POST", body=b"{}", Content_Type=kind)
    assert answer.status == 415


def test_every_answer_has_the_policy(viewer):
    answers = [
        viewer.ask("/"),
        viewer.ask("/main.js"),
        viewer.ask("/nowhere"),
        viewer.ask("/api/project"),
        viewer.ask(f"/api/thumbnail/{PLACE}"),
        viewer.ask("/api/project", without=("Authorization",)),
        viewer.ask("/", Host="evil.example"),
    ]
    for answer in answers:
        policy = answer.getheader("content-security-policy")
        assert policy == (
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
            "img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; "
            "form-action 'none'"
        )
        assert answer.getheader("x-content-type-options") == "nosniff"
        assert answer.getheader("referrer-policy") == "no-referrer"
        assert answer.getheader("server") is None


@pytest.mark.parametrize(
    "path",
    [
        "/../scripts/viewer.py",
        "/%2e%2e/viewer.py",
        "/..%2fserver.py",
        "/server.py",
        "/pages/main.js",
        "//etc/passwd",
        "/main.js/",
    ],
)
def test_only_the_files_of_the_page_are_served(viewer, path):
    assert viewer.ask(path).status == 404


@pytest.mark.parametrize(
    "place",
    [
        "val/frankfurt/../../../etc/passwd",
        "val/frankfurt/..%2f..%2f..%2fetc%2fpasswd",
        "val/..%2ffrankfurt/frankfurt_000000_000294",
        "val/lindau/frankfurt_000000_000294",
        "val/frankfurt/frankfurt_000000_000294%00",
        "val/frankfurt/%66rankfurt_000000_000294_",
        "%2fetc/passwd/x",
    ],
)
def test_only_names_of_the_catalogue_are_answered(viewer, place):
    for route in ("objects/gtFine", "image/leftImg8bit", "thumbnail", "frame", "disparity"):
        assert viewer.ask(f"/api/{route}/{place}").status == 404


@pytest.mark.parametrize("name", ["gtFine", "..", "leftImg8bit_rain", "config"])
def test_only_known_types_and_sets_are_answered(viewer, name):
    assert viewer.ask(f"/api/image/{name}/{PLACE}").status == 404
    assert viewer.ask(f"/api/prediction/{name}/{PLACE}").status == 404


def test_links_that_leave_the_roots_are_refused(tmp_path):
    make_viewed(tmp_path / "work")
    secret = tmp_path / "secret.json"
    secret.write_text('{"imgWidth": 1, "imgHeight": 1, "objects": []}')
    name = f"work/data/gtFine/{PLACE}_gtFine_polygons.json"
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to(secret)
    with serve(tmp_path / "work") as viewer:
        answer = viewer.json(f"objects/gtFine/{PLACE}", status=422)
        assert "outside of dataset, results and predictions" in answer["error"]


def test_a_type_on_another_disk_is_no_way_out(tmp_path):
    make_viewed(tmp_path / "work")
    (tmp_path / "work/data/gtFine").rename(tmp_path / "other_disk")
    (tmp_path / "work/data/gtFine").symlink_to(tmp_path / "other_disk")
    with serve(tmp_path / "work") as viewer:
        assert len(viewer.packed(f"objects/gtFine/{PLACE}")["objects"]) == 5


def test_a_body_that_goes_on_is_cut_off(viewer):
    head = (
        f"POST /api/quit HTTP/1.1\r\nHost: 127.0.0.1:{viewer.port}\r\n"
        f"Content-Type: application/json\r\n"
        + "".join(f"{name}: {text}\r\n" for name, text in viewer.headers.items())
    )
    announced = raw(viewer.port, f"{head}Content-Length: {(16 << 20) + 1}\r\n\r\n".encode())
    assert announced.startswith(b"HTTP/1.1 413 ")

    piece = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    with socket.create_connection(("127.0.0.1", viewer.port), timeout=120) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        sent = 0
        try:
            while sent < 64:
                connection.sendall(piece)
                sent += 1
        except OSError:  # it hung up
            pass
        assert sent < 64
    assert viewer.ask("/api/project").status == 200


def test_no_route_writes(viewer, folder):
    """All routes of the viewer, read one after the other, leave every file as it was."""
    before = contents_below(folder)
    methods = {route.path: route.methods for route in routes(viewer.server.viewer)}
    assert {path for path, allowed in methods.items() if allowed - {"GET", "HEAD"}} == {
        "/api/quit"
    }
    for path in methods:
        if path == "/api/quit":
            continue
        for values in (
            {"set": "masks", "type": "gtFine", "whose": "released"},
            {"set": "mine", "type": "leftImg8bit", "whose": "x"},
        ):
            asked = path.replace("{split}/{city}/{frame}", PLACE).format(**values)
            viewer.ask(f"{asked}?x=3&y=8")
            for method in ("PUT", "DELETE", "PATCH", "POST"):
                answer = viewer.ask(asked, method, body=b"{}", Content_Type="application/json")
                assert answer.status == 405
    assert contents_below(folder) == before


def test_names_of_files_reach_the_page_as_texts(tmp_path):
    """Whatever a file says is JSON of a type that no browser reads as a page."""
    make_viewed(tmp_path)
    path = tmp_path / f"data/gtFine/{PLACE}_gtFine_polygons.json"
    document = json.loads(path.read_text())
    document["objects"][0]["label"] = "<img src=x onerror=alert(1)>"
    path.write_text(json.dumps(document))
    with serve(tmp_path) as viewer:
        answer = viewer.ask(f"/api/objects/gtFine/{PLACE}")
        assert answer.status == 422
        assert answer.getheader("content-type") == "application/json"
        assert "<img" in json.loads(answer.data)["error"]
