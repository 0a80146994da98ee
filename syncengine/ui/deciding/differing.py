"""Drift: posted documents that QuickBooks holds otherwise than they were sent, with exactly two answers (D18, D19)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.drifts import DELETED, VOIDED
from syncengine.store.rights import Permission
from syncengine.ui import frame, tables, words
from syncengine.ui.deciding import answer

#: Documents on one page.
CARDS = 10
_WHAT = {DELETED: "It was deleted in QuickBooks.", VOIDED: "It was voided in QuickBooks."}

Row = dict[str, Any]


def show(session: Session, overview: Overview) -> None:
    """One page of drifted documents, each with what differs and two answers."""
    total = overview.troubles.drifts
    st.header(f":material/difference: Otherwise in QuickBooks: {words.count(total, 'document')}", anchor=False)
    st.caption(
        "These were sent, and somebody has changed them in QuickBooks since. Both answers are right at times: the choice is yours."
    )
    page = tables.page_of("drifts", total, CARDS)
    documents: dict[int, list[Row]] = {}
    for row in tables.records(queries.drifts(session, page=page, size=CARDS)):
        documents.setdefault(int(row["id"]), []).append(row)
    for rows in documents.values():
        _card(session, overview, rows)


def _card(session: Session, overview: Overview, rows: list[Row]) -> None:
    first = rows[0]
    with st.container(border=True):
        st.markdown(f"**{kind_name(first['kind'])} {words.plain(first['label'])}**")
        what = _WHAT.get(first["what"], "It was changed in QuickBooks.")
        st.markdown(f"{what} Noticed {words.ago(first['opened_at'], session.clock.now(), overview.timezone)}.")
        tables.plain_table(table(rows), alt="What was sent, and what QuickBooks holds")
        for entity, address in queries.view_in_quickbooks(session, first["kind"], int(first["record_id"])).items():
            if first["what"] != DELETED and entity == first["entity"]:
                st.link_button("View in QuickBooks", address, icon=":material/open_in_new:")
        if not frame.may(session, Permission.MANAGE):
            st.caption("Whoever manages the company can answer it here.")
            return
        for each in answers(first["what"]):
            answer.offer(session, commands.answer_drift, int(first["id"]), each, "drift")


def table(rows: list[Row]) -> pd.DataFrame:
    """Field by field what was sent and what stands there now in words, and the totals where they differ."""
    shown = [(words.field(row["field"]), row["sent_said"], row["theirs_said"]) for row in rows]
    sent, theirs, code = rows[0]["total_sent"], rows[0]["total_theirs"], rows[0]["currency"]
    if sent != theirs and isinstance(sent, Decimal):
        gone = "nothing: it was deleted"
        shown.append(("Total", _money(sent, code), _money(theirs, code) if isinstance(theirs, Decimal) else gone))
    return pd.DataFrame(shown, columns=["Field", "Sent", "In QuickBooks"])


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}".rstrip()


def answers(what: str) -> tuple[answer.Answer, ...]:
    """The two verbs: label, answer, icon, consequence, and what is said once it was given."""
    again = (
        "A new document is created in QuickBooks with the next sync, as the inventory has it."
        if what == DELETED
        else "The next sync overwrites what was changed in QuickBooks with what the inventory has."
    )
    leave = (
        "It stays out of QuickBooks, and is not sent again unless it is edited here."
        if what == DELETED
        else "QuickBooks' document stays as it is now, and ours is not sent again unless it is edited here."
    )
    return (
        ("Send ours again", "ours", ":material/send:", again, "Answered. The next sync sends the document again."),
        ("Accept QuickBooks'", "theirs", ":material/check:", leave, "Answered. QuickBooks' document stands as it is."),
    )
