"""Import annotations of CVAT or labelme, as polygon files in a folder of their own.

Frames whose objects are those of the dataset are left out, unless --all asks for a whole dataset.
"""

import argparse
from glob import escape
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.exports.editing import Edited, objects_of, read_edited
from cityscapes.files.json_document import MOST_OF_A_FRAME
from cityscapes.files.regular import read_file
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.incremental.ownership import check_roots
from cityscapes.labels import LabelTable, read_labels
from cityscapes.layout import GROUND_TRUTH_TYPES


def main(
    files: list[Path], dataset: Path, type_: str, split: str | None, labels: Path, output: Path,
    all_: bool,
) -> None:  # fmt: skip
    check_roots(dataset, output)
    table = read_labels(labels)
    found = [path for file in files for path in _files(file)]
    if not found:
        raise DataError(f"{', '.join(map(str, files))}: no .xml or .json files there")
    problems, edited = [], []
    for path in found:
        try:
            edited += [(path, one) for one in read_edited(path, table)]
        except DataError as error:
            problems.append(str(error))
    written: dict[Path, bytes] = {}
    for path, one in edited:
        name = f"{one.frame}_{type_}_polygons.json"
        raw = sorted((dataset / type_).glob(f"*/{escape(one.city)}/{escape(name)}"))
        if not raw and not split:
            problems.append(f"{path}: {one.frame} is no frame of {dataset / type_}: name --split")
        elif all_ or not raw or not _is_same(raw[0], one, table):
            of_split = raw[0].parent.parent.name if raw else split
            target = output / type_ / str(of_split) / one.city / name
            if target.exists() and target.read_bytes() != one.text():
                problems.append(f"{target} is there already with other objects: move it away")
            elif target in written:
                problems.append(f"{path}: {one.frame} is in another file, too")
            written[target] = one.text()
    if problems:
        raise DataError("nothing is written:" + "".join(f"\n  {problem}" for problem in problems))
    for target, text in written.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, text)
    print(f"{output}: {len(written)} of {len(edited)} frames written, the others are unchanged")


def _files(path: Path) -> list[Path]:
    """Return the files of CVAT or labelme at a path, which may be a folder."""
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.suffix in (".xml", ".json"))
    return [path]


def _is_same(raw: Path, edited: Edited, table: LabelTable) -> bool:
    """Return True if the objects of a frame are those of the dataset."""
    try:
        return (
            objects_of(parse_annotation(read_file(raw, MOST_OF_A_FRAME), table)) == edited.objects
        )
    except DataError:
        return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="files or folders of CVAT or labelme")
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    parser.add_argument(
        "--type", dest="type_", choices=GROUND_TRUTH_TYPES, default="gtFine",
        help="of the annotations (gtFine)",
    )  # fmt: skip
    parser.add_argument("--split", help="of frames that the dataset does not have")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="folder for the polygon files")
    parser.add_argument(
        "--all", dest="all_", action="store_true", help="write unchanged frames, too"
    )
    run(main, parser)
