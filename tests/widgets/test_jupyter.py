"""Every picture can be put into one self-contained module, and a notebook can show it."""

import re
import sys
from collections import Counter

import pytest

from bnnlab.widgets.frame import pack_frame
from bnnlab.widgets.jupyter import FOLDER, bundle, notebook_widget

MODULES = sorted(path.name for path in FOLDER.glob("*.js"))
ENTRIES = [name for name in MODULES if "export default" in (FOLDER / name).read_text(encoding="utf-8")]
DECLARATION = re.compile(
    r"^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|var) +(\w+)", re.MULTILINE
)


def names_in(text: str) -> list[str]:
    return DECLARATION.findall(text)


def test_the_lab_is_one_of_the_pictures() -> None:
    assert "lab.js" in ENTRIES


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_bundle_is_self_contained(entry: str) -> None:
    text = bundle(entry)
    assert not re.search(r"^\s*import\b", text, re.MULTILINE)
    assert not re.search(r"^\s*export (?!default)", text, re.MULTILINE)
    assert len(re.findall(r"^export default ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("entry", ENTRIES)
def test_imports_come_first_and_once(entry: str) -> None:
    modules = re.findall(r"^// (\w+\.js)$", bundle(entry), re.MULTILINE)
    assert modules[-1] == entry
    assert len(set(modules)) == len(modules)
    for at, module in enumerate(modules):
        needed = re.findall(r'from "\./([\w.]+)"', (FOLDER / module).read_text(encoding="utf-8"))
        assert set(needed) <= set(modules[:at])


def test_top_level_names_are_unique() -> None:
    names = Counter(
        name for module in MODULES for name in names_in((FOLDER / module).read_text(encoding="utf-8"))
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_every_import_names_something_exported() -> None:
    for module in MODULES:
        text = (FOLDER / module).read_text(encoding="utf-8")
        for names, source in re.findall(r'^import \{([^}]*)\} from "\./([\w.]+)";', text, re.MULTILINE):
            exported = re.findall(
                r"^export (?:function|class|const) (\w+)",
                (FOLDER / source).read_text(encoding="utf-8"),
                re.MULTILINE,
            )
            wanted = {name.strip() for name in names.split(",") if name.strip()}
            assert wanted <= set(exported), (module, source)


def test_a_notebook_widget_holds_its_data() -> None:
    frame = pack_frame({"step": 1}, {})
    picture = notebook_widget("lab.js", frame)
    assert picture.frame == frame
    assert "export default" in picture._esm
    assert notebook_widget("stepper.js", {"a": 1}).data == {"a": 1}
    assert notebook_widget("stepper.js", {"a": 1}).frame is None


def test_without_anywidget_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bnnlab.widgets import jupyter

    monkeypatch.setitem(sys.modules, "anywidget", None)
    jupyter._widget_class.cache_clear()
    with pytest.raises(ImportError, match=r"bnnlab\[notebook\]"):
        notebook_widget("lab.js", b"")
