"""The pictures in a notebook: anywidget shows the same ES modules that the lab does.

anywidget starts a module from its text, where `import ... from "./other.js"` finds no neighbour. So the
modules that a picture needs are put into one text, each after those it imports; as they then share one scope, no
two modules may use the same top-level name (a test holds them to that).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

_IMPORT = re.compile(r"""^import\s*\{[^}]*\}\s*from\s*["']\./([\w.]+)["'];\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
_EXPORT_DEFAULT = re.compile(r"^export default .*?;\n", re.MULTILINE)


def notebook_widget(entry: str, data: bytes | Mapping[str, Any]) -> Any:
    """A picture in a notebook cell.

    Assign new data to the returned widget's `frame` (bytes) or `data` (mapping), whichever it was made with, and
    the picture follows. What the user does arrives in its `event` trait: `{"name", "value", "serial"}`.

    Args:
        entry: The picture's module, for example ``"lab.js"``.
        data: What its encoder returned, for example `bnnlab.widgets.lab.encode`.

    Raises:
        ImportError: If anywidget is not installed.
    """
    if isinstance(data, bytes):
        return _widget_class(entry)(frame=data)
    return _widget_class(entry)(data=dict(data))


def bundle(entry: str) -> str:
    """One self-contained ES module: `entry` and all it imports, with its default export."""
    modules = _modules_of(entry)
    texts = [_inlined(name, keep_default=name == entry) for name in modules]
    return "\n".join(f"// {name}\n{text}" for name, text in zip(modules, texts, strict=True))


def _modules_of(entry: str) -> list[str]:
    """The modules that `entry` needs, each after those it imports; `entry` itself comes last."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        for imported in _IMPORT.findall(_source(name)):
            if imported not in ordered:
                visit(imported)
        ordered.append(name)

    visit(entry)
    return ordered


@cache
def _widget_class(entry: str) -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError("pictures in a notebook need anywidget: pip install 'bnnlab[notebook]'") from error

    class Picture(anywidget.AnyWidget):
        _esm = bundle(entry)
        frame = traitlets.Bytes(None, allow_none=True).tag(sync=True)
        data = traitlets.Dict().tag(sync=True)
        event = traitlets.Dict().tag(sync=True)

    return Picture


def _inlined(name: str, keep_default: bool) -> str:
    text = _EXPORT.sub("", _IMPORT.sub("", _source(name)))
    return text if keep_default else _EXPORT_DEFAULT.sub("", text)


def _source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
