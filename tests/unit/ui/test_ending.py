"""A page that ends before its last line leaves no panel of the page before it behind."""

from __future__ import annotations

from typing import Any

from streamlit.runtime.fragment import FragmentStorage
from streamlit.testing.v1 import AppTest

from tests.support.source import PACKAGE, face_files, relative, uses


def test_a_panel_of_the_page_before_is_forgotten_and_one_that_stands_stays():
    """One that has asked for its turn would draw into a page without place for it, and the browser show nothing at all."""

    def script() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        from syncengine.ui import ending

        run = get_script_run_ctx()
        assert run is not None
        run.fragment_storage.register("of the page before", lambda: None)
        st.session_state["held"] = run.fragment_storage
        st.fragment(lambda: st.write("here"), key="standing")()
        ending.stop()

    app: Any = AppTest.from_function(script).run()
    assert [each.value for each in app.markdown] == ["here"]
    held: FragmentStorage = app.session_state["held"]
    assert not held.contains("of the page before")
    assert len(held.resolve_target("standing")) == 1


def test_no_page_ends_otherwise():
    files = [*(PACKAGE / "ui").rglob("*.py"), *face_files()]
    assert {relative(file) for file in files for use in uses(file) if use.name == "streamlit.stop"} == {"syncengine/ui/ending.py"}
