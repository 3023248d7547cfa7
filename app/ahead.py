"""Modules for the browser to fetch ahead: those of the page that opens, and of the page behind a click."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

import streamlit as st

from bnnlab.app.launch import url_path
from bnnlab.widgets.tour import STOPS

CONTROLS: Final = ("ButtonGroup", "NumberInput", "PageLink", "Selectbox")
"""Streamlit's own modules for what stands on the XNOR-GEMM page."""

FRAME: Final = ("BidiComponent", "_arrayReduce", "recordbatch", "serialization")
"""Streamlit's own modules around each interactive picture."""

PICTURE_OF: Final = {
    "": "lab",
    "lab": "lab",
    "signs": "estimator",
    "packing": "packing",
    "gemm": "stepper",
    "kernel": "kernel",
    "summary": None,
}
"""The picture of each page, by the end of its path."""

PAGE_OF_STOP: Final = {str(number): stop.page for number, stop in enumerate(STOPS, 1)}


@cache
def modules_ahead(base_path: str) -> tuple[str, ...]:
    """Addresses of the modules that draw the XNOR-GEMM page.

    Args:
        base_path: Path under which the lab is served.
    """
    return (*_modules_of_streamlit(base_path, CONTROLS), picture_path(base_path, "stepper"))


def modules_of_page(base_path: str, page: str, query: str) -> tuple[str, ...]:
    """Addresses of the modules that draw the pictures of the page that an address opens, the tour's card among them.

    Args:
        base_path: Path under which the lab is served.
        page: The end of the address's path, a key of `PICTURE_OF`.
        query: The address's query; a stop of the tour that it names has a page of its own.
    """
    (stop, *_) = parse_qs(query).get("stop", [""])
    page = PAGE_OF_STOP.get(stop, page)
    pictures = [name for name in (PICTURE_OF[page], "tour") if name is not None]
    return (
        *_modules_of_streamlit(base_path, FRAME),
        *(picture_path(base_path, name) for name in pictures),
    )


def picture_path(base_path: str, name: str) -> str:
    """Where a picture's module is found."""
    path: str = url_path(base_path, f"_stcore/bidi-components/bnnlab.{name}/{name}/{name}.js")
    return path


@cache
def _modules_of_streamlit(base_path: str, names: tuple[str, ...]) -> tuple[str, ...]:
    scripts = Path(st.__file__).parent / "static" / "static" / "js"
    # Their names carry a hash. One that another version of Streamlit names otherwise comes when it is needed.
    found = sorted(script.name for name in names for script in scripts.glob(f"{name}.*.js"))
    return tuple(url_path(base_path, f"static/js/{name}") for name in found)
