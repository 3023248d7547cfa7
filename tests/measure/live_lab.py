"""Measures the live lab in Chromium: `python tests/measure/live_lab.py`.

On a warm server, with training running: seconds until the first picture of a freshly opened page, pictures
drawn per second, milliseconds from the snapshot in the training thread to its pixels, and how often a chart's
node was removed from the page. Run it on two quiet cores: browser, server and training share them.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.chromium import HELP, find

SECONDS = 20
CASES = {
    "64x64": "?widths_points_mlp=64,64,64",
    "256x784": "?dataset=mnist&first=binary&widths_images_mlp=256,256",
}

# Each drawing sets data-drawn; the frame after it is the one with its pixels on the screen.
WATCH = """seconds => new Promise(resolve => {
  const host = document.querySelector('.bnnlab') ?? shadow();
  function shadow() {
    for (const node of document.querySelectorAll('*'))
      if (node.shadowRoot?.querySelector('.bnnlab')) return node.shadowRoot.querySelector('.bnnlab');
  }
  const latencies = [], root = host.getRootNode();
  let seen = host.dataset.draws, removed = 0;
  const count = records => { for (const r of records) for (const n of r.removedNodes)
    removed += n.nodeName === 'CANVAS' || !!n.querySelector?.('canvas') || n === host; };
  const observers = [root, document].map(node => {
    const observer = new MutationObserver(count);
    observer.observe(node, { childList: true, subtree: true });
    return observer;
  });
  const end = performance.now() + 1000 * seconds;
  const steps = [Number(host.dataset.step)];
  requestAnimationFrame(function look(now) {
    if (host.dataset.draws !== seen) {
      seen = host.dataset.draws;
      latencies.push(performance.timeOrigin + performance.now() - Number(host.dataset.created));
      steps[1] = Number(host.dataset.step);
    }
    if (performance.now() < end) return requestAnimationFrame(look);
    observers.forEach(observer => observer.disconnect());
    resolve({ latencies, removed, steps: steps[1] - steps[0] });
  });
})"""

FIRST_PICTURE = """() => {
  for (const node of document.querySelectorAll('*')) {
    const host = node.shadowRoot?.querySelector('.bnnlab') ?? null;
    if (host?.dataset.drawn) return Number(host.dataset.drawn) - performance.timeOrigin;
  }
  return null;
}"""


def main() -> None:
    path = find()
    if not path:
        sys.exit(HELP)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("bnnlab")), "app", "--port", str(port), "--no-browser"]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(command, cwd=folder) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=path, args=["--no-sandbox", "--disable-gpu"]
                )
                _visit(browser, url)  # the first visit fills caches of server and browser
                for name, query in CASES.items():
                    print(json.dumps({"case": name, **_measure(browser, url + "/" + query)}), flush=True)
                browser.close()
        finally:
            server.terminate()


def _visit(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(url)
    page.wait_for_function(FIRST_PICTURE, timeout=60_000)
    page.close()


def _measure(browser: Browser, url: str) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(url)
    first_ms = page.wait_for_function(FIRST_PICTURE, timeout=60_000).json_value()
    page.wait_for_timeout(3000)  # past the compilation of scripts
    seen = page.evaluate(WATCH, SECONDS)
    page.close()
    latency = np.array(seen["latencies"])
    return {
        "first_picture_s": round(first_ms / 1000, 2),
        "updates_per_s": round(len(latency) / SECONDS, 1),
        "snapshot_to_pixels_p50_ms": round(float(np.percentile(latency, 50))),
        "snapshot_to_pixels_p95_ms": round(float(np.percentile(latency, 95))),
        "charts_remounted": seen["removed"],
        "training_steps_per_s": round(seen["steps"] / SECONDS, 1),
    }


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the lab did not start")


if __name__ == "__main__":
    main()
