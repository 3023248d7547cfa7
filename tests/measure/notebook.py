"""How live a notebook's picture is: `python tests/measure/notebook.py [--seconds 15]`.

Run it on two quiet cores: browser, JupyterLab and training share them. One line of JSON a case: new steps drawn a
second in JupyterLab while the kernel is busy with a loop over `train(config)`, or a cell beside a live run; and how
many steps a second were done, without the picture too. Layers are 64x64.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.jupyter import Notebook, jupyterlab_server, write_notebook
from tests.browser.programs import CHROMIUM

PREPARE = """\
import time, torch
from bnnlab.notebook import Lab
from bnnlab.train import LiveRun, RunConfig, train
torch.set_num_threads(1)
config = RunConfig(dataset="digits", widths=(64, 64, 64), epochs=100_000)
def loop(run):
    ends = time.monotonic() + SECONDS
    for event in run:
        if time.monotonic() > ends:
            return event.step / SECONDS"""

CELLS = {
    "loop": "run = train(config)\ndisplay(Lab(run))\nprint(loop(run))",
    "live": 'live = LiveRun(config)\nlive.wait_for(state="paused")\ndisplay(Lab(live))\nlive.play()\n'
    "time.sleep(SECONDS)\nprint(live.status.step / SECONDS)\nlive.close()",
    "without": "print(loop(train(config)))",
}

# An update is a new data-step; what is drawn is listened to, not polled.
WATCH = """seconds => new Promise(resolve => {
    const host = [...document.querySelectorAll('.bnnlab')].at(-1);
    const late = [];
    let seen = host.dataset.step;
    const watch = new MutationObserver(() => {
        if (host.dataset.step === seen) return;
        seen = host.dataset.step;
        late.push(Date.now() - Number(host.dataset.created));
    });
    watch.observe(host, { attributes: true, attributeFilter: ['data-drawn'] });
    setTimeout(() => { watch.disconnect(); resolve(late); }, 1000 * seconds);
})"""


def main() -> None:
    """Measure each case."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=int, default=15)
    seconds = arguments.parse_args().seconds
    chromium = CHROMIUM.find()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        cells = [cell.replace("SECONDS", str(seconds + 4)) for cell in (PREPARE, *CELLS.values())]
        write_notebook(Path(folder) / "measured.ipynb", cells)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with jupyterlab_server(Path(folder)) as url:
            page = browser.new_page(viewport={"width": 1500, "height": 1000})
            notebook = Notebook(page, url, "measured.ipynb")
            notebook.wait_for_kernel()
            notebook.run(0)
            for at, case in enumerate(CELLS, 1):
                result: dict[str, object] = {"case": case}
                notebook.start(at)
                if case != "without":
                    page.wait_for_function(
                        "count => document.querySelectorAll('.bnnlab[data-step]').length === count", arg=at
                    )
                    late = page.evaluate(WATCH, seconds)
                    result |= {"updates_a_second": len(late) / seconds, "late_ms": median(late)}
                notebook.wait_for(at)
                result["steps_a_second"] = round(float(notebook.text(at).split()[-1]), 1)
                print(json.dumps(result), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
