"""Every picture can be put into one self-contained module, and a notebook can show it."""

import re
import sys
from collections import Counter

import pytest

from bnnlab.widgets.bundle import FOLDER, PICTURES, bundle
from bnnlab.widgets.encoding import pack_frame
from bnnlab.widgets.jupyter import notebook_widget

MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.js"))
ENTRIES = [name for name in MODULES if "export default" in (FOLDER / name).read_text(encoding="utf-8")]
DECLARATION = re.compile(
    r"^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|var) +(\w+)", re.MULTILINE
)


def imports_of(module: str) -> list[tuple[str, str]]:
    """What a module imports: names, and the module they come from."""
    text = (FOLDER / module).read_text(encoding="utf-8")
    folder = (FOLDER / module).parent
    return [
        (names, (folder / source).resolve().relative_to(FOLDER).as_posix())
        for names, source in re.findall(r'^import \{([^}]*)\} from "([\w./]+)";', text, re.MULTILINE)
    ]


def names_in(text: str) -> list[str]:
    return DECLARATION.findall(text)


def test_every_picture_is_listed_once() -> None:
    assert sorted(ENTRIES) == sorted(f"{name}/{name}.js" for name in PICTURES)


def test_an_unknown_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of .*lab.*; got 'lab.js'"):
        bundle("lab.js")


@pytest.mark.parametrize("picture", PICTURES)
def test_a_bundle_is_self_contained(picture: str) -> None:
    text = bundle(picture)
    assert not re.search(r"^\s*import\b", text, re.MULTILINE)
    assert not re.search(r"^\s*export (?!default)", text, re.MULTILINE)
    assert len(re.findall(r"^export default ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("picture", PICTURES)
def test_imports_come_first_and_once(picture: str) -> None:
    modules = re.findall(r"^// ([\w/]+\.js)$", bundle(picture), re.MULTILINE)
    assert modules[-1] == f"{picture}/{picture}.js"
    assert len(set(modules)) == len(modules)
    for at, module in enumerate(modules):
        needed = {source for _, source in imports_of(module)}
        assert needed <= set(modules[:at])


def test_top_level_names_are_unique() -> None:
    names = Counter(
        name for module in MODULES for name in names_in((FOLDER / module).read_text(encoding="utf-8"))
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_every_import_names_something_exported() -> None:
    for module in MODULES:
        for names, source in imports_of(module):
            exported = re.findall(
                r"^export (?:function|class|const) (\w+)",
                (FOLDER / source).read_text(encoding="utf-8"),
                re.MULTILINE,
            )
            wanted = {name.strip() for name in names.split(",") if name.strip()}
            assert wanted <= set(exported), (module, source)


def test_a_notebook_widget_holds_its_data() -> None:
    frame = pack_frame({"step": 1}, {})
    picture = notebook_widget("lab", frame)
    assert picture.frame == frame
    assert "export default" in picture._esm
    assert notebook_widget("stepper", {"a": 1}).data == {"a": 1}
    assert notebook_widget("stepper", {"a": 1}).frame is None


def test_without_anywidget_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bnnlab.widgets import jupyter

    monkeypatch.setitem(sys.modules, "anywidget", None)
    jupyter._widget_class.cache_clear()
    with pytest.raises(ImportError, match=r"bnnlab\[notebook\]"):
        notebook_widget("lab", b"")
