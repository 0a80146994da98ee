"""The raw fault of one error: QuickBooks' code and own words, Intuit's trace id, what was asked and what was answered."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from syncengine import queries
from syncengine.corrections import CORRECTIONS
from syncengine.queries import Overview, Session
from syncengine.queries.said import day
from syncengine.store.veil import HIDDEN
from syncengine.ui import address, drawer, fields, support, words
from syncengine.ui.queued import ROW, history, indented
from syncengine.ui.troubles import meaning

#: What the address calls the error whose raw fault is shown.
ERROR = "error"
#: Why an error is over.
_WHY = {
    "sent": "QuickBooks took the record.",
    "retried": "Somebody pressed Retry, so its count began anew.",
    "removed": "The record was taken out of the queue.",
    "edited": "The record was edited, so its count began anew.",
    "recovered": "What it referred to is there by now.",
    "replaced": "A newer error stands for it.",
}


@st.dialog("Details of the error", position="right", width="medium", on_dismiss=drawer.closer(ERROR))
def look(session: Session, overview: Overview, wanted: str) -> None:
    """Everything that is known of one failure, however little that is (S32)."""
    error = queries.error(session, number) if (number := address.whole(wanted)) is not None else None
    if error is None:
        st.info("There is no such error in this company.", icon=":material/search_off:")
        return
    own = error["outbox_id"] is not None
    about = f"{error['kind'].replace('_', ' ').capitalize()} {error['label']}" if own else "The connection to QuickBooks"
    st.header(words.plain(about), anchor=False)
    if error["closed_at"] is not None:
        why = _WHY.get(error["closed_why"], "")
        ended = words.ago(error["closed_at"], session.clock.now(), overview.timezone)
        st.success(f"This error ended {ended}. {why}", icon=":material/check_circle:")
    st.markdown(words.plain(fields.cause(error["cause"])) or "It failed, and no reason was given.")
    st.markdown(f":material/build: {words.plain(error['remedy']) or 'Look at the words below, then press Retry.'}")
    if error["closed_at"] is None:
        _help(session, error)
    _said(error, queries.attempt_of(session, int(error["id"])) if own else None, overview)
    if own:
        history(session, error["kind"], int(error["record_id"]), overview.timezone)


def _help(session: Session, error: dict[str, Any]) -> None:
    """What now, where nobody here can put it right; else who is asked by a person who could not."""
    known = CORRECTIONS.get(error["correction"])
    if known is not None and not known.solvable:
        own = error["outbox_id"] is not None
        meaning.what_now(session, int(error["id"]), queued={ROW: str(int(error["outbox_id"]))} if own else None)
        return
    if known is not None and known.there:
        st.markdown(f"**In QuickBooks:** {words.plain(known.there)}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Does it not help, or come back?", width="content")
        support.offer(session, int(error["id"]))


def _said(error: dict[str, Any], attempt: dict[str, Any] | None, overview: Overview) -> None:
    """QuickBooks' own words, or ours where nothing was sent; then request and answer."""
    st.markdown(f"**Code** {words.plain(str(error['code']))}")
    st.markdown("**QuickBooks' own words**" if error["code"] != "local" else "**Message**")
    st.code(error["message"] or "(none were given)", language=None, wrap_lines=True)
    tid = error["tid"] or (attempt or {}).get("tid")
    if tid:
        st.markdown(f"**Intuit's trace id** (intuit_tid), for their support: {words.plain(str(tid))}")
    if error["entity"]:
        st.markdown(f"**Sent as** {words.plain(error['entity'])}")
    if attempt is None:
        st.caption("Nothing was sent to QuickBooks for it.")
        return
    sent = attempt["sent_at"].astimezone(words.zone(overview.timezone))
    status = f", answered with HTTP {attempt['http_status']}" if attempt["http_status"] else ""
    st.caption(f"Last sent {day(sent)}, {sent:%H:%M:%S}{status} · request {words.plain(str(attempt['requestid']))}")
    for title, name in (("Request", "request"), ("Answer", "answer")):
        if attempt[name]:
            with st.expander(title, icon=":material/code:"):
                _text(attempt[name])


def _text(raw: str) -> None:
    """JSON with its digits as they are; what is no JSON, as it came."""
    if raw == HIDDEN:
        st.caption(raw[:1].upper() + raw[1:])
        return
    try:
        st.code(indented(raw), language=None, wrap_lines=True)
    except json.JSONDecodeError:
        st.code(raw, language=None, wrap_lines=True)
