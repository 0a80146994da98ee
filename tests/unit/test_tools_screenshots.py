"""The pictures that are taken: none of the menu's pages is forgotten, full or empty, and names are told apart."""

from __future__ import annotations

import re

import pytest

from syncengine.ui import menu, settings
from tools import scenes, screenshots


def test_every_page_of_the_menu_is_pictured_full_and_empty():
    for state in (scenes.FULL, scenes.EMPTY):
        pages = [each.name for each in scenes.SCENES if each.name == each.page and state in each.states]
        assert pages == [each.name for each in menu.ENTRIES]


def test_every_tab_of_the_settings_is_pictured():
    assert {"Schedule", *settings.SHEETS, "Company", "Alerts", "History"} <= {each.query.get("tab") for each in scenes.SCENES}


def test_every_drawer_and_dialog_is_pictured():
    sources = (screenshots.ROOT / "syncengine" / "ui").rglob("*.py")
    titles = {title for file in sources for title in re.findall(r'@st\.dialog\(\s*"([^"]+)"', file.read_text(encoding="utf-8"))}
    assert "Before it is sent" in titles
    assert {each.opens for each in scenes.SCENES} - {""} == titles


def test_each_picture_has_a_name_of_its_own_that_begins_with_its_page():
    names = [each.name for each in scenes.SCENES]
    assert len(set(names)) == len(names)
    assert all(each.name == each.page or each.name.startswith(f"{each.page}-") for each in scenes.SCENES)


def test_a_page_or_a_picture_can_be_asked_for_by_name():
    assert [each.name for each in scenes.wanted(["bills"])] == ["bills", "bills-entry"]
    assert [each.name for each in scenes.wanted(["preview-row"])] == ["preview-row"]
    assert scenes.wanted([]) == list(scenes.SCENES)
    with pytest.raises(ValueError, match="no picture of prewiev"):
        scenes.wanted(["prewiev"])


def test_the_pictures_of_the_docs_are_among_them_and_stand_in_the_docs():
    names = {each.name for each in scenes.SCENES}
    assert {scene for _, scene, _, _ in screenshots.DOCS} <= names
    pages = [screenshots.ROOT / "README.md", *(screenshots.ROOT / "docs").glob("*.md")]
    told = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [file for file, *_ in screenshots.DOCS if f"screenshots/{file}.png)" not in told] == []
