"""What the page can ask of a run, and the sentence it gets where that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bnnlab.cockpit.commands import obey
from bnnlab.records.selection import Selection
from bnnlab.train import RunConfig

from .fakes import FakeRun


def told(run: FakeRun, command: object) -> str | None:
    fake: Any = run
    sentence: str | None = obey(fake, command)
    return sentence


@pytest.mark.parametrize(
    ("command", "call"),
    [
        ({"do": "play"}, ("play", 0.0)),
        ({"do": "play", "elapsed": 1.5}, ("play", 1.5)),
        ({"do": "pause"}, ("pause",)),
        ({"do": "step"}, ("step_once",)),
        ({"do": "reset"}, ("reset", None)),
        ({"do": "undo"}, ("undo",)),
        ({"do": "speed", "value": 1}, ("set_speed", 1.0)),
        ({"do": "speed", "value": 10}, ("set_speed", 10.0)),
        ({"do": "speed", "value": "fast"}, ("set_speed", None)),
        ({"do": "speed", "value": "start"}, ("set_speed", "start")),
        ({"do": "set", "settings": {"clip_value": 0.5}}, ("update", {"clip_value": 0.5})),
        ({"do": "set", "settings": {"binarize": "weights"}}, ("update", {"binarize": "weights"})),
        ({"do": "example", "index": 11}, ("show_example", 11)),
        ({"do": "select"}, ("select", None)),
        ({"do": "select", "layer": "hidden1", "neuron": 3}, ("select", Selection("hidden1", 3))),
        (
            {"do": "select", "layer": "conv2", "neuron": 3, "weight": 10, "position": [2, 5]},
            ("select", Selection("conv2", 3, 10, (2, 5))),
        ),
        (
            {"do": "select", "layer": "hidden1", "neuron": 3, "weight": None, "position": None},
            ("select", Selection("hidden1", 3)),
        ),
        ({"do": "flip"}, ("flip",)),
        ({"do": "backward", "on": True}, ("look_backward", True)),
    ],
)
def test_each_command_reaches_the_run(command: dict[str, Any], call: tuple[Any, ...]) -> None:
    run = FakeRun()
    assert told(run, command) is None
    assert run.calls == [call]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ({"do": "play", "elapsed": -1}, "Elapsed must be seconds in 0..60, got -1."),
        ({"do": "play", "elapsed": float("nan")}, "Elapsed must be seconds in 0..60, got nan."),
        ({"do": "speed"}, "The command lacks 'value'."),
        ({"do": "speed", "value": True}, "Value must be one of 1, 10, fast, start, got True."),
        ({"do": "speed", "value": [1]}, "Value must be one of 1, 10, fast, start, got [1]."),
        ({"do": "set", "settings": {}}, "Settings must be an object of settings by name, got {}."),
        ({"do": "set", "settings": {"sneed": 1}}, "Setting must be one of dataset, model"),
        ({"do": "set", "settings": {"dataset": "nowhere"}}, "Dataset must be one of moons"),
        ({"do": "set", "settings": {"dataset": ["moons"]}}, "Dataset must be one of moons"),
        ({"do": "set", "settings": {"seed": "x"}}, "Seed must be a whole number, got 'x'."),
        (
            {"do": "set", "settings": {"widths": [4096]}},
            "Every width must be in 1..1024 here, as the lab draws",
        ),
        ({"do": "example"}, "The command lacks 'index'."),
        ({"do": "example", "index": 1.5}, "Index must be a whole number from 0 on, got 1.5."),
        ({"do": "select", "layer": "hidden1"}, "The command lacks 'neuron'."),
        ({"do": "select", "layer": 1, "neuron": 1}, "Layer must be the name of a layer, got 1."),
        ({"do": "select", "layer": "a", "neuron": -1}, "Neuron must be a whole number from 0 on, got -1."),
        ({"do": "select", "layer": "a", "neuron": 1, "position": [1]}, "Position must be a row and a column"),
        ({"do": "backward", "on": 1}, "On must be true or false, got 1."),
        ({"do": "fetch", "dataset": "../../etc"}, "Dataset must be one of mnist-full"),
        ({"do": "fetch", "dataset": "moons"}, "Dataset must be one of mnist-full"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_reaches_nothing(command: dict[str, Any], says: str) -> None:
    run = FakeRun()
    sentence = told(run, command)
    assert sentence is not None
    assert sentence.startswith(says)
    assert sentence.endswith(".")
    assert run.calls == []


def test_what_the_run_itself_refuses_is_said() -> None:
    run = FakeRun()
    run.refuse["select"] = ValueError("neuron must be in 0..63 of layer 'hidden1', got 64")
    assert told(run, {"do": "select", "layer": "hidden1", "neuron": 64}) == (
        "Neuron must be in 0..63 of layer 'hidden1', got 64."
    )


def test_other_data_bring_what_suits_them_and_keep_the_rest() -> None:
    run = FakeRun(RunConfig(dataset="moons", seed=5))
    assert told(run, {"do": "set", "settings": {"dataset": "mnist"}}) is None
    ((name, config),) = run.calls
    assert name == "reset"
    assert (config.dataset, config.batch_size, config.seed) == ("mnist", 100, 5)


def test_what_was_set_beside_the_data_holds() -> None:
    run = FakeRun(RunConfig(dataset="moons"))
    told(run, {"do": "set", "settings": {"dataset": "digits", "model": "convnet", "widths": [4, 8, 16]}})
    ((_, config),) = run.calls
    assert (config.model, config.widths) == ("convnet", (4, 8, 16))


def test_a_run_that_played_plays_on_with_its_new_settings() -> None:
    run = FakeRun()
    run.set(state="playing")
    told(run, {"do": "set", "settings": {"seed": 9}})
    assert [name for name, *_ in run.calls] == ["reset", "play"]


def test_data_that_are_not_here_are_not_trained_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    monkeypatch.setenv("BNNLAB_DATA_URL", "http://127.0.0.1:9")
    run = FakeRun()
    sentence = told(run, {"do": "set", "settings": {"dataset": "mnist-full"}})
    assert sentence == "Data set 'mnist-full' is not on this computer yet and has to be fetched first."
    assert run.calls == []
    sentence = told(run, {"do": "fetch", "dataset": "mnist-full"})
    assert sentence is not None
    assert "the server cannot be reached" in sentence
