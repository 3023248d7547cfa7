"""The settings of a run: their defaults, their limits, and which of them can change on the way.

The help of `bnnlab train` must not wait for torch, so `bnnlab.commands.run_settings` repeats the defaults; a test
compares them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack, get_args

from bnnlab.nn import MODELS, OPTIMIZERS, QUANTIZERS, Binarize, ModelSpec
from bnnlab.nn.models.spec import Precision
from bnnlab.nn.optimizers import WITHOUT_LATENT_WEIGHTS
from bnnlab.train.datasets import DATASETS
from bnnlab.train.schedules import SCHEDULES

Device = Literal["cpu", "cuda"]
MAX_LAYERS = 8
MAX_WIDTH = 4096


class AtOnce(TypedDict, total=False):
    """The settings that a run can change between two steps; `RunConfig` says what they are."""

    learning_rate: float
    clip_value: float
    weight_clip_value: float | None
    latent_clip: bool
    binarize: Binarize


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything a run depends on: the same config gives the same weights, bit for bit.

    Attributes:
        dataset: Name in `DATASETS`.
        model: Name in `MODELS`.
        widths: Sizes of the hidden layers, 1..8 numbers of 1..4096. For ``"mlp"`` the outputs of `input`,
            `hidden1`, ...; for ``"convnet"`` the filters of `conv1`, ... and last the outputs of `dense`.
        first_layer: ``"float"``, or ``"binary"`` for binary weights on inputs that stay numbers.
        last_layer: ``"float"`` or ``"binary"``.
        quantizer: Name in `QUANTIZERS`.
        clip_value: t_clip of the estimator for activations, and for weights unless told otherwise, 0.01..10.
        weight_clip_value: t_clip for weights, 0.01..10; None takes `clip_value`.
        binarize: What signs are taken of: ``"both"`` weights and activations, ``"weights"`` alone, or ``"nothing"``. In
            place of a sign, activations then pass through hardtanh, and weights are used as they are.
        scale: Whether binary layers scale their outputs as in XNOR-Net.
        pad_value: What binary convolutions insert around an image: -1, 0 or +1.
        latent_clip: Whether latent weights are kept within +- the t_clip for weights after each step, so that the
            clipped estimator blocks none of them for good; False is the estimator's formula alone. An optimiser without
            latent weights ignores it.
        optimizer: Name in `OPTIMIZERS`.
        learning_rate: Step size at the start, above 0 and at most 10.
        schedule: Name in `SCHEDULES`: how the learning rate changes over the run.
        schedule_floor: Share of `learning_rate` below which the schedule never falls, 0..1; a run that goes on
            after its epochs stays there.
        batch_size: Examples per step, 2..10000 (batch normalisation needs two).
        epochs: Passes over the training set, 1..100000.
        seed: Seed of the initial weights, the order of the examples and the points of the toys,
            0..2**32 - 1.
        noise: Standard deviation of the toys' points, 0..1; images ignore it.
        evaluate_every: Steps between evaluations on the test set; 0 evaluates after each epoch. The last
            step is always evaluated.
        device: ``"cpu"`` or ``"cuda"``.

    Raises:
        ValueError: If a setting is out of its range, a name is unknown, or the model does not fit the data.
        TypeError: If a setting has the wrong type.
    """

    dataset: str = "digits"
    model: str = "mlp"
    widths: tuple[int, ...] = (64, 64, 64)
    first_layer: Precision = "float"
    last_layer: Precision = "float"
    quantizer: str = "clipped_ste"
    clip_value: float = 1.0
    weight_clip_value: float | None = None
    binarize: Binarize = "both"
    scale: bool = False
    pad_value: float = -1.0
    latent_clip: bool = True
    optimizer: str = "adam"
    learning_rate: float = 0.02
    schedule: str = "cosine"
    schedule_floor: float = 0.005
    batch_size: int = 32
    epochs: int = 50
    seed: int = 0
    noise: float = 0.1
    evaluate_every: int = 0
    device: Device = "cpu"

    def __post_init__(self) -> None:
        _one_of("dataset", self.dataset, DATASETS)
        _one_of("model", self.model, MODELS)
        _one_of("first_layer", self.first_layer, get_args(Precision))
        _one_of("last_layer", self.last_layer, get_args(Precision))
        _one_of("quantizer", self.quantizer, QUANTIZERS)
        _one_of("optimizer", self.optimizer, OPTIMIZERS)
        _one_of("schedule", self.schedule, SCHEDULES)
        _one_of("device", self.device, get_args(Device))
        _one_of("binarize", self.binarize, get_args(Binarize))
        _number("clip_value", self.clip_value, 0.01, 10)
        if self.weight_clip_value is not None:
            _number("weight_clip_value", self.weight_clip_value, 0.01, 10)
        _number("learning_rate", self.learning_rate, 0, 10, above=True)
        _number("noise", self.noise, 0, 1)
        _number("schedule_floor", self.schedule_floor, 0, 1)
        if self.binarize == "nothing" and self.optimizer in WITHOUT_LATENT_WEIGHTS:
            raise ValueError(
                f"binarize must be both or weights with optimizer {self.optimizer!r}, which keeps nothing but signs; "
                f"got {self.binarize!r}"
            )
        _one_of("pad_value", self.pad_value, (-1.0, 0.0, 1.0))
        _flag("scale", self.scale)
        _flag("latent_clip", self.latent_clip)
        _whole("batch_size", self.batch_size, 2, 10_000)
        _whole("epochs", self.epochs, 1, 100_000)
        _whole("seed", self.seed, 0, 2**32 - 1)
        _whole("evaluate_every", self.evaluate_every, 0, 1_000_000)
        object.__setattr__(self, "widths", _checked_widths(self.widths))
        MODELS[self.model].check(self.spec)

    @property
    def spec(self) -> ModelSpec:
        """What the model builder needs to know."""
        source = DATASETS[self.dataset]
        return ModelSpec(
            input_shape=source.input_shape,
            classes=len(source.class_names),
            widths=self.widths,
            first_layer=self.first_layer,
            last_layer=self.last_layer,
            quantizer=self.quantizer,
            clip_value=self.clip_value,
            weight_clip_value=self.weight_clip_value,
            binarize=self.binarize,
            scale=self.scale,
            pad_value=self.pad_value,
        )

    @property
    def weight_clip(self) -> float:
        """The t_clip that holds for weights."""
        return self.clip_value if self.weight_clip_value is None else self.weight_clip_value

    def updated(self, **changes: Unpack[AtOnce]) -> RunConfig:
        """These settings with some changed on the way.

        Raises:
            ValueError: If a setting needs a new start, or a value is impossible.
            TypeError: If a value has the wrong type.
        """
        for name in changes:
            if name not in AtOnce.__annotations__:
                raise ValueError(
                    f"{name} needs a new start; between two steps can change {', '.join(AtOnce.__annotations__)}"
                )
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """All settings as JSON can hold them."""
        return {**dataclasses.asdict(self), "widths": list(self.widths)}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> RunConfig:
        """The inverse of `to_dict`; settings that are left out take their defaults.

        Raises:
            ValueError: If a name is no setting, or a value is impossible.
            TypeError: If a value has the wrong type.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in settings:
            _one_of("setting", name, known)
        return cls(**settings)


def _one_of(name: str, value: object, allowed: Iterable[object]) -> None:
    choices = list(allowed)
    if not any(value == choice for choice in choices):
        listed = ", ".join(str(choice) for choice in choices)
        raise ValueError(f"{name} must be one of {listed}; got {value!r}")


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):  # 1.0 == True, but was never meant as a yes
        raise ValueError(f"{name} must be one of False, True; got {value!r}")


def _number(name: str, value: object, least: float, most: float, above: bool = False) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not least <= value <= most or (above and value == least):  # NaN is not between anything
        bound = f"above {least:g} and at most {most:g}" if above else f"in {least:g}..{most:g}"
        raise ValueError(f"{name} must be {bound}, got {value}")


def _whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if not least <= value <= most:
        raise ValueError(f"{name} must be in {least}..{most}, got {value}")


def widths_from_text(text: str) -> tuple[int, ...]:
    """Widths as people type them: whole numbers separated by commas.

    Raises:
        ValueError: If `text` is something else.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"widths must be whole numbers separated by commas, got {text!r}") from None


def _checked_widths(widths: object) -> tuple[int, ...]:
    if isinstance(widths, str) or not isinstance(widths, Iterable):
        raise TypeError(f"widths must be a sequence of whole numbers, got {widths!r}")
    checked = tuple(widths)
    if not 1 <= len(checked) <= MAX_LAYERS:
        raise ValueError(f"widths must be 1..{MAX_LAYERS} numbers, got {len(checked)}")
    for width in checked:
        _whole("every width", width, 1, MAX_WIDTH)
    return checked
