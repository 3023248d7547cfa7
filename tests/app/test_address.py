"""An address opens the lab as it says; an impossible one opens the default and says why."""

from __future__ import annotations

from typing import Any

import pytest

from bnnlab.app.address import opening
from bnnlab.nn import MODELS
from bnnlab.train import RunConfig


def test_an_empty_address_is_the_default_and_starts_slowly() -> None:
    opened = opening({})
    assert opened.config == RunConfig()
    assert opened.commands == ({"do": "speed", "value": "start"},)
    assert opened.plays
    assert opened.is_default
    assert opened.notice is None


def test_every_setting_can_stand_in_the_address() -> None:
    config = RunConfig(
        dataset="moons",
        widths=(32, 16),
        first_layer="binary",
        quantizer="approx_sign",
        clip_value=0.5,
        scale=True,
        learning_rate=0.005,
        batch_size=16,
        epochs=7,
        seed=3,
        noise=0.25,
    )
    texts = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value).lower()
        for name, value in config.to_dict().items()
    }
    assert opening(texts).config == config
    assert opening(texts).notice is None


@pytest.mark.parametrize("model", MODELS)
def test_other_data_bring_what_suits_them(model: str) -> None:
    opened = opening({"dataset": "mnist", "model": model, "seed": "3"})
    assert (opened.config.dataset, opened.config.seed, opened.config.batch_size) == ("mnist", 3, 100)
    assert opened.config.widths == MODELS[model].suited["images"]
    assert opening({"dataset": "mnist", "widths": "64,32"}).config.widths == (64, 32)


def test_the_address_says_what_is_looked_at() -> None:
    query = {
        "layer": "hidden1",
        "neuron": "3",
        "weight": "10",
        "example": "11",
        "speed": "1",
        "play": "false",
    }
    opened = opening(query)
    assert opened.commands == (
        {"do": "speed", "value": 1},
        {"do": "example", "index": 11},
        {"do": "select", "layer": "hidden1", "neuron": 3, "weight": 10},
    )
    assert not opened.plays
    opened = opening({"layer": "conv2", "neuron": "0", "row": "2", "column": "5"})
    assert opened.commands[-1]["position"] == [2, 5]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"learning_rate": "nan"}, "Learning_rate must be above 0 and at most 10, got nan."),
        ({"clip_value": "-5", "seed": "abc"}, "Seed must be a whole number, got 'abc'."),
        ({"clip_value": "-5"}, "Clip_value must be in 0.01..10, got -5.0."),
        ({"dataset": "nowhere"}, "Dataset must be one of"),
        ({"model": "transformer"}, "Model must be one of"),
        ({"batch_size": "0"}, "Batch_size must be in 2..10000, got 0."),
        ({"widths": "64, many"}, "Widths must be whole numbers separated by commas"),
        ({"widths": ""}, "Widths must be whole numbers"),
        ({"widths": "0"}, "Every width must be in 1..4096, got 0."),
        (
            {"widths": "64,2000"},
            "Every width must be in 1..1024 here, as the lab draws every weight, got 2000",
        ),
        ({"widths": "1,1,1,1,1,1,1,1,1"}, "Widths must be 1..8 numbers, got 9."),
        ({"scale": "yes"}, "Scale must be true or false, got 'yes'."),
        ({"seed": "9" * 5000}, "Seed must be a whole number"),
    ],
)
def test_impossible_settings_open_the_default_and_say_why(query: dict[str, str], says: str) -> None:
    opened = opening(query)
    assert opened.config == RunConfig()
    assert opened.notice is not None
    assert says in opened.notice
    assert len(opened.notice) < 700


@pytest.mark.parametrize(
    "query",
    [
        {"speed": "warp"},
        {"speed": "²"},
        {"example": "-1"},
        {"example": "9" * 5000},
        {"layer": "hidden1"},
        {"layer": "hidden1", "neuron": "x"},
        {"layer": "hidden1", "neuron": "1", "row": "1"},
        {"layer": "hidden1", "neuron": "1", "row": "1", "column": "x"},
    ],
)
def test_looking_at_what_cannot_be_is_said_and_the_rest_holds(query: dict[str, str]) -> None:
    opened = opening({"seed": "3", **query})
    assert opened.config == RunConfig(seed=3)
    assert opened.notice is not None
    assert opened.notice.startswith("The address asks for what is not there: ")


def test_foreign_keys_are_ignored() -> None:
    foreign: dict[str, Any] = {"utm_source": "mail", "embed": "true", "__class__": "x"}
    assert opening(foreign).config == RunConfig()
    assert opening(foreign).notice is None
