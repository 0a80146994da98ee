"""Classes and departments: an editor whose changes are staged, shown as a list of sentences, and applied together (S43)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import commands, queries
from syncengine.commands import DeleteName, SaveName, Seen
from syncengine.commands.names import KEEP, Tracked
from syncengine.queries import Overview, Session
from syncengine.ui import frame, notices, tables, words
from syncengine.ui.overview import moment_column

#: More names than any plan's list has; a longer one is narrowed by the search.
_MOST = 1000
#: How the list's kind is called, and its plural.
_NAMES: Mapping[str, tuple[str, str]] = {"class": ("class", "classes"), "department": ("department", "departments")}


_COLUMNS = ["name", "parent", "active", "full_name", "sync", "last_success_at", "qbo_id"]


@dataclass(frozen=True)
class Change:
    """One staged change: what the command is to do, the sentence that says so before it is done, and why it cannot be done."""

    command: SaveName | DeleteName
    says: str
    wrong: str = ""


def show(session: Session, overview: Overview, kind: Tracked) -> None:
    """The list with its editor, while QuickBooks tracks it; else why not, and what to do."""
    tracking = queries.tracking(session)
    why_not = tracking.why_no_classes if kind == "class" else tracking.why_no_departments
    if why_not:
        st.info(words.plain(why_not), icon=":material/toggle_off:", title=f"There are no {_NAMES[kind][1]} to edit")
        return
    pending = _pending(session, kind)
    search = st.text_input(
        "Search",
        key="search",
        bind="query-params",
        type="search",
        placeholder="Full name",
        width=280,
        disabled=pending,  # other rows under the editor would take what is staged away
        help="Apply or discard what is staged first." if pending else None,
    )
    fetch = queries.classes if kind == "class" else queries.departments
    found = fetch(session, search=search or "", size=_MOST)
    base, key = _base(session, kind, found)
    _hints(tracking, kind, base, search or "")
    home = f"{_home(session, kind)}.parents"
    if not pending or home not in st.session_state:  # another choice of parents would empty the editor, as other rows would
        st.session_state[home] = _parents(found, *([fetch(session, size=_MOST)] if search else []))
    parents = {**_held(base), **st.session_state[home]}
    _edit(base, key, overview, kind, list(parents))
    changes = list(staged(base, st.session_state.get(key) or {}, parents))
    _apply(session, kind, changes, tracking, stale=pending and _names_of(base) != _names_of(found))


def _base(session: Session, kind: str, found: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows under the editor and its key. While there are staged changes both stay: an editor loses them with its rows."""
    home = _home(session, kind)
    number, base = st.session_state.get(home, (0, None))
    if base is None or (not _pending(session, kind) and not base.equals(found)):
        number, base = number + 1, found
        st.session_state[home] = (number, base)
    return base, f"{home}.{number}"


def _names_of(rows: pd.DataFrame) -> list[Any]:
    """What an editor changes of the rows; how they stand in QuickBooks goes on beside it."""
    return rows[["id", "name", "parent", "active"]].to_numpy().tolist()


def _home(session: Session, kind: str) -> str:
    """Where the number of the editor and the rows under it are kept: another number is another editor, with nothing staged."""
    return f"names.{kind}.{session.company_id}"


def _pending(session: Session, kind: str) -> bool:
    """Whether changes are staged."""
    home = _home(session, kind)
    number, base = st.session_state.get(home, (0, None))
    return base is not None and _edited(st.session_state.get(f"{home}.{number}") or {})


def _edited(state: Mapping[str, Any]) -> bool:
    return any(state.get(part) for part in ("edited_rows", "added_rows", "deleted_rows"))


def _hints(tracking: queries.Tracking, kind: str, base: pd.DataFrame, search: str) -> None:
    one, many = _NAMES[kind]
    if base.empty:
        st.info(
            "Nothing matches." if search else f"There are no {many} yet. Type the first one's name into the empty row below.",
            icon=":material/inbox:",
        )
    said = [words.count(len(base), one, many)]
    if tracking.limit is not None:
        said.append(
            f"{tracking.used} of the {tracking.limit} classes and departments that {words.plain(tracking.plan)} allows are in use"
        )
    st.caption(" · ".join(said))


def _parents(*found: pd.DataFrame) -> dict[str, int]:
    """What a name can stand under: the ids of active names by full name. An inactive one may have the name of an active one."""
    active = pd.concat([each[each["active"].astype(bool)] for each in found])
    return dict(zip(active["full_name"].astype(str), map(int, active["id"]), strict=True))


def _held(base: pd.DataFrame) -> dict[str, int]:
    """What rows stand under already, by full name, though it is inactive or not among the first of a long list.

    The editor offers it, as it would show it as empty otherwise. Whether something new may go there is the command's to say.
    """
    under = base[base["parent_id"].notna()]
    return dict(zip(under["parent"].astype(str), map(int, under["parent_id"]), strict=True))


def _edit(base: pd.DataFrame, key: str, overview: Overview, kind: str, parents: list[str]) -> None:
    # Just what is shown, and truth that can be missing: the editor's own row for a new name begins with nothing in it.
    shown = base.assign(sync=[_sync(row) for row in tables.records(base)], active=base["active"].astype("boolean"))[_COLUMNS]
    st.data_editor(
        shown,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        alt=f"The {_NAMES[kind][1]}, to edit",
        disabled=["full_name", "sync", "last_success_at", "qbo_id"],
        column_config={
            "name": st.column_config.TextColumn("Name", required=True, max_chars=100),
            "parent": st.column_config.SelectboxColumn("Under", options=["", *parents], help="Empty for the top level."),
            "active": st.column_config.CheckboxColumn("Active", default=True),
            "full_name": st.column_config.TextColumn("Full name"),
            "sync": st.column_config.TextColumn("Sync"),
            "last_success_at": moment_column("Last synced", overview.timezone),
            "qbo_id": st.column_config.TextColumn("QuickBooks Id"),
        },
    )


