"""The Summary page: counts, claims and deploy steps of the network at hand, and what it says when that changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bnnlab.app import learned, session
from bnnlab.app.learned import STEPS
from bnnlab.app.views.summary import tiles
from bnnlab.app.views.summary.downloads import FORMATS, Format, content
from bnnlab.app.views.summary.timing import TIME_IT
from bnnlab.app.views.summary.trained_network import PackedNetwork, TrainedNetwork
from bnnlab.deploy import PackedModel, summary
from bnnlab.deploy.claims import HEADLINES
from bnnlab.deploy.energy import ENERGY_PRESETS, estimate_energy
from bnnlab.train import LiveRun, RunConfig
from bnnlab.widgets.tour import STOPS

IMAGES = RunConfig(dataset="digits", widths=(32, 24), first_layer="binary", batch_size=100)


@pytest.fixture(autouse=True)
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveRun]:
    """The session's run, and measurements that take no time."""
    run = LiveRun(RunConfig())
    monkeypatch.setattr(session, "live_run", lambda _first=None: run)
    monkeypatch.setattr("bnnlab.app.views.summary.timing.SECONDS", 0.01)
    monkeypatch.setattr("bnnlab.app.views.summary.claim_panels.SECONDS", 0.01)
    yield run
    run.close()


def opened(**query: str) -> AppTest:
    app = AppTest.from_string(
        "from bnnlab.app.views.summary import summary; summary.page()", default_timeout=60
    )
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def clicked(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*app.markdown, *app.caption, *app.success, *app.info))


def words(app: AppTest, key: str) -> list[str]:
    """What is written in a claim's chart: groups, and above each bar its ratio and what it stands for."""
    (chart,) = (each for each in app.get("plotly_chart") if key in each.proto.id)
    return [note["text"] for note in json.loads(chart.proto.spec)["layout"]["annotations"]]


def learn(run: LiveRun, config: RunConfig, steps: int) -> None:
    run.reset(config)
    run.advance(steps)
    run.wait_for(state="paused", step=steps, timeout=60)


def test_a_fresh_session_sees_a_network_that_has_learned() -> None:
    app = opened()
    assert (
        f"a network that comes with the lab: **64-64-64 neurons on digits, after {STEPS:,} training steps.**"
        in texts(app)
    )
    assert "at random" not in texts(app)
    assert not app.warning
    table = app.table[0].value
    assert list(table.index) == ["input", "hidden1", "hidden2", "output", "**all**"]
    assert list(table["Multiplies"])[:4] == [
        "any × float32",
        "1-bit × 1-bit",
        "1-bit × 1-bit",
        "any × float32",
    ]
    assert list(table["Products"])[-1] == 64 * 64 * 3 + 64 * 10
    assert not app.error


def test_the_network_that_comes_with_the_lab_is_packed_and_proved_like_any_other() -> None:
    (proved,) = clicked(opened(), "prove").success
    assert proved.value.startswith("Proved")
    right = float(re.search(r"([0-9.]+)% of the packed network's answers are right", proved.value)[1])  # type: ignore[index]
    assert right > 90


def test_ones_own_network_stands_there_once_it_has_learned(run: LiveRun) -> None:
    assert "comes with the lab" in texts(opened())
    learn(run, RunConfig(), 3)
    own = texts(opened())
    assert "for your network: **64-64-64 neurons on digits, after" in own
    assert "comes with the lab" not in own


def test_a_network_that_never_learned_has_a_summary_too(run: LiveRun) -> None:
    run.reset(IMAGES)
    run.wait_for(state="paused")
    app = opened()
    assert "32-24 neurons on digits, after 0 training steps" in texts(app)
    assert "has not learned anything yet" in texts(app)
    assert "the files hold weights that were drawn at random" in "".join(each.value for each in app.warning)


def test_what_was_learned_is_not_called_random(run: LiveRun) -> None:
    learn(run, RunConfig(), 3)
    app = opened()
    assert "at random" not in texts(app)
    assert not app.warning


def test_the_page_counts_what_the_command_counts(run: LiveRun) -> None:
    learn(run, RunConfig(), 3)
    packed = PackedNetwork.of(run.call(TrainedNetwork.of)).packed
    table = opened().table[0].value
    assert table["Bytes in float32"].iloc[-1] == summary(packed).float32_bytes
    assert table["Bytes packed"].iloc[-1] == summary(packed).stored_bytes


def test_the_claims_stand_first_and_nothing_on_the_page_changes_them() -> None:
    app = opened()
    claimed = [("Smaller, per weight", "32×"), ("Faster on a CPU, per operation", "58×")]
    claimed.append(("Less energy, on special chips", "up to 1000×"))
    assert [(metric.label, metric.value) for metric in app.metric[:3]] == claimed
    clicked(clicked(app, "measure_kernel"), "time")
    app.selectbox(key="energy_preset").set_value("moved").run()
    assert [(metric.label, metric.value) for metric in app.metric[:3]] == claimed


