"""A working directory with every layer of a few small frames, and a viewer that serves it."""

import http.client
import json
import os
import threading
from contextlib import contextmanager

import numpy as np

from cityscapes.png import write as png
from cityscapes.viewer import launch
from cityscapes.viewer.project import Project
from cityscapes.viewer.server import Server
from small_project import SHARDS, VAL, configure, make_project
from tiny import CLONE, frame_name, write_stereo

FRAME = frame_name(VAL, 294)
PLACE = f"val/frankfurt/{FRAME}"
SETS = {
    "mine": {"task": "pixel", "path": "pixel"},
    "masks": {"task": "instance", "path": "masks"},
    "segments": {"task": "panoptic", "path": "panoptic/cityscapes_panoptic_val.json"},
}


def make_viewed(folder):
    """Write dataset, predictions and config; nothing is made of them."""
    make_project(folder)
    for shard, numbers in SHARDS.items():
        for number in numbers:
            write_masks(folder / "masks", frame_name(shard, number))
    data = folder / "data"
    write_stereo(data, "val/frankfurt", 294)
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (16, 32, 3), dtype=np.uint8)
    blurred = image.copy()
    blurred[4:8, 4:8] //= 2
    write_image(data, "leftImg8bit", PLACE, image)
    write_image(data, "leftImg8bit_blurred", PLACE, blurred)
    write_image(data, "leftImg16bit", PLACE, image.astype(np.uint16) * 200)
    # An image alone: no annotation, no city of the others.
    write_image(data, "leftImg8bit", "demoVideo/stuttgart/stuttgart_000000_000001", image)
    configure(folder, SETS, splits=["val", "demoVideo"], types=["gtFine", "gtCoarse"])


def write_image(root, kind, place, image):
    split, city, frame = place.split("/")
    path = root / kind / split / city / f"{frame}_{kind}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png.encode(image))


def write_masks(folder, frame):
    """Two cars that overlap, the second more confident."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, (left, right, confidence) in enumerate([(2, 12, 0.5), (8, 20, 0.9)]):
        mask = np.zeros((16, 32), dtype=np.uint8)
        mask[6:12, left:right] = 255
        (folder / f"{frame}_{number}.png").write_bytes(png.encode(mask))
        lines.append(f"{frame}_{number}.png 26 {confidence}\n")
    (folder / f"{frame}_pred.txt").write_text("".join(lines))


@contextmanager
def serve(folder, adding=None, client=None):
    """A viewer of a working directory, in a thread of this process; a `Client` of it.

    `adding` makes what another tool has beside the viewer, of the project; `client` is its class.
    """
    before = os.getcwd()
    os.chdir(folder)
    try:
        with launch.bind(0) as bound:
            project = Project.here(CLONE)
            server = Server(project, bound, adding(project) if adding else None)
            thread = threading.Thread(target=server.run)
            thread.start()
            try:
                yield (client or Client)(server)
            finally:
                server.quit()
                thread.join(120)
                assert not thread.is_alive()
    finally:
        os.chdir(before)


class Client:
    """Requests as the page sends them, and others."""

    def __init__(self, server):
        self.server = server
        self.port = server.port

    @property
    def link(self):
        return launch.link(self.port, self.server.token)

    @property
    def headers(self):
        """What the page sends with every request."""
        return {"Authorization": f"Bearer {self.server.token}", "X-Cityscapes-Page": "1"}

    def ask(self, path, method="GET", body=None, without=(), **changed):
        """The answer to a request, with its body as `data`; headers by name, `_` for `-`."""
        headers = {name: text for name, text in self.headers.items() if name not in without}
        headers |= {name.replace("_", "-"): text for name, text in changed.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.data = answer.read()
            return answer
        finally:
            connection.close()

    def json(self, path, status=200):
        answer = self.ask(f"/api/{path}")
        assert answer.status == status, answer.data
        return json.loads(answer.data)

    def packed(self, path):
        """The document of an answer in `packed.py`'s form, with its arrays by name."""
        answer = self.ask(f"/api/{path}")
        assert answer.status == 200, answer.data
        return unpack(answer.data)


def unpack(data):
    length = int.from_bytes(data[:4], "little")
    document = json.loads(data[4 : 4 + length])
    for name, one in document["arrays"].items():
        dtype = np.dtype(one["dtype"]).newbyteorder("<")
        count = int(np.prod(one["shape"]))
        array = np.frombuffer(data, dtype, count, 4 + length + one["offset"])
        document[name] = array.reshape(one["shape"])
    return document
