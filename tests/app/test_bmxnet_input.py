"""A network of BMXNet in the lab: uploaded, tested, and stepped through; and files that are none."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from bnnlab.app.learned import stored
from bnnlab.app.plain_text import escaped
from bnnlab.app.views.gemm.bmxnet_example import example_files
from bnnlab.app.views.gemm.bmxnet_input import NETWORK
from bnnlab.deploy import load_bmxnet
from bnnlab.deploy.evaluation import LabelledImages, labelled_images
from tests.deploy.bmxnet_networks import lenet, resnet
from tests.deploy.bmxnet_writer import Writer

PAGE = "from bnnlab.app.views.gemm import gemm; gemm.page()"


def opened(network: Writer | None = None, name: str = "net", **query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=60)
    for key, value in ({"source": NETWORK} | query).items():
        app.query_params[key] = value
    app.run()
    return app if network is None else upload(app, network.params, network.symbol, name)


def upload(app: AppTest, params: bytes, symbol: bytes, name: str = "net", drawn: int = 0) -> AppTest:
    app.file_uploader(key=f"bmxnet_params_{drawn}").set_value((f"{name}-0001.params", params, ""))
    app.file_uploader(key=f"bmxnet_symbol_{drawn}").set_value(
        (f"{name}-symbol.json", symbol, "application/json")
    )
    return app.run()


def stepper(app: AppTest) -> Any:
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def test_before_an_upload_it_says_what_to_do() -> None:
    app = opened()
    assert not app.exception
    assert app.info[0].value.startswith("Choose both files of a network")
    assert not app.get("bidi_component")


def test_a_network_stays_when_its_files_are_gone() -> None:
    app = opened(lenet(64))
    for key in ("bmxnet_params_0", "bmxnet_symbol_0"):  # as when one comes back from another page
        app.file_uploader(key=key).set_value(None)
    app.run()
    assert any(
        each.value == "The network below stays until you choose two other files." for each in app.caption
    )
    assert stepper(app)["context"]["layer"] == "qconv"


def test_a_neuron_of_a_convolution_is_stepped_through() -> None:
    network = lenet(64)
    app = opened(network, bmxnet_image="3", bmxnet_output="7", bmxnet_row="2", bmxnet_column="5")
    assert not app.exception
    assert not app.error
    data = stepper(app)
    context = data["context"]
    assert (context["layer"], context["neuron"], context["equal"]) == ("qconv", 7, True)
    assert (data["depth"], data["words"]) == (64 * 25, 25)
    assert data["result"] == data["reference"] == [context["pre_activation"]]
    words = network.arrays["arg:qconv_weight"].view(np.uint64).reshape(64, 25)[7]
    assert data["b"] == [f"{word:016x}" for word in words.tolist()], "the words of the file, as they are"
    assert "The filter stands at row 2, column 5." in context["note"]
    assert f"(dot + 1600) / 2 = {(data['result'][0] + 1600) // 2};" in context["outcome"]
    assert "(dot" not in context["note"], "the result is not told before the last step"


def test_what_is_said_of_a_bit_is_what_the_network_has() -> None:
    network = lenet(64, pool_first=True, fix_gamma=False)
    model = load_bmxnet(network.params, network.symbol)
    app = opened(network, bmxnet_image="0", bmxnet_row="0", bmxnet_column="0")
    bits = model.values(labelled_images((1, 28, 28)).images[:1])["qconv"].unpack()[0, :, 0, 0]  # type: ignore[union-attr]
    said = set()
    for output in range(24):
        note = stepper(app.number_input(key="bmxnet_output").set_value(output).run())["context"]["outcome"]
        if "the same sign of every count" in note:
            said.add("constant")
            continue
        assert f"so here {'+1' if bits[output] > 0 else '−1'}." in note
        said |= {word for word in ("more", "less") if f"or {word}" in note}
    assert said == {"constant", "more", "less"}


def test_a_dense_layer_and_its_counts() -> None:
    app = opened(lenet(32))
    app.selectbox[0].set_value("qdense.dots").run()
    assert not app.exception
    data = stepper(app)
    assert (data["context"]["layer"], data["depth"]) == ("qdense.dots", 1024)
    assert "(dot + 1024) / 2" in data["context"]["outcome"]
    assert not any(each.key == "bmxnet_row" for each in app.number_input)


def test_its_layers_and_its_accuracy(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = np.zeros((300, 1, 28, 28), np.uint8), np.zeros(300, np.uint8)
    few = LabelledImages("MNIST", x, y, 255)
    monkeypatch.setattr("bnnlab.app.views.gemm.bmxnet_input.fitting_images", lambda _: few)
    network = lenet(64)
    app = opened(network)
    assert list(app.dataframe[0].value["name"])[:3] == ["data", "conv", "norm.bits"]
    assert not any("It recognises" in each.value for each in app.markdown)
    app.button(key="bmxnet_test").click().run()
    right = 300 * int(load_bmxnet(network.params, network.symbol).predict(x[0]) == 0)
    says = f"It recognises **{right} of 300** test images: **{right / 300:.2%}**."
    assert [each.value for each in app.markdown].count(says) == 1
    app.number_input(key="bmxnet_output").set_value(3).run()
    assert says in [each.value for each in app.markdown], "the result stays"
    app = upload(app, lenet(64, seed=1).params, lenet(64, seed=1).symbol)
    assert not any("It recognises" in each.value for each in app.markdown), "it was another network's"


def test_the_example_is_tried_without_any_file() -> None:
    app = opened(bmxnet_image="4")
    app.button(key="bmxnet_example").click().run()
    assert not app.exception
    assert not app.info
    digits = labelled_images((1, 8, 8))
    with torch.no_grad():
        answers = (
            stored().model().eval()(torch.from_numpy(digits.images / np.float32(8) - 1)).argmax(1).numpy()
        )
    data = stepper(app)
    assert data["context"]["layer"] == "hidden1"
    assert data["context"]["equal"]
    said = f"The network answers {answers[4]}, right is {digits.labels[4]}."
    assert data["context"]["note"].endswith(said), "one of the digits, not noise"
    assert max(data["context"]["image"]["grey"]) == 255, "white is white, though its pixels go to 16 only"
    app.button(key="bmxnet_test").click().run()
    right = int((answers == digits.labels).sum())
    assert right > 300
    assert f"It recognises **{right} of 360** test images: **{right / 360:.2%}**." in [
        each.value for each in app.markdown
    ]


def test_the_example_takes_the_place_of_an_upload_and_gives_it_back() -> None:
    app = opened(lenet(64))
    app.button(key="bmxnet_example").click().run()
    assert stepper(app)["context"]["layer"] == "hidden1"
    assert any("**The small example** takes 1 × 8 × 8" in each.value for each in app.markdown)
    assert app.file_uploader(key="bmxnet_params_1").value is None, "who sees its name would think it is shown"
    app = upload(app, lenet(64).params, lenet(64).symbol, drawn=1)
    assert stepper(app)["context"]["layer"] == "qconv"
    assert not app.get("download_button")


def test_the_example_can_be_tried_where_files_were_refused() -> None:
    app = upload(opened(), b"", lenet(64).symbol)
    assert app.error
    app.button(key="bmxnet_example").click().run()
    assert not app.error
    assert stepper(app)["context"]["layer"] == "hidden1"


def test_the_files_of_the_example_can_be_taken_along_and_uploaded() -> None:
    app = opened()
    app.button(key="bmxnet_example").click().run()
    assert [each.proto.label for each in app.get("download_button")] == [
        "digits-0001.params", "digits-symbol.json",
    ]  # fmt: skip
    shown = stepper(app)
    params, symbol = example_files()
    app = upload(app, params, symbol, "digits", drawn=1)
    name = escaped("digits-0001.params")
    assert any(each.value.startswith(f"**{name} with") for each in app.markdown)
    assert (stepper(app)["a"], stepper(app)["b"]) == (shown["a"], shown["b"])


def test_a_network_of_other_images_is_shown_noise() -> None:
    app = opened(resnet(64), bmxnet_noise="5")
    assert not app.exception
    data = stepper(app)
    assert data["context"]["note"].startswith("Of this noise the network makes class ")
    assert data["context"]["equal"]
    assert (data["context"]["image"]["height"], data["context"]["image"]["width"]) == (32, 32)
    assert not any(each.key == "bmxnet_test" for each in app.button)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda net: (b"", net.symbol), ".params: the file is empty"),
        (lambda net: (net.params[:-1], net.symbol), ".params: name"),
        (lambda net: (net.params, b"[]"), "-symbol.json: nodes: must be a list"),
        (lambda net: (net.params, net.symbol.replace(b"tanh2", b"<b>![x](y)</b>")), None),
        (lambda net: (net.params, net.symbol.replace(b'"QConvolution"', b'"<i>"')), "this operation is unknown"),
        (lambda net: (net.symbol, net.params), "-symbol.json: is not JSON but a .params file"),
    ],
)  # fmt: skip
def test_files_that_are_none_are_one_sentence(damage: Any, says: str | None) -> None:
    params, symbol = damage(lenet(64))
    app = upload(opened(), params, symbol, "*bad* ![x](y) <b>")
    assert not app.exception
    if says is None:
        assert not app.error
        assert not any("![x](y)" in each.value for each in (*app.markdown, *app.caption))
        return
    (error,) = app.error
    assert error.value.startswith("This network cannot be read: ")
    assert escaped(says) in error.value
    assert "<" not in error.value.replace("\\<", "")
    assert not app.get("bidi_component")


def test_plain_text() -> None:
    assert escaped("a *b* [c](d) <e> $f$ :g:") == r"a \*b\* \[c\]\(d\) \<e\> \$f\$ \:g\:"
