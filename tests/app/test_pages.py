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
from bnnlab.app.ahead import CONTROLS
from bnnlab.app.matrix_input import matrix_from_csv
from bnnlab.app.views.gemm.journey import NETWORK
from bnnlab.bits.listing import KERNEL_SOURCES
from bnnlab.cockpit.viewer import Viewer
from bnnlab.nn import QUANTIZERS
from bnnlab.records import Selection
from bnnlab.train import LiveRun, RunConfig, TrainingRun
from bnnlab.widgets.encoding import unpack_frame

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture(autouse=True)
def viewer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Viewer]:
    """The session's view of its run, new for each test; how sessions own runs has tests of its own."""
    viewer = Viewer(LiveRun(RunConfig()))
    monkeypatch.setattr(session, "viewer", lambda _first=None: viewer)
    yield viewer
    viewer.run.close()


@pytest.fixture
def run(viewer: Viewer) -> LiveRun:
    run: LiveRun = viewer.run
    return run


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
    assert widget_data(app, "lab")["connect"]


@pytest.mark.parametrize("view", ["lab", "signs", "packing", "gemm", "kernel"])
def test_every_page_draws_from_defaults_alone(view: str) -> None:
    app = opened(view)
    assert not app.exception
    assert not app.error
    assert app.get("bidi_component")


def test_the_lab_opens_as_the_address_asks(run: LiveRun) -> None:
    app = opened("lab", play="false", dataset="moons", quantizer="approx_sign", widths="48,32", seed="7")
    config = run.status.config
    assert (config.dataset, config.quantizer, config.widths, config.seed) == (
        "moons",
        "approx_sign",
        (48, 32),
        7,
    )
    meta = widget_data(app, "lab")
    assert (meta["step"], meta["state"], meta["notice"]) == (0, "paused", None)
    assert [layer["name"] for layer in meta["layers"]] == ["hidden1"]


def test_the_lab_plays_at_once_and_goes_on_while_other_pages_are_seen(run: LiveRun) -> None:
    opened("lab", speed="fast")
    step = run.wait_for(step=3).status.step
    opened("signs")
    assert run.wait_for(step=step + 3).status.state == "playing"


def test_the_labs_first_frame_says_how_to_connect(viewer: Viewer) -> None:
    connect = widget_data(opened("lab", play="false"), "lab")["connect"]
    assert [Path(address).name.split(".")[0] for address in connect.pop("ahead")] == [*CONTROLS, "stepper"]
    assert connect == {
        "path": "/api/bnn/live",
        "token": viewer.token,
        "kept": True,
        "polls": False,
        "recorded": None,
        "files": "/api/bnn/files",
    }
    assert widget_data(opened("lab", transport="fragments"), "lab")["connect"]["path"] is None


def test_only_the_default_address_begins_with_what_was_recorded(viewer: Viewer) -> None:
    connect = widget_data(opened("lab"), "lab")["connect"]
    assert connect["recorded"].startswith("/api/bnn/recorded?")


