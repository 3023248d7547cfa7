"""How soon the page without a server shows something: `python tests/measure/page_file.py [--epochs 67]`.

One line of JSON: the file's size; how many ms after it was asked for the first picture is on the screen and everything
works, the median of some openings; and the slowest answer while a digit is drawn, from its ink to the network's class.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from bnnlab.page import record_run, write_page
from bnnlab.train import RunConfig
from tests.browser.programs import CHROMIUM

OPENINGS = 7
STROKE = [(90, 90), (120, 55), (165, 60), (185, 100), (150, 160), (85, 225), (200, 225)]
TOOK = "() => Number(document.querySelector('.drawn-digit').dataset.took)"


def opened(browser: Browser, file: Path) -> dict[str, float]:
    """Open the page and draw a 2."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    times = {
        name: float(page.get_attribute("html", f"data-{name}") or "nan") for name in ("pictured", "ready")
    }
    paper = page.locator(".paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box
    answers = []
    for at, (x, y) in enumerate(STROKE):
        page.mouse.move(box["x"] + x, box["y"] + y)
        if at == 0:
            page.mouse.down()
        page.evaluate("() => new Promise(requestAnimationFrame)")
        answers.append(float(page.evaluate(TOOK)))
    page.close()
    return times | {"answer": max(answers)}


def main() -> None:
    """Write a page of a long run, and open it some times."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--epochs", type=int, default=67)
    run = record_run(RunConfig(epochs=arguments.parse_args().epochs))
    chromium = CHROMIUM.find()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        write_page(file, run)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        found = [opened(browser, file) for _ in range(OPENINGS)]
        browser.close()
        result = {"steps": run.steps[-1], "bytes": file.stat().st_size}
        medians = {f"{name}_ms": round(median(one[name] for one in found), 1) for name in found[0]}
        print(json.dumps(result | medians))


if __name__ == "__main__":
    main()
