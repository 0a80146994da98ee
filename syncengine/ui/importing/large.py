"""Import of a file that is too large for a click: the worker looks through it and imports it; the page says how it stands."""

from __future__ import annotations

from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import SyncEngineError
from syncengine.imports import Looked, Matching, Options
from syncengine.imports.portable import lines_of
from syncengine.queries import KeptImport, Session
from syncengine.queries.sending import kind_name
from syncengine.store import filed, longacts
from syncengine.ui import acting, frame, notices, words
from syncengine.ui.importing import columns, wrong
from syncengine.ui.importing.bar import Bar, megabytes

#: Bytes of a workbook that has about as many rows as are looked at in a click; how many it has shows only when it is read.
WORKBOOK = 100_000
#: What the person has brought in this browser, by company and upload: what it is called there, or why it is not kept.
_BROUGHT = "importing.brought"
_MODES = {"good": "The good ones", "all": "All of them, if every row is good"}
_DONE = "You have done with this file."
_ELSEWHERE = "You have chosen this file in another company. Nothing of it is kept in this one."
_GONE = "This file is not kept any more: another one has taken its place, or its day is over."


def is_large(header: Any, lines: Any) -> bool:
    """Whether a file is more than a click can do."""
    return _rows(header) + (_rows(lines) if lines is not None else 0) > commands.AT_ONCE


def _rows(file: Any) -> int:
    file.seek(0)
    lines = lines_of(file)
    if lines is None:
        return commands.AT_ONCE + 1 if file.size > WORKBOOK else 0
    return lines


def bring(session: Session, kind: str, files: tuple[Any, Any], options: Options) -> int:
    """A large file that was chosen: it is kept once, looked through, and shown as it stands; which file is shown."""
    # Chosen in this company, with this one beside it: the number of an upload tells it apart at no cost.
    upload = (kind, *(each.file_id for each in files if each is not None))
    brought = st.session_state.setdefault(_BROUGHT, {})
    key = (session.company_id, upload)
    if key not in brought:  # what was chosen before is in the browser still: another company has it only by a click
        brought[key] = _ELSEWHERE if any(other == upload for _, other in brought) else None
    if brought[key] is None:
        brought[key] = _keep(session, kind, files, options)
        if isinstance(brought[key], int):
            st.rerun()
    held = brought[key]
    kept = queries.kept_import(session, held) if isinstance(held, int) else None
    if kept is None:
        return _offer(session, key, _GONE if isinstance(held, int) else held)
    _show(session, kept, options)
    return kept.id


def _offer(session: Session, key: object, why: str) -> int:
    """Say why a file that is chosen is not kept, with the way to keep it; below it, what the company has of the person."""
    if why in {_DONE, _ELSEWHERE, _GONE}:
        st.caption(why)
    else:
        st.error(words.plain(why), icon=":material/block:")
    st.button(
        "Look through this file", icon=":material/refresh:", key="importing.again", on_click=_want, args=(key,),
        help="It takes the place of one that you have brought and that is not imported.",
    )  # fmt: skip
    return standing(session)


def _want(key: object) -> None:
    st.session_state[_BROUGHT][key] = None


def _keep(session: Session, kind: str, files: tuple[Any, Any], options: Options) -> int | str:
    """Keep it and ask for it to be looked through: what it is called from then on, or why it was refused."""
    header, lines = files
    second = {"lines": lines.getvalue(), "lines_name": lines.name} if lines is not None else {}
    try:
        with Bar("Keeping the file for the worker", megabytes) as progress:
            kept_id = commands.keep_import(session, kind, header.getvalue(), name=header.name, progress=progress, **second)
    except SyncEngineError as refused:
        return str(refused)
    _ask_look(session, kept_id, options)
    return kept_id


def standing(session: Session) -> int:
    """Show the last large file that the person has brought, in whichever browser; which file that is, 0 for none."""
    kept = queries.kept_import(session)
    if kept is None:
        return 0
    st.caption(f"Below: {_called(kept)}, which you have brought before. Choose a file to begin anew.")
    _show(session, kept, kept.options)
    return kept.id


def _called(kept: KeptImport) -> str:
    return f"{words.plain(kept.name)} ({kind_name(kept.kind).lower()})"


def others(session: Session, shown: int) -> None:
    """What became of the files that the person has imported lately, but for the one that is shown: folded, the newest first."""
    over = [each for each in queries.kept_imports(session) if each.state == filed.ENDED and each.id != shown]
    if not over:
        return
    # By its key it is the same one when one of them goes, and stays open.
    with st.expander(f"Imported lately: {words.count(len(over), 'other file')}", icon=":material/history:", key="importing.others"):
        st.caption("What became of a file is told for a week.")
        for kept in over:
            _other(session, kept)


