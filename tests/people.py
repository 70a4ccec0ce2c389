"""People and detections of tests, in the forms that the evaluation takes."""

import json
from dataclasses import replace

import numpy as np

from cityscapes.evaluation.pedestrians.counts import count_frame
from cityscapes.evaluation.pedestrians.detections import detections
from cityscapes.evaluation.pedestrians.scores import miss_rates
from cityscapes.evaluation.pedestrians.subsets import OFFICIAL
from cityscapes.evaluation.pedestrians.truth import people
from cityscapes.person_labels import GROUP, PEDESTRIAN

RIDER = 2


def people_of_images(ground_truth):
    """Image id -> People, of a ground truth file of the benchmark."""
    found = {}
    for image in ground_truth["images"]:
        of_image = [one for one in ground_truth["annotations"] if one["image_id"] == image["id"]]
        labels = [
            GROUP if one["iscrowd"] else RIDER if one["ignore"] else PEDESTRIAN for one in of_image
        ]
        boxes = [one["bbox"] for one in of_image]
        visible = [one["vis_bbox"] for one in of_image]
        made = people((image["width"], image["height"]), labels, boxes, visible)
        # The visible boxes of the vectors have another share than they say.
        shares = np.array([one["vis_ratio"] for one in of_image], dtype=float)
        found[image["id"]] = replace(made, visibility=shares)
    return found


def rates_of(ground_truth, results, subsets=OFFICIAL):
    """The scores of a results document against a ground truth file of the benchmark."""
    rows = {image["id"]: [] for image in ground_truth["images"]}
    for one in results:
        if one["category_id"] == 1:
            rows[one["image_id"]].append([*one["bbox"], one["score"]])
    counts = [
        count_frame(of_image, detections(rows[image]), subsets)
        for image, of_image in people_of_images(ground_truth).items()
    ]
    return miss_rates(json.loads(json.dumps(counts)), subsets)


def make_case(seed):
    """Ground truth and results documents of a random case: few images, ties, all the edges."""
    rng = np.random.default_rng(seed)
    return make_documents(rng, int(rng.integers(1, 130)), 3, int(rng.choice([1, 2, 17])))


def make_documents(rng, images, people_of_image, digits=17):
    """Documents of so many images; detections are people moved a little, twice, and others."""
    annotations, results = [], []
    for image in range(1, images + 1):
        for _ in range(rng.poisson(people_of_image)):
            height = int(rng.choice([rng.integers(15, 260), 20, 40, 50, 75, 62]))
            width = max(int(height * 0.41), 1)
            box = [int(rng.integers(-20, 2040)), int(rng.integers(300, 500)), width, height]
            seen = [*box[:3], round(height * rng.choice([rng.random(), 1, 0.65, 0.2]))]
            share = float(f"{seen[3] / height:.12g}")
            kind = rng.random()
            annotations.append({
                "id": len(annotations) + 1, "image_id": image, "category_id": 1,
                "iscrowd": int(kind < 0.05), "ignore": int(kind < 0.3), "bbox": box,
                "vis_bbox": seen, "height": height, "vis_ratio": share,
            })  # fmt: skip
            for _ in range(rng.choice([0, 1, 1, 1, 2])):
                noise = rng.choice([0, 0.03, 0.2])
                moved = np.array(box) + rng.normal(0, noise, 4) * [width, height, width, height]
                if rng.random() < 0.1:  # overlaps with the half
                    moved = np.array([box[0], box[1], width, height / 2])
                results.append(detection(rng, image, moved, digits))
        for _ in range(rng.poisson(people_of_image / 4)):
            height = rng.uniform(20, 300)
            box = [rng.uniform(0, 2000), rng.uniform(300, 500), height * 0.41, height]
            results.append(detection(rng, image, np.array(box), digits))
    documents = [
        {"id": image, "im_name": f"bonn_{image:06d}_000019_leftImg8bit.png",
         "height": 1024, "width": 2048} for image in range(1, images + 1)
    ]  # fmt: skip
    truth = {"categories": [{"id": 1, "name": "pedestrian"}], "images": documents}
    order = rng.permutation(len(results))
    return truth | {"annotations": annotations}, [results[k] for k in order]


def detection(rng, image, box, digits):
    box[2:] = np.maximum(box[2:], 1)
    score = float(np.round(rng.beta(2, 1.5), digits))
    category = 1 if rng.random() < 0.97 else 2
    return {"image_id": image, "category_id": category, "bbox": box.tolist(), "score": score}
