"""The pictures in a notebook: anywidget shows the same ES modules that the lab does."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from bnnlab.widgets.bundle import bundle


def notebook_widget(picture: str, data: bytes | Mapping[str, Any]) -> Any:
    """A picture in a notebook cell.

    Assign new data to the returned widget's `frame` (bytes) or `data` (mapping), whichever it was made with, and
    the picture follows. What the user does arrives in its `event` trait: `{"name", "value", "serial"}`.

    Args:
        picture: The picture's name, for example ``"lab"``.
        data: What its encoder returned, for example `bnnlab.widgets.lab.encode`.

    Raises:
        ImportError: If anywidget is not installed.
        ValueError: If there is no such picture.
    """
    token = secrets.token_hex(8)
    if isinstance(data, bytes):
        return _widget_class(picture)(frame=data, token=token)
    return _widget_class(picture)(data=dict(data), token=token)


@cache
def _widget_class(picture: str) -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError("pictures in a notebook need anywidget: pip install 'bnnlab[notebook]'") from error

    class Picture(anywidget.AnyWidget):
        _esm = bundle(picture)
        frame = traitlets.Bytes(None, allow_none=True).tag(sync=True)
        data = traitlets.Dict().tag(sync=True)
        event = traitlets.Dict().tag(sync=True)
        token = traitlets.Unicode().tag(sync=True)  # by which the page finds it among what a notebook saves

    return Picture
