"""Paint one label image of one polygon file."""

import argparse
from pathlib import Path

from cityscapes import png
from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.files import write_atomic
from cityscapes.images import KINDS, FrameImages
from cityscapes.labels import read_labels
from cityscapes.paint import FILLS
from cityscapes.polygons import parse_annotation


def main(polygons: Path, kind: str, labels: Path, fill: str, output: Path) -> None:
    table = read_labels(labels)
    try:
        annotation = parse_annotation(polygons.read_bytes(), table)
        image = FrameImages(annotation, table, fill).image(kind)
    except OSError as error:
        raise DataError(f"{polygons}: cannot be read: {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{polygons}: {error}") from None
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, png.encode(image))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polygons", type=Path, required=True, help="a *_polygons.json file")
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--fill", choices=FILLS, default="released", help="polygon fill rule")
    parser.add_argument("--output", type=Path, required=True, help="PNG file to write")
    run(main, parser)
