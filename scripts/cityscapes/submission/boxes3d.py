"""3-D submissions: a JSON file per frame, with its predicted boxes."""

import json
from collections.abc import Sequence
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.evaluation.boxes3d.boxes import MOST_LISTED, Boxes3d, check_predictions
from cityscapes.evaluation.boxes3d.settings import LABELS
from cityscapes.files.json_document import MOST_OF_A_FRAME
from cityscapes.files.regular import read_file
from cityscapes.labels import LabelTable
from cityscapes.submission.frame import Asked, Member, Packed, Task, row_of


def tasks(asked: Asked, workers: int) -> list[Task]:
    """Return the packing of each frame, also of those without predictions."""
    frames = sorted([*asked.files, *asked.missing])
    common = (asked.shape, asked.table)
    return [Task(pack, (frame, asked.files.get(frame), *common)) for frame in frames]


def pack(frame: str, path: Path | None, shape: tuple[int, int], table: LabelTable) -> Packed:
    """Pack the boxes of a frame's file, with the keys that the server reads; none without a file.

    Boxes named `bbox` and `bboxVis` become `amodal` and `modal`; numbers stay as they are.
    """
    packed = Packed(frame)
    try:
        data = read_file(path, MOST_OF_A_FRAME) if path else b'{"objects": []}'
        boxes, problems = check_predictions(data, LABELS)
        problems += _out_of_range(boxes)
    except DataError as error:
        message = str(error).removeprefix(f"{path}: ")
        boxes, problems = None, [message]
    packed.problems = [f"{path}: {problem}" for problem in problems[:MOST_LISTED]]
    if len(problems) > MOST_LISTED:
        packed.problems.append(f"{path}: {len(problems) - MOST_LISTED} more")
    if packed.problems or boxes is None:
        return packed
    text = json.dumps({"objects": _objects(boxes)}, allow_nan=False)
    packed.members.append(Member(f"{frame}.json", text.encode()))
    shown = [table.by_name[name].id for name in set(boxes.label) if name in table.by_name]
    packed.row = row_of(packed, path or "", shape, sorted(shown), len(boxes))
    packed.row["empty"] = int(not len(boxes))
    return packed


def last(asked: Asked, packed: Sequence[Packed]) -> list[Member]:
    """Return no members: there is no file for all frames."""
    return []


def _out_of_range(boxes: Boxes3d) -> list[str]:
    """Return problems that the server would accept, although the values have no meaning."""
    found = []
    for index, score, rotation in zip(
        boxes.index, boxes.score.tolist(), boxes.rotation.tolist(), strict=True
    ):
        if not 0 <= score <= 1:
            found.append(f"object {index}: score is {score}, not from 0 to 1")
        if not any(rotation):
            found.append(f"object {index}: rotation is 0, 0, 0, 0, which is not a rotation")
    return found


def _objects(boxes: Boxes3d) -> list[dict]:
    columns = (boxes.amodal, boxes.modal, boxes.centre, boxes.size, boxes.rotation, boxes.score)
    rows = zip(boxes.label, *(column.tolist() for column in columns), strict=True)
    return [
        {
            "2d": {"modal": modal, "amodal": amodal},
            "3d": {"center": centre, "dimensions": size, "rotation": rotation},
            "label": label,
            "score": score,
        }
        for label, amodal, modal, centre, size, rotation, score in rows
    ]
