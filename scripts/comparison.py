"""Compare the main scores of all prediction sets, in a table and on the terminal."""

import argparse
from pathlib import Path

import pandas as pd

from cityscapes.command import run
from cityscapes.files.whole import write_atomic


def main(summaries: list[Path], output: Path) -> None:
    # As text: joining must not change how a number is written.
    tables = [
        pd.read_csv(path, dtype=str, keep_default_na=False).assign(set=path.parent.name)
        for path in summaries
    ]
    joined = pd.concat(tables).set_index(["set", "task"]).reset_index()
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, joined.to_csv(index=False).encode())
    for task, rows in joined.groupby("task"):
        of_task = rows.dropna(axis="columns", how="all").drop(columns="task")
        said = of_task.filter(items=["note", "warning"])
        print(f"\n{task}\n{of_task.drop(columns=said).map(shortened).to_string(index=False)}")
        for kind, texts in said.items():
            for name, text in zip(of_task["set"], texts.fillna(""), strict=True):
                print(f"  {name}: {kind}: {text}\n" * bool(text), end="")


def shortened(text: str) -> str:
    """Return a score in four digits; other texts are returned unchanged."""
    try:
        return f"{float(text):.4f}"
    except ValueError:
        return text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--summaries", type=Path, nargs="+", required=True, help="<set>/summary.csv files"
    )
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write")
    run(main, parser)
