"""A network that has learned already, for a Summary that is opened before any other was trained.

`python -m bnnlab.app.learned` trains the default network and writes its numbers to `learned.safetensors` beside this
file. A test trains it again and compares.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from bnnlab.app.recording import computer
from bnnlab.nn import MODELS
from bnnlab.train import RunConfig, train
from bnnlab.train.checkpoint import copied_model
from bnnlab.widgets.tour import STEPS_BEFORE

FILE: Final = Path(__file__).with_name("learned.safetensors")
STEPS: Final = STEPS_BEFORE  # so that Summary and the tour begin with the same network


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A trained network's numbers.

    Attributes:
        config: What it was trained with.
        step: Training steps behind it.
        trained_on: Name of the computer, see `recording.computer`.
        tensors: Parameters and statistics, by name.
    """

    config: RunConfig
    step: int
    trained_on: str
    tensors: dict[str, Tensor]

    def model(self) -> nn.Module:
        """The network itself, ready to answer."""
        model: nn.Module = MODELS[self.config.model](
            self.config.spec, torch.Generator().manual_seed(self.config.seed)
        )
        model.load_state_dict(self.tensors)
        return model


def trained(steps: int = STEPS) -> Learned:
    """Train the default network, here and now."""
    with train(RunConfig()) as run:
        while run.step < steps:
            next(run)
        return Learned(run.config, run.step, computer(), copied_model(run.model))


@cache
def stored() -> Learned:
    """The network that comes with the lab."""
    with safe_open(FILE, framework="pt") as file:
        about = json.loads(file.metadata()["about"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, it is no dict
    return Learned(RunConfig.from_dict(about["config"]), about["step"], about["trained_on"], tensors)


def main() -> None:
    """Train it anew, with sums in the order in which the server's threads compute them."""
    torch.set_num_threads(1)
    learned = trained()
    about = {"config": learned.config.to_dict(), "step": learned.step, "trained_on": learned.trained_on}
    FILE.write_bytes(save(learned.tensors, {"about": json.dumps(about)}))
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
