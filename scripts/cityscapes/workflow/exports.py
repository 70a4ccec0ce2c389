"""The exports of the config: their files, inputs, and leftovers."""

import json
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from cityscapes.errors import DataError
from cityscapes.exports import file_lists
from cityscapes.exports.registry import ALL, EXPORTS, Export, export_code
from cityscapes.ground_truth.recipes import settings_digest
from cityscapes.incremental import outputs
from cityscapes.layout import Shard, fingerprint
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


class ExportRule(NamedTuple):
    """The product of a rule: the files of an export for any split, one, or all together."""

    export: str
    split: str  # "": any; or `ALL`
    files: list[str]  # with {type} and {split}

    @property
    def name(self) -> str:
        """Return the name of the rule."""
        return "_".join(filter(None, ("write", self.export, self.split)))


class Exports:
    """The exports of a run. Packages must have been unpacked before the first question."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards

    def rules(self) -> list[ExportRule]:
        """Return all rules, whatever the config asks for; DataError if a list cannot be made."""
        found = [ExportRule(e.name, "", list(e.files)) for e in EXPORTS.values() if e.files]
        found += [ExportRule(e.name, ALL, list(e.shared)) for e in EXPORTS.values() if e.shared]
        for part in file_lists.PARTS:
            if files := [f"exports/file_lists/{{type}}/{name}" for name in self._lists(part)]:
                found.append(ExportRule("file_lists", part, files))
        return found

    @cached_property
    def splits(self) -> list[tuple[str, str]]:
        """Return type and split of all frames with annotations."""
        return list(dict.fromkeys(shard[:2] for shard in self._shards.raw))

    def files(self, names: Iterable[str] = ()) -> list[str]:
        """Return the files of these exports, or of all of the config, for the existing splits.

        Raises DataError if a named one cannot be made.
        """
        for name in names:
            self._check(EXPORTS[name])
        asked = list(names) or self._settings.exports
        of_cities = [
            f"{self._settings.results}/{path.format(**shard._asdict())}"
            for name in asked
            for path in EXPORTS[name].city_files
            for shard in self._shards.raw
            if shard.type in EXPORTS[name].types
        ]
        return of_cities + [
            f"{self._settings.results}/{path}"
            for rule in self.rules()
            if rule.export in asked
            for shard_type, split in self._parts(rule)
            for path in self._paths(rule, shard_type, split)
        ]

    def coco_instances(self, split: str) -> list[str]:
        """Return the COCO instances of a split of gtFine; DataError if they are not made."""
        self._check(EXPORTS["coco_instances"])
        files = EXPORTS["coco_instances"].files
        return [f"{self._settings.results}/{f.format(type='gtFine', split=split)}" for f in files]

    def tables(self, name: str, shard_type: str, split: str) -> list[str]:
        """Return the tables of a split's shards that an export is made from."""
        shards = [
            shard
            for part in self._parts_of(shard_type, split)
            for shard in self._shards.of_split(shard_type, part)
        ]
        return [self._shards.table(s, group) for s in shards for group in EXPORTS[name].groups]

    def checked(self, name: str, shard_type: str, split: str) -> list[str]:
        """Return the tables that exist if no frame of a split is wrong."""
        return [
            f"{self._settings.results}/tables/{shard_type}/{part}.labels.checked.tsv"
            for part in self._parts_of(shard_type, split)
        ]

    def options(self, name: str, shard_type: str, split: str) -> str:
        """Return a param: the settings of an export, as JSON."""
        options = {}
        if name == "file_lists":
            options["lines"] = list(self._lists(split).values())
        return json.dumps(options, sort_keys=True)

    def state(self, rule: ExportRule, shard_type: str, split: str) -> str:
        """Return a param that changes when one of the files of a job was damaged or edited."""
        results = self._settings.results
        paths = [results / path for path in self._paths(rule, shard_type, split)]
        return outputs.state_of_all(paths, results)

    def city_state(self, name: str, shard: Shard) -> str:
        """Return the same for the files of a city."""
        results = self._settings.results
        paths = [results / f.format(**shard._asdict()) for f in EXPORTS[name].city_files]
        return outputs.state_of_all(paths, results)

    def left_of_gone(self, shard: Shard) -> list[str]:
        """Return the useless files of exports: those of a city or split without frames now.

        They are those of the config, and of exports that it no longer names.
        """
        if shard in self._shards.raw:
            return []
        left = [path.format(**shard._asdict()) for e in EXPORTS.values() for path in e.city_files]
        if not self._shards.of_split(shard.type, shard.split):
            left += [
                path
                for rule in self.rules()
                if shard.type in EXPORTS[rule.export].types and rule.split != ALL
                if not rule.split or file_lists.PARTS[rule.split] == (shard.split,)
                for path in self._paths(rule, shard.type, shard.split)
            ]
        return [f"{self._settings.results}/{path}" for path in left]

    def raw_of(self, shard: Shard) -> str:
        """Return a param that changes when a polygon file of a shard does."""
        return fingerprint(self._shards.listed(shard))

    def recipe(self, name: str) -> list[str]:
        """Return a param: what the files depend on besides the tables."""
        classes = settings_digest("panoptic_trainId.json", self._settings.table, "")
        return [classes, export_code(name)]

    def _lists(self, part: str) -> dict[str, str]:
        flavours = {**file_lists.FLAVOURS, **self._settings.config["file_lists"]}
        return file_lists.templates(flavours, part, self._settings.kinds)

    def _parts(self, rule: ExportRule) -> list[tuple[str, str]]:
        """Return type and split of the files of a rule."""
        there = [one for one in self.splits if one[0] in EXPORTS[rule.export].types]
        if not rule.split:
            return there
        types = dict.fromkeys(t for t, split in there if split in self._parts_of(t, rule.split))
        return [(shard_type, rule.split) for shard_type in types]

    def _parts_of(self, shard_type: str, split: str) -> list[str]:
        """Return the existing splits of a part: itself, several, or all of a type."""
        there = [name for kind, name in self.splits if kind == shard_type]
        return there if split == ALL else [n for n in file_lists.PARTS[split] if n in there]

    def _paths(self, rule: ExportRule, shard_type: str, split: str) -> list[str]:
        return [path.format(type=shard_type, split=split) for path in rule.files]

    def _check(self, export: Export) -> None:
        missing = [kind for kind in export.needs if kind not in self._settings.kinds]
        if missing:
            raise DataError(
                f"export {export.name} needs files that are not made: name {', '.join(missing)} "
                "in `kinds` of the config"
            )
        if export.name not in self._settings.exports:
            raise DataError(f"name {export.name} in `exports` of the config")
