"""All companies: one row for each, with its state and a link; and for owners, adding and renaming."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import available_timezones

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import SyncEngineError
from syncengine.queries import Overview, Session
from syncengine.queries.health import Health
from syncengine.store.rights import Permission
from syncengine.ui import frame, notices, tables, words
from syncengine.ui import session as sessions

#: So many companies stand on one page.
_PAGE = 10
#: What a new company may talk to: a name for people, the sample, the environment.
_KINDS: dict[str, tuple[str, str]] = {
    "QuickBooks Online": ("", "production"),
    "QuickBooks Online, sandbox": ("", "sandbox"),
    "A sample: small distributor on a working day": ("demo", ""),
    "A sample: an empty company": ("empty", ""),
    "A sample: Intuit's well-known test company": ("intuit", ""),
}
_LIGHTS = {Health.HEALTHY: "✓", Health.UNKNOWN: "?", Health.WARNING: "!", Health.DEGRADED: "✕"}


def show(session: Session, _: Overview) -> None:
    """The table."""
    signed_in = session.sign_in is not None
    total = len(queries.companies(session.database, actor=session.actor, signed_in=signed_in))
    page = tables.page_of("companies", total, _PAGE)
    found = queries.companies_overview(
        session.database, session.clock, actor=session.actor, signed_in=signed_in, page=page, size=_PAGE
    )
    rows = tables.records(found)
    st.caption(f"{words.count(total, 'company', 'companies')} · {_need(rows, total)}")
    now = session.clock.now()
    shown = found.assign(
        address=["./?" + urlencode({sessions.COMPANY: row["name"]}) + "#" + row["name"] for row in rows],
        state=[_state(row) for row in rows],
        last=[words.ago(_moment(row["last_sync_at"]), now, row["timezone"]).capitalize() for row in rows],
        coming=[_coming(row, session) for row in rows],
        worst=[str(row["says"]).partition(". ")[0].removesuffix(".") for row in rows],  # the rest is told by the counts
    )
    columns = {
        "address": st.column_config.LinkColumn("Company", display_text=r"#(.*)$", pinned=True, help="Opens the company here."),
        "state": st.column_config.TextColumn("Health"),
        "attention": st.column_config.NumberColumn("Attention", help="Records that failed or need a person."),
        "decisions": st.column_config.NumberColumn("Decisions", help="Conflicts, drift and questions for a person."),
        "waiting": st.column_config.NumberColumn("Waiting"),
        "last": st.column_config.TextColumn("Last sync"),
        "coming": st.column_config.TextColumn("Next sync", help="By the clocks of the company."),
        "worst": st.column_config.TextColumn("Why", width="large", help="The worst of it; the company's Sync page tells all."),
    }
    tables.show(shown, columns, name="companies.all", alt="All companies with the state of their sync")
    if frame.may(session, Permission.OWN):
        frame.link("pages/settings.py", "Add a company, or rename this one", ":material/add_business:", tab="Company")


def _need(rows: list[dict[str, Any]], total: int) -> str:
    """How many need somebody; where more companies stand on other pages, where to look for those that do."""
    if total > len(rows):
        return "those that need a look stand first"
    poor = sum(row["health"] in {"warning", "degraded"} for row in rows)
    return "nothing here needs a look" if not poor else f"{poor} {'needs' if poor == 1 else 'need'} a look"


def _state(row: dict[str, Any]) -> str:
    """The health in a word, with its sign."""
    health = Health(row["health"])
    return f"{_LIGHTS[health]} {words.HEALTH[health][0]}"


def _coming(row: dict[str, Any], session: Session) -> str:
    if row["automatic"] == "never":
        return "Never"
    return words.when(_moment(row["next_run_at"]), session.clock.now(), row["timezone"]).capitalize()


def _moment(value: Any) -> Any:
    """A time out of a table; None for none."""
    return None if value is None or value != value else value  # noqa: PLR0124 -- a missing time differs from itself


def arrange(session: Session, overview: Overview) -> None:
    """What an owner may do to the company itself: rename it, and add another beside it."""
    st.header("This company", anchor=False)
    _rename(session, overview)
    st.header("Another company", anchor=False)
    _add_form(session)
    st.button("Time zone of this company", key="companies.clock", icon=":material/schedule:", type="tertiary", on_click=_to_clock)


def _to_clock() -> None:
    """The part of the settings with the time zone; a link would say it and the page's own field take it out again."""
    st.session_state["tab"] = "Schedule"


def _add_form(session: Session) -> None:
    """A company more: its name, its zone, and what it talks to."""
    with st.container(border=True):
        name = st.text_input("Name", key="companies.name", max_chars=200, width=420)
        zones = sorted(available_timezones())
        zone = st.selectbox("Time zone", zones, index=zones.index("America/New_York"), key="companies.zone", width=420)
        kind = st.selectbox("It talks to", list(_KINDS), key="companies.kind", width=420)
        st.caption("You are its owner. A company of QuickBooks Online is connected afterwards, under Settings.")
        args = (session, str(name or ""), str(zone), str(kind))
        st.button("Add this company", key="companies.add", type="primary", on_click=_add, args=args, disabled=not name)


def _add(session: Session, name: str, zone: str, kind: str) -> None:
    sample, environment = _KINDS[kind]
    try:
        commands.add_company(session, name, zone=zone, sample=sample, environment=environment)
    except SyncEngineError as refused:
        notices.say("error", str(refused))
        return
    _open(" ".join(name.split()))
    st.session_state["companies.name"] = ""
    how = "Connect it under Settings." if environment else "Press Sync now to begin."
    notices.say("done", f"Added, and you are looking at it now. {how}")


def _rename(session: Session, overview: Overview) -> None:
    with st.container(border=True):
        st.caption("Its name in QuickBooks stays. Links that name it as it is called so far say that it has another name.")
        name = st.text_input("Name here", value=overview.company, key=f"companies.rename.{session.company_id}", width=420)
        same = not name or name == overview.company
        args = (session, str(name or ""), overview.company)
        st.button("Rename", key="companies.renaming", on_click=_renamed, args=args, disabled=same)


def _renamed(session: Session, name: str, seen: str) -> None:
    try:
        commands.rename_company(session, name, seen=seen)
    except SyncEngineError as refused:
        notices.say("error", str(refused))
        return
    _open(" ".join(name.split()))
    notices.say("done", "Renamed.")


def _open(name: str) -> None:
    """Look at the company of this name from now on."""
    st.session_state[sessions.COMPANY] = name
    st.query_params[sessions.COMPANY] = name
