"""Miss rates against the CityPersons evaluation, on random cases and the released ground truth.

Only where `CITYPERSONS_REFERENCE` names a clone of github.com/cvgroup-njust/CityPersons;
`CITYSCAPES_CASES=300` runs so many cases, and `pytest -s` shows the largest difference.
"""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cityscapes.evaluation.pedestrians.truth import ground_truth_json
from people import detection, make_case, people_of_images, rates_of
from reference_environment import reference_python

CASES = int(os.environ.get("CITYSCAPES_CASES", "40"))
CLONE = os.environ.get("CITYPERSONS_REFERENCE")

pytestmark = pytest.mark.skipif(not CLONE, reason="CITYPERSONS_REFERENCE names no clone")


def test_miss_rates_are_those_of_the_reference(tmp_path):
    released = json.loads(Path(CLONE, "evaluation/val_gt.json").read_text())
    cases = [make_case(seed) for seed in range(CASES)]
    cases = [case for case in cases if case[1]]  # it crashes where there is no detection
    cases += [(released, detections_of(released, seed)) for seed in range(CASES // 20)]
    for number, (truth, results) in enumerate(cases):
        (tmp_path / f"gt_{number}.json").write_text(json.dumps(truth))
        (tmp_path / f"dt_{number}.json").write_text(json.dumps(results))
    script = Path(__file__).with_name("pedestrians_reference.py")
    scripts = Path(CLONE, "evaluation/eval_script").resolve()
    subprocess.run([reference_python(), script, scripts, tmp_path], check=True, cwd=tmp_path)
    expected = np.array(json.loads((tmp_path / "rates.json").read_text()))
    found = np.array([[rate.log_average for rate in rates_of(*case)] for case in cases])
    print(f"{len(cases)} cases, largest difference {abs(found - expected).max():.2g}")
    assert ((0.05 < expected) & (expected < 0.95)).mean() > 0.5
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_the_released_ground_truth_is_written_byte_for_byte():
    released = Path(CLONE, "evaluation/val_gt.json").read_bytes()
    document = json.loads(released)
    people = people_of_images(document)
    names = [image["im_name"].removesuffix("_leftImg8bit.png") for image in document["images"]]
    assert ground_truth_json(dict(zip(names, people.values(), strict=True))) == released


def detections_of(truth, seed):
    """Detections that nearly fit a ground truth, and others."""
    rng = np.random.default_rng(seed)
    found = []
    for one in truth["annotations"]:
        for _ in range(rng.choice([0, 1, 1, 2, 4])):
            box = np.array(one["bbox"], dtype=float)
            box += rng.normal(0, rng.choice([0.02, 0.1]), 4) * np.tile(box[2:], 2)
            found.append(detection(rng, one["image_id"], box, 3))
    return found
