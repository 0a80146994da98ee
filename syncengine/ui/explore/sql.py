"""SQL on the Explore page: a question, Run, the answer page by page, the views to ask, and what was asked before."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.errors import SyncEngineError
from syncengine.queries import Overview, Session
from syncengine.ui import session as sessions
from syncengine.ui import tables, words
from syncengine.ui.explore import showing

#: Where a visitor's questions and the last answer are kept.
_ASKED, _ANSWER = "explore.asked", "explore.answer"
#: So many questions are remembered.
_REMEMBERED = 20
EXAMPLES = {
    "Open errors by cause": "SELECT cause, count(*) AS n, min(opened_at) AS since\nFROM errors\nWHERE closed_at IS NULL\n"
    "GROUP BY cause\nORDER BY n DESC",
    "What each run did": "SELECT id, started_at, result, sent, received, failed\nFROM runs\nORDER BY id DESC\nLIMIT 50",
    "What waits, by kind": "SELECT kind, state, count(*) AS n\nFROM queue\nGROUP BY kind, state\nORDER BY n DESC",
    "What QuickBooks holds": "SELECT entity, count(*) AS n, sum(total) AS total\nFROM ledger\nWHERE NOT deleted\nGROUP BY entity",
}


def show(session: Session, overview: Overview) -> None:
    """The field, the answer, and what there is to ask."""
    above = st.container()
    text = st.text_area(
        "SQL",
        key="sql",
        bind="query-params",
        height=180,
        placeholder="SELECT kind, count(*) AS n FROM queue GROUP BY kind",
        help="One SELECT over the views below. It can write nothing, and may take ten seconds.",
    )
    if st.button("Run", key="explore.run", type="primary", icon=":material/play_arrow:") and text:
        _ask(session, text)
    with above:
        _beginnings()
    _answer(session, overview)
    _views(session)


def _beginnings() -> None:
    """Examples, and what was asked before; a click puts one into the field."""
    asked = st.session_state.get(_ASKED, [])
    with st.container(horizontal=True, gap="small"):
        with st.popover("Examples", icon=":material/lightbulb:"):
            for number, (title, text) in enumerate(EXAMPLES.items()):
                st.button(title, key=f"explore.example.{number}", on_click=_put, args=(text,), width="stretch")
        if asked:
            with st.popover("Asked before", icon=":material/history:"):
                for number, text in enumerate(asked):
                    label = words.plain(" ".join(text.split())[:60])
                    st.button(label, key=f"explore.before.{number}", on_click=_put, args=(text,), width="stretch")


def _put(text: str) -> None:
    st.session_state["sql"] = text


def _ask(session: Session, text: str) -> None:
    kept = [text, *(each for each in st.session_state.get(_ASKED, []) if each != text)]
    st.session_state[_ASKED] = kept[:_REMEMBERED]
    try:
        with st.spinner("Asking…"):
            found: pd.DataFrame | str = queries.sql(session, text)
    except SyncEngineError as refused:
        found = str(refused)
    st.session_state[_ANSWER] = (sessions.standing(session), text, found)
    # Said, and not just forgotten: the address still has the page of the answer before.
    st.session_state["explore.sql.page"] = 1


def _answer(session: Session, overview: Overview) -> None:
    """The last answer of this visitor, while the same company is open to them as it was then."""
    standing, text, found = st.session_state.get(_ANSWER, (None, "", ""))
    if standing != sessions.standing(session):
        st.session_state.pop(_ANSWER, None)
        return
    if isinstance(found, str):
        st.error(words.plain(found), icon=":material/error:", title="This was not answered")
        return
    if found.empty:
        st.info("The answer has no rows.", icon=":material/inbox:")
        return
    if cut := found.attrs.get("cut"):
        bound = f"the first {len(found):,} rows" if cut == "rows" else f"{len(found):,} rows, for they are large"
        st.warning(f"The answer was cut: these are {bound}. Ask for fewer, or add up in SQL.", icon=":material/content_cut:")
    number = tables.page_of("explore.sql", len(found))
    shown = found.iloc[(number - 1) * tables.PAGE : number * tables.PAGE]
    st.caption(f"Rows {tables.span(number, len(found))}")
    showing.table(shown, overview.timezone, "explore.sql", "The answer")
    with st.container(horizontal=True, gap="small"):
        showing.offer(session, overview, "explore-sql", lambda: found)
        with st.popover("Open this in Jupyter", icon=":material/code:"):
            st.code(code(text, showing.company_name(session)), language=None)


def code(text: str, company: str) -> str:
    """Python that asks the same."""
    lines = ["import syncengine", "from syncengine import queries", "", f"db = syncengine.connect(company={company!r})"]
    return "\n".join([*lines, f"found = queries.sql(db, {text!r})", "found"])


def _views(session: Session) -> None:
    views = queries.sql_views(session)
    with st.expander("Views and columns", icon=":material/schema:"):
        st.caption("Each shows the rows of this company alone. A name to begin with: queue, runs, errors, ledger, audit.")
        name = st.selectbox("View", views["view"].unique().tolist(), key="explore.view", width=320)
        chosen = views[views["view"] == name]
        st.caption(words.plain(str(chosen["says"].iloc[0])))
        st.dataframe(chosen[["column", "type"]], hide_index=True, alt=f"The columns of {name}", height="content")
