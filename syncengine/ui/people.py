"""The People page: who has which role, what each may do, one person's standing to change, and what was changed by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.store.rights import LISTS, ROLES, SAYS, Permission
from syncengine.ui import person, tables, view_as, words
from syncengine.ui import session as sessions
from syncengine.ui.overview import moment_column

#: The parameters of the address: the person who is looked at, or that somebody is to be added.
PERSON, ADD = "person", "add"
#: A search is offered from so many people on.
_MANY = 10


def show(session: Session, overview: Overview) -> None:
    """Everything on the page, for an owner."""
    _who_is_asked(session)
    _people(session, overview)
    _roles()
    _history(session, overview)


def _who_is_asked(session: Session) -> None:
    if session.sign_in is None:
        st.info(
            "Nobody is asked on this machine: whoever opens the dashboard here is the owner. What you decide counts as soon as "
            "the dashboard is served to others with sign-in, and for who works on this database from another machine.",
            icon=":material/home:",
        )
    elif sessions.rights(session).by_setting:
        st.info(
            "You are the owner because the installation names you, for as long as nobody else owns this company. "
            "Your first change here writes your role down.",
            icon=":material/info:",
        )


def _people(session: Session, overview: Overview) -> None:
    search = _search(session)
    total = queries.people_count(session, search=search)
    st.button("Add a person", "people.add", icon=":material/person_add:", on_click=_leave, kwargs={ADD: "yes"})
    if total:
        page = tables.page_of("people", total, wanted=(session.company_id, search))
        found = queries.people(session, search=search, page=page, size=tables.PAGE)
        st.caption(f"People {tables.span(page, total)}. Choose one to see or change what they may do.")
        _table(found, overview)
    elif search:
        st.info(f"Nobody's address or name has “{words.plain(search)}” in it.", icon=":material/search_off:")
    else:
        st.info(
            "Nobody has a role in this company yet. Add the first person by the e-mail address that they sign in with.",
            icon=":material/group_off:",
        )
    _chosen(session)


def _search(session: Session) -> str:
    if queries.people_count(session) < _MANY and not st.query_params.get("search"):
        return ""
    return st.text_input("Search", key="search", bind="query-params", placeholder="Address or name", icon=":material/search:")


def _table(found: pd.DataFrame, overview: Overview) -> None:
    shown = found.assign(
        role=[words.sentence(each) for each in found["role"]],
        granted=[", ".join(map(label, each)) for each in found["granted"]],
        refused=[", ".join(map(label, each)) for each in found["refused"]],
    )
    columns: dict[str, Any] = {"person": st.column_config.TextColumn("Person", width="medium"), "role": "Role"}
    columns |= {name: title for name, title in (("granted", "Also may"), ("refused", "May not")) if shown[name].any()}
    if found["signed_in_at"].notna().any():
        columns["signed_in_at"] = moment_column("Signed in last", overview.timezone)
    columns |= {"given_by": "Role given by", "since": moment_column("Since", overview.timezone)}
    names = found["person"].tolist()
    key = tables.rows_key("people", names)
    st.session_state["people.names"] = names
    st.dataframe(
        shown[list(columns)], key=key, on_select=lambda: _look_at_row(key), selection_mode="single-row", column_order=list(columns),
        column_config=columns, hide_index=True, alt="People with their role, by name", placeholder="",
    )  # fmt: skip


def _look_at_row(key: str) -> None:
    names = st.session_state["people.names"]
    for position in tables.positions(st.session_state[key], len(names)):
        _look_at(names[position])


def _look_at(name: str) -> None:
    _leave(person=name)


def _leave(**instead: str) -> None:
    """Look at nobody any more; or at what the address says `instead`."""
    for name in (PERSON, ADD):
        st.query_params.pop(name, None)
    st.query_params.update(instead)


def _chosen(session: Session) -> None:
    """The person whom the address names, to change; nothing where it names none."""
    name, is_new = st.query_params.get(PERSON, ""), ADD in st.query_params
    if not (name or is_new):
        return
    with st.container(border=True, key="people.person"):
        if is_new:
            person.add(session, leave=_leave, come=_look_at)
            return
        row = person.row_of(session, name)
        if row is not None:
            person.change(session, row, leave=_leave)
        else:
            st.warning(f"{words.plain(name)} has no role in this company.", icon=":material/person_off:")


def _roles() -> None:
    st.header("Who may do what", anchor=False)
    with st.container(key="may"):
        tables.plain_table(matrix(), alt="What each role may do")
    st.caption("A single permission can be given to a person, or taken, beside the role. Owning comes with the role alone.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**View as:** see the company as one of them does.")
        for role in view_as.ROLES_TO_SEE:
            st.button(f"As {role}", key=f"view_as.{role}", icon=":material/visibility:", on_click=view_as.start, args=(role,))


def matrix() -> pd.DataFrame:
    """The table of roles and permissions; the seven lists in one row where no role tells them apart."""
    rows = [(Permission.SEE_SYNC, "See the sync"), (Permission.SEE_ACCOUNTS, "See the seven accounting lists")]
    rows += [(each, person.LABELS[each]) for each in Permission if each not in {Permission.SEE_SYNC, *LISTS.values()}]
    return pd.DataFrame([{"May": title, **_held(permission)} for permission, title in rows])


def _held(permission: Permission) -> Mapping[str, str]:
    return {words.sentence(role): "✓ Yes" if permission in has else "no" for role, has in ROLES.items()}


def label(permission: str) -> str:
    """A permission in a word or two, for a table's cell.

    >>> label("see_bills"), label("sync")
    ('Bills', 'Sync now and the queue')
    """
    return person.LABELS[Permission(permission)]


def _history(session: Session, overview: Overview) -> None:
    st.header("What was changed", anchor=False)
    total = queries.people_changes_count(session)
    if not total:
        st.info(
            "Nothing yet. Each role and permission that is given or taken will stand here, with who did it.",
            icon=":material/history:",
        )
        return
    page = tables.page_of("changes", total)
    found = queries.people_changes(session, page=page, size=tables.PAGE)
    st.caption(f"Changes {tables.span(page, total)}, newest first.")
    shown = found.assign(what=[told(row) for row in tables.records(found)])
    what = st.column_config.TextColumn("What", width="large")
    columns = {"at": moment_column("When", overview.timezone), "actor": "Who", "what": what}
    tables.show(shown, columns, name="people.changes", alt="Changes of roles and permissions, newest first")


def told(change: Mapping[str, Any]) -> str:
    """One change in a sentence."""
    name, detail = change["person"], change["detail"]
    if change["event"] == "role given":
        before = f", and was {words.a(detail['from'])} before" if detail["from"] else ""
        return f"{name} is {words.a(detail['to'])} now{before}."
    if change["event"] == "member removed":
        return f"{name}, who was {words.a(detail['from'])}, has no right here any more."
    says = SAYS[Permission(detail["permission"])]
    if change["event"] == "permission granted":
        return f"{name} may {says}, whatever the role."
    if change["event"] == "permission refused":
        return f"{name} may not {says}, whatever the role."
    return f"Whether {name} may {says} is left to the role again."


