"""What the page's address asks for: settings of the run, what is looked at, and whether it plays.

Keys are the names of `RunConfig`'s settings, so that the address, the command line and the library speak alike:

    ?dataset=mnist&widths=256,256&seed=3&layer=hidden1&neuron=3&weight=10&example=11&play=false&speed=1

A convolution's neuron is a filter; `row` and `column` say where.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final

from bnnlab.cockpit.commands import SPEEDS, checked, selection, sentence, suited
from bnnlab.nn import MODELS
from bnnlab.train import DATASETS, RunConfig
from bnnlab.train.config import widths_from_text

TRUTH: Final = {"true": True, "false": False}
_KINDS: Final = typing.get_type_hints(RunConfig)


@dataclass(frozen=True, slots=True)
class Opening:
    """How the lab opens.

    Attributes:
        config: Settings of the run.
        commands: What else is asked of it, as `bnnlab.cockpit.commands` takes it.
        plays: Whether it plays at once.
        notice: What was impossible, in one sentence, or None.
        is_default: Whether the address asks for nothing.
    """

    config: RunConfig
    commands: tuple[dict[str, Any], ...] = ()
    plays: bool = True
    notice: str | None = None
    is_default: bool = False


def opening(query: Mapping[str, str]) -> Opening:
    """What an address asks for. What is impossible is said, and the defaults hold; foreign keys are ignored.

    Args:
        query: The address's keys and values.
    """
    notices = []
    try:
        config = _config(query)
    except (ValueError, TypeError, OverflowError) as error:
        config = RunConfig()
        notices.append(
            f"The address asks for settings that cannot be: {sentence(error)} These are the defaults."
        )
    commands = []
    for ask in (_speed, _example, _selection):
        try:
            commands += ask(query)
        except (ValueError, TypeError, OverflowError) as error:
            notices.append(f"The address asks for what is not there: {sentence(error)}")
    return Opening(
        config=config,
        commands=tuple(commands),
        plays=query.get("play") != "false",
        notice=" ".join(notices) or None,
        is_default=not query,
    )


def _config(query: Mapping[str, str]) -> RunConfig:
    asked = {name: _value(name, text) for name, text in query.items() if name in _KINDS}
    default = RunConfig()
    fitting: dict[str, Any] = {}
    if {"dataset", "model"} & asked.keys():
        dataset, model = asked.get("dataset", default.dataset), asked.get("model")
        if dataset not in DATASETS or (model is not None and model not in MODELS):
            dataclasses.replace(default, **asked)  # refuses, and says what there is
        if (dataset, model or default.model) != (default.dataset, default.model):
            fitting = suited(dataset, model)
    config: RunConfig = checked(fitting | asked)
    return config


def _value(name: str, text: str) -> Any:
    """The value of a setting, as the type that it has."""
    if name == "widths":
        return widths_from_text(text)
    kinds = typing.get_args(_KINDS[name]) or (_KINDS[name],)
    if NoneType in kinds and text == "none":
        return None
    if bool in kinds:
        if text not in TRUTH:
            raise ValueError(f"{name} must be true or false, got {text[:40]!r}")
        return TRUTH[text]
    for kind, wording in ((int, "a whole number"), (float, "a number")):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError:
                raise ValueError(f"{name} must be {wording}, got {text[:40]!r}") from None
    return text


def _speed(query: Mapping[str, str]) -> list[dict[str, Any]]:
    if "speed" not in query:
        return [{"do": "speed", "value": "start"}]
    text = query["speed"]
    value = int(text) if text.isascii() and text.isdigit() else text
    if value not in SPEEDS:
        raise ValueError(f"speed must be one of {', '.join(map(str, SPEEDS))}, got {text[:40]!r}")
    return [{"do": "speed", "value": value}]


def _example(query: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"do": "example", "index": _whole("example", query["example"])}] if "example" in query else []


def _selection(query: Mapping[str, str]) -> list[dict[str, Any]]:
    if "layer" not in query:
        return []
    asked: dict[str, Any] = {"layer": query["layer"]}
    for name in ("neuron", "weight"):
        if name in query:
            asked[name] = _whole(name, query[name])
    if {"row", "column"} & query.keys():
        asked["position"] = [_whole(name, query.get(name, "")) for name in ("row", "column")]
    selection(asked)
    return [{"do": "select", **asked}]


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise ValueError(f"{name} must be a whole number from 0 on, got {text[:40]!r}")
    return int(text)
