"""The README: its Python runs as it stands, pasted block after block, and its commands are there."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

from bnnlab.cli import app

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_its_python_runs_in_one_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session: dict[str, Any] = {}
    for number, block in enumerate(BLOCKS, 1):
        exec(compile(block, f"README.md, block {number} of Python", "exec"), session)
    signs = np.where(session["a"] >= 0, 1, -1), np.where(session["b"] >= 0, 1, -1)
    assert np.array_equal(session["c"], signs[0] @ signs[1])
    assert np.mean(session["packed"].predict(session["pixels"]) == session["run"].dataset.y_test) > 0.8
    assert {file.name for file in tmp_path.iterdir()} == {"digits.bnn", "net.h", "run.npz"}


def test_its_commands_are_those_there_are() -> None:
    command: Any = typer.main.get_command(app)
    shown = {line.split()[1] for line in README.splitlines() if line.startswith("    bnnlab ")}
    assert shown == set(command.commands)


def test_its_links_lead_somewhere() -> None:
    root = Path(__file__).parents[1]
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (root / target).exists(), target
