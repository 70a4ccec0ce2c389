"""Run by the reference's Python: its label tool reads and writes what ours wrote.

Arguments: a polygon file, a file of corrections, and a folder for what it writes. The windows of
its tool are left out: what it calls of PyQt5 is replaced by what these tests need.
"""

import json
import sys
import types
from pathlib import Path


class Rectangle:
    """As QtCore.QRectF."""

    def __init__(self, x, y, width, height):
        self._sides = x, y, width, height

    def x(self):
        return self._sides[0]

    def y(self):
        return self._sides[1]

    def width(self):
        return self._sides[2]

    def height(self):
        return self._sides[3]


class Anything(types.ModuleType):
    """A module in which each name is a class of nothing."""

    def __getattr__(self, name):
        return type(name, (), {})


def replace_windows():
    for name in ("PyQt5", "PyQt5.QtCore", "PyQt5.QtGui", "PyQt5.QtWidgets"):
        sys.modules[name] = Anything(name)
    sys.modules["PyQt5.QtCore"].QRectF = Rectangle
    for name in ("QtCore", "QtGui", "QtWidgets"):
        setattr(sys.modules["PyQt5"], name, sys.modules[f"PyQt5.{name}"])


def main(polygons, corrections, folder):
    replace_windows()
    from cityscapesscripts.annotation import cityscapesLabelTool as tool
    from cityscapesscripts.helpers.annotation import Annotation

    annotation = Annotation()
    annotation.fromJsonFile(str(polygons))
    annotation.toJsonFile(str(folder / "reference.json"))
    told = [
        {key: getattr(one, key) for key in ("label", "id", "deleted", "verified", "user", "date")}
        | {"polygon": [list(point) for point in one.polygon], "draw": one.draw}
        for one in annotation.objects
    ]
    (folder / "told.json").write_text(
        json.dumps({"size": [annotation.imgWidth, annotation.imgHeight], "objects": told})
    )

    this = types.SimpleNamespace(
        correctionXML=None, corrections=[], selected_correction=-1, changes=["one"],
        annotation=None, image=Rectangle(0, 0, 32, 16),
        config=types.SimpleNamespace(
            currentFile="/data/x_leftImg8bit.png", currentCorrectionFile="", cityName="frankfurt"
        ),
        getCorrectionFilename=lambda create=False: str(corrections),
        clearCorrections=lambda: None, clearChanges=lambda: None,
        statusBar=lambda: types.SimpleNamespace(
            currentMessage=lambda: "", showMessage=lambda text: None
        ),
    )  # fmt: skip
    tool.CityscapesLabelTool.loadCorrections(this)
    boxes = [
        [one.type, one.annotation, one.bbox.x(), one.bbox.y(), one.bbox.width(), one.bbox.height()]
        for one in this.corrections
    ]
    (folder / "boxes.json").write_text(json.dumps(boxes))
    this.config.currentCorrectionFile = str(folder / "reference.xml")
    tool.CityscapesLabelTool.save(this)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
