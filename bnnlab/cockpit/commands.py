"""What the page can ask of a run: plain JSON objects, checked and carried out.

    {"do": "play", "elapsed": 1.5}   {"do": "set", "settings": {"clip_value": 0.5}}   {"do": "select"}

What cannot be done comes back as one sentence; a mistake in a command never ends anything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from bnnlab.nn import MODELS
from bnnlab.records.selection import Selection
from bnnlab.train import DATASETS, DatasetError, LiveRun, RunConfig
from bnnlab.train.config import MAX_WIDTH
from bnnlab.train.datasets import REMOTE_FILES

AT_ONCE: Final = frozenset({"learning_rate", "clip_value", "weight_clip_value", "latent_clip", "binarize"})
"""Settings that take hold between two steps; every other one starts the run anew."""

SPEEDS: Final[dict[object, float | str | None]] = {1: 1.0, 10: 10.0, "fast": None, "start": "start"}
MAX_DRAWN_WIDTH: Final = 1024
SETTLED_WITHIN_S: Final = 5.0


@dataclass(frozen=True)
class Suited:
    """Settings that suit a live picture of one kind of data."""

    batch_size: int
    epochs: int


SUITED: Final = {
    "points": Suited(batch_size=32, epochs=200),
    "images": Suited(batch_size=100, epochs=30),
    "features": Suited(batch_size=32, epochs=200),
}


def obey(run: LiveRun, command: object) -> str | None:
    """Do what a command says.

    Args:
        run: The run it is about.
        command: What the page sent, whatever it is.

    Returns:
        Why it was not done, or what came of it, in one sentence; None if there is nothing to say.
    """
    if not isinstance(command, dict) or not isinstance(command.get("do"), str):
        return 'A command must be an object with a "do".'
    handler = _HANDLERS.get(command["do"])
    if handler is None:
        return f"There is no command {command['do'][:40]!r}; there are {', '.join(_HANDLERS)}."
    arguments = {name: value for name, value in command.items() if name != "do"}
    try:
        return handler(run, arguments)
    except (ValueError, TypeError, DatasetError, OverflowError) as error:
        return sentence(error)


def sentence(error: Exception) -> str:
    """An error's message as a sentence for the page."""
    text = str(error)[:400]
    return f"{text[:1].upper()}{text[1:]}."


def suited(dataset: str, model: str | None = None) -> dict[str, Any]:
    """Settings to start with on a data set: model, widths, batch size and epochs.

    Args:
        dataset: Name in `DATASETS`.
        model: Name in `MODELS`; by default one that suits the data.
    """
    kind = DATASETS[dataset].kind
    if model is None or kind not in MODELS[model].suited:
        model = next(name for name, candidate in MODELS.items() if kind in candidate.suited)
    usual = RunConfig()
    if (dataset, model) == (usual.dataset, usual.model):  # as the lab opens
        names = ("dataset", "model", "widths", "batch_size", "epochs")
        return {name: getattr(usual, name) for name in names}
    return {
        "dataset": dataset,
        "model": model,
        "widths": MODELS[model].suited[kind],
        **dataclasses.asdict(SUITED[kind]),
    }


def checked(settings: Mapping[str, Any]) -> RunConfig:
    """The config of these settings, if the lab can draw it and its data are here.

    Raises:
        ValueError: If not.
        TypeError: If a setting has the wrong type.
    """
    config = RunConfig.from_dict(settings)
    if too_wide := [width for width in config.widths if width > MAX_DRAWN_WIDTH]:
        raise ValueError(
            f"every width must be in 1..{MAX_DRAWN_WIDTH} here, as the lab draws every weight, got {too_wide[0]}; "
            f"the library takes up to {MAX_WIDTH}"
        )
    if config.dataset in REMOTE_FILES and not REMOTE_FILES[config.dataset].is_local():
        raise ValueError(
            f"data set {config.dataset!r} is not on this computer yet and has to be fetched first"
        )
    return config


