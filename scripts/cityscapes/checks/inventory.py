"""The frames that a dataset should hold, and those that are missing or unexpected."""

import re
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from cityscapes.checks.formats import SIMULATED, SLOTS, TYPES, is_video, stem
from cityscapes.checks.formats import slot as slot_of
from cityscapes.layout import GROUND_TRUTH_TYPES

# (split, city) -> frame -> slots of the files that are there
Found = dict[tuple[str, str], dict[str, frozenset[str]]]


class Holding(NamedTuple):
    """A type in a city: how many frames it should have, and how many it has.

    `city` is empty where the type is absent from the whole split.
    """

    type: str
    split: str
    city: str
    expected: int | None
    found: int
    missing: int
    unexpected: int
    status: str  # complete, incomplete, empty (only a folder is there) or absent


class Missing(NamedTuple):
    """A missing file of a frame that has other files."""

    type: str
    split: str
    city: str
    frame: str
    file: str  # path below the dataset root


class Unexpected(NamedTuple):
    """A file of a frame that hardly any type has."""

    type: str
    split: str
    frame: str
    file: str  # path below the dataset root


class Inventory:
    """The contents of a dataset, compared with the published counts and between types.

    A frame is *known* where at least half of the types that its split has hold it, or a type
    whose count in that city is the published one. Known frames that a type lacks are missing
    from it; frames that are not known are unexpected. Types recorded as video hold more than the
    annotated frames and are only counted.

    Images that were simulated from the left ones say nothing about which frames are known. Their
    types hold all frames or a selection: from those that hold no more than half of the known
    frames of a split, only frames with some of their files can miss others.
    """

    def __init__(
        self,
        found: Found,
        published: dict[tuple[str, str], int],
        packaged: dict[tuple[str, str], str],
        official: Collection[str] = (),
    ):
        """Take the `published` frames of each (split, city); empty if any number is right.

        `packaged` names the package of each (type, split). The `official` splits are to be those
        of Cityscapes, where label images take the place of no polygons.
        """
        self._official = official
        self._found = found
        self._published = published
        self._packaged = packaged
        self._slots: dict[str, set[str]] = {}  # split -> slots that occur in it
        for (split, _), frames in found.items():
            self._slots.setdefault(split, set()).update(*frames.values())
        self._known = {shard: self._known_frames(shard) for shard in self._shards()}
        self._selections: dict[tuple[str, str], bool] = {}

    def has_frames(self) -> bool:
        """Return True if any type has any frame."""
        return any(self._found.values())

    def known(self, split: str, city: str) -> set[str]:
        """Return the frames that a city should have, as far as their names are known."""
        return self._known[split, city]

    def published(self, split: str) -> int:
        """Return the number of published frames of a split; 0 without published counts."""
        return sum(count for shard, count in self._published.items() if shard[0] == split)

    def types(self, split: str, video: bool = True) -> list[str]:
        """Return the types of a split in alphabetical order; without video if not wanted."""
        types = {SLOTS[slot].type for slot in self._slots.get(split, ())}
        return sorted(kind for kind in types if video or not is_video(kind))

    def holdings(self) -> list[Holding]:
        """Return a row per type, split and city; a single row for a type that a split lacks."""
        there = {(kind, split) for split in self._slots for kind in self.types(split)}
        rows = []
        for kind, split in sorted(there | set(self._packaged)):
            cities = sorted(shard[1] for shard in self._known if shard[0] == split)
            if (kind, split) in there:
                rows += [self._holding(kind, split, city) for city in cities]
            else:
                counted = is_video(kind) or kind in SIMULATED
                expected = None if counted else self.published(split) or None
                rows.append(Holding(kind, split, "", expected, 0, 0, 0, "absent"))
        return rows

    def missing(self) -> list[Missing]:
        """Return the missing files of known frames, for types that their split should have."""
        rows = []
        for (split, city), known in self._known.items():
            there = self._found.get((split, city), {})
            frames = {
                kind: sorted(self._should_have(kind, known, split, there))
                for kind in self.types(split)
            }
            for slot in self._expected_slots(split):
                if slot.endswith("_polygons") and self._has_images_alone(slot, split, city):
                    continue
                for frame in frames[SLOTS[slot].type]:
                    if slot not in there.get(frame, ()):
                        file = _path(slot, split, city, frame)
                        rows.append(Missing(SLOTS[slot].type, split, city, frame, file))
        return sorted(rows)

    def lacking(self) -> set[tuple[str, str, str]]:
        """Return (type, split, ending) of expected files that no frame of a split has."""
        return {
            (SLOTS[slot].type, split, SLOTS[slot].ending)
            for split in self._slots
            for slot in self._expected_slots(split)
            if slot not in self._slots[split]
        }

    def home(self, kind: str, name: str) -> str:
        """Return the path of the file of this name in its city's folder; "" if there is none."""
        match = re.fullmatch(rf"((.+)_\d{{6}}_\d{{6}})_{re.escape(stem(kind))}(.+)", name)
        if not match or match[3] not in TYPES[kind]:
            return ""
        frame, city, ending = match.groups()
        for split in self._slots:
            if slot_of(kind, ending) in self._found.get((split, city), {}).get(frame, ()):
                return _path(slot_of(kind, ending), split, city, frame)
        return ""

    def unexpected(self) -> list[Unexpected]:
        """Return the files of frames that hardly any type has, in the order of the frames."""
        return [
            Unexpected(SLOTS[slot].type, split, frame, _path(slot, split, city, frame))
            for (split, city), frames in self._found.items()
            for frame, slots in sorted(frames.items())
            if frame not in self._known[split, city] and not _only_video(slots)
            for slot in sorted(slots)
        ]

    def nowhere(self) -> dict[str, tuple[int, int]]:
        """Map splits to the number of published frames in no type, and of all published frames."""
        lacking: Counter[str] = Counter()
        for (split, city), count in self._published.items():
            lacking[split] += max(0, count - len(self._known.get((split, city), ())))
        return {s: (lacking[s], self.published(s)) for s in self._slots if lacking[s]}

    def _expected_slots(self, split: str) -> list[str]:
        """Return the slots that every known frame of a split should have."""
        slots = {s for s in self._slots[split] if not is_video(SLOTS[s].type)}
        for kind in set(GROUND_TRUTH_TYPES) & set(self.types(split)):
            # Packages hold the same files for each split; users may remove some of them from all.
            of_kind = {s for there in self._slots.values() for s in there if SLOTS[s].type == kind}
            slots |= of_kind | {f"{kind}_polygons"}
            if of_kind & {f"{kind}_instanceIds", f"{kind}_color"}:
                slots.add(f"{kind}_labelIds")
        return sorted(slots)

    def _should_have(
        self, kind: str, known: set[str], split: str, there: dict[str, frozenset[str]]
    ) -> set[str]:
        """Return the known frames of a city that should have the files of a type."""
        if not self._is_selection(kind, split):
            return known
        return {frame for frame in known if self._counts(kind, split, there.get(frame, ()))}

    def _is_selection(self, kind: str, split: str) -> bool:
        """Return True if a type was made for some frames of a split only."""
        if kind not in SIMULATED:
            return False
        if (kind, split) not in self._selections:
            of_split = [
                (known, self._found.get(shard, {}))
                for shard, known in self._known.items()
                if shard[0] == split
            ]
            frames = sum(len(known) for known, _ in of_split)
            there = sum(
                self._counts(kind, split, found.get(frame, ()))
                for known, found in of_split
                for frame in known
            )
            self._selections[kind, split] = 2 * there <= frames
        return self._selections[kind, split]

    def _has_images_alone(self, polygons: str, split: str, city: str) -> bool:
        """Return True if label images take the place of polygons, as in no official split."""
        frames = self._found.get((split, city), {}).values()
        labels = f"{SLOTS[polygons].type}_labelIds"
        return (
            split not in self._official
            and any(labels in slots for slots in frames)
            and not any(polygons in slots for slots in frames)
        )

    def _counts(self, kind: str, split: str, slots: Collection[str], city: str = "") -> bool:
        """Return True if a frame with these files counts as found in a type."""
        polygons = f"{kind}_polygons"
        if polygons in self._slots[split] and not self._has_images_alone(polygons, split, city):
            return polygons in slots  # from these all other files can be made
        return any(SLOTS[slot].type == kind for slot in slots)

    def _shards(self) -> list[tuple[str, str]]:
        of_splits_there = [shard for shard in self._published if shard[0] in self._slots]
        return sorted({*self._found, *of_splits_there})

    def _known_frames(self, shard: tuple[str, str]) -> set[str]:
        frames = self._found.get(shard, {})
        types = self.types(shard[0], video=False)
        types = [kind for kind in types if kind not in SIMULATED] or types
        counts = Counter(kind for slots in frames.values() for kind in _types(slots))
        complete = {kind for kind in types if counts[kind] == self._published.get(shard)}
        return {
            frame
            for frame, slots in frames.items()
            if (has := _types(slots) & {*types}) and (2 * len(has) >= len(types) or has & complete)
        }

    def _holding(self, kind: str, split: str, city: str) -> Holding:
        known = self._known[split, city]
        frames = {
            frame
            for frame, slots in self._found.get((split, city), {}).items()
            if self._counts(kind, split, slots, city)
        }
        if is_video(kind):
            return Holding(kind, split, city, None, len(frames), 0, 0, "complete")
        right = len(frames & known)
        expected = self._published.get((split, city), len(known))
        expected = right if self._is_selection(kind, split) else expected
        missing = max(0, expected - right)
        status = "incomplete" if missing else "complete"
        unexpected = len(frames) - right
        return Holding(kind, split, city, expected, len(frames), missing, unexpected, status)


def _path(slot: str, split: str, city: str, frame: str) -> str:
    kind, ending, _ = SLOTS[slot]
    return f"{kind}/{split}/{city}/{frame}_{stem(kind)}{ending}"


def _types(slots: frozenset[str]) -> set[str]:
    """Return the types of some slots, without those recorded as video."""
    return {kind for kind in (SLOTS[slot].type for slot in slots) if not is_video(kind)}


def _only_video(slots: frozenset[str]) -> bool:
    return not _types(slots)
