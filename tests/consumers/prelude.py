"""Before each block of docs/frameworks.md: fetch nothing; make torchvision and mmcv importable."""

import os
import re
import sys
import types

os.environ.update(YOLO_OFFLINE="1", HF_HUB_OFFLINE="1", HF_DATASETS_CACHE=os.path.abspath("hf"))
os.environ.update(YOLO_CONFIG_DIR=os.path.abspath("yolo"), MPLBACKEND="agg")


def import_torchvision():
    """Import it where torch is a build for CPUs alone, but PyPI's torchvision one for GPUs.

    Its compiled operators are then missing; data sets need none of them.
    """
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    while True:
        try:
            import torchvision  # noqa: F401

            return library
        except RuntimeError as error:
            missing = re.search(r"operator torchvision::(\w+) does not exist", str(error))
            if not missing:
                raise
            library.define(f"{missing[1]}() -> ()")
            for name in [name for name in sys.modules if name.startswith("torchvision")]:
                del sys.modules[name]


class Operators(types.ModuleType):
    """In place of mmcv's compiled operators, which current versions of torch have no build of."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: None


sys.modules["mmcv._ext"] = Operators("mmcv._ext")  # data sets need none of them
try:
    kept = import_torchvision()
except ImportError:
    pass
