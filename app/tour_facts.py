"""Numbers that the tour's tasks ask for: computed here and now, by the library itself."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

import bnnlab
from bnnlab.bits import reference


def facts() -> dict[str, Any]:
    """What the tasks ask for, by the names that `Task.fact` and ``tasks.js`` use."""
    return {**_constants(), "measured": bool(st.session_state.get("measured_network"))}


@cache
def _constants() -> dict[str, int]:
    weights = np.random.default_rng(0).standard_normal((64, 64))
    low, high = reference.sign(np.array([0.30, 0.31]))
    counted = {"layer_bytes": bnnlab.pack_columns(weights).nbytes, "sign_change": int(high) - int(low)}
    with suppress(NotImplementedError):  # on this CPU no machine code can be read
        counted["loop_instructions"] = sum(one.in_loop for one in bnnlab.disassemble("lecture"))
    return counted
