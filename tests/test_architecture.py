"""Who may import whom: the design's arrows, checked in fresh processes and in the source."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

WITHOUT_TORCH = [
    "bnnlab",
    "bnnlab.bench",
    "bnnlab.bits",
    "bnnlab.deploy",
    "bnnlab.records",
    "bnnlab.figures",
    "bnnlab.widgets",
]
WITHOUT_STREAMLIT = [
    *WITHOUT_TORCH,
    "bnnlab.nn",
    "bnnlab.train",
    "bnnlab.cockpit",
    "bnnlab.notebook",
    "bnnlab.page.writing",
    "bnnlab.cli",
]

MAY_USE = {
    "bits": set(),
    "records": {"bits"},
    "bench": {"bits", "records"},
    "nn": {"bits", "records"},
    "train": {"bits", "records", "nn"},
    "deploy": {"bench", "bits", "records", "nn"},
    "figures": {"bits", "records"},
    "widgets": {"bits", "records"},
    "cockpit": {"records", "nn", "train", "widgets"},
    "page": {"bits", "records", "deploy", "train", "widgets"},
    "notebook": {"bits", "records", "nn", "train", "widgets", "cockpit"},
}


def imports_without(module: str, forbidden: str) -> bool:
    """Whether `module` can be imported where `forbidden` does not exist, and does not load it."""
    code = f"import sys; sys.modules[{forbidden!r}] = None; import {module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT.parent)
    return done.returncode == 0


@pytest.mark.parametrize("module", WITHOUT_TORCH)
def test_imports_without_torch(module: str) -> None:
    assert imports_without(module, "torch")


@pytest.mark.parametrize("module", WITHOUT_STREAMLIT)
def test_imports_without_streamlit(module: str) -> None:
    assert imports_without(module, "streamlit")


def test_the_check_itself_can_fail() -> None:
    assert not imports_without("bnnlab.nn", "torch")


@pytest.mark.parametrize("package", MAY_USE)
def test_nothing_runs_back_up(package: str) -> None:
    for file in sorted((ROOT / "bnnlab" / package).rglob("*.py")):
        used = {name.split(".")[1] for name in imported_by(file) if name.startswith("bnnlab.")}
        allowed = MAY_USE[package] | {package, "_bench", "_pack", "_watch", "_xnor"}
        assert used <= allowed, f"{file.relative_to(ROOT)} imports {sorted(used - allowed)}"


def imported_by(file: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            if node.module == "bnnlab":
                names |= {f"bnnlab.{alias.name}" for alias in node.names}
            elif node.module:
                names.add(node.module)
    return names


def test_every_folder_of_the_library_is_installed() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for folder in ("bnnlab", "app", "data", "ext")
        for file in (ROOT / folder).rglob("__init__.py")
    }
    found = {name if name.startswith("bnnlab") else f"bnnlab.{name}" for name in found}
    assert listed == found


def test_the_version_is_the_same_everywhere() -> None:
    import tomllib

    import bnnlab

    versions = {
        tomllib.loads((ROOT / path).read_text())["project"]["version"]
        for path in ("pyproject.toml", "bnnlab/pyproject.toml")
    }
    assert versions == {bnnlab.__version__}


def test_importing_bnnlab_is_light() -> None:
    code = "import sys, bnnlab; print(int('torch' in sys.modules or 'streamlit' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
