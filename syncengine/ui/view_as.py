"""Viewing as another role: an owner sees and may do what that role does; acts keep the owner's real name."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from syncengine.queries import Session, my_rights
from syncengine.store.rights import ROLES, Permission
from syncengine.ui import words

#: The parameter in the address, so that a reload shows the same.
KEY = "as"
_BEGUN = "view_as.begun"
#: The roles that an owner may look as, the one with the fewest rights first.
ROLES_TO_SEE = tuple(role for role in ROLES if role != "owner")


def wanted() -> str:
    """The role that the visitor wants to look as; empty for none. Whether they may, the session decides."""
    role = st.session_state.get(KEY) or st.query_params.get(KEY) or ""
    return role if role in ROLES_TO_SEE else ""


def narrowed(session: Session) -> Session:
    """The session as the wanted role sees it, where the person owns the company; else as it is."""
    role = wanted()
    if role and my_rights(session).may(Permission.OWN):
        return replace(session, look_as=role)
    return session


def address() -> dict[str, str]:
    """What every link says of it."""
    role = wanted()
    return {KEY: role} if role else {}


def start(role: str) -> None:
    """Look as a role from the next run on, on every page."""
    st.session_state[KEY] = role
    st.query_params[KEY] = role
    st.session_state[_BEGUN] = True


def has_begun() -> bool:
    """Whether one has begun to look as a role with the last click, once: on a page that the role may not be able to open."""
    return bool(st.session_state.pop(_BEGUN, False)) if _BEGUN in st.session_state else False


def stop() -> None:
    """Look as what one is again."""
    st.session_state.pop(KEY, None)
    st.query_params.pop(KEY, None)


def banner(session: Session) -> None:
    """A line above every page that says as whom one looks, with the way back."""
    if not session.look_as:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="view_as"):
        st.markdown(f":material/visibility: You look as **{words.a(session.look_as)}**: what this role may not do is not shown.")
        st.button(f"Stop viewing as {session.look_as}", key="view_as.stop", icon=":material/close:", on_click=stop)
