"""A tiny job of the engine, whose frames are text files, and what is made of them text, too."""

import json
import os
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.files.whole import digest
from cityscapes.incremental.engine import update
from cityscapes.incremental.items import Frame, Item, Job, Link, Source
from cityscapes.incremental.manifest import Header, Manifest, journal_path
from cityscapes.incremental.ownership import dataset_folders
from cityscapes.layout import Entry

HOUR = 3600 * 10**9


def picture(text):
    """Something that begins and ends as a PNG file does."""
    return b"\x89PNG\r\n\x1a\n" + text + b"IEND\xaeB`\x82"


class TextJob:
    """Frames are `data/<name>.txt`: of each are made a picture, a link, two texts and a value."""

    def __init__(self, folder, settings="a"):
        self.folder = folder
        self.settings = settings
        self.kinds = ("link", "picture", "text", "twice", "length")
        self.calls = []  # (frame, items) of each call of the function that makes them
        for name in ("data", "results"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def manifest(self):
        return self.folder / "results/manifests/city.jsonl"

    @property
    def journal(self):
        return journal_path(self.manifest)

    def write(self, frame, text):
        """Write the source of a frame."""
        (self.folder / "data" / f"{frame}.txt").write_text(text)

    def made(self, frame, kind):
        """Path of a file of a frame."""
        ending = {"link": "raw.txt", "picture": "picture.png"}.get(kind, f"{kind}.txt")
        return self.folder / "results/made" / f"{frame}_{ending}"

    def job(self, forced=False):
        """The job as the engine takes it."""
        recipe = digest(self.settings)
        items = (
            Item("link", ("text_file",), "", "made", "raw.txt"),
            Item("picture", ("text_file",), recipe, "made", "picture.png"),
            Item("text", ("text_file",), recipe, "made", "text.txt"),
            Item("twice", ("text",), "", "made", "twice.txt"),
            Item("length", ("text_file",), recipe),
        )
        raw = dataset_folders(self.folder / "data")
        asked = tuple(item for item in items if item.name in self.kinds)
        others = tuple(item for item in items if item.ending and item not in asked)
        return Job(self.manifest, asked, self, self.folder / "results", others, forced, raw)

    def frames(self):
        """All frames of the dataset."""
        return [
            Frame(path.stem, {"text_file": Source(path, entry(path, path.name))})
            for path in sorted((self.folder / "data").iterdir())
        ]

    def __call__(self, frame, wanted, read):
        """Make the items; a source with `wrong` in it is bad input."""
        self.calls.append((frame.name, tuple(wanted)))
        source = frame.sources["text_file"].path
        if b"wrong" in read("text_file"):
            raise DataError(f"{source}: is wrong")
        makers = {
            "link": lambda: Link(f"../../data/{source.name}"),
            "picture": lambda: picture(self.settings.encode() + read("text_file")),
            "text": lambda: self.settings.encode() + read("text_file").upper(),
            "twice": lambda: 2 * read("text"),
            "length": lambda: [self.settings, len(read("text_file"))],
        }
        return {name: makers[name]() for name in wanted}

    def listed(self):
        """The files in the places of the items, as a listing shows them."""
        files = (self.folder / "results/made").glob("[!.]*")
        return {f"made/{path.name}": entry(path, f"made/{path.name}") for path in files}

    def update(self, forced=False, workers=1, frames=None, saved=True):
        """Bring all up to date as a script does; what came of it."""
        self.calls.clear()
        manifest = Manifest(self.manifest)
        chosen = [f for f in self.frames() if frames is None or f.name in frames]
        prune = frames is None
        outcome = update(self.job(forced), manifest, chosen, self.listed(), workers, "city", prune)
        if saved:
            problems = tuple(sorted(outcome.problems.values()))
            manifest.save(list(outcome.rows), Header(problems=problems))
        return outcome

    def contents(self):
        """File -> what is in it or where it leads, of all that was made; and the values."""
        files = {path.name: content_of(path) for path in (self.folder / "results/made").iterdir()}
        rows = Manifest(self.manifest).rows
        values = {name: row.cells["length"].value for name, row in rows.items()}
        return files, values

    def expected(self):
        """The same, as the sources and the settings ask for it."""
        files, values = {}, {}
        for path in (self.folder / "data").iterdir():
            text, name = path.read_bytes(), path.stem
            upper = self.settings.encode() + text.upper()
            files |= {
                f"{name}_raw.txt": f"../../data/{path.name}",
                f"{name}_picture.png": picture(self.settings.encode() + text),
                f"{name}_text.txt": upper,
                f"{name}_twice.txt": 2 * upper,
            }
            values[name] = [self.settings, len(text)]
        return files, values

    def replaced(self):
        """The copies that were kept of files which somebody changed: path -> content."""
        kept = self.folder / "replaced"
        return {str(p.relative_to(kept)): p.read_bytes() for p in kept.rglob("*") if p.is_file()}


def entry(path, name):
    """A file as a listing shows it."""
    status = path.lstat()
    return Entry(name, status.st_size, status.st_mtime_ns)


def content_of(path):
    """What is in a file, or where a link leads."""
    return os.readlink(path) if path.is_symlink() else path.read_bytes()


def touch(path):
    """Give a file, or a link, a time that it did not have."""
    time = path.lstat().st_mtime_ns + HOUR
    os.utime(path, ns=(time, time), follow_symlinks=False)


def edit_unseen(path, content):
    """Change a file, but neither its size nor its time."""
    status = path.stat()
    assert len(content) == status.st_size
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def killed_at(step, function):
    """Run `function` in a process that dies at its nth call that changes a disk; whether it did.

    Nothing is cleaned up, as with SIGKILL.
    """
    child = os.fork()
    if child == 0:
        try:
            _die_at(step)
            function()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] != 0


def _die_at(step):
    calls = 0

    def counted(call):
        def counting(*arguments, **options):
            nonlocal calls
            calls += 1
            if calls == step:
                os._exit(1)
            return call(*arguments, **options)

        return counting

    for name in ("open", "write", "replace", "rename", "unlink", "rmdir", "symlink", "mkdir"):
        setattr(os, name, counted(getattr(os, name)))


def damaged(data, seed):
    """A file of which some bytes are others: a piece replaced, cut out or put in."""
    import random

    chance = random.Random(seed)
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice([1, 2, 8, 64]))
    piece = chance.choice([b"", bytes(end - start), chance.randbytes(end - start), b'"[{', b"7"])
    return data[:start] + piece + data[end:]


def as_json(path):
    """The lines of a file of JSON lines."""
    return [json.loads(line) for line in Path(path).read_text().splitlines() if line]
