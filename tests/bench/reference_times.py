"""Run in the reference's environment: CPU seconds of its evaluations, as JSON on stdout.

reference_times.py <folder>      as tests/bench/evaluation.py has laid it out
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

from cityscapesscripts.evaluation import evalInstanceLevelSemanticLabeling as instance
from cityscapesscripts.evaluation import evalPanopticSemanticLabeling as panoptic
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as pixel

folder = Path(sys.argv[1])
os.chdir(folder)
truth = folder / "results/gtFine"


def timed(evaluate, *arguments):
    begin = time.process_time()
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        evaluate(*arguments)
    return time.process_time() - begin


def images(kind):
    return sorted(map(str, truth.glob(f"val/*/*_gtFine_{kind}.png")))


def pixel_level(predictions):
    pixel.args.quiet, pixel.args.exportFile = True, str(folder / "pixel.json")
    found = sorted(map(str, folder.glob(f"predictions/{predictions}/*/*.png")))
    pixel.evaluateImgLists(found, images("labelIds"), pixel.args)


def instance_level(name):
    args = instance.args
    args.quiet, args.exportFile = True, str(folder / "instance.json")
    args.gtInstancesFile = str(folder / f"{name}_cache.json")
    args.predictionPath = str(folder / name)
    found = sorted(map(str, folder.glob(f"{name}/*.txt")))
    instance.evaluateImgLists(found, images("instanceIds"), args)


def panoptic_level(predictions):
    name = "cityscapes_panoptic_val"
    gt = json.loads((truth / f"{name}.json").read_text())
    predicted = folder / "predictions" / predictions
    found = json.loads((predicted / f"{name}.json").read_text())
    of_image = {annotation["image_id"]: annotation for annotation in found["annotations"]}
    pairs = [(annotation, of_image[annotation["image_id"]]) for annotation in gt["annotations"]]
    categories = {category["id"]: category for category in gt["categories"]}
    panoptic.pq_compute_single_core(0, pairs, truth / name, predicted / name, categories)


times = {
    "pixel": timed(pixel_level, "pixel_good"),
    "pixel, Pillow": timed(pixel_level, "pixel_pillow"),
    "instance, 30 masks": timed(instance_level, "masks_30"),
    "instance, 100 masks": timed(instance_level, "masks_100"),
    "panoptic": timed(panoptic_level, "panoptic_good"),
    "panoptic, Pillow": timed(panoptic_level, "panoptic_pillow"),
}
print(json.dumps(times))
