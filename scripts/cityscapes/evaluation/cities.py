"""The city of each frame of a split, which predictions do not name."""

from pathlib import Path

from cityscapes.edits.column import EDITED, NEW
from cityscapes.errors import DataError
from cityscapes.incremental.tables import read_tracked
from cityscapes.layout import image_name

# Frames of one name that a message lists; the others are counted.
MAX_LISTED = 100


def cities_of(tables: list[Path], in_one_file: bool, with_new: bool = False) -> dict[str, str]:
    """Map frames to cities, from the tables of a split, `<city>.<group>.tsv`.

    A JSON file for the whole split, `in_one_file`, names the city of a frame, too. Frames that
    only have an edit are none of the benchmark's: they are left out unless `with_new`. Raises
    DataError if two cities have frames of one name: no prediction says which it is for.
    """
    cities: dict[str, str] = {}
    twice = []
    for path in tables:
        city = path.name.removesuffix(".tsv").rpartition(".")[0]
        for row in read_tracked(path):
            if row.get(EDITED) == NEW and not with_new:
                continue
            frame = image_name(city, row["frame"]) if in_one_file else row["frame"]
            if cities.setdefault(frame, city) != city:
                twice.append(f"{frame}: a frame of {cities[frame]} and one of {city}")
    if twice:
        more = [f"and {len(twice) - MAX_LISTED} more"] * (len(twice) > MAX_LISTED)
        lines = "".join(f"\n  {line}" for line in [*twice[:MAX_LISTED], *more])
        raise DataError(f"frames of several cities have one name; rename them:{lines}")
    return cities
