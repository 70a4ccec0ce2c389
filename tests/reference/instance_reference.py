"""Score cases with the reference package; run by its own Python.

    python instance_reference.py FOLDER    reads FOLDER/cases.json, writes FOLDER/scores.json

A case is {name, results, frames: [{truth, prediction, disparity}], fx, baseline}; its scores are
{plain, distances}, each the reference's result or, where it crashes, {"matrix": AP matrix with
None for what it crashes at}.
"""

import json
import os
import sys

import numpy as np
from cityscapesscripts.evaluation import evalInstanceLevelSemanticLabeling as reference
from cityscapesscripts.evaluation.instances2dict import instances2dict
from PIL import Image


def main(folder):
    os.chdir(folder)
    # It dumps all matches into the working directory, for debugging.
    reference.writeDict2JSON = lambda content, path: None
    args = reference.args
    args.quiet, args.JSONOutput = True, False
    with open("cases.json") as file:
        cases = json.load(file)
    scores = [
        {"plain": score(case, False, args), "distances": score(case, True, args)} for case in cases
    ]
    with open("scores.json", "w") as file:
        json.dump(scores, file, default=float)


def score(case, with_distances, args):
    truth = [frame["truth"] for frame in case["frames"]]
    predictions = [frame["prediction"] for frame in case["frames"]]
    args.predictionPath = os.path.abspath(case["results"])
    args.distanceAvailable = with_distances
    args.gtInstancesFile = "no cache"
    if with_distances:
        args.gtInstancesFile = "distances.json"
        with open(args.gtInstancesFile, "w") as file:
            json.dump(instances_with_distances(case), file)
    try:
        return reference.evaluateImgLists(predictions, truth, args)
    except IndexError:
        return {"matrix": scores_one_by_one(predictions, truth, args)}


def instances_with_distances(case):
    """The dictionary of all objects, with the distances that the reference only declares."""
    instances = instances2dict([frame["truth"] for frame in case["frames"]])
    for frame in case["frames"]:
        ids = np.array(Image.open(frame["truth"]))
        disparity = np.array(Image.open(frame["disparity"])).astype(float)
        for objects in instances[os.path.abspath(frame["truth"])].values():
            for item in objects:
                values = disparity[ids == item["instID"]]
                valid = values[values > 0]
                with np.errstate(divide="ignore"):
                    depths = case["baseline"] * case["fx"] / ((valid - 1) / 256)
                item["distConf"] = len(valid) / len(values)
                item["medDist"] = float(np.median(depths)) if len(valid) else float("inf")
    return instances


def scores_one_by_one(predictions, truth, args):
    """The matrix of AP where the reference fails for some classes, for all predictions of a class
    with objects being ignored; None there."""
    matches = reference.matchGtWithPreds(
        predictions, truth, reference.getGtInstances(truth, args), args
    )
    names = "minRegionSizes distanceThs distanceConfs overlaps instLabels".split()
    whole = {name: getattr(args, name) for name in names}
    matrix = []
    for number in range(3 if args.distanceAvailable else 1):
        for name in names[:3]:
            setattr(args, name, whole[name][number : number + 1])
        matrix.append([])
        for label in whole["instLabels"]:
            matrix[-1].append([])
            for overlap in whole["overlaps"]:
                args.instLabels, args.overlaps = [label], [overlap]
                try:
                    value = reference.evaluateMatches(matches, args)[0, 0, 0]
                except IndexError:
                    value = None
                matrix[-1][-1].append(value)
    for name, value in whole.items():
        setattr(args, name, value)
    return matrix


if __name__ == "__main__":
    main(sys.argv[1])
