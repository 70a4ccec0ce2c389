"""Run in the reference's environment: its label images, and its panoptic files of ours.

    label_images.py <dataset root> <output folder>

Writes <output>/<kind>/<same path>.png for each polygon file, and the panoptic files of the
dataset's instanceIds in both variants to <output>.
"""

import sys
from pathlib import Path

from cityscapesscripts.preparation.createPanopticImgs import convert2panoptic
from cityscapesscripts.preparation.json2instanceImg import json2instanceImg
from cityscapesscripts.preparation.json2labelImg import json2labelImg

KINDS = {
    "labelIds": (json2labelImg, "ids"),
    "labelTrainIds": (json2labelImg, "trainIds"),
    "color": (json2labelImg, "color"),
    "instanceIds": (json2instanceImg, "ids"),
    "instanceTrainIds": (json2instanceImg, "trainIds"),
}

root, output = Path(sys.argv[1]), Path(sys.argv[2])
for polygons in sorted(root.glob("gt*/*/*/*_polygons.json")):
    for kind, (convert, encoding) in KINDS.items():
        name = polygons.name.replace("_polygons.json", f"_{kind}.png")
        image = output / polygons.relative_to(root).with_name(name)
        image.parent.mkdir(parents=True, exist_ok=True)
        convert(str(polygons), str(image), encoding)
splits = [path.name for path in (root / "gtFine").iterdir() if path.is_dir()]
splits = [split for split in splits if not split.startswith("cityscapes")]
for use_train_id in (False, True):
    convert2panoptic(str(root / "gtFine"), str(output), use_train_id, splits)
