"""A config is either one that can run, or refused with a sentence that says what would be allowed."""

import dataclasses
import json
import math
from typing import Any

import pytest

from bnnlab.nn import MODELS, OPTIMIZERS, QUANTIZERS
from bnnlab.train import DATASETS, SCHEDULES, RunConfig
from bnnlab.train.config import AtOnce

OTHER = RunConfig(
    dataset="mnist",
    model="convnet",
    widths=(4, 8, 16),
    first_layer="binary",
    last_layer="binary",
    quantizer="swish_sign",
    clip_value=0.5,
    scale=True,
    pad_value=0.0,
    weight_clip_value=0.25,
    binarize="weights",
    latent_clip=False,
    optimizer="sgd",
    learning_rate=0.003,
    schedule="constant",
    schedule_floor=0.5,
    batch_size=100,
    epochs=3,
    seed=2**32 - 1,
    noise=0.0,
    evaluate_every=50,
    device="cuda",
)


@pytest.mark.parametrize(
    ("name", "registry"),
    [
        ("dataset", DATASETS),
        ("model", MODELS),
        ("quantizer", QUANTIZERS),
        ("optimizer", OPTIMIZERS),
        ("schedule", SCHEDULES),
        ("first_layer", ("float", "binary")),
        ("last_layer", ("float", "binary")),
        ("device", ("cpu", "cuda")),
        ("binarize", ("both", "weights", "nothing")),
        ("scale", (False, True)),
        ("latent_clip", (False, True)),
        ("pad_value", (-1.0, 0.0, 1.0)),
    ],
)
@pytest.mark.parametrize("value", ["nonsense", "", None, 0.5, math.nan, ["moons"]])
def test_an_unknown_choice_is_refused_and_the_known_are_listed(
    name: str, registry: Any, value: object
) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be one of") as refusal:
        RunConfig(**{name: value})  # type: ignore[arg-type]
    assert repr(value) in str(refusal.value)
    assert all(str(choice) in str(refusal.value) for choice in registry)


NUMBERS = {
    "learning_rate": (0, 10),
    "clip_value": (0.01, 10),
    "weight_clip_value": (0.01, 10),
    "schedule_floor": (0, 1),
    "noise": (0, 1),
    "batch_size": (2, 10_000),
    "epochs": (1, 100_000),
    "seed": (0, 2**32 - 1),
    "evaluate_every": (0, 1_000_000),
}
WHOLE = ("batch_size", "epochs", "seed", "evaluate_every")


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_out_of_range_are_refused(name: str) -> None:
    least, most = NUMBERS[name]
    beyond = [least - 1, most + 1, -(10**400), 10**400]
    if name not in WHOLE:
        beyond += [math.nan, math.inf, -math.inf, math.nextafter(least, -1), math.nextafter(most, math.inf)]
    for value in beyond:
        with pytest.raises(ValueError, match=f"^{name} must be .*, got"):
            RunConfig(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NUMBERS)
def test_the_ends_of_a_range_are_allowed(name: str) -> None:
    for value in NUMBERS[name]:
        if (name, value) != ("learning_rate", 0):
            assert getattr(RunConfig(**{name: value}), name) == value  # type: ignore[arg-type]


def test_a_learning_rate_of_zero_learns_nothing_and_is_refused() -> None:
    for zero in (0, 0.0, -0.0):
        with pytest.raises(ValueError, match="learning_rate must be above 0 and at most 10, got"):
            RunConfig(learning_rate=zero)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["1", True, [1], 1j, b"1"])
def test_a_number_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(TypeError, match=f"^{name} must be a (whole )?number, got"):
        RunConfig(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WHOLE)
