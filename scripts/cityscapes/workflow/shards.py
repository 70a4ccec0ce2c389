"""The existing shards, and the files that stand for all that is made of each."""

from functools import cached_property
from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.edits.folder import NO_EDITS
from cityscapes.edits.overlay import overlay
from cityscapes.errors import DataError
from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import FIRST_SOURCE, GROUPS, KINDS
from cityscapes.ground_truth.recipes import kind_code, settings_digest
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_records import city_of_manifest, table_path
from cityscapes.ground_truth.shard_state import state_of
from cityscapes.layout import GROUND_TRUTH_TYPES, Entry, Shard
from cityscapes.workflow.settings import Settings

# The groups of kinds that are made from polygons: one job a shard writes the tables of all.
POLYGON_GROUPS = tuple(g for g in GROUPS if any(
    kind.group == g and kind.types[0] in GROUND_TRUTH_TYPES for kind in KINDS.values()
))  # fmt: skip


class Shards:
    """The shards of the dataset. Packages must have been unpacked before the first question."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._root = Path(settings.dataset)
        self._results = settings.results

    @cached_property
    def raw(self) -> dict[Shard, list[Entry]]:
        """Map shards to a file for each frame; raise DataError if there are no frames at all.

        Edits are in the place of the raw files that they replace.
        """
        found = self.unedited
        if not self.edited:
            return found
        splits = self._settings.config["splits"]
        order = [(kind, split) for kind in self._settings.types for split in splits]
        shards = sorted(
            found.keys() | self.edited.keys(), key=lambda s: (order.index(s[:2]), s.city)
        )
        return {shard: self._with_edits(shard, found.get(shard, [])) for shard in shards}

    @cached_property
    def unedited(self) -> dict[Shard, list[Entry]]:
        """Map shards to a raw file for each frame of the dataset, without edits."""
        types, splits = self._settings.types, self._settings.config["splits"]
        try:
            return dataset.find_shards(self._root, types, splits)
        except DataError:
            if self.edited:  # such as of images alone
                return {}
            raise

    @cached_property
    def edited(self) -> dict[Shard, list[Entry]]:
        """Map shards to their edits, if they have any."""
        return self._settings.edits.find(self._settings.types, self._settings.config["splits"])

    def _with_edits(self, shard: Shard, raw: list[Entry]) -> list[Entry]:
        of_images = raw and not raw[0].name.endswith(dataset.POLYGONS)
        return raw if of_images else overlay(raw, self.edited.get(shard, [])).polygons

    @cached_property
    def all(self) -> dict[Shard, list[Entry]]:
        """Return the same, and none for shards of which there are only results."""
        found = dict(self.raw)
        for path in sorted((self._results / "manifests").glob("*/*/*")):
            kind, split = path.parts[-3:-1]
            city = city_of_manifest(path)
            if city and kind in self._settings.types and split in self._settings.config["splits"]:
                found.setdefault(Shard(kind, split, city), [])
        return found

    def forget(self) -> None:
        """Forget the listings of raw files, as a job will have changed them."""
        for name in ("raw", "all", "unedited", "edited"):
            vars(self).pop(name, None)

    def listed(self, shard: Shard) -> list[Entry]:
        """Return a raw file of each frame of a shard; DataError if it is unknown."""
        if shard in self.all:
            return self.all[shard]
        not_asked = [k.name for k in KINDS.values() if k.types == (shard.type,) and not k.default]
        if shard.type not in self._settings.types and not_asked:
            raise DataError(
                f"{shard.folder}: name {', '.join(not_asked)} in `kinds` of the config"
            )
        raise DataError(f"{self._root / shard.folder}: no frames there")

    def all_or_none(self) -> dict[Shard, list[Entry]]:
        """Return the same; none for a dataset without frames, such as one of images alone."""
        try:
            return self.all
        except DataError:
            return {}

    def check_root(self) -> None:
        """Raise DataError, which says what is there, if the user's root holds no raw type."""
        is_one = self._settings.configured and not self._settings.is_joined
        if is_one and not dataset.raw_types(self._root):
            _ = self.raw

    def odd_folders(self) -> list[Path]:
        """Return the folders of frames whose name cannot be a city's."""
        endings, splits = self._settings.types, self._settings.config["splits"]
        return dataset.odd_folders(self._root, endings, splits)

    def files(self, shard: Shard) -> ShardFiles:
        """Return the files of a shard on disk."""
        # Files that are not unpacked yet must not be listed once for all.
        listed = self.unedited.get(shard, []) if "all" in vars(self) else None
        kinds = self._settings.frame_kinds
        edits = self._settings.edits if shard in self.edited else NO_EDITS
        return ShardFiles.of_config(shard, self._root, self._results, kinds, listed, edits)

    def frames_in(self, shard: Shard) -> int:
        """Return the number of frames of a shard."""
        return len(self.listed(shard))

    def all_frames(self) -> int:
        """Return the number of all frames."""
        return sum(map(len, self.all.values()))

    def state(self, shard: Shard) -> str:
        """Return a param that changes when raw or derived files of a shard do."""
        files = self.files(shard)
        _ = self.listed(shard)  # raises DataError if it is unknown
        return state_of(files, files.list_sources(self.unedited.get(shard, [])))

    def recipe(self, shard: Shard) -> dict[str, str]:
        """Return a param: kind -> digest of settings and code that files of a shard depend on."""
        kinds = [
            kind
            for kind in self.files(shard).kinds
            if kind.dtype or kind.export or kind.comes_with
        ]
        table, fill = self._settings.table, self._settings.config["fill"]
        skip = self._settings.config["degenerate"] == "skip"
        return {
            kind.name: digest(settings_digest(kind.name, table, fill, skip), kind_code(kind))
            for kind in kinds
        }

    def tables(self, shard: Shard) -> list[str]:
        """Return the tables that stand for all that is made of a shard."""
        of_polygons = FIRST_SOURCE[shard.type] == "polygons"
        groups = POLYGON_GROUPS if of_polygons else [KINDS["depth"].group]
        return [self.table(shard, group) for group in groups]

    def table(self, shard: Shard, group: str) -> str:
        """Return the table that stands for a group of kinds."""
        return str(table_path(self._results, shard, group))

    def of_split(self, shard_type: str, split: str) -> list[Shard]:
        """Return the shards of a type and split that have frames."""
        return [shard for shard in self.raw if (shard.type, shard.split) == (shard_type, split)]

    def tables_of_split(self, shard_type: str, split: str, group: str) -> list[str]:
        """Return the tables of a group of all shards of a type and split, present or gone."""
        return [
            self.table(shard, group)
            for shard in self.all
            if (shard.type, shard.split) == (shard_type, split)
        ]

    def annotated_splits(self) -> list[tuple[str, str]]:
        """Return type and split of all frames with annotations."""
        return list(
            dict.fromkeys(shard[:2] for shard in self.raw if shard.type in GROUND_TRUTH_TYPES)
        )
