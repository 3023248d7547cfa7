"""Models by name. A new one is one file, one line here, and its name in `bnnlab.commands.run_settings`."""

from bnnlab.nn.models.convnet import CONVNET
from bnnlab.nn.models.mlp import MLP
from bnnlab.nn.models.spec import Model, ModelSpec

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        MLP,
        CONVNET,
    )
}

__all__ = ["MODELS", "Model", "ModelSpec"]
