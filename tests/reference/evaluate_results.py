"""Run in the reference's environment: its three evaluations of what lies on disk.

    evaluate_results.py <dataset root> <predictions> <output folder>

The dataset root holds gtFine/val with label images and panoptic files; the predictions are the
folders pixel_good, instance_good and panoptic_good.
"""

import glob
import os
import sys

from cityscapesscripts.evaluation import evalInstanceLevelSemanticLabeling as instance
from cityscapesscripts.evaluation import evalPanopticSemanticLabeling as panoptic
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as pixel

root, predictions, output = map(os.path.abspath, sys.argv[1:4])
os.chdir(output)


def evaluate(module, kind, folder, name, predictions_for):
    os.environ["CITYSCAPES_RESULTS"] = os.path.join(predictions, folder)
    truth = sorted(glob.glob(os.path.join(root, "gtFine/val/*", f"*_gtFine_{kind}.png")))
    module.args.quiet = True
    module.args.exportFile = os.path.join(output, name)
    module.args.gtInstancesFile = os.path.join(output, "instances.json")
    module.evaluateImgLists([predictions_for(path) for path in truth], truth, module.args)


evaluate(
    *(pixel, "labelIds", "pixel_good", "resultPixelLevelSemanticLabeling.json"),
    lambda path: pixel.getPrediction(pixel.args, path),
)
evaluate(
    *(instance, "instanceIds", "instance_good", "resultInstanceLevelSemanticLabeling.json"),
    lambda path: instance.getPrediction(path, instance.args),
)
panoptic.evaluatePanoptic(
    os.path.join(root, "gtFine/cityscapes_panoptic_val.json"),
    os.path.join(root, "gtFine/cityscapes_panoptic_val"),
    os.path.join(predictions, "panoptic_good/cityscapes_panoptic_val.json"),
    os.path.join(predictions, "panoptic_good/cityscapes_panoptic_val"),
    os.path.join(output, "resultPanopticSemanticLabeling.json"),
)
