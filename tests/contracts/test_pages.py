"""The dashboard's files: thin, well named, and reaching down no further than the floor below them."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.support.source import ROOT, face_files, imports, relative

#: What a page asks, does and shows; nothing of the engine.
REACH = ("syncengine.ui", "syncengine.commands", "syncengine.queries")


@pytest.mark.parametrize("path", face_files(), ids=relative)
def test_no_page_hides_a_module_of_the_standard_library(path):
    """A page that is run alone puts its folder first on the import path, and `queue.py` would win there."""
    assert path.stem not in sys.stdlib_module_names


@pytest.mark.parametrize("path", face_files(), ids=relative)
def test_pages_reach_only_the_floor_below_them(path):
    ours = [(line, name) for line, name, _ in imports(path) if name.partition(".")[0] == "syncengine"]
    wrong = [f"{relative(path)}:{line} imports {name}" for line, name in ours if not f"{name}.".startswith(tuple(f"{r}." for r in REACH))]
    assert not wrong, "\n".join(wrong)


#: What Streamlit reads aloud by its label as that stands; what a button or a list's option says is read as it is seen.
READ_AS_IT_STANDS = {
    "checkbox", "date_input", "file_uploader", "multiselect", "number_input", "pills", "radio", "segmented_control", "selectbox",
    "text_area", "text_input", "time_input", "toggle",
}  # fmt: skip


def labels_escaped(source):
    """The lines on which such a field's label has text in it that was escaped."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    fields = [call for call in calls if call.func.attr in READ_AS_IT_STANDS and ast.unparse(call.func.value) == "st" and call.args]
    return [call.lineno for call in fields if {"words.plain", "words.begun"} & {ast.unparse(node) for node in ast.walk(call.args[0])}]


def test_no_field_is_read_aloud_with_what_its_label_escapes():
    assert labels_escaped('st.pills(f"What {words.plain(name)} is told of", [])\nst.button(words.plain(name))') == [1]
    found = {relative(path): labels_escaped(path.read_text(encoding="utf-8")) for path in (ROOT / "syncengine" / "ui").rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_raw_text_is_coloured():
    """Streamlit's own colours for code stand at 2:1 and 3:1 on a light page, and no theme changes them."""
    coloured = {relative(path) for path in (ROOT / "syncengine" / "ui").rglob("*.py") if "language=" in path.read_text().replace("language=None", "")}
    assert not coloured
