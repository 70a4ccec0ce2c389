"""What is known of a kind of file or value, and the sources that kinds are made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cityscapes.labels import Label
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard

# Raw files that kinds are made from: name -> folder, and ending after `<frame>_`.
SOURCES = {
    "polygons": ("{type}/{split}/{city}", "{type}_polygons.json"),
    "disparity": ("disparity/{split}/{city}", "disparity.png"),
    "camera": ("camera/{split}/{city}", "camera.json"),
    "given_labelIds": ("{type}/{split}/{city}", "{type}_labelIds.png"),
    "given_instanceIds": ("{type}/{split}/{city}", "{type}_instanceIds.png"),
    "gtBbox3d": ("gtBbox3d/{split}/{city}", "gtBbox3d.json"),
    "gtBboxCityPersons": ("gtBboxCityPersons/{split}/{city}", "gtBboxCityPersons.json"),
}


@dataclass(frozen=True)
class Kind:
    """A kind of file or value that is made of each frame of a shard."""

    name: str
    function: str  # module:function, which makes it
    code: tuple[str, ...] = ()  # the modules that decide its content, if others
    sources: tuple[str, ...] = ("polygons",)  # names of SOURCES, or of other kinds
    types: tuple[str, ...] = GROUND_TRUTH_TYPES  # the types of shards that have it
    group: str = "labels"  # kinds of a group share a table
    folder: str = "{type}/{split}/{city}"
    ending: str = ""  # ending after `<frame>_`; "" for a value, which is in the tables
    dtype: str = ""
    channels: str = "grey"
    shows: Callable[[Label], Any] | None = None  # the columns of the label table it depends on
    released: bool = False  # also part of the released packages
    default: bool = True  # made if the config names no kinds
    columns: tuple[str, ...] = ()  # of a value: shown in the table in place of its digest
    target: str = ""  # of a link: its target below the results
    export: bool = False  # made if an export asks for it, never named in the config's kinds
    comes_with: tuple[str, ...] = ()  # of a value: it is made along with any of these groups

    def folder_of(self, shard: Shard) -> str:
        """Return its folder below the results."""
        return self.folder.format(type=shard.type, split=shard.split, city=shard.city)

    def ending_of(self, shard: Shard) -> str:
        """Return the ending of its files, after `<frame>_`."""
        return self.ending.format(type=shard.type)

    def city_of(self, shard: Shard) -> str:
        """Return the city if it is part of the file names and not of the folder; else ""."""
        return "" if "{city}" in self.folder else shard.city
