"""Whatever happens to a job, one run brings all to what a fresh run would give.

Random sequences of edits, deletions, kills and settings, found and shortened by hypothesis.
"""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from text_frames import TextJob, killed_at, picture, touch

FRAMES = ("one", "two", "three")
MADE = ("link", "picture", "text", "twice")

frames = some.sampled_from(FRAMES)
texts = some.text("abc", min_size=1, max_size=3)
steps = some.integers(1, 60)
events = some.one_of(
    some.tuples(some.just("write"), frames, texts),
    some.tuples(some.just("remove"), frames),
    some.tuples(some.just("touch"), frames),
    some.tuples(some.just("setting"), some.sampled_from("ab")),
    some.tuples(
        some.just("kinds"), some.sampled_from([("text", "twice", "length"), ("picture",)])
    ),
    some.tuples(some.just("lose"), frames, some.sampled_from(MADE)),
    some.tuples(some.just("touch made"), frames, some.sampled_from(MADE)),
    some.tuples(some.just("cut"), frames),
    some.tuples(some.just("retouch"), frames, texts),
    some.tuples(some.just("kill"), steps),
    some.tuples(some.just("run"), some.booleans()),
    some.tuples(some.just("one frame"), frames),
    some.tuples(some.just("user's"), texts),
)
# What makes it unknown who made a file: nothing is lost then, but copies are kept.
losses = some.one_of(
    events, some.tuples(some.just("cut manifest"), some.floats(0, 1)),
)  # fmt: skip


class Story:
    """A job, and what became of the user's own files beside it."""

    def __init__(self, folder):
        self.job = TextJob(folder)
        self.job.write("one", "begin")
        self.users = {}
        self.retouched = set()
        self.cut = set()
        self.all_kinds = self.job.kinds

    def happen(self, event, *arguments):
        job = self.job
        source = job.folder / "data" / f"{arguments[0]}.txt"
        if event == "write":
            job.write(*arguments)
        elif event == "remove":
            source.unlink(missing_ok=True)
        elif event == "touch":
            if source.exists():
                touch(source)
        elif event == "setting":
            job.settings = arguments[0]
        elif event == "kinds":
            job.kinds = arguments[0]
            job.update()
            job.kinds = self.all_kinds
        elif event == "lose":
            job.made(*arguments).unlink(missing_ok=True)
        elif event == "touch made":
            if job.made(*arguments).is_symlink() or job.made(*arguments).exists():
                touch(job.made(*arguments))
        elif event == "cut":
            place = job.made(arguments[0], "picture")
            if place.exists():
                place.write_bytes(place.read_bytes()[:10])
                self.cut.add((place.name, place.read_bytes()))
        elif event == "retouch":
            self.retouch(*arguments)
        elif event == "kill":
            killed_at(arguments[0], job.update)
        elif event == "run":
            job.update(forced=arguments[0])
        elif event == "one frame":
            job.update(frames={arguments[0]}, saved=False)
        elif event == "user's":
            self.add_users(arguments[0])
        elif event == "cut manifest" and job.manifest.exists():
            whole = job.manifest.read_bytes()
            job.manifest.write_bytes(whole[: int(len(whole) * arguments[0])])

    def retouch(self, frame, text):
        place = self.job.made(frame, "picture")
        if place.exists():
            self.retouched.add((place, picture(b"by hand" + text.encode())))
            place.write_bytes(picture(b"by hand" + text.encode()))

    def add_users(self, text):
        """Files of the user's among ours, of names that look like ours, too."""
        for name in ("notes.txt", "nine_picture.png"):
            path = self.job.folder / "results/made" / name
            path.parent.mkdir(exist_ok=True)
            self.users.setdefault(path, text.encode())
            path.write_bytes(self.users[path])

    def ends_well(self):
        """Bring all up to date, and see that it is."""
        outcome = self.job.update()
        assert outcome.problems == {}
        if not (self.job.folder / "results/made").exists():
            (self.job.folder / "results/made").mkdir()
        made, values = self.job.contents()
        # Of a frame that came and went while jobs were killed, nobody knows: what was half written
        # stays, hidden.
        for name in [name for name in made if name.startswith(".") and name.endswith(".tmp")]:
            frame = name[1:].partition("_")[0]
            assert not (self.job.folder / "data" / f"{frame}.txt").exists()
            del made[name]
        for path, data in self.users.items():
            assert made.pop(path.name) == data
        # What somebody changed is kept, in its place where its frame is gone.
        kept = {*self.job.replaced().values()}
        for place, data in self.retouched:
            if made.get(place.name) == data:
                del made[place.name]
                kept.add(data)
        # So does what was cut, of which no copy is kept.
        for name, data in self.cut:
            if made.get(name) == data:
                del made[name]
        assert (made, values) == self.job.expected()
        assert self.job.update().written == 0
        assert self.job.calls == []
        return kept


def tell(sequence):
    folder = Path(tempfile.mkdtemp(prefix="sequence-"))
    try:
        story = Story(folder)
        for event in sequence:
            story.happen(*event)
        kept = story.ends_well()
        return story, kept
    finally:
        shutil.rmtree(folder)


quiet = settings(
    deadline=None, derandomize=True, database=None, max_examples=80,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


@quiet
@given(some.lists(events, max_size=10))
def test_after_any_sequence_of_events_one_run_makes_what_a_fresh_one_would(sequence):
    story, kept = tell(sequence)
    # Copies are of what somebody changed, and of nothing else: but for a kill between the row and
    # the files, followed by a run for other kinds, after which the earlier content is not known.
    if "kinds" not in {event for event, *_ in sequence}:
        assert kept <= {data for _, data in story.retouched}


@quiet
@given(some.lists(losses, max_size=8))
def test_with_manifests_that_are_cut_nothing_ends_wrong_and_no_file_of_a_users_is_touched(
    sequence,
):
    tell([event for event in sequence if event[0] not in ("remove", "kinds")])
