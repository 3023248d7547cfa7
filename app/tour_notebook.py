"""The tour as a notebook: `python -m bnnlab.app.tour_notebook` writes `tour.ipynb` beside this file.

Its texts are those of the lab's tour; a test compares the file with what would be written now.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from bnnlab.widgets.tour import STOPS, Stop

FILE: Final = Path(__file__).with_name("tour.ipynb")

_INTRODUCTION: Final = (
    "# Binary neural networks, from a training step to a single bit\n\n"
    f"The lab's tour in {len(STOPS)} stops, with the same texts and the lab's own pictures. "
    "`pip install 'bnnlab[notebook]'` brings what it needs; `bnnlab app` opens the lab itself."
)
_IMPORTS: Final = (
    "import numpy as np\n"
    "import torch\n"
    "from IPython.display import display\n\n"
    "import bnnlab\n"
    "from bnnlab.notebook import Estimator, Lab, Pack, Step\n\n"
    "torch.set_num_threads(1)  # a network this small only loses time by sharing its sums between threads"
)


def notebook() -> dict[str, Any]:
    """The notebook as JSON, without outputs."""
    cells = [_cell("markdown", "introduction", _INTRODUCTION), _cell("code", "imports", _IMPORTS)]
    for number, stop in enumerate(STOPS, 1):
        cells += [
            _cell("markdown", f"stop-{number}", _text(number, stop)),
            _cell("code", f"do-{number}", stop.cell),
        ]
        cells.append(
            _cell(
                "markdown",
                f"answer-{number}",
                f"<details><summary>Answer</summary>{stop.task.praise}</details>",
            )
        )
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def written() -> str:
    """The notebook as its file holds it."""
    return json.dumps(notebook(), indent=1, ensure_ascii=False) + "\n"


def _text(number: int, stop: Stop) -> str:
    paragraphs = "\n\n".join(stop.text)
    return f"## {number} {stop.title}\n\n{paragraphs}\n\n**Your turn.** {stop.task.ask}"


def _cell(kind: str, name: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": name,
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
