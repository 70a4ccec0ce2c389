"""Edits are kept apart from the dataset: no link or mount may lead a write into it."""

import os
from collections.abc import Iterable
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.incremental.ownership import Identity, dataset_folders, identity


class Apart:
    """The folder of edits, and the folders of datasets that must be separate from it."""

    def __init__(self, root: Path, datasets: Iterable[Path]):
        self._root = root
        self._raw: dict[Identity, Path] = {}
        for dataset in datasets:
            self._raw |= dataset_folders(dataset)

    def check_root(self) -> None:
        """Raise DataError if the folder of edits is, contains or is inside a dataset."""
        real = Path(os.path.realpath(self._root))
        for folder in [real, *real.parents]:
            self._refuse(folder)
        ours = identity(self._root)
        for folder in self._raw.values():
            above = [identity(one) for one in Path(os.path.realpath(folder)).parents]
            if ours is not None and ours in above:
                raise DataError(
                    f"the folder of edits {self._root} ({real}) holds {folder} of the dataset. "
                    "Keep the two apart: name another folder, `edits` in the config"
                )

    def check(self, path: Path) -> None:
        """Raise DataError if a file below the folder of edits really lies elsewhere."""
        real_root = Path(os.path.realpath(self._root))
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(real_root):
            raise DataError(
                f"{path}: is {real}, outside of the folder of edits {self._root}. Remove the "
                "link; the folder of edits itself may be one"
            )
        for folder in real.parents:
            self._refuse(folder)

    def _refuse(self, folder: Path) -> None:
        found = identity(folder)
        if found is not None and found in self._raw:
            raise DataError(
                f"the edits in {self._root} would be written to {folder}, which is "
                f"{self._raw[found]} of the dataset: its files would be overwritten. Name another "
                "folder: `edits` in the config"
            )
