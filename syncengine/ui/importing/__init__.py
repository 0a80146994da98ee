"""The Import page: a file is looked at, its columns are matched, and it goes in when the person says so.

A file of some thousand rows is looked at and written here, at once; a larger one is the worker's (`large`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import SyncEngineError
from syncengine.imports import Matching, Options, Prepared, Result, Unmatched, targets, template
from syncengine.queries import Session
from syncengine.queries.sending import kind_name
from syncengine.ui import ending, frame, notices, tables, words
from syncengine.ui.importing import columns, large, wrong
from syncengine.ui.importing.bar import Bar

_DATES = {"iso": "2026-01-31", "dmy": "31.01.2026 (day first)", "mdy": "01/31/2026 (month first)", "ymd": "2026/01/31 (year first)"}
_DECIMALS = {".": "9.80 (point)", ",": "9,80 (comma)"}
_THOUSANDS = {"": "none", ",": "1,000", ".": "1.000", " ": "1 000", "'": "1'000"}
_MODES = {"good": "The good rows go in", "all": "All or nothing"}
_KEPT = "importing.prepared"
_DONE = "importing.result"
_PRESSED = "importing.pressed"


def show(session: Session) -> None:
    """The three steps, each once the one before is done."""
    kind, header, lines = _file()
    shown = 0
    if header is None:
        _keep_options()
        if lines is not None:
            st.info(
                f"{words.plain(lines.name)} holds lines only. Choose the file of their documents as well, in the first place.",
                icon=":material/info:",
            )
        shown = large.standing(session)
        if not shown:
            _expects(kind)
    elif large.is_large(header, lines):
        shown = large.bring(session, kind, (header, lines), _options(header.name))
    else:
        _at_once(session, kind, header, lines)
    large.others(session, shown)


def _at_once(session: Session, kind: str, header: Any, lines: Any) -> None:
    """A file that is looked at, and written, in the click itself."""
    options = _options(header.name)
    # What was matched by hand stays when numbers or dates are read otherwise; other columns have to be matched anew.
    told_apart = (options.encoding, options.delimiter, options.sheet)
    columns_id = _digest(session.company_id, kind, header.getvalue(), lines.getvalue() if lines else b"", told_apart)
    file_id = _digest(columns_id, options)
    try:
        prepared = _prepared(session, kind, header, lines, options, (file_id, columns_id))
    except SyncEngineError as refused:
        st.error(words.plain(str(refused)), icon=":material/block:", title="This file cannot be imported as it is")
        if isinstance(refused, Unmatched):
            _matched(refused.matching, columns_id, opened=True)
        return
    matching = Matching(
        kind, prepared.columns, prepared.mapping, prepared.lines_name, prepared.lines_columns, prepared.lines_mapping
    )
    _matched(matching, columns_id)
    wrong.preview(prepared, wrong.Problems.of(prepared.problems, st.session_state[_KEPT][0]))
    _import(session, prepared, file_id)


def _matched(matching: Matching, columns_id: str, *, opened: bool = False) -> None:
    if columns.show(matching, columns_id, opened=opened):
        st.rerun()


def _file() -> tuple[str, Any, Any]:
    st.header("1. The file", anchor=False)
    kinds = queries.kinds()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = st.selectbox(
            "What it holds", kinds, format_func=kind_name, key="importing.kind", index=kinds.index("customer"), width=280
        )
        _template(kind)
    left, right = st.columns(2)
    wanted, most = ["csv", "tsv", "txt", "xlsx"], commands.MOST_KEPT // 2**20
    with left:
        header = st.file_uploader("CSV or XLSX file", type=wanted, key=f"importing.file.{kind}", max_upload_size=most)
    lines = None
    if kind in columns.DOCUMENTS:
        with right:
            lines = st.file_uploader(
                "Lines, where they are in a second file",
                type=wanted,
                key=f"importing.lines.{kind}",
                max_upload_size=most,
                help="One row a line, with the document's number. Leave it empty where one file holds both. "
                f"Both together have {most} MB at most.",
            )
    return kind, header, lines


def _expects(kind: str) -> None:
    """What a file of this kind may have, while there is none."""
    known = [words.column(name) for name in targets(kind)]
    st.caption(
        f"The first row of the file names its columns, such as {tables.names([each.lower() for each in known], 6)}. "
        "Other names are matched once the file is here. Nothing is written before you say so."
    )


def _template(kind: str) -> None:
    st.download_button(
        "Empty file with every column",
        data=template(kind),
        file_name=f"{kind}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="importing.template",
    )


def _keep_options() -> None:
    """How files are read stays as it was chosen: while one file takes another's place, there is a run without any."""
    for key in [f"importing.{each}" for each in ("dates", "decimal", "thousands", "delimiter", "encoding", "sheet", "percent")]:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def _options(name: str) -> Options:
    # By its key it is the same one, and stays open, when a sentence comes or goes above it.
    with st.expander("How to read it", icon=":material/tune:", key="importing.options"):
        with st.grid(3, gap="small", min_column_width=180):
            dates = _option("Dates look like", "dates", _DATES)
            decimal = _option("Numbers look like", "decimal", _DECIMALS)
            thousands = _option("Thousands", "thousands", _THOUSANDS)
            delimiter = _said("Delimiter", "delimiter", max_chars=1)
            encoding = _said("Encoding", "encoding")
            sheet = _said("Sheet", "sheet", placeholder="the first", disabled=not name.endswith(".xlsx"))
        percent = st.checkbox(
            "A discount of 15 means 15 %", st.session_state.get("importing.percent", False), key="importing.percent"
        )
    try:
        return Options(
            encoding=encoding.strip(),
            delimiter=delimiter,
            sheet=sheet.strip(),
            date_order=dates,
            decimal_sign=decimal,
            thousands_sign=thousands,
            percent_discounts=percent,
        )
    except SyncEngineError as refused:
        st.error(words.plain(str(refused)), icon=":material/block:")
        ending.stop()


