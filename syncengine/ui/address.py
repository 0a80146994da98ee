"""What an address says, as a page may use it: anybody can write anything there."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from syncengine import terms

#: The largest id and page number that a column of the database can hold.
LARGEST = terms.LARGEST


def number(name: str) -> int | None:
    """The whole number under a parameter's name; None for what is none, or no id that there could be."""
    return whole(st.query_params.get(name) or "")


def whole(said: str) -> int | None:
    """A text as a whole number from 0 that the database can hold.

    >>> whole("17"), whole("-1"), whole("9" * 25), whole("\N{SUPERSCRIPT TWO}"), whole(" 4")
    (17, None, None, None, None)
    """
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(LARGEST))):
        return None
    return int(said) if int(said) <= LARGEST else None


def is_returned_to() -> bool:
    """Whether this run is there because the browser's *Back* or *Forward* has led to the address."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def cleanse() -> None:
    """Take out of the address what no database takes in a question: the character NUL."""
    for name, value in st.query_params.items():
        if "\0" in value:
            st.query_params[name] = value.replace("\0", "")
