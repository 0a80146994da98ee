"""What each column of a file fills: guessed from its name, put right by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from syncengine.imports import Matching, line_targets, targets
from syncengine.imports.fields import CHARGE
from syncengine.ui import words

#: Kinds whose lines may come in a second file.
DOCUMENTS = ("invoice", "purchase_order")
IGNORE = "(ignore)"


def chosen(columns_id: str) -> tuple[dict[str, str] | None, dict[str, str] | None]:
    """What was matched by hand, of the file and of its lines; nothing of a file whose columns are as they were guessed."""
    found: tuple[dict[str, str] | None, dict[str, str] | None] = st.session_state.get(_key(columns_id), (None, None))
    return found


def _key(columns_id: str) -> str:
    return f"importing.mapping.{columns_id}"


def show(matching: Matching, columns_id: str, *, opened: bool = False) -> bool:
    """The columns, each with what it fills; whether the person has just said that they are to be taken otherwise."""
    used = len(matching.mapping) + len(matching.lines_mapping)
    every = len(matching.columns) + len(matching.lines_columns)
    with (
        st.expander(
            f"Columns: {used} of {every} are used",
            icon=":material/view_column:",
            expanded=opened,
            key=f"importing.matching.{columns_id}",
        ),
        st.form(f"importing.columns.{columns_id}", border=False),
    ):
        st.caption("What each column fills was guessed from its name. Columns that fill nothing are left out.")
        mapping = _matched(matching.columns, matching.mapping, _choices(matching), f"importing.column.{columns_id}")
        lines_mapping = None
        if matching.lines_columns:
            st.caption(f"Lines: {words.plain(matching.lines_name)}")
            known = ["number", *line_targets(matching.kind)]
            lines_mapping = _matched(matching.lines_columns, matching.lines_mapping, known, f"importing.line.{columns_id}")
        if st.form_submit_button("Look again with these columns", icon=":material/refresh:"):
            st.session_state[_key(columns_id)] = (mapping, lines_mapping)
            return True
    return False


def _choices(matching: Matching) -> list[str]:
    charges = [f"{CHARGE}{column}" for column in matching.columns] if matching.kind in DOCUMENTS else []
    return [*targets(matching.kind), *charges]


def _matched(columns: Sequence[str], mapping: Mapping[str, str], known: list[str], key: str) -> dict[str, str]:
    """One choice for each column: its field, or nothing; `charge:…` and `not:…` can be typed."""
    chosen: dict[str, str] = {}
    with st.grid(3, gap="small", min_column_width=180):
        for position, column in enumerate(columns):
            present = mapping.get(column, IGNORE)
            every = [IGNORE, *known] if present in {IGNORE, *known} else [IGNORE, present, *known]
            with st.container(gap="xxsmall"):
                # A field is read aloud by its label as that stands, so what is seen, which has to be escaped, stands by itself.
                numbered = f"column {position + 1}"
                st.caption(words.plain(column) or numbered)
                field = st.selectbox(
                    words.heard(column) or numbered,
                    every,
                    index=every.index(present),
                    format_func=_field,
                    key=f"{key}.{position}",
                    accept_new_options=True,
                    label_visibility="collapsed",
                )
            chosen[column] = "" if field in {None, IGNORE} else str(field)
    return chosen


def _field(name: str) -> str:
    """A field as the list of choices calls it; what has a colon, such as a charge, and what was typed stay as they are."""
    return name if name == IGNORE or ":" in name else words.column(name)