def test_a_fraction_is_no_whole_number(name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name} must be a whole number, got 4.0"):
        RunConfig(**{name: 4.0})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("widths", "error", "says"),
    [
        ((), ValueError, r"widths must be 1\.\.8 numbers, got 0"),
        ((4,) * 9, ValueError, r"widths must be 1\.\.8 numbers, got 9"),
        ((4, 0), ValueError, r"every width must be in 1\.\.4096, got 0"),
        ((4097,), ValueError, r"every width must be in 1\.\.4096, got 4097"),
        ((4, -1), ValueError, "every width"),
        ((4.0,), TypeError, "every width must be a whole number, got 4.0"),
        ((True,), TypeError, "every width must be a whole number, got True"),
        (("4",), TypeError, "every width must be a whole number, got '4'"),
        ("64,64", TypeError, "widths must be a sequence of whole numbers, got '64,64'"),
        (64, TypeError, "widths must be a sequence"),
        (None, TypeError, "widths must be a sequence"),
    ],
)
def test_impossible_widths_are_refused(widths: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        RunConfig(widths=widths)


def test_a_model_that_does_not_fit_the_data_is_refused() -> None:
    with pytest.raises(ValueError, match="'convnet' needs images"):
        RunConfig(dataset="moons", model="convnet")
    with pytest.raises(ValueError, match="at most 3 convolutions on 8x8 images"):
        RunConfig(dataset="digits", model="convnet", widths=(4, 4, 4, 4, 4))


@pytest.mark.parametrize("name", ["scale", "latent_clip"])
@pytest.mark.parametrize("value", [1, 0, 1.0, 0.0])
def test_a_number_is_neither_yes_nor_no(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be one of False, True; got {value}"):
        RunConfig(**{name: value})  # type: ignore[arg-type]


def test_bop_keeps_signs_and_has_no_float_twin() -> None:
    with pytest.raises(
        ValueError, match="binarize must be both or weights with optimizer 'bop', which keeps"
    ):
        RunConfig(optimizer="bop", binarize="nothing")
    assert RunConfig(optimizer="bop", binarize="weights").latent_clip


def test_the_clip_of_weights_is_that_of_activations_unless_told() -> None:
    assert RunConfig(clip_value=0.5).weight_clip == 0.5
    assert RunConfig(clip_value=0.5, weight_clip_value=0.25).weight_clip == 0.25


CHANGED: AtOnce = {
    "learning_rate": 0.1,
    "clip_value": 0.5,
    "weight_clip_value": 0.25,
    "latent_clip": False,
    "binarize": "nothing",
}


def test_what_can_change_on_the_way_changes_and_nothing_else() -> None:
    assert set(CHANGED) == set(AtOnce.__annotations__)
    changed = RunConfig(weight_clip_value=2.0, seed=4).updated(**CHANGED)
    assert changed == RunConfig(seed=4, **CHANGED)
    assert changed.updated(weight_clip_value=None).weight_clip == 0.5
    assert changed.updated() == changed


@pytest.mark.parametrize(
    "name", [field.name for field in dataclasses.fields(RunConfig) if field.name not in CHANGED]
)
def test_what_needs_a_new_start_is_refused_on_the_way(name: str) -> None:
    says = f"^{name} needs a new start; between two steps can change learning_rate, clip_value, weight_clip_value"
    with pytest.raises(ValueError, match=says):
        RunConfig().updated(**{name: getattr(OTHER, name)})


def test_an_impossible_change_on_the_way_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^weight_clip_value must be in 0.01..10, got 0"):
        RunConfig().updated(weight_clip_value=0)
    with pytest.raises(ValueError, match=r"^binarize must be both or weights"):
        RunConfig(optimizer="bop").updated(binarize="nothing")


@pytest.mark.parametrize("config", [RunConfig(), OTHER], ids=["defaults", "other"])
def test_a_config_survives_json(config: RunConfig) -> None:
    assert RunConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_other_differs_from_the_default_in_every_setting() -> None:
    for field in dataclasses.fields(RunConfig):
        assert getattr(OTHER, field.name) != field.default, f"{field.name} is not tried"


def test_what_is_left_out_takes_its_default() -> None:
    assert RunConfig.from_dict({}) == RunConfig()
    assert RunConfig.from_dict({"seed": 3}) == RunConfig(seed=3)


def test_an_unknown_setting_is_refused_and_the_known_are_listed() -> None:
    with pytest.raises(ValueError, match=r"setting must be one of dataset, model.*; got 'learning_rat'"):
        RunConfig.from_dict({"learning_rat": 0.1})


def test_equal_configs_are_one_key() -> None:
    assert len({RunConfig(), RunConfig(), RunConfig(widths=[64, 64, 64]), OTHER}) == 2  # type: ignore[arg-type]


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RunConfig().seed = 1  # type: ignore[misc]


def test_changing_one_setting_checks_it() -> None:
    with pytest.raises(ValueError, match="learning_rate"):
        dataclasses.replace(RunConfig(), learning_rate=math.nan)


def test_the_spec_is_what_the_model_needs() -> None:
    spec = OTHER.spec
    assert (spec.input_shape, spec.classes, spec.widths) == ((1, 28, 28), 10, (4, 8, 16))
    shared = {field.name for field in dataclasses.fields(spec)} - {"input_shape", "classes"}
    assert {"widths", "quantizer", "clip_value", "weight_clip_value", "binarize", "pad_value"} < shared
    for name in shared:
        assert getattr(spec, name) == getattr(OTHER, name)
