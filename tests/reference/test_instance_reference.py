"""Instance scores against the reference package, on hundreds of small and awkward cases."""

import json
import math
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.instance.average_precision import average_precision
from cityscapes.evaluation.instance.counts import count_frame
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.instance.result_file import result_json
from cityscapes.ground_truth.depth import Camera, depth_map
from cityscapes.png import write as png
from pictures import TABLE
from reference_environment import reference_python

CASES = 200
VOID = [0, 3, 4, 10]
STUFF = [*VOID, 7, 7, 11, 21]
# Single objects, groups, and objects of the classes that are not evaluated (29, 30).
OBJECTS = [24000, 24001, 24002, 26000, 26001, 26002, 26003, 25000, 31000, 33000, 33017]
OBJECTS += [24, 24, 26, 26, 33, 29, 29000, 30001, *VOID]
LABELS = [24, 25, 26, 26, 27, 31, 33, 7, 29, -1]
SIDES = [(4, 5), (9, 11), (10, 10), (20, 10), (20, 20), (40, 25), (30, 40)]
CONFIDENCES = [0.9, 0.9, 0.5, 0.5, 0.1, 0.0, -1.0, 1e-300, 7.5]
# Disparities that make whole numbers of metres, 50 and 100 among them, with the camera below.
DISPARITIES = [0, 0, 1, 257, 513, 1025, 1281, 2049, 51201]
FX, BASELINE = 800.0, 0.25


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """(case, our counts of its frames, the reference's scores) of each case."""
    python = reference_python()
    folder = tmp_path_factory.mktemp("cases")
    made = [make_case(np.random.default_rng(seed), folder / str(seed)) for seed in range(CASES)]
    (folder / "cases.json").write_text(json.dumps(made))
    script = Path(__file__).with_name("instance_reference.py")
    reference = subprocess.Popen([python, script, folder])
    # Through JSON, as the counts of a shard travel.
    counts = [json.loads(json.dumps([count(f, case) for f in case["frames"]])) for case in made]
    assert reference.wait(timeout=300) == 0
    scores = json.loads((folder / "scores.json").read_text())
    return list(zip(made, counts, scores, strict=True))


@pytest.mark.parametrize("distances", [False, True], ids=["plain", "distances"])
def test_every_number_is_that_of_the_reference(cases, distances):
    whole = 0
    for case, frames, scores in cases:
        ours = result_json(average_precision(frames, TABLE, distances))
        theirs = scores["distances" if distances else "plain"]
        if "matrix" in theirs:
            compare_matrices(ours["resultApMatrix"], theirs["matrix"])
        else:
            compare(ours, theirs, case["results"])
            whole += 1
    assert whole > CASES / 2


def count(frame, case):
    ids, disparity = (np.array(Image.open(frame[name])) for name in ("truth", "disparity"))
    predictions = text_predictions(
        Path(frame["prediction"]), Path(case["results"]), ids.shape, class_numbers(TABLE, "ids")
    )
    camera = Camera(case["fx"], case["baseline"])
    return count_frame(ids, predictions, depth_map(disparity, camera))


