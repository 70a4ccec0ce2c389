"""What the reference's panoptic evaluation says of the cases in a folder, as JSON.

    python panoptic_reference.py <folder> <number of cases to evaluate with its main function, too>

Runs with the Python of the reference package. A case is a folder with truth.json, truth/,
predicted.json and predicted/. Each is evaluated by the function that the reference runs on every
core; its main function starts new processes each time, so that it is called for a few cases only.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

from cityscapesscripts.evaluation.evalPanopticSemanticLabeling import (
    evaluatePanoptic,
    pq_compute_single_core,
)

GROUPS = {"All": None, "Things": True, "Stuff": False}


def counted(case):
    """The results of one case; a group without any class (the reference divides by 0) is null."""
    truth = json.loads((case / "truth.json").read_text())
    predicted = json.loads((case / "predicted.json").read_text())
    by_image = {annotation["image_id"]: annotation for annotation in predicted["annotations"]}
    pairs = [(annotation, by_image[annotation["image_id"]]) for annotation in truth["annotations"]]
    categories = {category["id"]: category for category in truth["categories"]}
    stat = pq_compute_single_core(0, pairs, case / "truth", case / "predicted", categories)
    result = {
        "counts": {
            id: [stat[id].iou, int(stat[id].tp), int(stat[id].fp), int(stat[id].fn)]
            for id in categories
        }
    }
    for group, things in GROUPS.items():
        try:
            result[group], per_class = stat.pq_average(categories, isthing=things)
        except ZeroDivisionError:
            result[group] = None
        else:
            if group == "All":
                result["per_class"] = per_class
    return result


def evaluated(case):
    """The result file that the main function writes."""
    files = [case / name for name in ("truth.json", "truth", "predicted.json", "predicted")]
    evaluatePanoptic(*map(str, files), str(case / "result.json"))
    return json.loads((case / "result.json").read_text())


def main(folder, whole):
    cases = sorted(folder.iterdir())
    results = {case.name: counted(case) for case in cases}
    complete = [case for case in cases if None not in results[case.name].values()]
    return {
        "counted": results,
        "evaluated": {case.name: evaluated(case) for case in complete[:whole]},
    }


if __name__ == "__main__":
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        answer = main(Path(sys.argv[1]), int(sys.argv[2]))
    json.dump(answer, sys.stdout)
