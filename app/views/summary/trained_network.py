"""The session's network as it stands, in a copy that nobody trains, and packed."""

import copy
from dataclasses import dataclass
from typing import Any

import streamlit as st
from numpy.typing import NDArray
from torch import nn

from bnnlab.app import learned, session
from bnnlab.deploy import PackedModel, summary
from bnnlab.deploy.file import to_bytes
from bnnlab.deploy.ops.pixels import as_pixels
from bnnlab.records import NetworkSummary
from bnnlab.train import RunConfig, TrainingRun
from bnnlab.train.datasets import Dataset

STORED = "comes with the lab"
"""In place of a digest, of the network that is stored."""


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network at one moment.

    Attributes:
        config: What it was trained with.
        step: Training steps behind it.
        digest: Of all its numbers.
        model: The network.
        dataset: What it learned.
        comes_with_lab: Whether it is the one that the lab has stored, and not the visitor's.
    """

    config: RunConfig
    step: int
    digest: str
    model: nn.Module
    dataset: Dataset
    comes_with_lab: bool = False

    @classmethod
    def of(cls, run: TrainingRun) -> "TrainedNetwork":
        """Copied on the thread that owns the run."""
        return cls(run.config, run.step, run.digest(), copy.deepcopy(run.model).cpu(), run.dataset)

    @classmethod
    def stored(cls, dataset: Dataset) -> "TrainedNetwork":
        """The one that comes with the lab.

        Args:
            dataset: That it learned.
        """
        network = learned.stored()
        return cls(network.config, network.step, STORED, network.model(), dataset, comes_with_lab=True)

    @property
    def identity(self) -> tuple[RunConfig, str]:
        """Another network has another one; the same numbers may have been drawn for other data."""
        return self.config, self.digest

    @property
    def learned(self) -> bool:
        """Whether it has learned anything; else its weights are as they were drawn."""
        return self.step > 0

    def __str__(self) -> str:
        widths = "-".join(map(str, self.config.widths))
        layers = f"{widths} neurons" if self.config.model == "mlp" else f"{self.config.model} {widths}"
        return f"{layers} on {self.config.dataset}, after {self.step:,} training steps"


@dataclass(frozen=True, eq=False)
class PackedNetwork:
    """A network, packed and counted.

    Attributes:
        network: What was packed.
        packed: The packed network.
        takes: What the packed network takes.
        file_bytes: Of its file, as `PackedModel.save` writes it.
    """

    network: TrainedNetwork
    packed: PackedModel
    takes: NetworkSummary
    file_bytes: int

    @classmethod
    def of(cls, network: TrainedNetwork) -> "PackedNetwork":
        """Pack it.

        Raises:
            ValueError: If it has a layer that cannot be packed.
        """
        shape, divisor = network.dataset.x_test.shape[1:], network.dataset.half_range
        packed = PackedModel.from_module(
            network.model, shape, divisor=divisor, class_names=network.dataset.class_names
        )
        return cls(network, packed, summary(packed), len(to_bytes(packed)))

    def test_examples(self, count: int | None = None) -> NDArray[Any]:
        """The first test examples as the packed network takes them: pixels, of images."""
        dataset = self.network.dataset
        x = dataset.x_test[:count]
        return x if dataset.half_range is None else as_pixels(x, dataset.half_range, -1.0)


@dataclass(frozen=True)
class Kept:
    """A result, and which network it belongs to."""

    identity: tuple[RunConfig, str]
    network: str
    value: Any


def keep(key: str, network: TrainedNetwork, value: Any) -> None:
    """Keep a result for this session."""
    st.session_state[key] = Kept(network.identity, str(network), value)


def kept(key: str, network: TrainedNetwork, quiet: bool = False) -> Any:
    """The result kept under `key`, or None.

    One of another network is returned after saying so, or with `quiet` not at all.
    """
    result: Kept | None = st.session_state.get(key)
    if result is None or (quiet and result.identity != network.identity):
        return None
    if result.identity != network.identity:
        st.warning(
            f"These results are of an earlier network: {result.network}. The Lab's network has changed since: press "
            "the button again.",
            icon=":material/history:",
        )
    return result.value


def _comes_with_lab(run: TrainingRun) -> bool:
    """Whether the stored network is shown in place of a run: it is as that one will be."""
    return run.step == 0 and run.config == learned.stored().config


def _shown(run: TrainingRun) -> tuple[RunConfig, str]:
    """The identity of the network that is shown for a run."""
    return run.config, STORED if _comes_with_lab(run) else run.digest()


def _network(run: TrainingRun) -> TrainedNetwork:
    return TrainedNetwork.stored(run.dataset) if _comes_with_lab(run) else TrainedNetwork.of(run)


def packed_network() -> PackedNetwork | None:
    """The session's network, packed, or None after saying why not. Its training rests meanwhile."""
    run = session.live_run()
    run.pause()  # it goes on when the visitor is back in the Lab
    held: PackedNetwork | None = st.session_state.get("packed_network")
    try:
        identity = run.call(_shown)
        if held is None or held.network.identity != identity:
            held = PackedNetwork.of(run.call(_network))
            st.session_state["packed_network"] = held
    except ValueError as error:
        st.error(f"This network cannot be packed: {error}.", icon=":material/error:")
        return None
    except (RuntimeError, TimeoutError) as error:
        st.error(f"The Lab's network cannot be looked at: {error}.", icon=":material/error:")
        return None
    return held
