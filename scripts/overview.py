"""Draw a contact sheet: a frame of each split next to its colour and instance images."""

import argparse
from pathlib import Path

import cv2
import numpy as np

from cityscapes.command import run
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.contact_sheet import contact_sheet, instance_colors


def main(results: Path, frames: list[str], output: Path) -> None:
    sheet = contact_sheet([panels(results, frame) for frame in frames])
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, cv2.imencode(".jpg", sheet)[1].tobytes())


def panels(results: Path, frame: str) -> list[np.ndarray | None]:
    """Return image, colours and instances of a frame; None for a missing picture.

    `frame` is the path of its label images below the results, without the ending.
    """
    kind = frame.split("/")[0]
    image = frame.replace(f"_{kind}", "_leftImg8bit").replace(f"{kind}/", "leftImg8bit/", 1)
    instance_ids = cv2.imread(str(results / f"{frame}_instanceIds.png"), cv2.IMREAD_UNCHANGED)
    return [
        cv2.imread(str(results / f"{image}.png"), cv2.IMREAD_COLOR),
        cv2.imread(str(results / f"{frame}_color.png"), cv2.IMREAD_COLOR),
        None if instance_ids is None else instance_colors(instance_ids),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    parser.add_argument(
        "--frames", nargs="+", required=True, help="such as gtFine/val/bonn/bonn_..._gtFine"
    )
    parser.add_argument("--output", type=Path, required=True, help="JPEG file to write")
    run(main, parser)