def _other(session: Session, kept: KeptImport) -> None:
    brought = words.ago(kept.at, session.clock.now(), "UTC")  # told for a week, so never by a day of some calendar
    st.caption(f"**{_called(kept)}**, brought {brought}. {words.plain(kept.outcome)}")
    with st.container(horizontal=True, key=f"importing.other.{kept.id}"):
        if kept.problems:
            wrong.take(_problems(session, kept), f"importing.problems.{kept.id}")
        _leave(session, kept, "Done with this file", f"importing.leave.{kept.id}")


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
        st.warning(f"{name} has to be looked through before it can go in. {words.plain(kept.outcome)}", icon=":material/info:")
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
        if kept.looked is None or options != kept.options:
            st.button(
                "Look through it", type="primary", icon=":material/refresh:", key="importing.look",
                on_click=_ask_look, args=(session, kept.id, options, columns.chosen(_columns_id(kept, options))),
            )  # fmt: skip
        _leave(session, kept, "Leave this file")


def _leave(session: Session, kept: KeptImport, label: str, key: str = "importing.leave") -> None:
    st.button(label, icon=":material/close:", key=key, on_click=_drop, args=(session, kept.id))


def _drop(session: Session, kept_id: int) -> None:
    notices.act(commands.drop_import, session, kept_id)
    if queries.kept_import(session, kept_id) is not None:
        return  # it was refused, and stands there still
    brought = st.session_state.get(_BROUGHT, {})
    brought.update({key: _DONE for key, held in brought.items() if held == kept_id})


def _ask_look(session: Session, kept_id: int, options: Options, matching: tuple[Any, Any] = (None, None)) -> None:
    mapping, lines_mapping = matching
    more = {"mapping": mapping, "lines_mapping": lines_mapping, "options": options}
    acting.ask(session, commands.ask_look, kept_id, done=acting.handed(longacts.LOOK, 0), **more)


def _match(session: Session, kept: KeptImport, matching: Matching, options: Options, *, opened: bool = False) -> None:
    columns_id = _columns_id(kept, options)
    if columns.show(matching, columns_id, opened=opened):
        _ask_look(session, kept.id, options, columns.chosen(columns_id))
        st.rerun()


def _columns_id(kept: KeptImport, options: Options) -> str:
    """What was matched by hand stays when numbers or dates are read otherwise; other columns have to be matched anew."""
    return repr(("kept", kept.id, options.encoding, options.delimiter, options.sheet))


def _problems(session: Session, kept: KeptImport) -> wrong.Problems:
    def some(start: int, size: int) -> list[Any]:
        return queries.kept_import_problems(session, kept.id, start, size)

    return wrong.Problems(kept.problems, some, (kept.id, kept.look), bool(kept.lines_name))


def _looked(session: Session, kept: KeptImport, found: Looked, options: Options) -> None:
    matching = Matching(kept.kind, found.columns, found.mapping, found.lines_name, found.lines_columns, found.lines_mapping)
    _match(session, kept, matching, options)
    wrong.preview(found, _problems(session, kept))
    st.header("3. Import", anchor=False)
    if options != kept.options:
        st.info("You have changed how it is read. Look through it once more to see what it would do.", icon=":material/tune:")
        return
    mode = st.radio(
        "Which rows go in", list(_MODES), format_func=_MODES.__getitem__, key="importing.large.mode", horizontal=True,
        captions=[
            "Those that cannot go in are named, and stay out.",
            "It is looked through once more, and nothing is written while one is not.",
        ],
    )  # fmt: skip
    good = found.counts.new + found.counts.changed
    blocked = mode == "all" and bool(kept.problems)
    st.button(
        f"Import {words.count(good, 'record')}", type="primary", icon=":material/upload:", key="importing.go",
        disabled=not good or blocked, on_click=_go, args=(session, kept.id, kept.look, good, mode),
    )  # fmt: skip
    if not good:
        st.caption(wrong.nothing(found.counts))
    elif blocked:
        st.caption("Correct the rows above, or let the good ones go in.")
    elif mode == "all":
        st.caption(
            "It goes in in portions, and each stays in, also when you stop it. A row that others make bad while it goes in is left "
            "out, and named at its end."
        )


def _go(session: Session, kept_id: int, look: int, good: int, mode: str) -> None:
    """Import what was drawn, or nothing: another tab may have brought another file since, or had it looked through anew."""
    acting.ask(session, commands.ask_import, kept_id, look, mode=mode, done=acting.handed(longacts.IMPORT, good))


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
