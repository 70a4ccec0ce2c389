"""A label tool that serves a small project, for tests: requests as the page sends them."""

import http.client
import json

from cityscapes.label_tool.tool import addition
from tiny import CLONE
from viewer_project import PLACE, Client, serve, unpack

EDIT = f"edit/gtFine/{PLACE}"
SQUARE = [[4, 2], [9, 2], [9, 6], [4, 6]]


def serve_tool(folder):
    """A label tool of a working directory, in a thread of this process; a `Labels` of it."""
    return serve(folder, lambda project: addition(project, CLONE, None), Labels)


class Labels(Client):
    """Requests as the page of the label tool sends them."""

    def send(self, method, path, document, status=200, **headers):
        """The JSON answer to a body, or its bytes where these are no JSON."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = {"Content_Type": "application/json"} | headers
        answer = self.ask(f"/api/{path}", method, body=body, **headers)
        assert answer.status == status, (answer.status, answer.data)
        if answer.getheader("content-type") == "application/json":
            return json.loads(answer.data)
        return answer.data

    def save(self, objects, version=None, status=200, path=EDIT):
        """The answer to a save against the present version, or another."""
        version = version or self.json(path)["version"]
        return self.send("PUT", path, {"objects": objects}, status, If_Match=version)

    def paint(self, objects, version=None, box=None, path=EDIT, status=200):
        """The painting of entries, its array as `numbers`."""
        version = version or self.json(path)["version"]
        body = {"version": version, "objects": objects, "box": box}
        answer = self.send("POST", f"{path}/paint", body, status)
        return unpack(answer) if isinstance(answer, bytes) else answer


def new(polygon=SQUARE, label="car", **keys):
    """The entry of a new object."""
    return {"base": None, "label": label, "polygon": polygon, "deleted": False} | keys


class Sender:
    """Requests to a process, whose link is printed."""

    def __init__(self, running):
        self.address, _, token = running.link.partition("/#token=")
        self.headers = {
            "Authorization": f"Bearer {token}",
            "X-Cityscapes-Page": "1",
            "Content-Type": "application/json",
        }

    def ask(self, method, path, body=None, **headers):
        """Status and document of an answer."""
        status, data = self._answer(method, path, body, headers)
        return status, json.loads(data)

    def text(self, path):
        """The whole text of an answer, once it has ended."""
        return self._answer("GET", path, None, {})[1].decode()

    def _answer(self, method, path, body, headers):
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=120)
        try:
            headers = {name.replace("_", "-"): text for name, text in headers.items()}
            connection.request(method, f"/api/{path}", body, self.headers | headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