def compare(ours, theirs, where):
    """Compare two trees of names and numbers."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys(), where
        for key in theirs:
            compare(ours[key], theirs[key], f"{where} {key}")
    elif theirs and isinstance(theirs[0] if isinstance(theirs, list) else theirs, str):
        assert ours == theirs, where
    else:
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12, err_msg=where)


def compare_matrices(ours, theirs):
    """Compare AP; where the reference crashes, nothing is found as all predictions are ignored."""
    crashed = np.array([[[ap is None for ap in row] for row in matrix] for matrix in theirs])
    theirs = np.where(crashed, 0, np.array(theirs, dtype=float))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def make_case(rng, folder):
    """Write the files of one case; its description for the reference."""
    (folder / "results/masks").mkdir(parents=True)
    shape = [(48, 64), (64, 96)][rng.integers(2)]
    frames = [make_frame(rng, folder, shape, number) for number in range(rng.integers(1, 5))]
    results = str(folder / "results")
    return {"results": results, "frames": frames, "fx": FX, "baseline": BASELINE}


def make_frame(rng, folder, shape, number):
    name = f"bonn_000000_{number:06d}"
    files = {
        "truth": str(folder / f"{name}_gtFine_instanceIds.png"),
        "disparity": str(folder / f"{name}_disparity.png"),
        "prediction": str(folder / f"results/{name}.txt"),
    }
    ids = np.full(shape, rng.choice(STUFF), dtype=np.uint16)
    for value in rng.choice(STUFF, 3).tolist() + rng.choice(OBJECTS, rng.integers(9)).tolist():
        ids[box(rng, shape)] = value
    Image.fromarray(ids).save(files["truth"])

    disparity = rng.choice(DISPARITIES, shape).astype(np.uint16)
    for value in rng.choice(DISPARITIES, 12):
        disparity[box(rng, shape)] = value
    if rng.random() < 0.5:  # exactly half of most boxes is measured
        disparity = np.maximum(disparity, 1)
        disparity[:, ::2] = 0
    Image.fromarray(disparity).save(files["disparity"])

    lines = []
    for index in range(rng.integers(12)):
        source = rng.choice(np.unique(ids))
        path = f"masks/{name}_{index}.png"
        write_mask(rng, folder / "results" / path, make_mask(rng, ids, source))
        for _ in range(rng.choice([1, 1, 1, 1, 1, 2])):  # now and then a mask is named twice
            label = source // 1000 if source >= 1000 else source
            if rng.random() < 0.25:
                label = rng.choice(LABELS)
            written = rng.choice([path, f"./{path}", f"masks/../{path}"])
            number_format = rng.choice(["{}", "{}.0"])
            lines.append(f"{written} {number_format.format(label)} {rng.choice(CONFIDENCES)}\n")
    Path(files["prediction"]).write_text("".join(lines))
    return files


def box(rng, shape):
    """A box of one of the `SIDES` within an image."""
    height, width = SIDES[rng.integers(len(SIDES))]
    top, left = rng.integers(shape[0] - height + 1), rng.integers(shape[1] - width + 1)
    return slice(top, top + height), slice(left, left + width)


def make_mask(rng, ids, source):
    """bool: some relation to the pixels of the instance id `source`."""
    mask = ids == source
    kind = rng.integers(9)
    if kind <= 3:  # part of the object; of 100 pixels an overlap that is just a threshold
        pixels = np.flatnonzero(mask)
        mask.flat[pixels[math.ceil(len(pixels) * rng.choice(np.arange(0.5, 1.05, 0.05))) :]] = 0
    elif kind == 4:  # more than the object
        mask[box(rng, ids.shape)] = True
    elif kind == 5:  # any box
        mask[:] = False
        mask[box(rng, ids.shape)] = True
    elif kind == 6:  # void, and some of the object
        mask &= rng.random(ids.shape) < rng.choice([0.0, 0.1, 0.5, 1.0])
        mask |= np.isin(ids, VOID)
    elif kind == 7:  # of 20 pixels, or 40 and so on, a share that lies on void
        void = np.isin(ids, VOID)
        parts = rng.integers(10, 20)
        times = min(void.sum() // parts, (~void).sum() // (20 - parts))
        mask[:] = False
        mask.flat[np.flatnonzero(void)[: times * parts]] = True
        mask.flat[np.flatnonzero(~void)[: times * (20 - parts)]] = True
    else:
        mask[:] = rng.random() < 0.3  # empty or everything
    return mask


def write_mask(rng, path, mask):
    """As PNG, in one of the ways that the reference takes."""
    none = np.zeros_like(mask, dtype=np.uint8)
    grey = mask.astype(np.uint8) * rng.choice([1, 255]).astype(np.uint8)
    palette = Image.fromarray(mask.astype(np.uint8))
    palette.putpalette([0, 0, 0, *rng.choice([[0, 0, 4], [0, 0, 5], [9, 0, 0], [255, 255, 255]])])
    if rng.random() < 0.1:  # Pillow does not write 16 bits in three channels
        values = rng.choice([200, 1200, 1300, 65535], 3).astype(np.uint16)
        path.write_bytes(png.encode(mask[..., None] * values))
        return
    image = [
        lambda: Image.fromarray(mask),
        lambda: Image.fromarray(grey),
        lambda: Image.fromarray(grey),
        lambda: Image.fromarray(mask * rng.choice([3, 256, 65535]).astype(np.uint16)),
        lambda: Image.fromarray(np.dstack([grey, grey, grey])),
        lambda: Image.fromarray(np.dstack([none, none, mask * np.uint8(rng.integers(3, 7))])),
        lambda: Image.merge("LA", [Image.fromarray(grey), Image.fromarray(none)]),
        lambda: Image.fromarray(np.dstack([grey, grey, grey, none])),
        lambda: palette,
    ][rng.integers(9)]()  # fmt: skip
    image.save(path)
