"""A moment of a run as the message that the cockpit draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bnnlab.train import DATASETS
from bnnlab.train.datasets import REMOTE_FILES
from bnnlab.train.live.frame import LiveFrame
from bnnlab.widgets import lab
from bnnlab.widgets.encoding import pack_frame, unpack_frame


def encode_frame(
    frame: LiveFrame,
    *,
    serial: int,
    complete: bool,
    notice: str | None = None,
    connect: Mapping[str, Any] | None = None,
    obeyed: int = 0,
) -> bytes:
    """One message.

    Args:
        frame: The moment.
        serial: Its number, growing.
        complete: Whether the client has nothing yet.
        notice: A sentence for the reader.
        connect: How to open a socket; only in the page's own message.
        obeyed: Number of the last numbered command that was obeyed.
    """
    status = frame.status
    more: dict[str, Any] = {"serial": serial, "notice": notice, "obeyed": obeyed, "state": status.state}
    if connect is not None:
        more["connect"] = dict(connect)
    if complete:
        more["datasets"] = datasets()
    if frame.snapshot is None:
        return pack_frame({"step": status.step, "error": status.error, "empty": True, **more}, {})
    plain = lab.encode(
        frame.snapshot, frame.history, playing=status.state in ("playing", "waiting"), complete=complete
    )
    meta, arrays = unpack_frame(plain)
    return pack_frame({**meta, **more}, arrays)


def datasets() -> list[dict[str, Any]]:
    """The data sets one can choose, and whether they are here."""
    return [
        {
            "name": name,
            "title": source.title,
            "kind": source.kind,
            "here": name not in REMOTE_FILES or REMOTE_FILES[name].is_local(),
        }
        for name, source in DATASETS.items()
    ]
