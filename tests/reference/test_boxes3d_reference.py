"""3-D vehicles against the reference package, on random cases with all options varied.

`CITYSCAPES_CASES=1000` in the environment runs so many cases in place of few, and `pytest -s`
shows the largest differences.
"""

import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path

from cityscapes.evaluation.boxes3d.counts import count_frame
from cityscapes.evaluation.boxes3d.scores import class_scores, results_json
from differences import differences
from reference_environment import reference_python
from vehicle_settings import settings_of
from vehicles import make_case, write_files

CASES = int(os.environ.get("CITYSCAPES_CASES", "25"))


def test_every_field_is_that_of_the_reference(tmp_path):
    python = reference_python()
    cases = [make_case(seed) for seed in range(CASES)]
    (tmp_path / "cases.json").write_text(json.dumps([case["options"] for case in cases]))
    for number, case in enumerate(cases):
        write_files(case["gt"], tmp_path / str(number) / "gt", "gtBbox3d")
        write_files(case["predictions"], tmp_path / str(number) / "predictions", "pred")
    script = Path(__file__).with_name("boxes3d_reference.py")
    subprocess.run([python, script, tmp_path], check=True, cwd=tmp_path)
    expected = json.loads((tmp_path / "results.json").read_text())
    largest = defaultdict(float)
    for case, theirs in zip(cases, expected, strict=True):
        for where, difference in differences(results_of(case), theirs):
            kind = where.split("/")[1] + ("/auc" if where.endswith("/auc") else "")
            largest[kind] = max(largest[kind], difference)
    for kind, difference in largest.items():
        print(f"{kind:24}{difference:.2g}")
    assert max(largest.values()) <= 1e-12
    # The cases are no empty ones.
    assert any(0.1 < theirs["mDetection_Score"] < 0.9 for theirs in expected)


def results_of(case):
    settings = settings_of(case["options"])
    frames = []
    for key, truth in case["gt"].items():
        predicted = case["predictions"].get(key)
        data = None if predicted is None else json.dumps(predicted).encode()
        frames.append(count_frame(json.dumps(truth).encode(), data, settings))
    return json.loads(json.dumps(results_json(class_scores(frames, settings), settings)))
