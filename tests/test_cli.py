"""The command: what it prints, and one clear line with exit code 2 for what cannot be used."""

import dataclasses
import errno
import inspect
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import bnnlab
from bnnlab import _xnor
from bnnlab.bench.contest import Opponent, Prepared
from bnnlab.bench.opponents import GEMM_OPPONENTS
from bnnlab.bench.product import GemmWorkload
from bnnlab.cli import app, main
from bnnlab.commands.run_settings import CHOICES, DEFAULTS
from bnnlab.commands.train import train
from bnnlab.nn import MODELS, OPTIMIZERS, QUANTIZERS, Binarize
from bnnlab.nn.models.spec import Precision
from bnnlab.records import Benchmark
from bnnlab.train import RunConfig
from bnnlab.train.config import Device
from bnnlab.train.datasets import DATASETS
from bnnlab.train.schedules import SCHEDULES

BRIEF = ["train", "--dataset", "digits", "--widths", "16,16", "--epochs", "1"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_train_reports_as_json_and_is_reproducible() -> None:
    reports = [json.loads(run(*BRIEF, "--json").stdout) for _ in range(2)]
    assert reports[0]["weights_sha256"] == reports[1]["weights_sha256"]
    report = reports[0]
    assert RunConfig.from_dict(report["config"]).widths == (16, 16)
    assert report["steps"] == report["evaluations"][-1]["step"] > 0
    assert 0 <= report["test_accuracy"] <= 1
    assert [layer["name"] for layer in report["layers"]] == ["hidden1"]


def test_train_says_where_it_saved(tmp_path: Path) -> None:
    path = tmp_path / "net.bnn"
    assert run(*BRIEF, "--save", str(path)).stdout.splitlines()[-1] == f"saved as {path}"
    assert json.loads(run(*BRIEF, "--save", str(path), "--json").stdout)["saved"] == str(path)
    assert json.loads(run(*BRIEF, "--json").stdout)["saved"] is None


def test_results_are_shown_where_they_cannot_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bnnlab.commands.train._save_packed", full)
    result = run(*BRIEF, "--save", str(tmp_path / "net.bnn"))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].startswith("test accuracy ")
    assert "No space left on device" in result.stderr


def test_help_of_train_tells_choices_and_defaults_without_torch() -> None:
    registries: dict[str, Iterable[str]] = {
        "dataset": DATASETS, "model": MODELS, "quantizer": QUANTIZERS, "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES, "device": get_args(Device),
        "first_layer": get_args(Precision), "last_layer": get_args(Precision), "binarize": get_args(Binarize),
    }  # fmt: skip
    assert {name: tuple(registry) for name, registry in registries.items()} == CHOICES
    assert {field.name: field.default for field in dataclasses.fields(RunConfig)} == DEFAULTS
    code = (
        "import sys, bnnlab.cli as cli; cli.app(['train', '--help'], standalone_mode=False);"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"COLUMNS": "200"},
    )
    for said in (
        "mlp, convnet. [default: (mlp)]",
        "[default: (digits)]",
        "both, weights, nothing.",
        "adam, sgd, bop.",
        "[default: (64,64,64)]",
        "swish_sign",
    ):
        assert said in done.stdout


def test_train_says_its_accuracy() -> None:
    result = run(*BRIEF)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("test accuracy ")
    assert "hidden1: 256 binary weights" in result.stdout


def test_every_setting_is_an_option() -> None:
    asked = {
        "weight_clip_value": "0.5", "binarize": "weights", "schedule_floor": "0.25", "learning_rate": "0.01",
    }  # fmt: skip
    options = [word for name, value in asked.items() for word in (f"--{name.replace('_', '-')}", value)]
    said = json.loads(run(*BRIEF, *options, "--no-latent-clip", "--json").stdout)["config"]
    assert {name: str(said[name]) for name in asked} == asked
    assert said["latent_clip"] is False
    settings = {field.name for field in dataclasses.fields(RunConfig)}
    assert settings <= set(inspect.signature(train).parameters)


