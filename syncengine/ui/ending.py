"""The end of a page before its last line: where the visitor is to sign in, or may not see it, or has to do something first."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def stop() -> NoReturn:
    """End the page here, and forget the panels of the page that was there before.

    Streamlit forgets them only where a script runs to its last line. A panel that keeps itself up to date, and asks for its turn
    just then, would draw into a page that has no place for it any more: the browser gives up, and shows nothing at all.
    """
    run = get_script_run_ctx()
    if run is not None and not run.fragment_ids_this_run:
        run.fragment_storage.clear(new_fragment_ids=run.shared.new_fragment_ids.snapshot())
    st.stop()
