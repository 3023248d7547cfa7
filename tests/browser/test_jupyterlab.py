"""The pictures in a real JupyterLab: they follow a loop while its cell runs, and stay in the saved notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Position, expect

from .jupyter import Notebook, jupyterlab_server, write_notebook

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'bnnlab[notebook]'")

LOOP = """\
import threading, time, torch
from bnnlab.notebook import Lab
from bnnlab.train import RunConfig, train
torch.set_num_threads(1)
run = train(RunConfig(dataset="digits", widths=(64, 64), epochs=100_000))
lab = Lab(run)
display(lab)
for event in run:
    if event.step > STEPS:
        break
print(f"ended after step {event.step}, {len(run.listeners)} listens")"""

LIVE = """\
from bnnlab.train import LiveRun
live = LiveRun(RunConfig(dataset="digits", widths=(32, 32)))
live.wait_for(state="paused")
Lab(live)"""

THREADS = """\
print([thread.name for thread in threading.enumerate()].count("bnnlab-notebook"), "follows", live.status.state)"""

WATCHED = """\
from torch import nn
from bnnlab.nn import BinaryLinear
from bnnlab.train import Monitor
model = nn.Sequential(nn.Linear(64, 32), BinaryLinear(32, 48), nn.BatchNorm1d(48), BinaryLinear(48, 10))
optimizer = torch.optim.Adam(model.parameters())
x, y = torch.randn(100, 64), torch.randint(0, 10, (100,))
monitor = Monitor(model)
display(Lab(monitor))
for _ in range(40):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
    monitor.step()"""

OTHERS = """\
import numpy as np
from bnnlab.notebook import Estimator, Pack, Step
signs = np.random.default_rng(1).standard_normal((2, 70))
display(Step(signs, signs.T), Pack(signs[:, :9]), Estimator("approx_sign"))"""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of a JupyterLab, and the folder of its notebooks."""
    folder = tmp_path_factory.mktemp("notebooks")
    with jupyterlab_server(folder) as url:
        yield url, folder


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A page that may report no error of its own, nor any in its console."""
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    context.set_default_timeout(30_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not errors


def step_of(picture: Locator) -> int:
    return int(picture.get_attribute("data-step") or -1)


def wait_beyond(picture: Locator, step: int) -> int:
    """Wait until a later step is drawn; returns it."""
    picture.page.wait_for_function(
        "([node, step]) => Number(node.dataset.step) > step", arg=[picture.element_handle(), step]
    )
    return step_of(picture)


def test_a_running_loop_is_followed_and_stays_in_the_saved_notebook(
    jupyter: tuple[str, Path], visitor: Page
) -> None:
    url, folder = jupyter
    write_notebook(
        folder / "loop.ipynb", [LOOP.replace("STEPS", "10**9"), "lab", LOOP.replace("STEPS", "30")]
    )
    notebook = Notebook(visitor, url, "loop.ipynb")
    notebook.wait_for_kernel()
    pictures = visitor.locator(".bnnlab")

    notebook.start(0)
    first = pictures.first
    first.wait_for()
    wait_beyond(first, wait_beyond(first, wait_beyond(first, 0)))
    assert notebook.is_running(0)
    first.locator(".strip-live").click(position=middle_of_map(first, 1))
    title = first.locator(".neuron-panel h3")
    expect(title).to_have_text("hidden1, neuron 32")
    expect(first.locator(".neuron-panel .sum-line")).to_contain_text("sum")
    assert notebook.is_running(0)
    wait_beyond(first, step_of(first))
    expect(title).to_have_text("hidden1, neuron 32")
    notebook.interrupt(0)
    expect(first.locator(".weight-panel h3")).to_have_text("the weight of its input 32")

    notebook.run(1)
    expect(pictures).to_have_count(2)
    assert step_of(pictures.nth(1)) == step_of(first)

    for _ in range(2):
        notebook.run(2)
        assert "ended after step 31, 1 listens" in notebook.text(2)
    expect(pictures).to_have_count(3)
    expect(pictures.nth(2)).to_have_attribute("data-step", "31")
    shown = step_of(first)

    notebook.save()
    notebook.shut_down()
    again = Notebook(visitor, url, "loop.ipynb")
    expect(pictures).to_have_count(3)
    assert [step_of(picture) for picture in pictures.all()] == [shown, shown, 31]
    expect(pictures.nth(2).locator(".play")).to_be_hidden()
    pictures.nth(2).locator(".strip-live").click(position=middle_of_map(pictures.nth(2), 1))
    expect(pictures.nth(2).locator(".neuron-panel h3")).to_have_text("hidden1, neuron 32")
    again.shut_down()


def test_a_live_run_a_monitor_and_the_other_pictures(jupyter: tuple[str, Path], visitor: Page) -> None:
    url, folder = jupyter
    prepare = LOOP.split("run = ")[0]
    write_notebook(folder / "others.ipynb", [prepare, LIVE, "time.sleep(600)", THREADS, WATCHED, OTHERS])
    notebook = Notebook(visitor, url, "others.ipynb")
    notebook.wait_for_kernel()
    notebook.run(0)
    for _ in range(2):
        notebook.run(1)
    pictures = visitor.locator(".bnnlab")
    expect(pictures).to_have_count(1)
    obeys_while_a_cell_runs(notebook, pictures.first)

    notebook.run(4)
    expect(pictures).to_have_count(2)
    shows_the_layers_alone(pictures.nth(1))

    notebook.run(5)
    assert notebook.text(5) == ""
    expect(pictures).to_have_count(5)
    for place, words in ((2, "popcount"), (3, "word"), (4, "t_clip")):
        expect(pictures.nth(place)).to_contain_text(words)
    notebook.shut_down()


def obeys_while_a_cell_runs(notebook: Notebook, live: Locator) -> None:
    notebook.start(2)
    live.locator(".play").click()
    wait_beyond(live, wait_beyond(live, 0))
    live.locator(".play").click()
    expect(live.locator(".play")).to_contain_text("Play")
    assert notebook.is_running(2)
    notebook.interrupt(2)
    notebook.run(3)
    assert "1 follows paused" in notebook.text(3)


def shows_the_layers_alone(watched: Locator) -> None:
    expect(watched).to_have_attribute("data-step", "40")
    expect(watched.locator(".sentence").first).to_contain_text("What needs data is left out")
    for hidden in (".wrong", ".answer", ".progress + .accuracy", ".input-image"):
        expect(watched.locator(hidden)).to_be_hidden()
    watched.locator(".strip-live").click(position=middle_of_map(watched, 0))
    expect(watched.locator(".neuron-panel h3")).to_have_text("1, neuron 24")
    expect(watched.locator(".weight-panel h3")).to_have_text("the weight of its input 16")


def middle_of_map(picture: Locator, layer: int) -> Position:
    """Where the middle of a layer's weights is, within the strip."""
    strip = picture.locator(".strip").bounding_box()
    weights = picture.locator(".strip-map").nth(2 * layer).bounding_box()
    assert strip is not None
    assert weights is not None
    return {
        "x": weights["x"] + weights["width"] * 0.5 - strip["x"] + 1,
        "y": weights["y"] + weights["height"] * 0.5 - strip["y"] + 1,
    }
