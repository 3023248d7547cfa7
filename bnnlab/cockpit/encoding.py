"""A moment of a run as the message that the cockpit draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from bnnlab.cockpit.commands import suited
from bnnlab.nn import MODELS, OPTIMIZERS, QUANTIZERS
from bnnlab.nn.models.spec import Precision
from bnnlab.train import DATASETS, SCHEDULES, RunConfig
from bnnlab.train.datasets import REMOTE_FILES
from bnnlab.train.live.frame import LiveFrame
from bnnlab.widgets import lab
from bnnlab.widgets.encoding import pack_frame


def encode_frame(
    frame: LiveFrame,
    *,
    serial: int,
    complete: bool,
    notice: str | None = None,
    connect: Mapping[str, Any] | None = None,
    obeyed: int = 0,
    now_and_then: bool = True,
    recorded_at: float | None = None,
    recorded_on: str | None = None,
    obeys: bool = True,
) -> bytes:
    """One message.

    Args:
        frame: The moment.
        serial: Its number, growing.
        complete: Whether the client has nothing yet.
        notice: A sentence for the reader.
        connect: How to open a socket; only in the page's own message.
        obeyed: Number of the last numbered command that was obeyed.
        now_and_then: Whether what is large and changes slowly travels too: weights of float layers, curves.
        recorded_at: In a recording, how many seconds after its start this frame is due.
        recorded_on: In a recording, a hash that names the computer it was made on.
        obeys: Whether anybody takes commands; without, the picture offers no controls.
    """
    status = frame.status
    live: dict[str, Any] = {
        "serial": serial,
        "notice": notice,
        "obeyed": obeyed,
        "state": status.state,
        "error": status.error,
        "config": status.config.to_dict(),
        "speed": status.speed,
        "steps_per_second": status.steps_per_second,
        "steps_per_epoch": status.steps_per_epoch,
        "can_undo": status.can_undo,
        "auto_paused": status.auto_paused,
        "schedule_done": status.schedule_done,
        "flip_report": status.flip_report,
        "now": status.step,
        "back_at": status.back_at,
        "way": status.way,
        "commands": obeys,
    }
    if recorded_at is not None:
        live |= {"recorded": True, "recorded_at": recorded_at, "recorded_on": recorded_on}
    if connect is not None:
        live["connect"] = dict(connect)
    if complete:
        live |= {
            "datasets": datasets(),
            "choices": choices(),
            "suited": suited_settings(),
            "defaults": RunConfig().to_dict(),
        }
    if frame.snapshot is None:
        return pack_frame({"step": status.step, "empty": True, **live}, {})
    return lab.encode(
        frame.snapshot,
        frame.history,
        playing=status.state in ("playing", "waiting"),
        complete=complete or now_and_then,
        curves=complete or now_and_then,
        live=live,
        rival=frame.rival,
        pinned=frame.pinned,
        statistics=frame.statistics,
    )


def choices() -> dict[str, list[str]]:
    """The names that each setting can take."""
    return {
        "model": list(MODELS),
        "first_layer": list(get_args(Precision)),
        "last_layer": list(get_args(Precision)),
        "quantizer": list(QUANTIZERS),
        "optimizer": list(OPTIMIZERS),
        "schedule": list(SCHEDULES),
        "binarize": ["both", "weights", "nothing"],
    }


def suited_settings() -> dict[str, dict[str, dict[str, Any]]]:
    """Settings to start with, for each data set and each model that can learn it."""
    return {
        name: {model: suited(name, model) for model in MODELS if source.kind in MODELS[model].suited}
        for name, source in DATASETS.items()
    }


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
