"""Evaluate 3-D vehicles with the reference package; run by its own Python.

    python boxes3d_reference.py FOLDER    reads FOLDER/cases.json, writes FOLDER/results.json

Case k has its files in FOLDER/k/gt and FOLDER/k/predictions; cases.json holds their options.
"""

import json
import logging
import os
import sys

import numpy as np
from cityscapesscripts.evaluation import evalObjectDetection3d as reference


def main(folder):
    logging.disable(logging.CRITICAL)
    reference.tqdm = lambda items: items
    os.chdir(folder)
    with open("cases.json") as file:
        cases = json.load(file)
    results = []
    for number, options in enumerate(cases):
        parameters = reference.EvaluationParameters(
            options["labels"],
            min_iou_to_match=options["min_iou"],
            max_depth=options["max_depth"],
            step_size=options["step_size"],
            matching_method=int(options["matching"] == "Modal"),
            cw=options["cw"],
        )
        with np.errstate(all="ignore"):
            reference.evaluate3dObjectDetection(
                f"{number}/gt", f"{number}/predictions", str(number), parameters, plot=False
            )
        with open(f"{number}/results.json") as file:
            results.append(json.load(file))
    with open("results.json", "w") as file:
        json.dump(results, file)


if __name__ == "__main__":
    main(sys.argv[1])
