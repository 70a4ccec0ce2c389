"""The shards at hand, and the files that stand for what is made of each."""

import os
from functools import cached_property
from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.edits.folder import NO_EDITS, UNEDITED
from cityscapes.edits.overlay import overlay
from cityscapes.errors import DataError
from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import (
    FIRST_SOURCE,
    GROUPS,
    KINDS,
    SOURCES,
    derived_path,
    kinds_of,
    panoptic_name,
)
from cityscapes.ground_truth.old_manifests import old_contents
from cityscapes.ground_truth.recipes import kind_code, settings_digest
from cityscapes.ground_truth.shard_files import (
    ShardFiles,
    city_of_manifest,
    manifest_path,
    table_path,
)
from cityscapes.incremental import outputs
from cityscapes.incremental.manifest import Manifest
from cityscapes.incremental.ownership import (
    check_folders,
    check_roots,
    dataset_folders,
    is_as_written,
)
from cityscapes.layout import GROUND_TRUTH_TYPES, Entry, Shard
from cityscapes.statistics.names import EXTRA, IMAGES, STATISTICS
from cityscapes.workflow.settings import Settings

# The groups of kinds that are made from polygons: one job a shard writes the tables of all.
POLYGON_GROUPS = tuple(g for g in GROUPS if any(
    kind.group == g and kind.types[0] in GROUND_TRUTH_TYPES for kind in KINDS.values()
))  # fmt: skip
VEHICLE = "vehicle/{split}/{city}"
# What is made of the dataset's own files of edited frames: what scores and changes are told by.
UNEDITED_KINDS = ("labelIds", "instanceIds", "panoptic", "panoptic_trainId", "instances")
# Folders of reports and of other files that rules write, below the results.
PUBLIC = (
    "checks", "evaluation", "citypersons", "annotations", "exports", "submissions", "statistics",
    "report", UNEDITED,
)  # fmt: skip


