"""Conversion of a flat folder of images and lists of splits to the layout of Cityscapes."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from cityscapes.checks.formats import SPLITS
from cityscapes.errors import DataError, quoted
from cityscapes.files.json_document import MARK
from cityscapes.files.regular import read_file
from cityscapes.files.whole import content, link_atomic, link_target, write_atomic
from cityscapes.layout import list_files
from cityscapes.png.decode import AS_RGB
from cityscapes.png.header import MOST_BYTES, RGB, parse_header
from cityscapes.png.size import MAX_PIXELS, MAX_SIDE
from cityscapes.png.write import encode

IMAGES = (".png", ".jpg", ".jpeg")
# ASSUME: no list of a split is larger, in bytes: a million names.
MOST_OF_A_LIST = 100_000_000


@dataclass(frozen=True)
class FlatFolder:
    """A folder whose files become those of one type."""

    folder: Path
    type: str
    ending: str  # ending after `<frame>_<type>`, such as _polygons.json
    endings: tuple[str, ...]  # of the files in the folder


@dataclass(frozen=True)
class Placed:
    """A file of the new dataset, and its source."""

    source: Path
    target: Path


def images_in(folder: Path) -> FlatFolder:
    """Return a folder of camera images."""
    return FlatFolder(folder, "leftImg8bit", ".png", IMAGES)


def read_list(path: Path) -> tuple[str, list[str]]:
    """Return the split that a list is named after, and its names, one a line, `#` for comments.

    UTF-8 with or without a byte order mark, lines of any system. Raises DataError.
    """
    if path.stem not in SPLITS:
        raise DataError(f"{path}: a list is named after its split: {', '.join(SPLITS)}")
    try:
        text = read_file(path, MOST_OF_A_LIST).removeprefix(MARK).decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not a text file in UTF-8: byte {error.start}") from None
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return path.stem, [line for line in lines if line]


def place(
    flat: FlatFolder, names: Iterable[tuple[str, str]], city: str, dataset: Path
) -> tuple[list[Placed], list[str]]:
    """Return the target paths of these (split, name) in a dataset, and problems.

    A name is that of a file in the folder, with or without its ending. Where the folder is not
    that of the images, it need not have all of them.
    """
    there: dict[str, list[str]] = {}
    for entry in list_files(flat.folder, tuple({*flat.endings, *map(str.upper, flat.endings)})):
        ending = next(e for e in flat.endings if entry.name.lower().endswith(e))
        there.setdefault(entry.name[: -len(ending)], []).append(entry.name)
    placed, problems = [], []
    splits: dict[str, str] = {}
    for split, name in names:
        stem = name if name in there else _without(name, IMAGES)
        found = there.get(stem, [])
        if stem in splits:
            other = splits[stem]
            twice = f"twice in {split}" if other == split else f"in {other} and in {split}"
            problems.append(f"{quoted(name)}: the image is {twice}")
        elif len(found) > 1:
            problems.append(f"{quoted(name)}: it is not clear which is meant: {', '.join(found)}")
        elif found:
            target = f"{flat.type}/{split}/{city}/{stem}_{flat.type}{flat.ending}"
            placed.append(Placed(flat.folder / found[0], dataset / target))
        elif flat.type == "leftImg8bit":
            problems.append(f"{quoted(name)}: no {stem}.png or .jpg in {flat.folder}")
        splits.setdefault(stem, split)
    return placed, problems


def make(placed: Placed, as_copy: bool) -> str:
    """Link, copy or convert one file; return its problem, or "".

    Camera images become 8-bit RGB: others than such PNG files are converted, without regard to an
    orientation in their metadata. What lies in the place of another file stays.
    """
    source, target = placed.source, placed.target
    try:
        data = _converted(source) if _is_image(placed) else None
        if data is None and as_copy:
            data = read_file(source, MOST_BYTES)
    except DataError as error:
        return str(error)
    product = link_target(source, target.parent) if data is None else data
    if target.is_symlink() or target.exists():
        same = (target.is_symlink() or target.is_file()) and content(target) == product
        return "" if same else f"{target}: another file has this name; remove it"
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(product, str):
        link_atomic(target, product)
    else:
        write_atomic(target, product)
    return ""


def _is_image(placed: Placed) -> bool:
    return placed.target.name.endswith("_leftImg8bit.png")


def _converted(path: Path) -> bytes | None:
    """Return the PNG file of an image that is not 8-bit RGB PNG; None for one that is."""
    data = read_file(path, MOST_BYTES)
    header = parse_header(data)
    if header and header.intact and (header.bits, header.color_type) == (8, RGB):
        return None
    try:
        width, height = Image.open(BytesIO(data)).size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise DataError(f"{path}: is no PNG or JPEG image, or a damaged one") from None
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise DataError(
            f"{path}: is {width} x {height} pixels; an image has at most {MAX_PIXELS:,} and "
            f"{MAX_SIDE:,} a side"
        )
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), AS_RGB)
    if pixels is None:
        raise DataError(f"{path}: cannot be decoded: the image is truncated or damaged")
    return encode(pixels)


def _without(name: str, endings: tuple[str, ...]) -> str:
    ending = next((e for e in endings if name.lower().endswith(e)), "")
    return name[: len(name) - len(ending)]
