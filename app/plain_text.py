"""Text from outside, such as names in a file that someone uploads, for places where Streamlit reads Markdown."""

import re


def escaped(text: str) -> str:
    """Markdown that shows `text` as it is."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
