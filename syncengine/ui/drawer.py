"""Drawers that the address opens: one is open just while its parameter stands there, so that a link or a reload shows it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

#: Drawers of one page that may not be open together.
_ALONE = frozenset({"error", "fix", "all", "help", "arrival"})


def show(parameter: str, draw: Callable[[str], None]) -> None:
    """Draw the drawer of what the address names under `parameter`; nothing where it names nothing.

    `draw` is a function under `st.dialog` whose `on_dismiss` is `closer(parameter)`: a drawer that was closed stays closed.
    """
    if wanted := st.query_params.get(parameter):
        draw(wanted)


def open_with(parameter: str, value: str) -> None:
    """A button's callback: the drawer of `value` opens with the run that follows."""
    st.query_params[parameter] = value


def only(parameter: str, value: str) -> None:
    """A button's callback, where a page has several drawers: this one opens, and what else was open closes."""
    for other in [name for name in st.query_params if name in _ALONE and name != parameter]:
        del st.query_params[other]
    st.query_params[parameter] = value


def closer(parameter: str) -> Callable[[], None]:
    """What a dialog calls when it is dismissed."""

    def closed() -> None:
        if parameter in st.query_params:
            del st.query_params[parameter]

    return closed
