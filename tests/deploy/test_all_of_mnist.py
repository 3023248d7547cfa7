"""Networks trained for a moment on real images answer packed as they did in torch, on all 10,000 test images."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from bnnlab.deploy import PackedModel
from bnnlab.deploy.evaluation import labelled_images
from bnnlab.train import RunConfig, train

from .networks import different_bits, numbers

STEPS = 40


@pytest.mark.parametrize(
    "settings",
    [
        {"model": "mlp", "widths": (128, 100)},
        {"model": "mlp", "widths": (128, 100), "first_layer": "binary", "last_layer": "binary"},
        *(
            {"model": "convnet", "widths": (8, 20, 40), "pad_value": pad_value, **more}
            for pad_value, more in (
                (-1.0, {}),
                (0.0, {"first_layer": "binary"}),
                (1.0, {"scale": True, "last_layer": "binary"}),
            )
        ),
    ],
    ids=lambda settings: " ".join(map(str, settings.values())),
)
def test_every_hidden_bit_and_every_answer(settings: dict[str, Any]) -> None:
    mnist = labelled_images((1, 28, 28))
    images, labels = mnist.images, mnist.labels
    with train(RunConfig(dataset="mnist", batch_size=100, **settings)) as run:
        for _ in islice(run, STEPS):
            pass
        model = run.model.eval()
    packed = PackedModel.from_module(model)
    wrong: dict[str, int] = {}
    expected = []
    for part in packed.parts(images):  # the sums of floats depend on how many examples run together
        for layer, bits in different_bits(packed, model, part).items():
            wrong[layer] = wrong.get(layer, 0) + bits
        with torch.no_grad():
            expected.append(model(numbers(part)).argmax(1).numpy())
    assert wrong
    assert set(wrong.values()) == {0}
    answers = packed.predict(images)
    assert np.array_equal(answers, np.concatenate(expected))
    assert (answers == labels).mean() > 0.4, "it has learned something, so its answers are more than one"
    if settings.get("first_layer") == "binary" and settings["model"] == "mlp":  # whole numbers all the way
        assert all(packed.predict(image) == answer for image, answer in zip(images, answers, strict=True))