def _play(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    elapsed = _take(arguments, "elapsed", 0.0)
    if isinstance(elapsed, bool) or not isinstance(elapsed, int | float) or not 0 <= elapsed <= 60:
        raise ValueError(f"elapsed must be seconds in 0..60, got {elapsed!r}")
    run.play(float(elapsed))


def _speed(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    value = _take(arguments, "value")
    if isinstance(value, bool) or not isinstance(value, int | str) or value not in SPEEDS:
        raise ValueError(f"value must be one of {', '.join(map(str, SPEEDS))}, got {value!r}")
    run.set_speed(SPEEDS[value])  # type: ignore[arg-type]


def _set(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    settings = _take(arguments, "settings")
    if not isinstance(settings, dict) or not settings:
        raise TypeError(f"settings must be an object of settings by name, got {settings!r}")
    if settings.keys() <= AT_ONCE:
        run.update(**settings)
        return
    before = run.status.config.to_dict()
    fitting: dict[str, Any] = {}
    if {"dataset", "model"} & settings.keys():
        fitting = _fitting(before, settings)
    config = checked(before | fitting | settings)
    if config == run.status.config:  # a field that was left as it is, or put right again
        return
    _anew(run, lambda: run.reset(config))


def _fitting(before: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """What has to change along with the data or the model, because what was set does not suit the new ones."""
    dataset, model = settings.get("dataset", before["dataset"]), settings.get("model", before["model"])
    for name, value, names in (("dataset", dataset, DATASETS), ("model", model, MODELS)):
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"{name} must be one of {', '.join(names)}; got {value!r}")
    same_kind = DATASETS[dataset].kind == DATASETS[before["dataset"]].kind
    return {} if same_kind and model == before["model"] else suited(dataset, model)


def _example(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    run.show_example(whole("index", _take(arguments, "index")))


def _rewind(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    step = _take(arguments, "step", None)
    run.rewind(None if step is None else whole("step", step))


def _compare(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    name = _take(arguments, "name", None)
    if name is not None and not isinstance(name, str):
        raise TypeError(f"name must be text, got {name!r}")
    run.compare(name)


def _statistics(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    on = _take(arguments, "on")
    if not isinstance(on, bool):
        raise TypeError(f"on must be true or false, got {on!r}")
    run.look_at_flips(on)


def _select(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    run.select(selection(arguments) if arguments else None)


def selection(arguments: Mapping[str, Any]) -> Selection:
    """The selection that a command or an address names.

    Raises:
        ValueError: If a value is impossible.
        TypeError: If one has the wrong type.
    """
    layer = _take(arguments, "layer")
    if not isinstance(layer, str):
        raise TypeError(f"layer must be the name of a layer, got {layer!r}")
    weight, position = arguments.get("weight"), arguments.get("position")
    if position is not None:
        if not isinstance(position, list | tuple) or len(position) != 2:
            raise TypeError(f"position must be a row and a column, got {position!r}")
        position = (whole("row", position[0]), whole("column", position[1]))
    return Selection(
        layer=layer,
        neuron=whole("neuron", _take(arguments, "neuron")),
        weight=None if weight is None else whole("weight", weight),
        position=position,
    )


def _backward(run: LiveRun, arguments: Mapping[str, Any]) -> None:
    on = _take(arguments, "on")
    if not isinstance(on, bool):
        raise TypeError(f"on must be true or false, got {on!r}")
    run.look_backward(on)


def _fetch(_: LiveRun, arguments: Mapping[str, Any]) -> str:
    name = _take(arguments, "dataset")
    if not isinstance(name, str) or name not in REMOTE_FILES:
        raise ValueError(f"dataset must be one of {', '.join(REMOTE_FILES)}; got {name!r}")
    REMOTE_FILES[name].fetch()
    return f"{DATASETS[name].title} is on this computer now."


def _anew(run: LiveRun, begin: Callable[[], None]) -> None:
    """Begin another run, which plays if the one before did."""
    played = run.status.state in ("playing", "waiting")
    begin()
    if played:
        run.play()
    with suppress(RuntimeError, TimeoutError):  # a run that failed says so itself
        run.wait_for(timeout=SETTLED_WITHIN_S)  # the next command may build on the new settings


def _take(arguments: Mapping[str, Any], name: str, *default: Any) -> Any:
    if name not in arguments and not default:
        raise ValueError(f"the command lacks {name!r}")
    return arguments.get(name, *default)


def whole(name: str, value: object) -> int:
    """A value that must be a whole number from 0 on.

    Args:
        name: What to call it in a refusal.
        value: Whatever the page sent.

    Raises:
        ValueError: If it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(f"{name} must be a whole number from 0 on, got {value!r}")
    return value


_HANDLERS: Final[dict[str, Callable[[LiveRun, Mapping[str, Any]], str | None]]] = {
    "play": _play,
    "pause": lambda run, _: run.pause(),
    "step": lambda run, _: run.step_once(),
    "reset": lambda run, _: _anew(run, run.reset),
    "undo": lambda run, _: _anew(run, run.undo),
    "speed": _speed,
    "set": _set,
    "example": _example,
    "select": _select,
    "flip": lambda run, _: run.flip(),
    "backward": _backward,
    "rewind": _rewind,
    "compare": _compare,
    "statistics": _statistics,
    "pin": lambda run, _: run.pin(),
    "unpin": lambda run, _: run.unpin(),
    "fetch": _fetch,
}
