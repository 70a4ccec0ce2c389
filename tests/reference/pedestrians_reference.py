"""Score pedestrians with the CityPersons evaluation; run by a Python with NumPy.

    python pedestrians_reference.py SCRIPTS FOLDER

SCRIPTS is `evaluation/eval_script` of github.com/cvgroup-njust/CityPersons, which is written for
Python 2: five of its words are exchanged as it is read. FOLDER/gt_k.json and FOLDER/dt_k.json are
case k; its miss rates go to FOLDER/rates.json.
"""

import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np

# What Python 3 or NumPy have no more, and libraries that do not take part.
CHANGES = {
    "unicode": "str",
    "np.float)": "float)",
    "np.round((1.00 - .0) / .01) + 1": "101",
    "import matplotlib.pyplot as plt": "",
    "from matplotlib.collections import PatchCollection": "",
    "from matplotlib.patches import Polygon": "",
    "import scipy.io as sio": "",
    "print(": "(lambda *texts: None)(",
}


def main(scripts, folder):
    coco = load(Path(scripts, "coco.py"))
    evaluation = load(Path(scripts, "eval_MR_multisetup.py"))
    folder = Path(folder)
    rates = []
    for number in range(len(list(folder.glob("gt_*.json")))):
        rates.append([])
        for setup in range(4):
            truth = coco.COCO(str(folder / f"gt_{number}.json"))
            found = truth.loadRes(str(folder / f"dt_{number}.json"))
            run = evaluation.COCOeval(truth, found, "bbox")
            run.params.imgIds = sorted(truth.getImgIds())
            with np.errstate(all="ignore"):
                run.evaluate(setup)
                run.accumulate()
            rates[-1].append(mean_rate(run))
    (folder / "rates.json").write_text(json.dumps(rates))


def load(path):
    text = path.read_text()
    for old, new in CHANGES.items():
        text = text.replace(old, new)
    module = ModuleType(path.stem)
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


def mean_rate(run):
    """The number that `summarize` prints with two digits."""
    missed = 1 - run.eval["TP"]
    missed = missed[missed < 2]
    with np.errstate(divide="ignore"):
        return float(np.exp(np.mean(np.log(missed)))) if len(missed) else -1.0


if __name__ == "__main__":
    main(*sys.argv[1:])
