"""What the address of the Records page names: `kind`, and `record` for one of them. Other pages link to both."""

from __future__ import annotations

import streamlit as st

from syncengine import queries
from syncengine.ui import address

KIND, RECORD = "kind", "record"


def kind() -> str:
    """The kind that the address names, also as people write it; empty where it names none that there is."""
    said = str(st.query_params.get(KIND) or "").strip().lower().replace(" ", "_")
    return said if said in queries.kinds() else ""


def opened() -> tuple[str, int] | None:
    """The record that the address names, whether there is one or not."""
    record = address.number(RECORD)
    return (kind(), record) if kind() and record is not None else None


def open_record(kind_: str, record_id: int) -> None:
    """A button's callback: the record is shown with the run that follows."""
    st.query_params[KIND] = kind_
    st.query_params[RECORD] = str(int(record_id))


def close_record() -> None:
    """A button's callback: back to the list."""
    if RECORD in st.query_params:
        del st.query_params[RECORD]


def choose(kind_: str) -> None:
    """A kind is listed from now on; an empty text is all kinds."""
    if kind_:
        st.query_params[KIND] = kind_
    elif KIND in st.query_params:
        del st.query_params[KIND]
    close_record()