def test_each_number_changes_with_its_own_button_and_no_other() -> None:
    app = opened()
    size, speed, energy = (metric.value for metric in app.metric[3:])
    assert speed == "not measured yet"
    clicked(app, "measure_kernel")
    assert [metric.value for metric in app.metric[3:]] == [size, speed, energy]
    clicked(app, "time")
    assert [app.metric[3].value, app.metric[5].value] == [size, energy]
    assert app.metric[4].value.endswith("×")
    app.selectbox(key="energy_preset").set_value("moved").run()
    assert app.metric[3].value == size
    assert app.metric[5].value != energy


def test_the_tile_of_energy_says_what_is_left(run: LiveRun) -> None:
    app = opened()
    assert "Not 1000×: 37% of its products are not of two signs." in texts(app)
    app.selectbox(key="energy_preset").set_value("dram").run()
    takes = summary(PackedModel.from_module(learned.stored().model(), (64,), divisor=8))
    estimate = estimate_energy(takes, "dram")
    assert (
        f"Not 1000×: {estimate.binary_memory / estimate.binary_total:.0%} goes into reading memory."
        in texts(app)
    )
    learn(run, replace(IMAGES, widths=(32, 32), last_layer="binary"), 1)
    again = opened(energy_preset=ENERGY_PRESETS["arithmetic"].title)
    others = 1 - summary(PackedNetwork.of(run.call(TrainedNetwork.of)).packed).macs.binary_share
    assert f"{others:.0%} of its products are not of two signs" in texts(again)


def test_a_claim_stands_without_references_that_lead_nowhere() -> None:
    assert not re.search(r"\[\d\]", " ".join(headline.conditions for headline in HEADLINES))


def test_the_tour_names_the_button_as_it_is_called() -> None:
    assert opened().button(key="time").label == TIME_IT
    assert TIME_IT in STOPS[-1].task.hint


def test_the_tour_learns_that_it_was_measured() -> None:
    app = opened()
    assert "measured_network" not in app.session_state
    clicked(app, "time")
    assert app.session_state["measured_network"] is True


def test_training_rests_while_one_looks(run: LiveRun) -> None:
    run.play()
    run.wait_for(step=3)
    opened()
    assert run.wait_for().status.state == "paused"


def test_all_three_claims_are_held_against_the_network() -> None:
    app = opened()
    assert [each.split("</b> ")[-1] for each in words(app, "claim_size")] == [
        "<b>Bits, counted by the formula</b>",
        "one weight",
        "<b>Measured</b>",
        "the file of this network",
        "claimed: 32×",
    ]
    assert "<b>62.3×</b> 256 channels of 3 × 3" in words(app, "claim_speed")
    assert not any("Measured" in each for each in words(app, "claim_speed"))
    assert "Nothing is measured: a sum of published costs" in texts(app)


@pytest.mark.parametrize("preset", ENERGY_PRESETS)
def test_the_energy_model_takes_the_chosen_assumption(preset: str) -> None:
    app = opened(energy_preset=ENERGY_PRESETS[preset].title)
    assert ENERGY_PRESETS[preset].text in texts(app)
    assert words(app, "claim_energy")[0] == "<b>By the model</b>"


def test_the_kernel_is_measured_when_asked(run: LiveRun) -> None:
    app = clicked(opened(), "measure_kernel")
    assert "<b>Measured: the kernel on one layer, against</b>" in words(app, "claim_speed")
    labels = " ".join(words(app, "claim_speed"))
    assert "one float at a time in C" in labels
    assert "float32 in NumPy (BLAS)" in labels
    learn(run, IMAGES, 1)
    assert "Measured: the kernel" in " ".join(words(app.run(), "claim_speed")), "it is no network's"


def test_proof_of_every_layer_and_every_answer(run: LiveRun) -> None:
    learn(run, IMAGES, 5)
    app = opened()
    assert "pixels p as bytes; the network learned them as p / 8 − 1" in texts(app)
    clicked(app, "prove")
    (table,) = (each.value for each in app.table if "Sums tried for each" in each.value)
    assert list(table.index) == ["input", "hidden1"]
    assert list(table["Sums tried for each"]) == [2 * 255 * 64 + 1, 33]
    assert set(table["Decisions that differ"]) == set(table["Weights that differ"]) == {0}
    (proved,) = app.success
    examples = run.call(lambda training: len(training.dataset.x_test))
    assert f"{examples:,} of {examples:,} answers" in proved.value


def test_a_network_that_learned_on_makes_results_stale(run: LiveRun) -> None:
    learn(run, IMAGES, 5)
    app = clicked(clicked(opened(), "prove"), "time")
    assert not app.warning
    assert "torch, 1 example" in " ".join(words(app, "claim_speed"))
    learn(run, IMAGES, 9)
    app.run()
    assert len(app.warning) == 2
    assert all("of an earlier network: 32-24 neurons on digits" in warning.value for warning in app.warning)
    assert "torch, 1 example" not in " ".join(words(app, "claim_speed"))
    clicked(clicked(app, "prove"), "time")
    assert not app.warning


