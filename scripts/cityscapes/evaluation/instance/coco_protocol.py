"""COCO's protocol for instances, whose AP differs from the benchmark's; papers report both."""

import contextlib
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO  # type: ignore[import-not-found]
from pycocotools.cocoeval import COCOeval  # type: ignore[import-not-found]

from cityscapes.errors import DataError, short
from cityscapes.evaluation.instance.predictions import Prediction

# ASSUME: no image is larger, in pixels; NaN is no side of a box, either.
MOST_BOX = 1e6
coco: Any = coco_masks  # its type hints do not know lists of masks
KINDS = {"mask": "segm", "box": "bbox"}
# The first twelve numbers of COCOeval, in their order.
HEADLINE = (
    "AP", "AP50", "AP75", "AP small", "AP medium", "AP large", "AR 1", "AR 10", "AR 100",
    "AR small", "AR medium", "AR large",
)  # fmt: skip


def results_of(
    image_id: int, predictions: Iterable[Prediction], shape: tuple[int, int], classes: set[int]
) -> list[dict]:
    """Return the entries of COCO results of an image, without masks of other classes.

    The box is the one that the network predicted, if its file has one, else that around the
    mask. Raises DataError if it is invalid.
    """
    found = []
    for one in predictions:
        if one.label_id not in classes:
            continue
        image = np.zeros(shape, dtype=np.uint8, order="F")
        height, width = one.mask.shape
        image[one.top : one.top + height, one.left : one.left + width] = one.mask
        rle = coco.encode(image)
        found.append(
            {
                "image_id": image_id,
                "category_id": one.label_id,
                "score": one.confidence,
                "segmentation": {**rle, "counts": rle["counts"].decode()},
                "bbox": _box(one.own_box) or coco.toBbox(rle).tolist(),
            }
        )
    return found


def score(truth: dict, results: list[dict]) -> tuple[list[tuple], list[tuple]]:
    """Return rows of the headline (kind, metric, value) and of classes (kind, name, AP, AP50).

    `truth` is a COCO instances document; groups are crowds. nan where there is nothing to score.
    Source: pycocotools, COCOeval.
    """
    headline, classes = [], []
    for kind, iou_type in KINDS.items():
        with contextlib.redirect_stdout(io.StringIO()):  # it prints its tables
            evaluated = _evaluate(truth, results, iou_type)
        headline += [(kind, *pair) for pair in zip(HEADLINE, evaluated.stats, strict=True)]
        # (IoU threshold, recall, class, area, detections): all areas, 100 detections.
        precision = evaluated.eval["precision"][:, :, :, 0, 2]
        places = list(evaluated.params.catIds)  # which it sorts
        for category in truth["categories"]:
            of_class = precision[:, :, places.index(category["id"])]
            ap, ap50 = (_mean(of_class), _mean(of_class[0]))
            classes.append((kind, category["name"], ap, ap50))
    return _plain(headline), classes


def _evaluate(truth: dict, results: list[dict], iou_type: str) -> Any:
    ours = COCO()
    ours.dataset = {"annotations": [], **truth}
    ours.createIndex()
    # With a box, it takes its area for the mask's: small objects would not be small.
    other = {"bbox": "segmentation", "segm": "bbox"}[iou_type]
    results = [{k: v for k, v in one.items() if k != other} for one in results]
    found = ours.loadRes(results) if results else COCO()
    evaluated: Any = COCOeval(ours, found, iou_type)
    evaluated.params.catIds = [category["id"] for category in truth["categories"]]
    evaluated.evaluate()
    evaluated.accumulate()
    evaluated.summarize()
    return evaluated


def _box(found: Any) -> list[float] | None:
    """Return x, y, width and height of a `bbox`; None if there is none."""
    if not found and found != 0:  # UPSTREAM: an empty list is none
        return None
    if (
        not isinstance(found, list)
        or len(found) != 4
        or not {*map(type, found)} <= {int, float}
        or not all(-MOST_BOX < side < MOST_BOX for side in found)
        or min(found[2:]) < 0
    ):
        raise DataError(f"bbox {short(found)} is not x, y, width and height in pixels")
    return [float(side) for side in found]


def _mean(precision: np.ndarray) -> float:
    known = precision[precision > -1]
    return float(known.mean()) if known.size else float("nan")


def _plain(rows: list[tuple]) -> list[tuple]:
    """Return nan for COCOeval's -1, which means that there is nothing."""
    return [(*rest, float("nan") if value == -1 else float(value)) for *rest, value in rows]
