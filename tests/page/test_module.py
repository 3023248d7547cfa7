"""The compiled module: made of the sources as they are, and small."""

import hashlib
import re
from pathlib import Path

import pytest

from bnnlab.deploy.export.memory import START

from . import javascript
from .javascript import FOLDER, WASM, run

ROOT = Path(__file__).parents[2]
SEARCHED = (ROOT / "ext", ROOT / "bnnlab/page/freestanding", ROOT / "bnnlab/deploy/export")
MAX_BYTES = 24_000


def listed() -> dict[Path, str]:
    """The hashes that `make wasm` wrote, by file."""
    lines = (FOLDER / "bnnlab.sha256").read_text().splitlines()
    return {ROOT / name: digest for digest, name in (line.split() for line in lines)}


def test_it_was_made_of_these_sources() -> None:
    changed = [
        file.relative_to(ROOT)
        for file, digest in listed().items()
        if hashlib.sha256(file.read_bytes()).hexdigest() != digest
    ]
    assert changed == [], "changed since: run `make wasm`"
    assert WASM in listed()


@pytest.mark.parametrize("file", [file for file in listed() if file != WASM], ids=lambda file: file.name)
def test_whatever_it_includes_is_listed_too(file: Path) -> None:
    for name in re.findall(r'#include [<"](\w+\.h)[>"]', file.read_text()):
        found = [folder / name for folder in SEARCHED if (folder / name).exists()]
        assert found or name in ("stddef.h", "stdint.h", "immintrin.h"), name  # those of the compiler itself
        assert set(found) <= set(listed())


def test_it_is_small_and_leaves_the_memory_behind_its_first_page() -> None:
    assert WASM.stat().st_size <= MAX_BYTES
    assert run(["compiled.js"], "return instantiated(module).exports.__heap_base.value;", None) <= START
    assert run(["compiled.js"], "return START;", None) == START


@pytest.mark.skipif(javascript.NODE is None, reason="there is no node, so all these tests run in Chromium")
def test_chromium_runs_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    body = """
      const row = { rows: 1, columns: 3, values: new Float32Array(3) };
      return Array.from(recordPack(module, row, "rows", 8).words, String);
    """
    assert run(["recorder.js"], body, None) == ["7"]
    monkeypatch.setattr(javascript, "NODE", None)
    assert run(["recorder.js"], body, None) == ["7"]
