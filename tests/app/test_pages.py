"""Every page draws without an exception, its controls reach the library, and bad input is one sentence."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

import bnnlab
from bnnlab.app import session
from bnnlab.app.matrix_input import matrix_from_csv
from bnnlab.app.views.gemm.journey import NETWORK
from bnnlab.bits.listing import KERNEL_SOURCES
from bnnlab.nn import QUANTIZERS
from bnnlab.train import LiveRun, RunConfig, TrainingRun
from bnnlab.widgets.encoding import unpack_frame

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture(autouse=True)
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveRun]:
    """The session's run, new for each test; how a browser session owns it is a matter of the browser tests."""
    run = LiveRun(RunConfig())
    monkeypatch.setattr(session, "live_run", lambda _first=None: run)
    yield run
    run.close()


def opened(view: str, **query: str) -> AppTest:
    """One page, drawn as a visitor with this address would see it first."""
    app = AppTest.from_string(
        f"from bnnlab.app.views.{view} import {view}; {view}.page()", default_timeout=60
    )
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def widget_data(app: AppTest, key: str) -> Any:
    """What a page hands to an interactive picture: a frame's values, or JSON."""
    (component,) = (element for element in app.get("bidi_component") if element.proto.id.endswith(key))
    proto = component.proto
    return unpack_frame(proto.bytes)[0] if proto.bytes else json.loads(proto.json)


def test_the_entry_script_draws_the_lab() -> None:
    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert not app.exception
    assert widget_data(app, "lab")["layers"]


@pytest.mark.parametrize("view", ["lab", "signs", "packing", "gemm", "kernel"])
def test_every_page_draws_from_defaults_alone(view: str) -> None:
    app = opened(view)
    assert not app.exception
    assert not app.error
    assert app.get("bidi_component")


def test_lab_steps_and_resets(run: LiveRun) -> None:
    app = opened("lab", play="false")
    assert widget_data(app, "lab")["step"] == 0
    button(app, "Step").click().run()
    run.wait_for(step=1)
    assert widget_data(app.run(), "lab")["step"] == 1
    button(app, "Reset").click().run()
    run.wait_for(state="paused")
    assert widget_data(app.run(), "lab")["step"] == 0


def test_lab_plays_and_pauses(run: LiveRun) -> None:
    app = opened("lab", play="false")
    app.button(key="play_pause").click().run()
    run.wait_for(step=3)
    app.button(key="play_pause").click().run()
    assert run.wait_for(state="paused").status.step >= 3


def test_new_settings_after_the_end_can_be_stepped_at_once(run: LiveRun) -> None:
    app = opened("lab", dataset="moons", epochs_points="1")
    run.wait_for(state="finished")
    assert button(app.run(), "Step").disabled
    app.number_input(key="seed").set_value(7).run()
    assert not button(app, "Step").disabled
    button(app, "Step").click().run()
    assert run.wait_for(step=1).status.step == 1


def test_controls_reach_the_run(run: LiveRun) -> None:
    app = opened("lab", play="false")
    app.selectbox(key="dataset").set_value("digits").run()
    app.selectbox(key="quantizer").set_value("approx_sign").run()
    app.text_input(key="widths_images_mlp").set_value("48, 32").run()
    app.number_input(key="seed").set_value(7).run()
    config = run.snapshot().status.config
    assert (config.dataset, config.quantizer, config.widths, config.seed) == (
        "digits",
        "approx_sign",
        (48, 32),
        7,
    )
    assert [layer["name"] for layer in widget_data(app, "lab")["layers"]] == ["hidden1"]


def test_nothing_is_said_of_latent_weights_where_the_optimiser_has_none(run: LiveRun) -> None:
    app = opened("lab", play="false")
    assert widget_data(app, "lab")["latent"]
    app.selectbox(key="optimizer").set_value("bop").run()
    assert not widget_data(app, "lab")["latent"]
    assert not any("latent" in text.value for text in app.main.markdown)


