"""Import of a file that is too large for a click: the worker looks through it and imports it; the page says how it stands."""

from __future__ import annotations

from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import SyncEngineError
from syncengine.imports import Looked, Matching, Options
from syncengine.queries import KeptImport, Session
from syncengine.queries.sending import kind_name
from syncengine.store import filed, longacts
from syncengine.ui import acting, frame, notices, words
from syncengine.ui.importing import columns, wrong

#: Bytes of a workbook that has about as many rows as are looked at in a click; how many it has shows only when it is read.
WORKBOOK = 100_000
#: What the person has brought in this browser: which file, and what it is called here; 0 once they have done with it.
_BROUGHT = "importing.brought"


def is_large(header: Any, lines: Any) -> bool:
    """Whether a file is more than a click can do."""
    return _rows(header) + (_rows(lines) if lines is not None else 0) > commands.AT_ONCE


def _rows(file: Any) -> int:
    data = file.getvalue()
    if data.startswith(b"PK\x03\x04"):
        return commands.AT_ONCE + 1 if len(data) > WORKBOOK else 0
    return int(data.count(b"\n"))


def bring(session: Session, kind: str, files: tuple[Any, Any], options: Options) -> None:
    """A large file that was chosen: it is kept once, looked through, and shown as it stands."""
    # Chosen in this company, with this one beside it: the number of an upload tells it apart at no cost.
    file_id = (session.company_id, kind, *(each.file_id for each in files if each is not None))
    held, kept_id = st.session_state.get(_BROUGHT, ((), 0))
    kept = queries.kept_import(session, kept_id) if held == file_id and kept_id else None
    if kept is not None:
        _show(session, kept, options)
    elif held == file_id and not kept_id and not st.button("Look through this file", icon=":material/refresh:"):
        st.caption("You have done with this file. Choose another one, or look through it once more.")
    else:
        _keep(session, kind, files, options, file_id)


def _keep(session: Session, kind: str, files: tuple[Any, Any], options: Options, file_id: object) -> None:
    header, lines = files
    second = {"lines": lines.getvalue(), "lines_name": lines.name} if lines is not None else {}
    try:
        with st.spinner("Keeping the file for the worker"):
            kept_id = commands.keep_import(session, kind, header.getvalue(), name=header.name, **second)
    except SyncEngineError as refused:
        st.error(words.plain(str(refused)), icon=":material/block:")
        st.button("Try again", icon=":material/refresh:", key="importing.again")
        return
    st.session_state[_BROUGHT] = (file_id, kept_id)
    _look(session, kept_id, options)


def standing(session: Session) -> bool:
    """Show the last large file that the person has brought, in whichever browser; False where there is none."""
    kept = queries.kept_import(session)
    if kept is not None:
        about = f"{words.plain(kept.name)} ({kind_name(kept.kind).lower()})"
        st.caption(f"Below: {about}, which you have brought before. Choose a file to begin anew.")
        _show(session, kept, kept.options)
    return kept is not None


def _show(session: Session, kept: KeptImport, options: Options) -> None:
    """What is known of it, and what can be done with it, by how it stands."""
    name = words.plain(kept.name)
    if kept.at_work:
        _wait(kept, name)
    elif kept.state == filed.REFUSED:
        st.error(words.plain(kept.refusal), icon=":material/block:", title="This file cannot be imported as it is")
        if kept.matching is not None:
            _match(session, kept, kept.matching, options, opened=True)
    elif kept.looked is None:
        st.warning(f"{name} was not looked through to its end. {words.plain(kept.outcome)}", icon=":material/info:")
    elif kept.state == filed.ENDED:
        _ended(session, kept)
        return
    else:
        _looked(session, kept, kept.looked, options)
    if not kept.at_work:
        _again(session, kept, options)


def _wait(kept: KeptImport, name: str) -> None:
    """Where the worker is at it; the strip above draws the whole page anew when it is over."""
    does = "imports" if kept.state == filed.ASKED else "looks through"
    st.info(
        f"The worker {does} {name}. How far it is stands above, on every page. You can leave this page or close the browser: "
        "it goes on, and you are told what became of it.",
        icon=":material/hourglass_top:",
    )


