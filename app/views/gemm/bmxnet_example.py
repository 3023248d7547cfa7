"""The example for who has no files of BMXNet: the network that comes with the lab, written as such files."""

from functools import cache
from typing import Any

from bnnlab.app import learned
from bnnlab.deploy import PackedModel
from bnnlab.deploy.bmxnet import bmxnet_files
from bnnlab.train.datasets import DATASETS

TITLE = "The small example"
NAMES = ("digits-0001.params", "digits-symbol.json")


@cache
def example_files() -> tuple[bytes, bytes]:
    """The contents of its `.params` and `-symbol.json`."""
    network = learned.stored()
    data = DATASETS[network.config.dataset].load(network.config.seed, network.config.noise)
    return bmxnet_files(PackedModel.from_module(network.model().eval(), divisor=data.half_range))


def draw_downloads(row: Any) -> None:
    """A button for each of the two files."""
    row.markdown("Take its two files along:", width="content")
    for name, content in zip(NAMES, example_files(), strict=True):
        row.download_button(
            name,
            content,
            name,
            "application/octet-stream",
            on_click="ignore",
            icon=":material/download:",
            help="One of the example's two files. Choose both above and you get this network again.",
            key=f"bmxnet_take_{name}",
        )
