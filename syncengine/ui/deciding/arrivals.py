"""QuickBooks records that could not be applied here, each with cause and remedy, its payload a click away."""

from __future__ import annotations

import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.store.veil import HIDDEN
from syncengine.ui import drawer, fields, frame, tables, words
from syncengine.ui.queued import indented

#: What the address calls the arrival whose payload is shown: QuickBooks' entity and Id.
ARRIVAL = "arrival"
#: Records on one page.
CARDS = 10


def show(session: Session, overview: Overview) -> None:
    """One page of them."""
    total = overview.troubles.inbox
    st.header(f":material/move_to_inbox: From QuickBooks, not applied here: {words.count(total, 'record')}", anchor=False)
    st.caption("Each sync tries them again. Once the cause is put right, they come in by themselves.")
    page = tables.page_of("inbox", total, CARDS)
    for row in tables.records(queries.inbox(session, page=page, size=CARDS)):
        with st.container(border=True):
            gone = " (deleted in QuickBooks)" if row["deleted"] else ""
            called = words.plain(f"{words.entity(row['entity'])} {row['label'] or row['qbo_id']}")
            st.markdown(f"**{called}**{gone}")
            st.markdown(words.plain(fields.cause(row["cause"])))
            st.markdown(f":material/build: {words.plain(row['remedy'])}")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    "Details",
                    key=f"arrival.{row['id']}",
                    icon=":material/code:",
                    on_click=drawer.only,
                    args=(ARRIVAL, f"{row['entity']}-{row['qbo_id']}"),
                )
                # What it clashes with here mostly has the same name or number.
                if row["label"]:
                    frame.link("pages/records.py", "Look for it in Records", ":material/search:", search=row["label"])
                st.caption(f"Came {words.ago(row['since'], session.clock.now(), overview.timezone)}")


@st.dialog("What QuickBooks holds", position="right", width="large", on_dismiss=drawer.closer(ARRIVAL))
def look(session: Session, wanted: str) -> None:
    """All that QuickBooks holds of one of them."""
    found = tables.records(queries.inbox(session, only=wanted, size=1))
    if not found:
        st.success("It has come in by now, or was never here.", icon=":material/check_circle:")
        return
    row = found[0]
    st.header(words.plain(f"{words.entity(row['entity'])} {row['label'] or row['qbo_id']}"), anchor=False)
    st.markdown(words.plain(fields.cause(row["cause"])))
    st.markdown(f":material/build: {words.plain(row['remedy'])}")
    st.markdown(f"**QuickBooks Id** {words.plain(row['qbo_id'])}")
    if row["payload"] == HIDDEN:
        st.caption(HIDDEN[:1].upper() + HIDDEN[1:])
    else:
        st.code(indented(row["payload"]), language=None, wrap_lines=True)
