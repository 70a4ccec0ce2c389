"""Run the reference's pixel-level evaluation over the cases that `test_pixel.py` has written.

python pixel_reference.py CASES.json, a list of {"truth": [labelIds files], "predictions": [files],
"labels": {name: {field: value}} as changes to the label table, "average_sizes": {name: size},
"result": file to write}. Needs the reference package in its own environment.
"""

import json
import sys
from pathlib import Path

from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as reference

OFFICIAL_LABELS = list(reference.labels)


def evaluate(case):
    labels = [label._replace(**case["labels"].get(label.name, {})) for label in OFFICIAL_LABELS]
    reference.labels = labels
    reference.id2label = {label.id: label for label in labels}
    reference.category2labels = {}
    for label in labels:
        reference.category2labels.setdefault(label.category, []).append(label)
    reference.args.avgClassSize = case["average_sizes"]
    reference.args.exportFile = case["result"]
    reference.evaluateImgLists(case["predictions"], case["truth"], reference.args)


if __name__ == "__main__":
    reference.args.quiet = True
    for case in json.loads(Path(sys.argv[1]).read_text()):
        evaluate(case)
