"""A small matrix to type into, to draw at random, or to load from a CSV file."""

import io

import numpy as np
import streamlit as st
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
MAX_ROWS, MAX_COLUMNS = 1024, 1024


def random_matrix(rows: int, columns: int, seed: int) -> Matrix:
    """Normal numbers with one decimal, as one would type them."""
    return np.round(np.random.default_rng(seed).standard_normal((rows, columns)), 1)


def matrix_from_csv(content: bytes) -> Matrix:
    """Read a matrix of numbers, one line a row, separated by commas.

    Raises:
        ValueError: If the content is no such text, or larger than `MAX_ROWS` x `MAX_COLUMNS`; the
            message is one sentence for the page.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("This is not a CSV file: it is not text in UTF-8.") from None
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise ValueError("This CSV file is empty: it needs one line of numbers for each row.")
    widths = {line.count(",") + 1 for line in lines}
    if len(widths) > 1:
        raise ValueError(f"Every line must hold equally many numbers; these hold {sorted(widths)}.")
    if len(lines) > MAX_ROWS or widths.pop() > MAX_COLUMNS:
        raise ValueError(f"The matrix may have at most {MAX_ROWS} rows and {MAX_COLUMNS} columns.")
    try:
        matrix = np.loadtxt(io.StringIO("\n".join(lines)), delimiter=",", ndmin=2)
    except ValueError:
        raise ValueError("Every entry must be a number, with commas between them.") from None
    return matrix


def matrix_input(key: str, label: str, start: Matrix) -> Matrix | None:
    """An editor that starts with `start`, with an upload beside it.

    Args:
        key: Prefix of the widgets' keys; a new `start` needs a new key.
        label: What the matrix is, for people.
        start: Values shown first.

    Returns:
        The matrix as it stands, or None after an error has been shown.
    """
    uploaded = st.file_uploader(f"{label} from a CSV file", "csv", key=f"{key}_csv", help=_CSV_HELP)
    if uploaded is not None:
        try:
            start = matrix_from_csv(uploaded.getvalue())
        except ValueError as error:
            st.error(f"{uploaded.name}: {error}", icon=":material/error:")
            return None
        st.caption(f"{label} is {start.shape[0]} × {start.shape[1]}, from {uploaded.name}.")
        key = f"{key}_{uploaded.file_id}"
    matrix = np.asarray(
        st.data_editor(
            start,
            key=f"{key}_editor",
            alt=f"{label}, {start.shape[0]} rows and {start.shape[1]} columns, editable",
            height=min(38 * start.shape[0] + 40, 320),
        ),
        float,
    )
    if np.isnan(matrix).any():
        row, column = np.argwhere(np.isnan(matrix))[0]
        st.error(f"{label}: the entry in row {row}, column {column} is no number.", icon=":material/error:")
        return None
    return matrix


_CSV_HELP = "One line a row, numbers separated by commas, no header."
