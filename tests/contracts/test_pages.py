"""The dashboard's files: thin, well named, and reaching down no further than the floor below them."""

from __future__ import annotations

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


def test_no_raw_text_is_coloured():
    """Streamlit's own colours for code stand at 2:1 and 3:1 on a light page, and no theme changes them."""
    coloured = {relative(path) for path in (ROOT / "syncengine" / "ui").rglob("*.py") if "language=" in path.read_text().replace("language=None", "")}
    assert not coloured