def test_defaults_are_those_of_run_config() -> None:
    report = json.loads(run("train", "--epochs", "1", "--json").stdout)
    assert report["config"] == RunConfig(epochs=1).to_dict()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "--learning-rate", "nan"], "learning_rate must be above 0 and at most 10, got nan"),
        (["train", "--dataset", "nowhere"], "dataset must be one of moons"),
        (["train", "--widths", "64,many"], "widths must be whole numbers separated by commas"),
        (["train", "--widths", "64,0"], "1..4096, got 0"),
        (["train", "--quantizer", "magic"], "clipped_ste"),
        (["train", "--dataset", "moons", "--model", "convnet"], "needs images"),
        (["train", "--weight-clip-value", "0"], "weight_clip_value must be in 0.01..10, got 0"),
        (["train", "--binarize", "x"], "binarize must be one of both, weights, nothing; got 'x'"),
        (
            ["train", "--binarize", "nothing", "--optimizer", "bop"],
            "binarize must be both or weights with opti",
        ),
        (
            ["train", "--binarize", "weights", "--save", "net.bnn"],
            "--save packs signs, so it needs --binarize both",
        ),
        (["train", "--schedule-floor", "2"], "schedule_floor must be in 0..1, got 2"),
        (
            ["train", "--save", "/nowhere/at/all.bnn"],
            "--save must name a file in a folder that can be written to",
        ),
        (["train", "--batch-size", "1"], "batch_size must be in 2..10000"),
        (["disassemble", "nosuch"], "kernel must be 'auto' or one of"),
        (["data", "fetch", "nowhere"], "to fetch: mnist-full, fashion-mnist, cifar10"),
        (["data", "fetch", "cifar10", "--base-url", "file:///etc"], "must begin with http"),
        (
            ["bench", "gemm", "--shape", "256x784"],
            "a shape must be MxKxN, such as 256x784x1024, got '256x784'",
        ),
        (["summary"], "a file or --model must be given"),
        (["summary", "x.bnn", "--model", "mlp"], "a file (x.bnn) and --model (mlp) exclude each other"),
        (["summary", "x.bnn", "--first-layer", "binary"], "--first-layer can only be given with --model"),
        (["summary", "--model", "mlp", "--classes", "0"], "--classes must be in 1..65536, got 0"),
        (
            ["summary", "--model", "mlp", "--widths", "65536,65536"],
            "at most 134,217,728 weights, it would have 4,3",
        ),
        (["summary", "."], "bnnlab: .: not a file"),
        (["train", "--save", "."], "--save must name a file in a folder that can be written to, got '.'"),
        (["summary", "nosuch.bnn"], "bnnlab: nosuch.bnn: No such file or directory"),
        (["summary", __file__], "test_cli.py: not a packed model"),
        (["summary", "--model", "magic"], "--model must be one of mlp, convnet; got 'magic'"),
        (["summary", "--model", "mlp", "--widths", "64,-1"], "--widths must be whole numbers of 1..65536"),
        (["summary", "--model", "mlp", "--first-layer", "ternary"], "--first-layer must be float or binary"),
        (["summary", "--model", "convnet", "--input-shape", "784"], "needs images"),
        (["summary", "--model", "mlp", "--input-shape", "28x28"], "--input-shape must be one or three whole"),
        (
            ["summary", "--model", "mlp", "--input-shape", "1,0,28"],
            "such as 784, 1x28x28 or 1,28,28; got '1,0",
        ),
        (["bench", "gemm", "--shape", "0x4x4"], "rows must be at least 1, got 0"),
        (["bench", "gemm", "--seconds", "nan"], "seconds must be above 0 and at most 3600, got nan"),
        (["bench", "gemm", "--opponents", "numpy,nobody"], "opponent must be one of"),
        (["bench", "threads", "--shape", "1x1"], "a shape must be MxKxN"),
        (["bench", "pack", "--shape", "99999x99999"], "must have 1 to 134217728 elements"),
        (["bench", "conv", "--shape", "1x64x9x9x64x2"], "taps of a filter must be odd"),
        (["app", "--base-path", "../x"], "--base-path must be a path such as /bnn, got '../x'"),
        (["app", "--base-path", f"{'a' * 100}?"], "--base-path must be a path such as /bnn"),
        (["app", "--allowed-host", "http://x.org"], "--allowed-host must be a name such as lab.example.org"),
        (["app", "--allowed-host", "x.org:80"], "without scheme and port, got 'x.org:80'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.strip().splitlines()[-1].startswith("bnnlab: ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "--epochs", "many"], "--epochs"),
        (["train", "--no-such-option"], "No such option"),
        (["no-such-command"], "No such command"),
        (["data", "fetch"], "Missing argument"),
        (["train", "--threads", "0"], "--threads"),
        (["bench", "gemm", "--seconds", "long"], "--seconds"),
    ],
)
def test_a_mistyped_command_is_one_line_and_exit_code_2(
    arguments: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["bnnlab", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert line.startswith("bnnlab: ")
    assert says in line


def test_the_exit_code_of_a_failure_reaches_the_shell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["bnnlab", "train", "--dataset", "cifar10"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1


def test_a_data_set_that_was_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    result = run("train", "--dataset", "mnist-full")
    assert result.exit_code == 1
    assert "run `bnnlab data fetch mnist-full`" in result.stderr


def test_an_unreachable_server_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    result = run("data", "fetch", "mnist-full", "--base-url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "the server cannot be reached" in result.stderr


def test_data_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    here = {row["name"]: row["here"] for row in json.loads(run("data", "list", "--json").stdout)}
    assert here["mnist"]
    assert here["moons"]
    assert not here["mnist-full"]
    places = {
        line.split()[0]: line.split("  ")[-1].strip() for line in run("data", "list").stdout.splitlines()
    }
    assert (places["mnist"], places["mnist-full"]) == ("here", "bnnlab data fetch mnist-full")
    assert {name for name, place in places.items() if place == "here"} == {n for n in here if here[n]}


def test_disassemble_prints_the_loaded_code() -> None:
    report = json.loads(run("disassemble", "scalar", "--json").stdout)
    expected = bnnlab.disassemble("scalar")
    assert report["kernel"] == "scalar"
    assert [row["mnemonic"] for row in report["instructions"]] == [one.mnemonic for one in expected]
    assert bytes.fromhex(report["instructions"][0]["bytes"]) == expected[0].bytes
    assert report["library"] == _xnor.__file__


def test_disassemble_says_what_it_prints() -> None:
    heading, code = run("disassemble", "auto").stdout.split("\n\n")
    fastest = bnnlab.disassemble(bnnlab.kernels()[0])
    for said in (f"Kernel {bnnlab.kernels()[0]}:", _xnor.__file__, f"{len(fastest):,} instructions"):
        assert said in heading
    lines = code.splitlines()
    assert len(lines) == 1 + len(fastest)
    assert sum(line.startswith("|") for line in lines) == sum(one.in_loop for one in fastest)


BRIEF_BENCH = {
    "gemm": ["--shape", "5x70x9", "--opponents", "scalar,numpy"],
    "conv": ["--shape", "1x3x5x4x2x3", "--opponents", "scalar,of-which-packing"],
    "pack": ["--shape", "5x70"],
    "threads": ["--shape", "5x70x9"],
}


@pytest.mark.parametrize("subject", BRIEF_BENCH)
def test_bench_reports_as_json(subject: str) -> None:
    result = run("bench", subject, *BRIEF_BENCH[subject], "--seconds", "1e-6", "--json")
    assert result.exit_code == 0
    report = Benchmark.from_dict(json.loads(result.stdout))
    assert report.subject == subject
    assert report.results
    assert all(each.exact and each.best_seconds > 0 for each in report.results)
    assert report.ceilings.kernels.keys() == set(bnnlab.kernels())


def test_bench_prints_results_with_what_they_are_held_against() -> None:
    result = run("bench", "gemm", "--shape", "1x70x9", "--seconds", "1e-6")
    assert result.exit_code == 0
    for text in (
        "1x70x9",
        "of its",
        "ours /",
        "exact",
        "numpy.matmul(out=) in float32",
        "binary / float32",
    ):
        assert text in result.stdout
    assert result.stdout.startswith("Each row does the same work.")  # what the columns are stands above them
    assert "With one row (1xKxN)" in result.stdout  # the remark about memory
    assert "NO" not in result.stdout.split("Opponents")[0]


def test_bench_says_that_rows_name_their_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    brief = ("bench", "gemm", "--shape", "5x70x9", "--seconds", "1e-6", "--opponents", "scalar")
    assert "BNNLAB_KERNEL" not in run(*brief).stdout
    monkeypatch.setenv("BNNLAB_KERNEL", "lecture")
    assert "but rows that name a kernel ran theirs" in " ".join(run(*brief).stdout.split())


def test_bench_says_no_to_a_wrong_opponent_and_names_the_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(workload: GemmWorkload) -> Prepared:
        return Prepared(lambda: workload.expected + 1, np.asarray)

    monkeypatch.setitem(GEMM_OPPONENTS, "wrong", Opponent("wrong", "[bold]one too many[/bold]", wrong))
    monkeypatch.setitem(GEMM_OPPONENTS, "away", Opponent("away", "-", wrong, module="no_such_module"))
    shown = run("bench", "gemm", "--shape", "5x70x9", "--seconds", "1e-6", "--opponents", "wrong,away").stdout
    assert [line.split()[-1] for line in shown.splitlines() if line.startswith(" wrong")] == ["NO"]
    assert "[bold]one too many[/bold]" in shown  # text, not markup
    assert ["away", "not", "installed"] in [line.split() for line in shown.splitlines()]


def test_help_is_quick_to_import() -> None:
    code = "import sys, bnnlab.cli; print(int('torch' in sys.modules or 'streamlit' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_summary_counts_a_network_by_name() -> None:
    result = run("summary", "--model", "mlp", "--widths", "64,32", "--first-layer", "binary")
    assert result.exit_code == 0
    (line,) = (line for line in result.stdout.splitlines() if line.startswith(" input"))
    assert line.split() == [
        "input",
        "8-bit",
        "×",
        "1-bit",
        "64",
        "50,176",
        "50,176",
        "0",
        "64",
        "6,976",
        "201,216",
    ]
    assert "nothing was measured" in result.stdout
    described = [
        run("summary", "--model", "mlp", "--input-shape", shape).stdout for shape in ("1x9x9", "1,9,9")
    ]
    assert described[0] == described[1] != run("summary", "--model", "mlp").stdout
    points = run(
        "summary", "--model", "mlp", "--widths", "64,32", "--input-shape", "2", "--classes", "2", "--json"
    )
    document = json.loads(points.stdout)
    assert document["totals"]["macs"] == {
        "bit_bit": 2048, "byte_bit": 0, "float_bit": 0, "float_float": 192, "total": 2240, "binary_share": 2048 / 2240
    }  # fmt: skip
    assert document["op_count_speedup"] == {"hidden1": 32.0}
    assert document["energy_model"]["moved"]["ratio"] > document["energy_model"]["dram"]["ratio"] > 1


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::"])
def test_the_lab_listens_on_ipv4_and_ipv6(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    if ":" in address and not socket.has_dualstack_ipv6():
        pytest.skip("there is no IPv6 on this computer")
    started: list[object] = []
    monkeypatch.setattr("bnnlab.app.launch.launch", lambda *arguments: started.append(arguments))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        if address == "127.0.0.1":
            assert f"port {port} of 127.0.0.1 is in use" in run("app", "--port", str(port)).stderr
    hosts = ("--allowed-host", "a.org", "--allowed-host", "*.b.org", "--allowed-host", "fe80::1")
    result = run(
        "app", "--port", str(port), "--address", address, "--no-browser", "--base-path", "/bnn", *hosts
    )
    assert result.exit_code == 0, result.stderr
    assert started == [(address, port, False, "/bnn", ("a.org", "*.b.org", "fe80::1"))]