def test_the_address_selects_and_an_impossible_selection_is_one_sentence(run: LiveRun) -> None:
    app = opened("lab", play="false", layer="hidden1", neuron="3", weight="10", example="11")
    frame = run.wait_for(state="paused")
    assert frame.snapshot is not None
    assert frame.snapshot.selection == Selection("hidden1", 3, 10)
    assert frame.snapshot.example is not None
    assert frame.snapshot.example.index == 11
    assert widget_data(app, "lab")["notice"] is None


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"layer": "hidden1", "neuron": "64"}, "64"),
        ({"layer": "nowhere", "neuron": "0"}, "nowhere"),
        ({"example": "100000"}, "100000"),
        ({"widths": "64, many"}, "Widths must be whole numbers separated by commas"),
        ({"learning_rate": "nan"}, "Learning_rate must be above 0"),
        ({"dataset": "mnist-full"}, "Data set 'mnist-full' is not on this computer yet"),
    ],
)
def test_what_an_address_cannot_have_is_said_and_the_lab_opens(
    query: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    app = opened("lab", play="false", **query)
    assert not app.exception
    meta = widget_data(app, "lab")
    assert says in meta["notice"]
    assert meta["layers"]


def test_another_page_links_to_another_neuron_of_the_same_run(run: LiveRun) -> None:
    app = opened("lab", play="false", layer="hidden1", neuron="3")
    app.query_params["neuron"] = "5"
    app.run()
    frame = run.wait_for(state="paused")
    assert frame.snapshot is not None
    assert frame.snapshot.selection == Selection("hidden1", 5)


def test_a_diverging_run_is_explained_and_can_be_reset(run: LiveRun, viewer: Viewer) -> None:
    app = opened("lab", play="false", optimizer="sgd")

    def break_the_network(run: TrainingRun) -> None:
        list(run.model.parameters())[-1].data.fill_(float("nan"))

    run.call(break_the_network)
    viewer.command({"do": "step"})
    with pytest.raises(RuntimeError, match="step 1"):
        run.wait_for(step=1)
    assert "the loss became nan in step 1" in widget_data(app.run(), "lab")["error"]
    viewer.command({"do": "reset"})
    assert widget_data(app.run(), "lab")["error"] is None


def test_packing_shows_the_matrix_in_the_chosen_words() -> None:
    app = opened("packing", pack_rows="3", pack_columns="20")
    assert (widget_data(app, "packing")["axis"], widget_data(app, "packing")["padding"]) == ("rows", 4)
    app.button_group(key="pack_axis").set_value("columns").run()
    app.button_group(key="pack_word").set_value(16).run()
    data = widget_data(app, "packing")
    assert (data["axis"], data["word_bits"], data["depth"], data["padding"]) == ("columns", 16, 20, 12)
    assert [(side["rows"], side["columns"]) for side in data["sides"]] == [(3, 20), (20, 4)]


def test_packing_packs_what_was_turned_and_the_wrong_way_if_asked() -> None:
    app = opened("packing")
    before = widget_data(app, "packing")
    app.session_state["packing_edit"] = {
        "base": before["base"],
        "serial": 1,
        "wrong": True,
        "a": [0],
        "b": [],
    }
    data = widget_data(app.run(), "packing")
    assert (data["wrong"], data["turned"], data["answered"]) == (True, {"A": [0], "B": []}, 1)
    assert data["sides"][0]["signs"][0] == -before["sides"][0]["signs"][0]
    assert data["product"]["computed"] != data["product"]["right"]
    app.number_input(key="pack_seed").set_value(2).run()
    assert widget_data(app, "packing")["turned"] == {"A": [], "B": []}


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


def test_turned_signs_are_multiplied_and_the_step_stays() -> None:
    app = opened("gemm", word="8")
    before = widget_data(app, "stepper")
    app.session_state["gemm_edit"] = {"base": before["edit"]["base"], "serial": 1, "a": [0], "b": []}
    app.query_params["step"] = "2"
    after = widget_data(app.run(), "stepper")
    assert (after["edit"]["answered"], after["edit"]["turned"]) == (1, {"A": [0], "B": []})
    assert int(before["a"][0], 16) ^ int(after["a"][0], 16) == 1
    assert after["result"] == after["reference"] != before["result"]
    assert after["start_step"] == 2
    app.session_state["gemm_seed"] = 7
    assert widget_data(app.run(), "stepper")["edit"]["turned"] == {"A": [], "B": []}


def test_the_example_that_is_marked_is_the_one_that_is_shown() -> None:
    app = opened("gemm")
    marked = [app.session_state["gemm_preset"]]
    app.number_input(key="gemm_k").set_value(128).run()
    marked.append(app.session_state["gemm_preset"])
    app.session_state["word"] = 64
    marked.append(app.run().session_state["gemm_preset"])
    linked = opened("gemm", gemm_m="1", gemm_k="784", word="64")
    marked.append(linked.session_state["gemm_preset"])
    assert marked == ["4 mul, 3 add", None, "two full words", "784 values"]


def test_gemm_steps_through_two_matrices() -> None:
    app = opened("gemm", gemm_m="3", gemm_k="70", gemm_n="2", word="64", step="4")
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
    loop = [one.mnemonic for one in bnnlab.disassemble(word_bits=8) if one.in_loop]
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


def test_a_link_to_an_instruction_shows_the_lectures_loop_until_another_kernel_is_chosen() -> None:
    name = next(one.mnemonic for one in bnnlab.disassemble() if one.in_loop)
    app = opened("kernel")
    app.button_group(key="kernel").set_value("scalar").run()
    app.query_params["marked"] = name
    assert app.run().session_state["kernel"] == "lecture"
    app.button_group(key="kernel").set_value("scalar").run()
    assert not app.exception
    assert app.session_state["kernel"] == "scalar"
    assert "marked" not in app.query_params


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
