"""Every word of the lab is explained once, for all pictures and pages."""

import re

import pytest

from bnnlab.app.words import WORDS_OF
from bnnlab.widgets.bundle import FOLDER
from bnnlab.widgets.glossary import GLOSSARY


@pytest.mark.parametrize(
    "word",
    [
        "latent weight", "straight-through estimator", "clip", "t_clip", "flip", "starved",
        "word", "padding", "threshold", "popcount",
    ],
)  # fmt: skip
def test_the_words_of_the_lab_are_there(word: str) -> None:
    assert GLOSSARY[word].endswith(".")
    assert len(GLOSSARY[word].split()) <= 45


@pytest.mark.parametrize(
    "module", ["lab/lab.js", "stepper/stepper.js", "packing/packing.js", "estimator/estimator.js"]
)
def test_every_word_that_lights_something_up_is_explained(module: str) -> None:
    source = (FOLDER / module).read_text(encoding="utf-8")
    (table,) = re.findall(r"const MEANT_IN_\w+ = \{(.*?)\};", source, re.DOTALL)
    meant = {quoted or bare for quoted, bare in re.findall(r'(?:"([^"]+)"|(\b\w+)): ?["\'T]', table)}
    assert meant
    assert meant <= GLOSSARY.keys()


def test_the_words_of_every_page_are_explained() -> None:
    assert {word for words in WORDS_OF.values() for word in words} <= GLOSSARY.keys()
