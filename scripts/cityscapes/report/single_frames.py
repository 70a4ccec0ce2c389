"""The worst, the median and the best frame of a prediction set, with captions."""

from cityscapes.figures.names import SCORE_OF
from cityscapes.report.html import element, picture, read_rows, short
from cityscapes.report.made import Made

# Titles of the frames that the evaluation ranks.
_WHICH = {"worst": "The worst frame", "median": "The median frame", "best": "The best frame"}

# Caption of the pictures of a frame: what they show, what the colours of errors mean.
_PANELS = {
    "pixel": (
        "classes",
        "wrong pixels are orange, right ones blue, those that are not evaluated black",
    ),
    "instance": (
        "objects",
        "missed objects, false ones and the wrong parts of masks are orange, what is right is "
        "blue, what is not evaluated black, and what is no object grey. As many predictions are "
        "drawn as there are objects, the most confident ones; an overlap of 50 % makes a match",
    ),
    "panoptic": (
        "segments",
        "wrong classes and things without a match are orange, what is right is blue, what is not "
        "evaluated black",
    ),
}


def single_frames(made: Made, name: str, task: str) -> str:
    """Return the worst, the median and the best frame of a set."""
    folder = made.frames(name)
    what, colors = _PANELS[task]
    shown = []
    for which, frame, score, kind in read_rows(folder / "frames.csv")[1]:
        alternative = (
            f"{_WHICH[which]} of {name}, {frame}: image, true {what}, predicted {what}, and a "
            f"map in which wrong pixels are orange."
        )
        note = "" if kind else " There is no image of it."
        text = (
            f"<strong>{_WHICH[which]}</strong>: {frame}, {SCORE_OF[task]} {short(score)}. Above, "
            f"the image and the true {what}; below, the predicted {what} and errors: {colors}."
            f"{note}"
        )
        body = picture(folder / f"{which}.jpg", alternative) + element("figcaption", text)
        shown.append(element("figure", body))
    return element("h4", "Single frames") + element("div", *shown, class_="figures")
