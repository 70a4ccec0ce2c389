"""The settings that the options of a vector or a random case ask for."""

from cityscapes.evaluation.boxes3d.settings import Settings3d


def settings_of(options):
    return Settings3d(
        labels=tuple(options["labels"]),
        min_iou=options["min_iou"],
        max_depth=options["max_depth"],
        step_size=options["step_size"],
        working_confidence=options["cw"],
        modal=options["matching"] == "Modal",
        skip_incomplete=True,
    )
