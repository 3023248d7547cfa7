"""The ES modules of a picture as one text.

A picture is made of some thirty modules. A browser would find and fetch them one behind the other, and a notebook
starts a module from its text, where `import ... from "./other.js"` finds no neighbour. So the modules that a picture
needs are put into one text, each after those it imports; as they then share one scope, no two modules may use the
same top-level name (a test holds them to that).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent

_IMPORT = re.compile(r"""^import\s*\{[^}]*\}\s*from\s*["'](\.\.?/[\w./]+)["'];\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
_EXPORT_DEFAULT = re.compile(r"^export default .*?;\n", re.MULTILINE)


def _listed() -> tuple[str, ...]:
    settings = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    return tuple(entry["name"] for entry in settings["tool"]["streamlit"]["component"]["components"])


PICTURES: Final = _listed()
"""Names of all pictures. The list itself stands in `bnnlab/pyproject.toml`, which Streamlit reads too."""


def bundle(picture: str) -> str:
    """One self-contained ES module: a picture's own module and all it imports, with its default export.

    Args:
        picture: One of `PICTURES`.

    Raises:
        ValueError: If there is no such picture.
    """
    if picture not in PICTURES:
        raise ValueError(f"picture must be one of {', '.join(PICTURES)}; got {picture!r}")
    return inlined(FOLDER / picture / f"{picture}.js")


def inlined(*entries: Path) -> str:
    """One self-contained ES module of some modules and all they import; the last of them keeps its default export."""
    *needed, last = modules_of(*entries)
    texts = [_EXPORT_DEFAULT.sub("", _inlined(module)) for module in needed] + [_inlined(last)]
    names = [f"{module.parent.name}/{module.name}" for module in (*needed, last)]
    return "\n".join(f"// {name}\n{text}" for name, text in zip(names, texts, strict=True))


def modules_of(*entries: Path) -> list[Path]:
    """The modules that some modules need, each after those it imports; the last of the entries comes last."""
    ordered: list[Path] = []

    def visit(module: Path) -> None:
        for imported in _IMPORT.findall(_source(module)):
            neighbour = (module.parent / imported).resolve()
            if neighbour not in ordered:
                visit(neighbour)
        ordered.append(module)

    for entry in entries:
        if entry.resolve() not in ordered:
            visit(entry.resolve())
    return ordered


def _inlined(module: Path) -> str:
    return _EXPORT.sub("", _IMPORT.sub("", _source(module)))


def _source(module: Path) -> str:
    return module.read_text(encoding="utf-8")
