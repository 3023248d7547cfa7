"""Numbers that the tour's tasks ask for: computed here and now, by the library itself."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

import bnnlab
from bnnlab.bits import reference
from bnnlab.bits.disassembly import Instruction
from bnnlab.widgets.shared.machine_code import meaning


def facts() -> dict[str, Any]:
    """What the tasks ask for, by the names that `Task.fact` and ``tasks.js`` use."""
    return {**_constants(), "measured": bool(st.session_state.get("measured_network"))}


@cache
def _constants() -> dict[str, Any]:
    weights = np.random.default_rng(0).standard_normal((64, 64))
    low, high = reference.sign(np.array([0.30, 0.31]))
    known: dict[str, Any] = {
        "layer_bytes": bnnlab.pack_columns(weights).nbytes,
        "sign_change": int(high) - int(low),
    }
    with suppress(NotImplementedError):  # on this CPU no machine code can be read
        known["loop_instructions"] = sum(one.in_loop for one in bnnlab.disassemble("lecture"))
        counting = (one.mnemonic for one in bnnlab.disassemble("lecture") if _counts(one))
        known["counting_instruction"] = next(counting, "")
    return known


def _counts(instruction: Instruction) -> bool:
    known = meaning(instruction)
    return known is not None and known.role == "count"
