#!/bin/bash
# Make results_e8501c2.tar.xz: a working directory as version e8501c2 of the workflow left it.
#
#     tests/stored/make.sh [PYTHON]
#
# The version is taken from the history of this clone, and run by a Python with the packages of
# envs/lock.txt. The archive (pax format: times to the nanosecond) holds the dataset `data`, three
# prediction sets, config, results, and Snakemake's records; tests/test_takeover.py unpacks it and
# runs the present version.
set -euo pipefail

version=e8501c2
python=${1:-python}
here=$(cd "$(dirname "$0")" && pwd)
clone=$(git -C "$here" rev-parse --show-toplevel)
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

mkdir "$temporary/workflow" "$temporary/work"
git -C "$clone" archive "$version" | tar -x -C "$temporary/workflow"

cd "$temporary/work"
PYTHONPATH="$temporary/workflow/scripts:$temporary/workflow/tests" "$python" - <<'END'
import json
from pathlib import Path

import numpy as np

from cityscapes import png
from tiny import FRAMES, frame_name, make_dataset, polygons_path

data = Path("data")
make_dataset(data)

# One frame with what polygon files may hold: groups, classes without a trainId, holes that a later
# object fills, points outside of the image, slivers, a single point, objects that are all covered.
objects = [
    {"label": "sky", "polygon": [[-9, -9], [50, -9], [50, 4], [-9, 4]]},
    {"label": "road", "polygon": [[0, 9], [31, 8], [40, 30], [-5, 20]]},
    {"label": "building", "polygon": [[0, 0], [12, 1], [12, 9], [0, 9], [5, 5]]},
    {"label": "person", "polygon": [[14, 4], [16, 4], [16, 11], [14, 11]]},
    {"label": "persongroup", "polygon": [[17, 5], [20, 5], [20, 11], [17, 11]]},
    {"label": "rider", "polygon": [[21, 3], [23, 3], [23, 8]]},
    {"label": "bicyclegroup", "polygon": [[21, 8], [26, 8], [26, 12], [21, 12]]},
    {"label": "caravan", "polygon": [[27, 4], [31, 4], [31, 9], [27, 9]]},
    {"label": "truck", "polygon": [[1, 10], [1, 10], [9, 10]]},
    {"label": "pole", "polygon": [[13, 0], [13, 12], [13, 12]]},
    {"label": "traffic sign", "polygon": [[30, 0], [30, 0], [30, 0]]},
    {"label": "car", "polygon": [[2, 10], [8, 10], [8, 14], [2, 14]]},
    {"label": "car", "polygon": [[2, 10], [8, 10], [8, 14], [2, 14]]},
    {"label": "license plate", "polygon": [[4, 12], [5, 12], [5, 13], [4, 13]]},
    {"label": "out of roi", "polygon": [[0, 15], [31, 15], [31, 15], [0, 15]]},
]
text = json.dumps({"imgHeight": 16, "imgWidth": 32, "objects": objects})
polygons_path(data, "gtFine/val/frankfurt", 576).write_text(text)

frames = [
    frame_name(shard, number)
    for shard, numbers in FRAMES.items()
    for number in numbers
    if shard.startswith("gtFine/val/")
]
for folder in ("pixel", "instance/masks", "panoptic/cityscapes_panoptic_val"):
    Path(folder).mkdir(parents=True)
picture = np.zeros((16, 32, 3), dtype=np.uint8)
picture[8:, :, 0] = 7
mask = np.zeros((16, 32), dtype=np.uint8)
mask[6:13, 3:10] = 255
annotations = []
for frame in frames:
    Path(f"pixel/{frame}_pred.png").write_bytes(png.encode(np.full((16, 32), 7, dtype=np.uint8)))
    Path(f"instance/masks/{frame}_0.png").write_bytes(png.encode(mask))
    Path(f"instance/{frame}_pred.txt").write_text(f"masks/{frame}_0.png 26 0.75\n")
    name = f"{frame}_pred.png"
    Path(f"panoptic/cityscapes_panoptic_val/{name}").write_bytes(png.encode(picture))
    segments = [{"id": 7, "category_id": 7}]
    annotations.append({"image_id": frame, "file_name": name, "segments_info": segments})
document = json.dumps({"annotations": annotations})
Path("panoptic/cityscapes_panoptic_val.json").write_text(document)

Path("config").mkdir()
Path("config/config.yaml").write_text("""\
dataset: data
checks: {image_size: [32, 16], counts: any}
predictions:
  pixel: {task: pixel, path: pixel}
  instance: {task: instance, path: instance}
  panoptic: {task: panoptic, path: panoptic/cityscapes_panoptic_val.json}
""")
END

unset CITYSCAPES_DATASET CITYSCAPES_RESULTS
"$python" -m snakemake -s "$temporary/workflow/Snakefile" --cores 2 \
    prepare_all check_all evaluate_all
rm -rf logs benchmarks
find .snakemake -mindepth 1 -maxdepth 1 ! -name metadata -exec rm -r {} +

tar --create --xz --format=posix --pax-option=delete=atime,delete=ctime --sort=name \
    --owner=0 --group=0 --numeric-owner --file "$here/results_$version.tar.xz" .
ls -l "$here/results_$version.tar.xz"