def _option(label: str, name: str, choices: Mapping[str, str]) -> str:
    """A choice that begins as it stands: a browser that draws it late would come with the first one of all instead."""
    key, values = f"importing.{name}", list(choices)
    held = st.session_state.get(key)
    return st.selectbox(
        label, values, index=values.index(held) if held in values else 0, format_func=choices.__getitem__, key=key
    )


def _said(label: str, name: str, *, placeholder: str = "found out", max_chars: int | None = None, disabled: bool = False) -> str:
    """A text that begins as it stands, like a choice."""
    key = f"importing.{name}"
    held = st.session_state.get(key) or ""
    return st.text_input(label, held, key=key, placeholder=placeholder, max_chars=max_chars, disabled=disabled) or ""


def _prepared(session: Session, kind: str, header: Any, lines: Any, options: Options, ids: tuple[str, str]) -> Prepared:
    """What the file would do, looked up once for each file, set of options and matching of columns.

    Raises SyncEngineError where the file cannot be used so.
    """
    file_id, columns_id = ids
    mapping, lines_mapping = columns.chosen(columns_id)
    key = _digest(file_id, mapping, lines_mapping)
    kept_key, kept = st.session_state.get(_KEPT, ("", None))
    if kept_key == key:
        return kept  # type: ignore[no-any-return] # session_state knows no types
    with Bar("Reading the file") as progress:
        found = commands.prepare_import(
            session,
            kind,
            header.getvalue(),
            name=header.name,
            mapping=mapping,
            lines=lines.getvalue() if lines else None,
            lines_name=lines.name if lines else "",
            lines_mapping=lines_mapping,
            options=options,
            progress=progress,
        )
    st.session_state[_KEPT] = (key, found)
    return found


def _import(session: Session, prepared: Prepared, file_id: str) -> None:
    st.header("3. Import", anchor=False)
    counts = prepared.counts
    mode = "good"
    if counts.bad or prepared.problems:
        mode = st.radio(
            "With the rows that cannot go in",
            list(_MODES),
            format_func=_MODES.__getitem__,
            key="importing.mode",
            horizontal=True,
            captions=["The others are named above, and stay out.", "Nothing is written while any row is bad."],
        )
    good = counts.new + counts.changed
    blocked = not good or (mode == "all" and bool(prepared.problems))
    seen, pressed = (st.session_state[_KEPT][0], mode), st.session_state.pop(_PRESSED, None)
    st.button(
        f"Import {words.count(good, 'record')}", type="primary", icon=":material/upload:", key="importing.go", disabled=blocked,
        on_click=_press, args=(seen,),
    )  # fmt: skip
    if pressed == seen:
        _apply(session, prepared, mode, file_id)
    elif pressed:
        st.warning(
            "The file is read otherwise by now than you saw it. Nothing was written: look at it, and press once more.",
            icon=":material/info:",
        )
    done_id, result = st.session_state.get(_DONE, ("", None))
    if done_id == file_id:
        _result(result)
    elif blocked and not good:
        st.caption(wrong.nothing(counts))
    elif blocked:
        st.caption("Correct the rows above, or let the good ones go in.")


def _press(seen: tuple[str, str]) -> None:
    """What was on the screen when the button was pressed: nothing else goes in."""
    st.session_state[_PRESSED] = seen


def _apply(session: Session, prepared: Prepared, mode: str, file_id: str) -> None:
    st.caption("Stay on this page until it is done. Should it be interrupted, import the file again: nothing goes in twice.")
    st.session_state.pop(_KEPT, None)  # whatever comes of it, what was looked up is not true any more
    try:
        with Bar("Writing") as progress:
            result = commands.apply_import(session, prepared, mode="all" if mode == "all" else "good", progress=progress)
    except SyncEngineError as trouble:
        st.error(words.plain(str(trouble)), icon=":material/block:")
        return
    except BaseException as broken:  # a click elsewhere ends this run of the page: the next one says what went in
        far = " ".join(getattr(broken, "__notes__", ()))
        notices.say("warning", f"The import of {prepared.name} was broken off. {far} Import the file again: nothing goes in twice.")
        raise
    st.session_state[_DONE] = (file_id, result)
    st.rerun()


def _result(result: Result) -> None:
    said = f"{result.created:,} new, {result.changed:,} changed, {result.unchanged:,} unchanged, {result.rejected:,} left out."
    st.success(f"{said} What changed goes to QuickBooks with the next sync.", icon=":material/check_circle:", title="Imported")
    frame.link("pages/preview.py", "Preview sync", ":material/arrow_forward:")


def _digest(*parts: object) -> str:
    sums = hashlib.sha256()
    for part in parts:
        sums.update(part if isinstance(part, bytes) else repr(part).encode())
        sums.update(b"\0")
    return sums.hexdigest()[:16]
