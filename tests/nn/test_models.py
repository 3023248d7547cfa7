"""The models: what they are made of, in which order, and what cannot be built."""

from typing import Any

import pytest
import torch
from torch import nn

from bnnlab.nn import MODELS, BinaryActivation, BinaryConv2d, BinaryLayer, BinaryLinear, ModelSpec
from bnnlab.nn.models.spec import Precision

POINTS, IMAGES = (2,), (3, 12, 10)


def build(name: str, seed: int = 0, **options: Any) -> nn.Sequential:
    defaults: dict[str, Any] = {"input_shape": IMAGES, "classes": 7, "widths": (8, 6, 5)}
    return MODELS[name](ModelSpec(**(defaults | options)), torch.Generator().manual_seed(seed))


def names(model: nn.Module) -> list[str]:
    return [name for name, _ in model.named_children()]


def test_layers_of_an_mlp() -> None:
    assert names(build("mlp")) == [
        *("flatten", "input", "input_norm", "hidden1", "hidden1_norm", "hidden2", "hidden2_norm"),
        *("output_sign", "output"),
    ]


def test_a_convolution_is_normalised_before_it_is_pooled() -> None:
    assert names(build("convnet")) == [
        *("conv1", "conv1_norm", "conv1_pool", "conv2", "conv2_norm", "conv2_pool", "flatten"),
        *("dense", "dense_norm", "output_sign", "output"),
    ]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("first", ["float", "binary"])
@pytest.mark.parametrize("last", ["float", "binary"])
def test_first_and_last_layer_are_float_or_binary(name: str, first: Precision, last: Precision) -> None:
    model = build(name, first_layer=first, last_layer=last)
    reading = model[0] if name == "convnet" else model.get_submodule("input")
    output = model.get_submodule("output")
    assert isinstance(reading, BinaryLayer) == (first == "binary")
    assert isinstance(output, BinaryLayer) == (last == "binary")
    if isinstance(reading, BinaryLayer):
        assert reading.input_binarizer is None
    if isinstance(output, BinaryLayer):
        assert output.input_binarizer is not None
        assert names(model)[-2:] == ["output", "output_norm"]
    else:
        assert isinstance(model.get_submodule("output_sign"), BinaryActivation)
    between = [m for m in model if isinstance(m, BinaryLayer) and m not in (reading, output)]
    assert len(between) == 2
    assert all(layer.input_binarizer is not None for layer in between)
    x = torch.randn(4, *IMAGES)
    assert model(x).shape == (4, 7)
    assert torch.isfinite(model(x)).all()


@pytest.mark.parametrize("shape", [POINTS, (1, 8, 8), IMAGES])
def test_an_mlp_takes_examples_of_any_shape(shape: tuple[int, ...]) -> None:
    assert build("mlp", input_shape=shape, widths=(4,))(torch.randn(3, *shape)).shape == (3, 7)


@pytest.mark.parametrize(
    ("shape", "convolutions"), [((1, 8, 8), 3), ((1, 28, 28), 4), ((3, 32, 32), 5), ((1, 7, 9), 2)]
)
def test_as_many_convolutions_as_the_image_can_be_halved(shape: tuple[int, ...], convolutions: int) -> None:
    widths = (3,) * convolutions
    model = build("convnet", input_shape=shape, widths=(*widths, 5))
    assert model(torch.randn(2, *shape)).shape == (2, 7)
    with pytest.raises(
        ValueError, match=f"at most {convolutions} convolutions on {shape[1]}x{shape[2]} images"
    ):
        build("convnet", input_shape=shape, widths=(*widths, 3, 5))


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("convnet", {"input_shape": POINTS}, r"'convnet' needs images, got examples of shape \(2,\)"),
        ("convnet", {"widths": (8,)}, "widths of a convnet must be at least two numbers"),
        ("mlp", {"widths": ()}, "widths of an mlp must be at least one number"),
        ("mlp", {"widths": (8, 0)}, "must be a whole number of at least 1, got 0"),
        ("mlp", {"quantizer": "nope"}, "quantizer must be one of"),
    ],
)
def test_what_cannot_be_built_is_refused(name: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build(name, **options)


@pytest.mark.parametrize("name", MODELS)
def test_settings_reach_every_binary_layer(name: str) -> None:
    model = build(
        name,
        first_layer="binary",
        last_layer="binary",
        quantizer="swish_sign",
        clip_value=0.5,
        weight_clip_value=0.25,
        binarize="weights",
        scale=True,
        pad_value=0.0,
    )
    layers = [module for module in model if isinstance(module, BinaryLayer)]
    assert len(layers) == 4
    for layer in layers:
        assert layer.scale
        assert layer.weight_binarizer.quantizer.name == "swish_sign"
        assert layer.weight_binarizer.clip_value == 0.25
        assert layer.input_binarizer is None or layer.input_binarizer.clip_value == 0.5
        assert layer.binarize == "weights"
        assert not isinstance(layer, BinaryConv2d) or layer.pad_value == 0


def test_the_activation_before_a_float_output_has_them_too() -> None:
    activation = build(
        "mlp", quantizer="approx_sign", clip_value=0.5, weight_clip_value=0.25, binarize="nothing"
    ).get_submodule("output_sign")
    assert isinstance(activation, BinaryActivation)
    assert (activation.binarizer.quantizer.name, activation.binarizer.clip_value) == ("approx_sign", 0.5)
    assert activation.binarize == "nothing"


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("ends", ["float", "binary"])
def test_every_first_weight_comes_from_the_generator(name: str, ends: Precision) -> None:
    before = torch.get_rng_state()
    first, again, other = (build(name, seed, first_layer=ends, last_layer=ends) for seed in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    for one, same, different in zip(first.parameters(), again.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, same)
        assert torch.isfinite(one).all()
        is_constant = bool((one == one.flatten()[0]).all())  # of a batch normalisation
        assert is_constant or not torch.equal(one, different)


def test_weights_of_a_float_layer_fill_their_range() -> None:
    layer = build("mlp", input_shape=(100,), widths=(200,)).get_submodule("input")
    assert isinstance(layer, nn.Linear)
    assert 0.098 < layer.weight.abs().max() <= 0.1


@pytest.mark.parametrize("name", MODELS)
def test_a_state_goes_from_one_model_to_another(name: str) -> None:
    source, target = build(name, 1), build(name, 2)
    x = torch.randn(4, *IMAGES)
    source(x)  # moves the statistics
    target.load_state_dict(source.state_dict())
    assert torch.equal(source.eval()(x), target.eval()(x))


def test_bits_can_be_pooled_since_pooling_keeps_the_sign() -> None:
    model = build("convnet").eval()
    x = torch.randn(4, *IMAGES)
    normalised = model[:2](x)
    of_the_pooled = torch.where(model[2](normalised) >= 0, 1.0, -1.0)
    pooled_signs = model[2](torch.where(normalised >= 0, 1.0, -1.0))
    assert torch.equal(of_the_pooled, pooled_signs)


def test_hidden_layers_of_an_mlp_are_fully_connected() -> None:
    shapes = [tuple(m.weight.shape) for m in build("mlp") if isinstance(m, BinaryLinear)]
    assert shapes == [(6, 8), (5, 6)]
