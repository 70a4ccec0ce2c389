"""Our CSV tables as data frames."""

from pathlib import Path

import pandas as pd

# Columns of names, which may look like numbers.
_NAMES = (
    "name",
    "category",
    "frame",
    "city",
    "task",
    "true \\ predicted",
    "frames that show both",
)


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV table; only empty fields and "nan" are missing: a class may be "None"."""
    return pd.read_csv(
        path, keep_default_na=False, na_values=["", "nan"], dtype=dict.fromkeys(_NAMES, str)
    )
