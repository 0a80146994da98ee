"""The question of a sync that stopped before it did something implausible, with what it would have touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.queries import Overview, Session
from syncengine.queries.sending import kind_name
from syncengine.store.brakes import EMPTIED
from syncengine.store.rights import Permission
from syncengine.ui import frame, tables, words
from syncengine.ui.deciding import answer


def show(session: Session, overview: Overview) -> None:
    """The question, its figures, and two answers with their consequences; nothing once it was answered."""
    found = queries.brake(session)
    if found is None:
        return
    st.header(":material/front_hand: The sync has stopped, and asks", anchor=False)
    with st.container(border=True):
        st.markdown(words.plain(found["question"]))
        figures = table(found["what"], found["figures"])
        if not figures.empty:
            tables.plain_table(figures, alt="What it would have touched, by kind")
        asked = words.ago(found["opened_at"], session.clock.now(), overview.timezone)
        st.caption(
            f"Of {found['figures'].get('of', 0):,} records that both sides have. Asked {asked}; nothing of it has been done."
        )
        if not frame.may(session, Permission.MANAGE):
            st.caption("Whoever manages the company can answer it here.")
            return
        for each in _ANSWERS:
            answer.offer(session, commands.answer_brake, int(found["id"]), each, "brake")


_ANSWERS = (
    (
        "It is right, go on",
        "go",
        ":material/play_arrow:",
        "The next sync does exactly this, once. Anything beyond it is asked about again.",
        "Answered. The next sync goes on with it.",
    ),
    (
        "Leave it undone",
        "keep",
        ":material/block:",
        "Nothing of it is done. Put the records right; the next sync looks again, and asks again if it must.",
        "Answered. Nothing of it is done, and the next sync looks again.",
    ),
)


def table(what: str, figures: Mapping[str, Any]) -> pd.DataFrame:
    """What would have been deleted, changed and emptied, by kind; of a list that was emptied, some may be inactive only."""
    gone = "Gone, or out of use" if what == EMPTIED else "Deleted"
    rows = [
        {"Kind": kind_name(kind), "What": said, "How many": f"{number:,}"}
        for name, said in (("deleted", gone), ("changed", "Changed"))
        for kind, number in (figures.get(name) or {}).items()
    ]
    rows += [
        {"Kind": kind_name(kind), "What": f"{words.field(field)} emptied", "How many": f"{number:,}"}
        for kind, fields in (figures.get("blanked") or {}).items()
        for field, number in fields.items()
    ]
    return pd.DataFrame(rows, columns=["Kind", "What", "How many"])