def test_learning_rate_and_clip_value_change_without_a_restart(run: LiveRun) -> None:
    app = opened("lab", play="false")
    button(app, "Step").click().run()
    app.slider(key="clip").set_value(0.5).run()
    frame = run.wait_for(step=1)
    app.run()
    assert frame.status.step == 1
    assert widget_data(app, "lab")["clip"] == 0.5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("64, many", "Widths must be whole numbers separated by commas"),
        ("", "Widths must be whole numbers"),
        ("0", "Every width must be in 1..1024 here, as the lab draws every weight, got 0"),
        ("64,5000", "Every width must be in 1..1024 here, as the lab draws every weight, got 5000"),
        ("1,1,1,1,1,1,1,1,1", "Widths must be 1..8 numbers, got 9"),
    ],
)
def test_impossible_widths_are_one_sentence_and_the_run_goes_on(text: str, says: str) -> None:
    app = opened("lab", play="false")
    app.text_input(key="widths_images_mlp").set_value(text).run()
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith(says)
    assert widget_data(app, "lab")["step"] == 0


def test_a_data_set_that_is_not_here_offers_its_download(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: LiveRun
) -> None:
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    monkeypatch.setenv("BNNLAB_DATA_URL", "http://127.0.0.1:9")
    app = opened("lab", play="false")
    app.selectbox(key="dataset").set_value("mnist-full").run()
    assert app.error[0].value.startswith("Data set 'mnist-full' is not on this computer yet")
    assert "the Lab goes on with what it had: mlp on digits." in app.error[0].value
    assert run.snapshot().status.config.dataset == "digits"
    app.button(key="download").click().run()
    assert any("the server cannot be reached" in error.value for error in app.error)


def test_a_diverging_run_is_explained_and_can_be_reset(run: LiveRun) -> None:
    app = opened("lab", play="false")
    app.selectbox(key="optimizer").set_value("sgd").run()

    def break_the_network(run: TrainingRun) -> None:
        list(run.model.parameters())[-1].data.fill_(float("nan"))

    run.call(break_the_network)
    button(app, "Step").click().run()
    with pytest.raises(RuntimeError, match="step 1"):
        run.wait_for(step=1)
    app.run()
    assert "The loss became nan in step 1" in app.error[0].value
    button(app, "Reset").click().run()
    run.wait_for(state="paused")
    assert not app.run().error


def test_packing_shows_the_matrix_in_the_chosen_words() -> None:
    app = opened("packing", pack_rows="3", pack_columns="20")
    assert (widget_data(app, "packing")["axis"], widget_data(app, "packing")["padding"]) == ("rows", 4)
    app.button_group(key="pack_axis").set_value("columns").run()
    app.button_group(key="pack_word").set_value(16).run()
    data = widget_data(app, "packing")
    assert (data["axis"], data["word_bits"], data["depth"], data["padding"]) == ("columns", 16, 3, 13)


def test_signs_shows_the_chosen_estimator() -> None:
    app = opened("signs")
    app.selectbox(key="estimator_name").set_value("swish_sign").run()
    app.slider(key="estimator_clip").set_value(0.5).run()
    data = widget_data(app, "estimator")
    assert data["name"] == "swish_sign"
    assert max(data["surrogate"]) == 10  # beta = 5 / t_clip
    assert min(data["surrogate"]) < 0
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert len(figure["data"]) == len(QUANTIZERS)


def test_gemm_steps_through_two_matrices() -> None:
    app = opened("gemm", gemm_m="3", gemm_k="70", gemm_n="2", step="4")
    data = widget_data(app, "stepper")
    assert (data["rows"], data["columns"], data["words"], data["padding"]) == (3, 2, 2, 58)
    assert data["start_step"] == 4
    assert data["result"] == data["reference"]


@pytest.mark.parametrize("step", ["-1", "nan", "999999999999", "<b>"])
def test_an_impossible_step_in_the_address_does_no_harm(step: str) -> None:
    app = opened("gemm", step=step)
    assert not app.exception
    assert 0 <= widget_data(app, "stepper")["start_step"] < 4


def test_gemm_takes_a_neuron_of_the_network(run: LiveRun) -> None:
    app = opened("gemm", source=NETWORK, neuron="5")
    context = widget_data(app, "stepper")["context"]
    assert (context["layer"], context["neuron"], context["equal"]) == ("hidden1", 5, True)
    assert context["pre_activation"] == widget_data(app, "stepper")["result"][-1]