def _sync(row: Mapping[str, Any]) -> str:
    if row["sync_message"]:
        return f"✕ {row['sync_message']}"
    if row["waiting"]:
        return "… Waits for the next sync"
    return "✓ In step" if row["qbo_id"] else "- Not in QuickBooks"


def staged(base: pd.DataFrame, state: Mapping[str, Any], ids: Mapping[str, int]) -> Iterator[Change]:
    """The editor's changes as commands, deletions of what stands lowest first. Rows without a name add nothing.

    `ids` are those of all names that the editor offers to stand under, by full name; one that is none of them is said to be wrong.
    """
    rows = tables.records(base)
    gone = [rows[position] for position in state.get("deleted_rows") or []]
    for position, edit in (state.get("edited_rows") or {}).items():
        row = rows[int(position)]
        if change := _changed(row, edit, ids):
            yield change
    for added in state.get("added_rows") or []:
        if name := str(added.get("name") or "").strip():
            under = str(added.get("parent") or "")
            active = added.get("active") is not False
            where = f" under **{words.plain(under)}**" if under else ""
            wrong = _unknown(name, under, ids)
            yield Change(SaveName(name, parent_id=ids.get(under), active=active), f"Add **{words.plain(name)}**{where}", wrong)
    for row in sorted(gone, key=lambda each: -int(each["level"])):
        says = f"Delete **{words.plain(row['full_name'])}**: QuickBooks makes it inactive, and keeps it on old records"
        yield Change(DeleteName(int(row["id"]), seen=_seen(row)), says)


def _changed(row: Mapping[str, Any], edit: Mapping[str, Any], ids: Mapping[str, int]) -> Change | None:
    """The change of one name; None where every value is what it was."""
    differs = {column: value for column, value in edit.items() if (value or "") != (row[column] or "")}
    if not differs:
        return None
    called, said = words.plain(row["full_name"]), []
    if "name" in differs:
        said.append(f"rename to **{words.plain(str(differs['name'] or ''))}**")
    if "parent" in differs:
        said.append(f"put under **{words.plain(differs['parent'])}**" if differs["parent"] else "put on the top level")
    if "active" in differs:
        said.append("make active" if differs["active"] else "make inactive")
    under = str(differs.get("parent") or "")
    command = SaveName(
        str(differs["name"] or "") if "name" in differs else None,
        int(row["id"]),
        parent_id=ids.get(under) if "parent" in differs else KEEP,
        active=bool(differs["active"]) if "active" in differs else None,
        seen=_seen(row),
    )
    return Change(command, f"**{called}**: {', '.join(said)}", _unknown(str(row["full_name"]), under, ids))


def _unknown(name: str, under: str, ids: Mapping[str, int]) -> str:
    """Why a name cannot go where it was put; "" where it can. Without an Id it would silently go to the top level."""
    if not under or under in ids:
        return ""
    return f"{name}, Under: there is no {under!r} to put it under. Choose another name, or Discard and look again."


def _seen(row: Mapping[str, Any]) -> Seen:
    parent = row["parent_id"]
    return Seen(str(row["name"]), None if pd.isna(parent) else int(parent), bool(row["active"]))


def _apply(session: Session, kind: Tracked, changes: list[Change], tracking: queries.Tracking, *, stale: bool) -> None:
    """What is staged, in sentences, with one Apply and one Discard; `stale` where the list is another by now."""
    if not changes:
        st.caption("Edit a cell, add a row at the end, or tick rows and delete them. Nothing is saved before you press Apply.")
        frame.link("pages/preview.py", "What waits to be sent", ":material/playlist_play:")
        return
    wrong = [change.wrong for change in changes if change.wrong]
    with st.container(border=True):
        st.markdown(f"**{words.count(len(changes), 'change')} staged**, not saved yet")
        st.markdown("\n".join(f"- {change.says}" for change in changes))
        for each in wrong:
            st.error(words.plain(each), icon=":material/block:")
        if stale:
            said = "Somebody has changed this list since you began. Discard shows it as it is now."
            st.warning(said, icon=":material/sync_problem:")
        added = sum(isinstance(change.command, SaveName) and change.command.record_id is None for change in changes)
        if tracking.limit is not None and added and tracking.used + added > tracking.limit:
            st.warning(
                f"{words.plain(tracking.plan)} allows {tracking.limit} active classes and departments together, and there would be "
                f"{tracking.used + added}. Make some inactive in the same go, or take a larger plan in QuickBooks.",
                icon=":material/warning:",
            )
        with st.container(horizontal=True):
            label = f"Apply {words.count(len(changes), 'change')}"
            st.button(
                label, type="primary", key=f"{kind}.apply", disabled=bool(wrong), on_click=_applied, args=(session, kind, changes)
            )
            st.button("Discard", key=f"{kind}.discard", on_click=_forget, args=(session, kind))


def _applied(session: Session, kind: Tracked, changes: list[Change]) -> None:
    done = "Saved. The next sync carries it to QuickBooks."
    if notices.act(commands.change_names, session, kind, [change.command for change in changes], done=done) is not None:
        _forget(session, kind)


def _forget(session: Session, kind: str) -> None:
    """Begin with a new editor: there is no other way to empty one."""
    home = _home(session, kind)
    st.session_state[home] = (st.session_state[home][0], None)
