"""The words of the lab that not everybody knows, as the notes of all pictures and pages explain them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from bnnlab.widgets.bundle import FOLDER

_MODULE: Final = FOLDER / "shared" / "glossary.js"


def _read() -> Mapping[str, str]:
    text = _MODULE.read_text(encoding="utf-8")
    words: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return words


GLOSSARY: Final = _read()
"""What each word means, in a sentence or two."""