def test_a_network_without_binary_products_is_explained(run: LiveRun) -> None:
    app = opened("gemm", source=NETWORK)
    run.reset(RunConfig(widths=(8,)))
    run.wait_for(state="paused")
    app.run()
    assert "No layer of this network multiplies signs with signs" in app.info[0].value


def test_gemm_shows_the_machine_code_of_its_loop() -> None:
    data = widget_data(opened("gemm"), "stepper")
    loop = [one.mnemonic for one in bnnlab.disassemble() if one.in_loop]
    assert [row["mnemonic"] for row in data["instructions"]] == loop


@pytest.mark.parametrize("name", bnnlab.kernels())
def test_kernel_shows_source_and_code_of_the_chosen_one(name: str) -> None:
    app = opened("kernel", kernel=name)
    data = widget_data(app, "kernel_picture")
    assert data["kernel"] == name
    assert data["source"]["file"] == f"ext/{KERNEL_SOURCES[name].file}"
    assert [row["mnemonic"] for row in data["code"]] == [one.mnemonic for one in bnnlab.disassemble(name)]
    assert not data["anywhere"] or name == "lecture"


def test_kernel_frames_the_instruction_in_its_address() -> None:
    name = next(one.mnemonic for one in bnnlab.disassemble() if one.in_loop)
    data = widget_data(opened("kernel", marked=name), "kernel_picture")
    assert data["code"][data["marked"]]["mnemonic"] == name
    assert data["code"][data["marked"]]["in_loop"]
    for nonsense in ({}, {"marked": "<b>"}):
        assert widget_data(opened("kernel", **nonsense), "kernel_picture")["marked"] == -1


def test_kernel_names_those_that_this_cpu_cannot_run() -> None:
    app = opened("kernel", kernel="nosuch")
    assert widget_data(app, "kernel_picture")["kernel"] == "lecture"
    missing = set(KERNEL_SOURCES) - set(bnnlab.kernels())
    (caption,) = (each.value for each in app.caption if each.value.startswith("Not on this computer"))
    assert missing
    assert all(f"`{name}` needs {KERNEL_SOURCES[name].needs}" in caption for name in missing)


def test_on_a_cpu_without_disassembler_the_source_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    app = opened("kernel")
    assert not app.exception
    assert "not on this CPU (riscv64)" in app.warning[0].value
    assert widget_data(app, "kernel_picture")["code"] == []
    assert widget_data(opened("gemm"), "stepper")["instructions"] == []


def test_kernel_measures_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("kernel", speed_m="8", speed_k="100", speed_n="16")
    monkeypatch.setattr("bnnlab.app.views.kernel.kernel.SECONDS", 0.01)
    assert not app.get("plotly_chart")
    button(app, "Measure here, now").click().run()
    assert not app.exception
    bars = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]
    assert [name.split("<br>")[0] for name in bars["y"]] == list(bnnlab.kernels())
    (sentence,) = (each.value for each in app.markdown if "of its ceiling" in each.value)
    assert sentence.startswith("**8 × 100 × 16:**")
    assert sentence.endswith("Every element of every result equals NumPy's.")
    app.number_input(key="speed_m").set_value(9).run()
    assert any("8 × 100 × 16" in each.value for each in app.markdown), "the last measurement stays"


def button(app: AppTest, label: str) -> Button:
    return next(button for button in app.button if button.label == label)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "not a CSV file"),
        (b"", "is empty"),
        (b"1,2\n3", "equally many"),
        (b"a,b\nc,d", "must be a number"),
        (b"<script>alert(1)</script>", "must be a number"),
        (b"1," * 1024 + b"1", "at most 1024 rows and 1024 columns"),
    ],
)
def test_a_csv_that_is_none_is_one_sentence(content: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        matrix_from_csv(content)


def test_a_csv_becomes_a_matrix() -> None:
    assert np.array_equal(matrix_from_csv(b"1, -2.5\r\n0,1e-3\r\n\r\n"), [[1, -2.5], [0, 1e-3]])
