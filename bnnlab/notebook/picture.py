"""What all pictures of a notebook have in common: a widget, shown by the cell whose value they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bnnlab.widgets.jupyter import notebook_widget


class Picture:
    """One picture.

    Args:
        name: Which one, of `bnnlab.widgets.bundle.PICTURES`.
        data: What it draws first.

    Attributes:
        widget: The widget itself; one and the same in every cell that shows the picture.

    Raises:
        ImportError: If anywidget is not installed.
    """

    def __init__(self, name: str, data: bytes | Mapping[str, Any]) -> None:
        self.widget: Any = notebook_widget(name, data)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What IPython asks for: the widget, and a line of text for those who can show none."""
        data, metadata = self.widget._repr_mimebundle_()
        return data | {"text/plain": repr(self)}, metadata
