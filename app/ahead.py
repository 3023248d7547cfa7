"""Modules of the page behind a click, for the browser to fetch while nobody waits for them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import streamlit as st

from bnnlab.app.launch import url_path

CONTROLS: Final = ("ButtonGroup", "NumberInput", "PageLink", "Selectbox")
"""Streamlit's own modules for what stands on the XNOR-GEMM page."""

STEPPER: Final = "_stcore/bidi-components/bnnlab.stepper/stepper/stepper.js"


@cache
def modules_ahead(base_path: str) -> tuple[str, ...]:
    """Addresses of the modules that draw the XNOR-GEMM page.

    Args:
        base_path: Path under which the lab is served.
    """
    scripts = Path(st.__file__).parent / "static" / "static" / "js"
    # Their names carry a hash. One that another version of Streamlit names otherwise comes when it is needed.
    controls = sorted(script.name for control in CONTROLS for script in scripts.glob(f"{control}.*.js"))
    return (*(url_path(base_path, f"static/js/{name}") for name in controls), url_path(base_path, STEPPER))
