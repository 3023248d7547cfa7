"""What `bnnlab train --help` tells of a run's settings: which choices there are, and what is taken if left out.

Both stand in the registries and in `bnnlab.train.RunConfig`, which need torch, and help must not wait for that. So they
stand here once more, and a test compares them: whatever gets a name there gets it here too.
"""

from __future__ import annotations

from typing import Any

import typer

CHOICES: dict[str, tuple[str, ...]] = {
    "dataset": (
        "moons", "circles", "xor", "spiral", "digits", "mnist", "mnist-full", "fashion-mnist", "cifar10"
    ),
    "model": ("mlp", "convnet"),
    "first_layer": ("float", "binary"),
    "last_layer": ("float", "binary"),
    "quantizer": ("clipped_ste", "identity_ste", "approx_sign", "swish_sign"),
    "binarize": ("both", "weights", "nothing"),
    "optimizer": ("adam", "sgd", "bop"),
    "schedule": ("constant", "cosine"),
    "device": ("cpu", "cuda"),
}  # fmt: skip

DEFAULTS: dict[str, Any] = {
    "dataset": "digits",
    "model": "mlp",
    "widths": (64, 64, 64),
    "first_layer": "float",
    "last_layer": "float",
    "quantizer": "clipped_ste",
    "clip_value": 1.0,
    "weight_clip_value": None,
    "binarize": "both",
    "scale": False,
    "pad_value": -1.0,
    "latent_clip": True,
    "optimizer": "adam",
    "learning_rate": 0.02,
    "schedule": "cosine",
    "schedule_floor": 0.005,
    "batch_size": 32,
    "epochs": 50,
    "seed": 0,
    "noise": 0.1,
    "evaluate_every": 0,
    "device": "cpu",
}


def setting(name: str, what: str) -> Any:
    """An option of the command line for a setting, whose help ends with its choices and its default.

    Args:
        name: Name of the setting.
        what: What the setting is, in a few words.
    """
    choices = f": {', '.join(CHOICES[name])}" if name in CHOICES else ""
    return typer.Option(help=f"{what}{choices}.", show_default=_as_typed(DEFAULTS[name]))


def _as_typed(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else f"{value}"
