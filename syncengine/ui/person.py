"""One person's standing in a company: looked at, changed with the difference shown first, added, removed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.commands import Standing
from syncengine.queries import Session
from syncengine.store.people import known_as
from syncengine.store.rights import ROLE_ONLY, ROLES, SAYS, Permission
from syncengine.ui import notices, tables, words

#: What each role is for, beside its name.
ROLE_SAYS: Mapping[str, str] = {
    "viewer": "Sees how the sync stands, its queue and its errors.",
    "accountant": "Sees that, and the seven accounting lists.",
    "operator": "Sees how the sync stands, and presses Sync now, Retry and Remove.",
    "manager": "Does both, and changes classes and departments, decides conflicts and corrections, imports.",
    "owner": "Does everything, connection, settings and people included.",
}
#: Each permission in a word or two.
LABELS: Mapping[Permission, str] = {
    Permission.SEE_SYNC: "The sync",
    Permission.SEE_ACCOUNTS: "Accounts",
    Permission.SEE_BILLS: "Bills",
    Permission.SEE_CREDIT_MEMOS: "Credit memos",
    Permission.SEE_EMPLOYEES: "Employees",
    Permission.SEE_JOURNAL_ENTRIES: "Journal entries",
    Permission.SEE_PURCHASES: "Purchases",
    Permission.SEE_TAX_CODES: "Tax codes",
    Permission.SYNC: "Sync now and the queue",
    Permission.MANAGE: "Classes, decisions and import",
    Permission.OWN: "Connection, settings and people",
    Permission.SQL: "SQL on the database",
}
_DO: Mapping[str, Any] = {"type": "primary", "icon": ":material/check:"}
_SINGLE = tuple(each.value for each in Permission if each not in ROLE_ONLY)


def add(session: Session, *, leave: Callable[[], None], come: Callable[[str], None]) -> None:
    """A person who is to be added, by address and role."""
    st.subheader("Add a person", anchor=False)
    address = st.text_input("E-mail address", key="person.address", placeholder="bob@example.com", icon=":material/mail:")
    name = known_as(address)
    wanted = _standing("person.new", Standing("viewer"))
    known = row_of(session, name)
    if known is not None:
        st.info(f"{words.plain(name)} is {words.a(str(known['role']))} here already.", icon=":material/person:")
    elif name:
        _differences(session, name, Standing(), wanted)
    else:
        st.caption("Write whose address it is: what they may do then is told here, before anything changes.")
    if name and "@" not in name:
        st.warning(
            "This is no e-mail address: nobody signs in to the dashboard under it. It counts for notebooks and the command line on "
            "another machine.",
            icon=":material/info:",
        )
    with st.container(horizontal=True):
        if known is not None:
            st.button("See what they may do", "person.known", icon=":material/arrow_forward:", on_click=come, args=(name,))
        elif name:
            st.button(f"Add {words.plain(name)}", "person.apply", **_DO, on_click=_added, args=(session, name, wanted, come))
        st.button("Cancel", key="person.leave", on_click=leave)


def row_of(session: Session, name: str) -> Mapping[str, Any] | None:
    """The row of `queries.people` about the person of this very name; None for nobody who has a role here."""
    found = tables.records(queries.people(session, search=name)) if name else []
    return next((row for row in found if row["person"] == name), None)


def _added(session: Session, name: str, wanted: Standing, come: Callable[[str], None]) -> None:
    if _carried_out(session, name, wanted, Standing(), f"{name} is {words.a(wanted.role)} now."):
        st.session_state.pop("person.address", None)
        come(name)


def change(session: Session, row: Mapping[str, Any], *, leave: Callable[[], None]) -> None:
    """A person who has a role: the same to change, and a way to remove them."""
    name, seen = str(row["person"]), Standing(row["role"], frozenset(row["granted"]), frozenset(row["refused"]))
    st.subheader(words.plain(name), anchor=False)
    if row["last_owner"]:
        st.caption(
            ":material/key: The last owner of this company, who can be neither removed nor given another role. "
            "Make somebody else an owner first."
        )
    # Another standing is another editor: what was chosen upon an older one must not be taken for a wish about this one.
    key = f"person.{zlib.crc32(repr((name, seen.role, sorted(seen.granted), sorted(seen.refused))).encode()):08x}"
    wanted = _standing(key, seen, roles=["owner"] if row["last_owner"] else list(ROLES))
    changed = wanted != seen
    if changed:
        _differences(session, name, seen, wanted)
    with st.container(horizontal=True):
        if changed:
            st.button("Apply", "person.apply", **_DO, on_click=_changed, args=(session, name, wanted, seen))
        st.button("Cancel" if changed else "Close", key="person.leave", on_click=leave)
        if not row["last_owner"]:
            _removal(session, name, seen, leave)


def _changed(session: Session, name: str, wanted: Standing, seen: Standing) -> None:
    _carried_out(session, name, wanted, seen, f"What {name} may do is changed, from their next click on.")


def _removal(session: Session, name: str, seen: Standing, leave: Callable[[], None]) -> None:
    with st.popover("Remove", icon=":material/person_remove:"):
        st.markdown(f"**{words.plain(name)}** has no right here any more, from the next click on. Single permissions end, too.")
        if name == known_as(session.actor):
            st.warning("That is you.", icon=":material/warning:")
        st.button(f"Remove {words.plain(name)}", "person.remove", on_click=_removed, args=(session, name, seen, leave))


def _removed(session: Session, name: str, seen: Standing, leave: Callable[[], None]) -> None:
    if _carried_out(session, name, Standing(), seen, f"{name} has no right here any more."):
        leave()


def _carried_out(session: Session, name: str, wanted: Standing, seen: Standing, done: str) -> bool:
    def act() -> bool:
        commands.change_person(session, name, wanted, seen)
        return True

    return bool(notices.act(act, done=done))


def _standing(key: str, seen: Standing, roles: Sequence[str] = tuple(ROLES)) -> Standing:
    """What the widgets say; they begin with what was seen."""
    left, right = st.columns(2, gap="large")
    with left:
        says = [ROLE_SAYS[each] for each in roles]
        at = roles.index(seen.role)
        role = st.radio("Role", roles, index=at, key=f"{key}.role", format_func=words.sentence, captions=says)
    with right:
        granted = _single(f"{key}.granted", "May also, beside the role", seen.granted)
        refused = _single(f"{key}.refused", "May not, in spite of the role", seen.refused)
    return Standing(role or seen.role, granted, refused)


def _single(key: str, title: str, seen: frozenset[str]) -> frozenset[str]:
    default = [each for each in _SINGLE if each in seen]
    return frozenset(
        st.multiselect(title, _SINGLE, default, format_func=_label, key=key, placeholder="Nothing", filter_mode="contains")
    )


def _label(permission: str) -> str:
    return LABELS[Permission(permission)]


def _differences(session: Session, name: str, seen: Standing, wanted: Standing) -> None:
    said = differences(seen, wanted)
    st.markdown("**What this changes**\n\n" + "\n".join(f"* {words.plain(each)}" for each in said))
    if name == known_as(session.actor) and Permission.OWN in seen.permissions - wanted.permissions:
        st.warning("You give up your own right to change this. Only another owner can give it back.", icon=":material/warning:")


def differences(seen: Standing, wanted: Standing) -> list[str]:
    """What comes of a change, in sentences: the role, and what the person may from then on, or may no longer."""
    said = []
    if seen.role != wanted.role:
        said.append(f"Role: {words.sentence(wanted.role)}" + (f" in place of {words.sentence(seen.role)}." if seen.role else "."))
    before, after = seen.permissions, wanted.permissions
    for title, more in (("May from now on", after - before), ("May no longer", before - after)):
        said += [f"{title}: {SAYS[each]}." for each in Permission if each in more]
    if len(said) <= (seen.role != wanted.role):
        said.append("What the person may do just now stays the same.")
    return said