def test_times_of_one_example_and_of_many(run: LiveRun) -> None:
    learn(run, IMAGES, 1)
    app = clicked(opened(), "time")
    (table,) = (each.value for each in app.table if "Fastest run" in each.value)
    assert table.columns[0] == "Speed-up by packing", "what a phone shows without scrolling"
    assert set(table["Answers"]) == {"as the original"}
    assert {"packed, 1 example", "torch, 1 example", "packed, 256 examples"} <= set(table.index)
    (chart,) = (each for each in app.get("plotly_chart") if "time_breakdown" in each.proto.id)
    assert any(bar["name"] == "signs × signs" for bar in json.loads(chart.proto.spec)["data"])
    assert "Amdahl" in texts(app)
    assert "This was another run" in texts(app)


def test_a_float_layer_that_is_nearly_everything_is_pointed_at(run: LiveRun) -> None:
    learn(run, RunConfig(dataset="digits", widths=(64, 16), batch_size=100), 1)
    (info,) = opened().info
    assert info.value.startswith("Layer `input` is ")
    assert "**First layer: binary**" in info.value
    learn(run, replace(IMAGES, last_layer="binary"), 1)
    assert not opened().info


def test_without_thresholds_only_the_answers_are_compared(run: LiveRun) -> None:
    learn(run, RunConfig(dataset="moons", widths=(8,)), 1)
    app = clicked(opened(), "prove")
    assert "nothing to try but its answers" in texts(app)
    assert "Not in the table: input." in texts(app)
    assert "500 of 500 answers" in app.success[0].value


def test_a_wrong_bit_is_no_success(run: LiveRun, monkeypatch: pytest.MonkeyPatch) -> None:
    of: Callable[[Any], PackedNetwork] = PackedNetwork.of

    def broken(network: Any) -> PackedNetwork:
        made = of(network)
        for node in made.packed.nodes:
            if "words" in node.op.tensors():
                node.op.tensors()["words"][0, 0] ^= np.uint64(1)
        return made

    monkeypatch.setattr(PackedNetwork, "of", broken)
    learn(run, IMAGES, 1)
    app = clicked(opened(), "prove")
    assert not app.success
    assert app.error[0].value.startswith("Not equal")


def test_a_network_that_cannot_be_packed_is_one_sentence(
    run: LiveRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_network: Any) -> PackedNetwork:
        raise ValueError("layer 'b' is a Softmax, which cannot be packed")

    monkeypatch.setattr(PackedNetwork, "of", refuse)
    (error,) = opened().error
    assert error.value == "This network cannot be packed: layer 'b' is a Softmax, which cannot be packed."


def test_a_run_without_a_network_is_one_sentence(run: LiveRun, monkeypatch: pytest.MonkeyPatch) -> None:
    run.close()
    (error,) = opened().error
    assert error.value == "The Lab's network cannot be looked at: the run is closed."


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.ending)
def test_every_format_holds_this_network(form: Format, run: LiveRun, tmp_path: Path) -> None:
    learn(run, IMAGES, 3)
    app = opened()
    (button,) = (
        each for each in app.get("download_button") if each.proto.id.endswith(f"download_{form.ending}")
    )
    assert button.proto.label == form.title
    assert not button.proto.disabled
    network = PackedNetwork.of(run.call(TrainedNetwork.of))
    made = content(form, network.packed, f"digits_mlp.{form.ending}")
    if form.ending == "bnn":
        assert len(made) == network.file_bytes
        (tmp_path / "digits_mlp.bnn").write_bytes(made)
        again = PackedModel.load(tmp_path / "digits_mlp.bnn")
        assert np.array_equal(
            again.predict(network.test_examples()), network.packed.predict(network.test_examples())
        )
    else:
        assert {"h": b"int digits_mlp_predict(", "onnx": b"logits", "npz": b"PK"}[form.ending] in made


def test_a_format_whose_package_is_missing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bnnlab.app.views.summary.downloads.find_spec", lambda _name: None)
    app = opened()
    assert [each.proto.disabled for each in app.get("download_button")] == [False, False, True, False]
    assert "The package onnx is not installed here" in texts(app)


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (
            0.5,
            " Against onnxruntime, a program that does nothing but run networks, it is slower with 1 example: 0.5×.",
        ),
        (2.0, ""),
    ],
)
def test_whoever_is_faster_is_named_beside_the_number(theirs: float, said: str) -> None:
    results = [
        SimpleNamespace(opponent=name, workload="1 example", ratio=ratio)
        for name, ratio in (("packed", 1.0), ("torch", 5.0), ("onnxruntime", theirs))
    ]
    assert tiles._least(SimpleNamespace(results=results)) == said