class Shards:
    """The shards of the dataset. Packages must have been unpacked before the first question."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._root = Path(settings.dataset)
        self._results = settings.results

    @cached_property
    def raw(self) -> dict[Shard, list[Entry]]:
        """Shard -> a file that tells each frame; DataError where there are no frames at all.

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
        """Shard -> a raw file of each frame of the dataset, as it is without edits."""
        types, splits = self._settings.types, self._settings.config["splits"]
        try:
            return dataset.find_shards(self._root, types, splits)
        except DataError:
            if self.edited:  # such as of images alone
                return {}
            raise

    @cached_property
    def edited(self) -> dict[Shard, list[Entry]]:
        """Shard -> its edits, of those that have any."""
        return self._settings.edits.find(self._settings.types, self._settings.config["splits"])

    def _with_edits(self, shard: Shard, raw: list[Entry]) -> list[Entry]:
        of_images = raw and not raw[0].name.endswith(dataset.POLYGONS)
        return raw if of_images else overlay(raw, self.edited.get(shard, [])).polygons

    @cached_property
    def all(self) -> dict[Shard, list[Entry]]:
        """The same, and none for shards of which there are only results."""
        found = dict(self.raw)
        for path in sorted((self._results / "manifests").glob("*/*/*")):
            kind, split = path.parts[-3:-1]
            city = city_of_manifest(path)
            if city and kind in self._settings.types and split in self._settings.config["splits"]:
                found.setdefault(Shard(kind, split, city), [])
        return found

    def forget(self) -> None:
        """List the raw files anew when they are asked for next: a job will have changed them."""
        for name in ("raw", "all", "unedited", "edited"):
            vars(self).pop(name, None)

    def listed(self, shard: Shard) -> list[Entry]:
        """A raw file of each frame of a shard; DataError where it is unknown."""
        if shard in self.all:
            return self.all[shard]
        not_asked = [k.name for k in KINDS.values() if k.types == (shard.type,) and not k.default]
        if shard.type not in self._settings.types and not_asked:
            raise DataError(
                f"{shard.folder}: name {', '.join(not_asked)} in `kinds` of the config"
            )
        raise DataError(f"{self._root / shard.folder}: no frames there")

    def all_or_none(self) -> dict[Shard, list[Entry]]:
        """The same; none for a dataset without frames, such as one of images alone."""
        try:
            return self.all
        except DataError:
            return {}

    def check_root(self) -> None:
        """Raise DataError, which says what lies there, where the user's root holds no raw type."""
        is_one = self._settings.configured and not self._settings.is_joined
        if is_one and not dataset.raw_types(self._root):
            _ = self.raw

    def odd_folders(self) -> list[Path]:
        """Folders of frames whose name cannot be a city's."""
        endings, splits = self._settings.types, self._settings.config["splits"]
        return dataset.odd_folders(self._root, endings, splits)

    def without_sources(self) -> list[str]:
        """A line for each kind, polygons apart, of which splits have none of its sources."""
        lines = []
        for name in self._settings.kinds:
            splits = list(dict.fromkeys(shard.split for shard in self.raw))
            for source in KINDS[name].sources:
                if source == "polygons" or source not in SOURCES:
                    continue
                without = [split for split in splits if not self._has_source(split, source)]
                if without:
                    files = _source_files(self._root, dataset.braced(without), source)
                    lines.append(f"no {name} is made of {', '.join(without)}: no files {files}")
                splits = [split for split in splits if split not in without]
        return lines

    def _has_source(self, split: str, source: str) -> bool:
        pattern = Path(_source_files(self._root, split, source))
        return any(
            dataset.list_files(pattern.parents[1] / city, pattern.name.removeprefix("*"))
            for city in dataset.list_folders(pattern.parents[1])
        )

    def files(self, shard: Shard) -> ShardFiles:
        """The files of a shard on disk."""
        # What is not unpacked yet must not be listed once for all.
        listed = self.unedited.get(shard, []) if "all" in vars(self) else None
        kinds = self._settings.frame_kinds
        edits = self._settings.edits if shard in self.edited else NO_EDITS
        return ShardFiles.of_config(shard, self._root, self._results, kinds, listed, edits)

    def frames_in(self, shard: Shard) -> int:
        """Number of frames of a shard."""
        return len(self.listed(shard))

    def all_frames(self) -> int:
        """Number of all frames."""
        return sum(map(len, self.all.values()))

    def state(self, shard: Shard) -> str:
        """A param that changes when raw or derived files of a shard do."""
        files = self.files(shard)
        _ = self.listed(shard)  # says where it is unknown
        return files.state(files.list_sources(self.unedited.get(shard, [])))

    @property
    def unedited_results(self) -> Path:
        """The root of what is made of the dataset's own files of edited frames."""
        return self._results / UNEDITED

    @property
    def unedited_kinds(self) -> list[str]:
        """The kinds that are made of them: those of the config that something is compared with."""
        return [name for name in self._settings.polygon_kinds if name in UNEDITED_KINDS]

    def has_edits(self, shard: Shard) -> bool:
        """Whether an edit takes the place of a file that the dataset has."""
        raw = self.unedited.get(shard, []) if shard in self.edited else []
        return bool({entry.name for entry in raw} & {e.name for e in self.edited.get(shard, [])})

    def had_edits(self, shard: Shard) -> bool:
        """Whether one did, and none does now: what was made because of it is to be removed."""
        left = self._may_be_unedited and manifest_path(self.unedited_results, shard).exists()
        return left and shard in self.unedited and not self.has_edits(shard)

    @cached_property
    def _may_be_unedited(self) -> bool:
        return self.unedited_results.is_dir()

    def with_edits(self, shard_type: str, split: str) -> list[Shard]:
        """The shards of a type and split in which edits take the place of files of the dataset."""
        if not self.edited:
            return []
        return [shard for shard in self.of_split(shard_type, split) if self.has_edits(shard)]

    def all_with_edits(self, shard_type: str, split: str) -> list[Shard]:
        """Those with any edits, also of frames that the dataset has no annotation of."""
        return [shard for shard in self.of_split(shard_type, split) if shard in self.edited]

    def changes(self) -> list[str]:
        """The tables of what edits change, of splits that have or had edits.

        None where no statistics or no labelIds are made.
        """
        if "labelIds" not in self._settings.kinds or not self.statistics():
            return []
        tables = {
            of_split: f"{self._results}/statistics/{'_'.join(of_split)}/edits.csv"
            for of_split in self.annotated_splits()
        }
        return [
            path
            for of_split, path in tables.items()
            if self.all_with_edits(*of_split) or os.path.exists(path)
        ]

    def unedited_state(self, shard: Shard) -> str:
        """A param that changes when what the dataset has of edited frames does."""
        files = ShardFiles.of_config(
            shard, self._root, self.unedited_results, self.unedited_kinds,
            self.unedited.get(shard, []), self._settings.edits, unedited=True,
        )  # fmt: skip
        return files.state(files.list_sources(self.unedited.get(shard, [])))

    def unedited_table(self, shard: Shard, group: str) -> str:
        """The table of a group of kinds that were made of the dataset's files of edited frames."""
        return str(table_path(self.unedited_results, shard, group))

    def unedited_tables(self, shard_type: str, split: str, group: str) -> list[str]:
        """The same of all shards of a type and split that have any."""
        return [self.unedited_table(one, group) for one in self.with_edits(shard_type, split)]

    def unedited_panoptic_state(self, split: str, variant: str) -> str:
        """A param that changes when the panoptic JSON file of edited frames was damaged."""
        path = self.unedited_results / f"gtFine/cityscapes_panoptic_{split}{variant}.json"
        return outputs.state(path, self.unedited_results)

    def recipe(self, shard: Shard) -> dict[str, str]:
        """A param: kind -> digest of settings and code that files of a shard depend on."""
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
        """The tables that stand for all that is made of a shard."""
        of_polygons = FIRST_SOURCE[shard.type] == "polygons"
        groups = POLYGON_GROUPS if of_polygons else [KINDS["depth"].group]
        return [self.table(shard, group) for group in groups]

    def table(self, shard: Shard, group: str) -> str:
        """The table that stands for a group of kinds."""
        return str(table_path(self._results, shard, group))

    def of_split(self, shard_type: str, split: str) -> list[Shard]:
        """The shards of a type and split that have frames."""
        return [shard for shard in self.raw if (shard.type, shard.split) == (shard_type, split)]

    def tables_of_split(self, shard_type: str, split: str, group: str) -> list[str]:
        """The tables of a group of all shards of a type and split, also of those that are gone."""
        return [
            self.table(shard, group)
            for shard in self.all
            if (shard.type, shard.split) == (shard_type, split)
        ]

    def prepared(self) -> list[str]:
        """Everything that prepare_all asks for."""
        wanted = [f"{self._results}/tables/raw_links.tsv"]
        for shard in self.all:
            first_group = "labels" if shard.type in GROUND_TRUTH_TYPES else "depth"
            wanted += self.tables(shard)
            wanted.append(
                f"{self._results}/tables/{shard.type}/{shard.split}.{first_group}.checked.tsv"
            )
        splits = sorted({shard.split for shard in self.raw if shard.type == "gtFine"})
        for kind in self._settings.kinds_of_group("panoptic"):
            wanted += [f"{self._results}/{panoptic_name(split, kind)}.json" for split in splits]
        return sorted(set(wanted))

    def compared(self) -> list[str]:
        """The comparison with released images, and those of all shards that it is made of."""
        return [f"{self._results}/checks/release_differences.csv", *self.release_tables()]

    def released(self) -> list[str]:
        """Everything that verify_release asks for."""
        return [f"{self._results}/checks/verify_release.txt", *self.compared()]

    def release_tables(self) -> list[str]:
        """The comparisons with released images, of all shards that have frames."""
        return [
            f"{self._results}/checks/release_differences/{shard.folder}.csv"
            for shard in self.raw
            if shard.type in GROUND_TRUTH_TYPES
        ]

    def released_kinds(self) -> list[str]:
        """The kinds to be made that the official packages hold, too."""
        return [name for name in self._settings.kinds if KINDS[name].released]

    def released_fingerprint(self, shard: Shard) -> str:
        """A param that changes when a released label image of a shard does."""
        endings = tuple(f"_{KINDS[name].ending_of(shard)}" for name in self.released_kinds())
        return dataset.fingerprint(dataset.list_files(self._root / shard.folder, endings))

    def first_of_splits(self) -> list[Shard]:
        """The first shard of each annotation type and split, to look at."""
        first: dict[tuple[str, str], Shard] = {}
        for shard in self.raw:
            if shard.type in GROUND_TRUTH_TYPES:
                first.setdefault((shard.type, shard.split), shard)
        return list(first.values())

    def first_frames(self) -> list[str]:
        """Path of the label images of a frame of each split below the results, without ending."""
        return [
            f"{shard.folder}/{_without_ending(self.raw[shard][0].name)}"
            for shard in self.first_of_splits()
        ]

    def overview_tables(self) -> list[str]:
        """The tables of the label images that the overview shows, and of the links to images."""
        first = [self.table(shard, "labels") for shard in self.first_of_splits()]
        return [*first, f"{self._results}/tables/raw_links.tsv"]

    def panoptic_tables(self, split: str) -> list[str]:
        """The tables of panoptic segments of all gtFine shards of a split that have frames."""
        return [self.table(shard, "panoptic") for shard in self.of_split("gtFine", split)]

    def panoptic_state(self, split: str, variant: str) -> str:
        """A param that changes when the panoptic JSON file of a split was damaged."""
        return outputs.state(
            self._results / f"gtFine/cityscapes_panoptic_{split}{variant}.json", self._results
        )

    def labels_tables(self) -> list[str]:
        """The tables of the label images of all shards that have frames."""
        return [
            self.table(shard, "labels") for shard in self.raw if shard.type in GROUND_TRUTH_TYPES
        ]

    def statistics_tables(self, shard_type: str, split: str) -> list[str]:
        """The tables of what was counted in the frames of a type and split."""
        return [self.table(shard, "statistics") for shard in self.of_split(shard_type, split)]

    def annotated_splits(self) -> list[tuple[str, str]]:
        """Type and split of all frames with annotations."""
        return list(
            dict.fromkeys(shard[:2] for shard in self.raw if shard.type in GROUND_TRUTH_TYPES)
        )

    def statistics(self) -> list[str]:
        """The statistics of all splits with annotations; none where no images are made."""
        return [
            f"{self._results}/statistics/{shard_type}_{split}/{name}.csv"
            for shard_type, split in self.annotated_splits()
            if KINDS["statistics"] in kinds_of(shard_type, self._settings.kinds)
            for name in STATISTICS
        ]

    def extra_splits(self, what: str) -> list[str]:
        """The splits of gtFine with what a setting of `statistics` asks for; none unasked."""
        asked = self._settings.config["statistics"][what]
        if not asked or IMAGES[what] not in self._settings.kinds:
            return []
        splits = [split for shard_type, split in self.annotated_splits() if shard_type == "gtFine"]
        return [split for split in splits if self._extra_cities(what, split)]

    def extra(self) -> list[str]:
        """The statistics that settings ask for, of all splits."""
        return [
            f"{self._results}/statistics/gtFine_{split}/{name}.csv"
            for what, names in EXTRA.items()
            for split in self.extra_splits(what)
            for name in names
        ]

    def extra_tables(self, what: str, split: str) -> list[str]:
        """The tables of the cities of a split that they are made from."""
        cities = self._extra_cities(what, split)
        return [f"{self._results}/tables/{what}/{split}/{city}.tsv" for city in cities]

    def _extra_cities(self, what: str, split: str) -> list[str]:
        cities = [shard.city for shard in self.of_split("gtFine", split)]
        if what == "coarse":
            return [city for city in cities if Shard("gtCoarse", split, city) in self.raw]
        if what == "positions":
            return [city for city in cities if self._vehicle_files(split, city)]
        has_depth = all(self._has_source(split, source) for source in KINDS["depth"].sources)
        return cities if has_depth else []

    def _vehicle_files(self, split: str, city: str) -> list[Entry]:
        folder = self._root / VEHICLE.format(split=split, city=city)
        return dataset.list_files(folder, "_vehicle.json")

    def vehicle_token(self, split: str, city: str) -> str:
        """A param that changes when a vehicle file of a city does."""
        return dataset.fingerprint(self._vehicle_files(split, city))

    def vehicle_folder(self, split: str, city: str) -> str:
        """Where the vehicle files of a city lie."""
        return str(self._root / VEHICLE.format(split=split, city=city))

    def depth_token(self, split: str, city: str) -> list[str]:
        """A param that changes when a disparity or camera file of a city does."""
        shard = Shard("gtFine", split, city)
        folders = [
            SOURCES[source][0].format(**shard._asdict()) for source in KINDS["depth"].sources
        ]
        return [dataset.fingerprint(dataset.list_files(self._root / f, "")) for f in folders]

    def check_apart(self) -> None:
        """Raise DataError where a write to the results could reach the dataset.

        The folders of all shards are looked at, and those of all reports.
        """
        roots = self._settings.roots or [self._root]
        for root in roots:
            check_roots(root, self._results)
        self._settings.edits.check_apart(roots, self._results)
        if not self._root.exists() and not self._settings.is_joined:
            return  # packages that are still to be unpacked
        folders = {*outputs.PRIVATE, *PUBLIC}
        for shard in self.all_or_none():
            folders |= {kind.folder_of(shard) for kind in self.files(shard).kinds if kind.ending}
        raw = {found: path for root in roots for found, path in dataset_folders(root).items()}
        check_folders(self._results, sorted(folders), raw)

    def image_source(self, shard: Shard, frame: str, kind: str) -> str:
        """The raw file that tells the frame of an image, braces doubled as Snakemake wants them.

        Raises DataError where another file than ours is in the place of the image.
        """
        path = self._results / derived_path(shard, frame, kind)
        contents = Manifest(manifest_path(self._results, shard)).written.get(frame, set())
        ours = contents | old_contents(self._results, shard.folder, frame)
        if os.path.lexists(path) and not is_as_written(path, ours):
            raise DataError(
                f"{path} was not made by this workflow, which would write another file there: "
                "move it away and run again"
            )
        files = self.files(shard)
        raw = str(files.path_of(frame, files.first))
        return raw.replace("{", "{{").replace("}", "}}")


def _without_ending(name: str) -> str:
    """The name of a file that tells a frame, up to its type."""
    return name.removesuffix(dataset.POLYGONS).removesuffix(dataset.LABEL_IDS)


def _source_files(root: Path, split: str, source: str) -> str:
    """How the files of a source lie in a split; not for polygons, which have types."""
    folder, ending = SOURCES[source]
    return f"{root}/{folder.format(split=split, city='<city>')}/*_{ending}"