def _again(session: Session, kept: KeptImport, options: Options) -> None:
    """Ways out of what stands there: to look through it anew, and to forget it."""
    with st.container(horizontal=True):
        if (kept.looked is None or options != kept.options) and st.button(
            "Look through it", type="primary", icon=":material/refresh:", key="importing.look"
        ):
            _look(session, kept.id, options, columns.chosen(_columns_id(kept, options)))
        _leave(session, kept, "Leave this file")


def _leave(session: Session, kept: KeptImport, label: str) -> None:
    if st.button(label, icon=":material/close:", key="importing.leave"):
        notices.act(commands.drop_import, session, kept.id)
        held, _ = st.session_state.get(_BROUGHT, ((), 0))
        st.session_state[_BROUGHT] = (held, 0)
        st.rerun()


def _look(session: Session, kept_id: int, options: Options, matching: tuple[Any, Any] = (None, None)) -> None:
    mapping, lines_mapping = matching
    more = {"mapping": mapping, "lines_mapping": lines_mapping, "options": options}
    acting.ask(session, commands.ask_look, kept_id, done=acting.handed(longacts.LOOK, 0), **more)
    st.rerun()


def _match(session: Session, kept: KeptImport, matching: Matching, options: Options, *, opened: bool = False) -> None:
    columns_id = _columns_id(kept, options)
    if columns.show(matching, columns_id, opened=opened):
        _look(session, kept.id, options, columns.chosen(columns_id))


def _columns_id(kept: KeptImport, options: Options) -> str:
    """What was matched by hand stays when numbers or dates are read otherwise; other columns have to be matched anew."""
    return repr(("kept", kept.id, options.encoding, options.delimiter, options.sheet))


def _problems(session: Session, kept: KeptImport) -> wrong.Problems:
    def some(start: int, size: int) -> list[Any]:
        return queries.kept_import_problems(session, kept.id, start, size)

    return wrong.Problems(kept.problems, some, bool(kept.lines_name))


def _looked(session: Session, kept: KeptImport, found: Looked, options: Options) -> None:
    matching = Matching(kept.kind, found.columns, found.mapping, found.lines_name, found.lines_columns, found.lines_mapping)
    _match(session, kept, matching, options)
    wrong.preview(found, _problems(session, kept))
    st.header("3. Import", anchor=False)
    if options != kept.options:
        st.info("You have changed how it is read. Look through it once more to see what it would do.", icon=":material/tune:")
        return
    good = found.counts.new + found.counts.changed
    st.button(
        f"Import {words.count(good, 'record')}", type="primary", icon=":material/upload:", key="importing.go", disabled=not good,
        on_click=_go, args=(session, kept.id, kept.look, good),
    )  # fmt: skip
    if not good:
        st.caption("There is nothing to write: every good row is in already.")
    elif found.counts.bad:
        st.caption("The rows that cannot go in are named above, and stay out.")


def _go(session: Session, kept_id: int, look: int, good: int) -> None:
    """Import what was drawn, or nothing: another tab may have brought another file since, or had it looked through anew."""
    acting.ask(session, commands.ask_import, kept_id, look, done=acting.handed(longacts.IMPORT, good))


def _ended(session: Session, kept: KeptImport) -> None:
    st.header("What became of it", anchor=False)
    with st.grid(4, gap="small", min_column_width=130):
        st.metric("New", f"{kept.created:,}", border=True)
        st.metric("Changed", f"{kept.changed:,}", border=True)
        st.metric("Unchanged", f"{kept.unchanged:,}", border=True)
        st.metric("Left out", f"{kept.refused + (kept.looked.counts.bad if kept.looked else 0):,}", border=True)
    st.caption(f":material/info: {words.plain(kept.outcome)}")
    wrong.problems(_problems(session, kept), "importing.problems")
    with st.container(horizontal=True, vertical_alignment="center"):
        frame.link("pages/preview.py", "Preview sync", ":material/arrow_forward:")
        _leave(session, kept, "Done with this file")
