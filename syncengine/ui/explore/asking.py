"""A question is chosen, asked, narrowed and grouped. All that was chosen stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.errors import Forbidden, SyncEngineError
from syncengine.queries import Overview, Session, grouping
from syncengine.store.rights import Rights
from syncengine.ui import address, glance, tables, words
from syncengine.ui import session as sessions
from syncengine.ui.explore import columns, questions, showing
from syncengine.ui.explore.questions import Parameter, Question
from syncengine.ui.explore.view import Filter, Groups, View, ids

#: So many conditions can be set at once.
_FILTERS = 3
#: An answer that was read for a filter or a chart serves the next one for so long.
_KEPT_SECONDS = 60
#: Groups that the database has found serve for so long while nothing moves: of what rests, they say the same at any time.
_GROUPS_SECONDS = 600
#: So many rows are read for a filter, a group or a chart: more would make everybody else wait, and each visitor's are kept.
READ = 20_000
_NO_VALUE = frozenset({"is empty", "is not empty"})
_CHARTS = ("bars", "line")
#: The field in which a question is chosen, which is gone with the page, and what remembers it beyond that.
_CHOSEN, _LAST = "question", "explore.asked"


def show(session: Session, overview: Overview) -> None:
    """The question with its values, its steps, its answer."""
    held = sessions.rights(session)
    question = _question(held)
    values, lacks = _values(session, question)
    st.caption(words.plain(question.says))
    if lacks:
        st.info(f"Fill in {words.plain(tables.names(lacks))} to see the answer.", icon=":material/edit:")
        return
    try:
        _answer(session, overview, View(question, values))
    except Forbidden as refused:
        st.error(words.plain(str(refused)), icon=":material/lock:", title="This answer is closed to you")
    except SyncEngineError as refused:
        st.warning(words.plain(str(refused)), icon=":material/info:")


def _question(held: Rights) -> Question:
    """The question that the address names; by its title, too, as older addresses do."""
    every = questions.every()
    open_ones = {name: each for name, each in every.items() if each.open_to(held)}
    named = _named(open_ones)
    chosen = next((name for name, each in open_ones.items() if named in (name, each.title)), "")
    if named and not chosen:
        closed = any(named in (name, each.title) for name, each in every.items())
        what = "This question is closed to you" if closed else "There is no question"
        st.warning(words.plain(f"{what}: {named[:60]}. Choose another one below."), icon=":material/search_off:")
    st.session_state[_CHOSEN] = chosen or next(iter(open_ones))
    found = st.selectbox(
        "Question",
        list(open_ones),
        key=_CHOSEN,
        format_func=lambda name: open_ones[name].title if name in open_ones else name,
        on_change=_name_it,
        width=420,
    )
    st.session_state[_LAST] = found
    return open_ones[found]


def _named(open_ones: Mapping[str, Question]) -> str:
    """What the address names; who comes back from another page finds the question that was asked last."""
    last = st.session_state.get(_LAST, "")
    if "question" not in st.query_params and _CHOSEN not in st.session_state and last in open_ones:
        st.query_params["question"] = last
    return st.query_params.get("question", "")


def _name_it() -> None:
    """The address names a question as Python does: unlike its title, that stays."""
    st.query_params["question"] = st.session_state[_CHOSEN]


def _values(session: Session, question: Question) -> tuple[dict[str, Any], list[str]]:
    """What the fields say, and the labels of those that still lack a value."""
    if not question.parameters:
        return {}, []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        values = {each.name: _value(session, each) for each in question.parameters}
    lacks = [each.label for each in question.parameters if each.required and values[each.name] in (None, "", ())]
    return values, lacks


def _value(session: Session, each: Parameter) -> Any:
    key = each.name
    if each.asked in {"kind", "list", "entity", "choice"}:
        return _choice(each.label, key, _choices(session, each), required=each.required)
    if each.asked == "flag":
        return st.toggle(each.label, key=key, bind="query-params")
    if each.asked == "number":
        return st.number_input(each.label, 1, address.LARGEST, None, step=1, key=key, bind="query-params", width=140)
    if each.asked == "day":
        return st.date_input(each.label, None, key=key, bind="query-params", format="YYYY-MM-DD", width=170)
    hint = "Numbers, such as 3, 17" if each.asked == "ids" else None
    text = st.text_input(each.label, key=key, bind="query-params", placeholder=hint, width=220) or ""
    return ids(text) if each.asked == "ids" else text


def _choice(label: str, key: str, choices: list[str], *, required: bool) -> str | None:
    first = 0 if required and choices else None
    hint = None if required else "Any"
    return st.selectbox(label, choices, index=first, placeholder=hint, key=key, bind="query-params", width=220)


def _choices(session: Session, each: Parameter) -> list[str]:
    if each.asked == "kind":
        return list(queries.kinds())
    if each.asked == "list":
        return [str(name) for name in queries.accounting_lists(session)["name"]]
    if each.asked == "entity":
        return [str(name) for name in queries.ledger_counts(session)["entity"]]
    return list(each.choices)


def _answer(session: Session, overview: Overview, plain: View) -> None:
    first = _first_page(session, plain)
    view, chart = _steps(plain, first, overview.timezone)
    tables.begin_anew("explore", (session.company_id, view.question.name, view.arguments, view.filters, view.groups))
    if not view.filters and not view.groups and not chart:
        _plain(session, overview, view, first)
    elif (groups := _grouped(session, view)) is not None:
        rows = words.count(groups.attrs["rows"], "row")
        _shown(session, overview, view, groups, chart, f"{words.count(len(groups), 'group')} of {rows}", lambda: groups)
    else:
        _worked(session, overview, view, chart)


def _first_page(session: Session, view: View) -> pd.DataFrame:
    """What tells the columns: the first page, of a paged answer with one row more. Asking also proves the right, each time."""
    if view.question.paged:
        return view.page(session, 1, tables.PAGE + 1)
    return view.rows(session, tables.PAGE) if view.question.newest else _rows(session, view)


def _grouped(session: Session, view: View) -> pd.DataFrame | None:
    """The groups of all rows, found by the database once for all who may see the same, until something moves."""
    if not view.groups:
        return None
    held = sessions.rights(session).permissions
    asked = ("groups", view.question.name, repr(view.arguments), view.filters, view.groups, view.zone, held)
    mark = grouping.state(view.question.ask, session)
    return glance.once(session, asked, lambda: view.grouped(session), seconds=_GROUPS_SECONDS, mark=mark)


def _steps(plain: View, first: pd.DataFrame, timezone: str) -> tuple[View, str]:
    """The view with what is to be done with its answer, and the chart that is wanted."""
    names = [str(name) for name in first.columns]
    moments = {str(name) for name in first.columns if isinstance(first[name].dtype, pd.DatetimeTZDtype)}
    begun = any(st.query_params.get(name) for name in ("where1", "by", "chart"))
    with st.expander("Filter, group and chart", expanded=begun, icon=":material/tune:"):
        filters = _filters(names)
        groups = _groups(names)
        chart = st.segmented_control("Chart", _CHARTS, key="chart", bind="query-params")
        if moments:
            st.caption(words.plain(f"Days and times are by the company's clocks ({words.zone(timezone).key}), as in the table."))
    used = {each.column for each in filters} | ({*groups.by, groups.across} if groups else set())
    zone = words.zone(timezone).key if used & moments else "UTC"  # only where it makes a difference
    return View(plain.question, plain.values, filters, groups, zone), str(chart or "")


def _filters(names: list[str]) -> tuple[Filter, ...]:
    found: list[Filter] = []
    say = columns.headings(names).__getitem__
    for number in range(1, _FILTERS + 1):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            label = "Where" if number == 1 else f"And where ({number})"
            _named_columns(f"where{number}", names, one=True)
            column = st.selectbox(
                label, names, index=None, key=f"where{number}", format_func=say, on_change=_name_columns, args=(f"where{number}",),
                width=220,
            )  # fmt: skip
            if not column:
                break
            operator = st.selectbox(f"Is ({number})", queries.OPERATORS, key=f"is{number}", bind="query-params", width=160)
            value = ""
            if operator not in _NO_VALUE:
                value = st.text_input(f"Value ({number})", key=f"value{number}", bind="query-params", width=220) or ""
        if value or operator in _NO_VALUE:
            found.append(Filter(column, operator, value))
    return tuple(found)


def _named_columns(key: str, names: list[str], *, one: bool = False) -> None:
    """What the address names is chosen in the field that comes; what is no column of this answer leaves the address.

    A field that is bound to the address would put what is read into it, not the names that Python knows.
    """
    told = st.query_params.get_all(key)
    known = [each for each in dict.fromkeys(told) if each in names][: 1 if one else None]
    if known != told:
        _keep_columns(key, known)
    st.session_state[key] = (known[0] if known else None) if one else known


def _name_columns(key: str) -> None:
    """The address names the columns that were chosen."""
    chosen = st.session_state[key]
    _keep_columns(key, chosen if isinstance(chosen, list) else [chosen] if chosen else [])


def _keep_columns(key: str, names: list[str]) -> None:
    if names:
        st.query_params[key] = names
    else:
        st.query_params.pop(key, None)


def _groups(names: list[str]) -> Groups | None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        say = columns.headings(names).__getitem__
        _named_columns("by", names)
        by = st.multiselect("Group by", names, key="by", format_func=say, on_change=_name_columns, args=("by",), width=320)
        if not by:
            return None
        how = st.selectbox("Show", queries.MEASURES, key="how", bind="query-params", width=140)
        of = None
        if how != "count":
            _named_columns("of", names, one=True)
            of = st.selectbox("Of", names, index=None, key="of", format_func=say, on_change=_name_columns, args=("of",), width=220)
        others = [each for each in names if each not in by]
        _named_columns("across", others, one=True)
        across = st.selectbox(
            "Across (pivot)", others, index=None, key="across", format_func=say, on_change=_name_columns, args=("across",),
            width=220, help="One column for each value of this one.",
        )  # fmt: skip
    if how != "count" and not of:
        st.caption(f"Choose of which column the {how} is wanted; until then the rows are counted.")
        how = "count"
    return Groups(tuple(by), how, of or "", across or "")


def _plain(session: Session, overview: Overview, view: View, first: pd.DataFrame) -> None:
    """The answer as it comes, page after page out of the database."""
    if first.empty:
        showing.nothing()
        return
    if view.question.paged:
        shown = _pages(session, view, first)
    else:
        number = tables.page_of("explore", len(first))
        shown = first.iloc[(number - 1) * tables.PAGE : number * tables.PAGE]
        newest = ", the newest. A file has those behind them, too; *Before* begins behind one" if first.attrs.get("cut") else ""
        st.caption(f"Rows {tables.span(number, len(first))}{newest}")
    showing.table(shown, overview.timezone, "explore", view.question.title, columns.of(map(str, shown.columns), view))
    showing.take(session, overview, view, lambda: _rows(session, view))


def _pages(session: Session, view: View, first: pd.DataFrame) -> pd.DataFrame:
    """The page that is wanted. How many there are is not counted: one more is offered while the last one is full."""
    wanted = str(st.session_state.get("explore.page") or st.query_params.get("explore.page") or "1")
    number = max(1, address.whole(wanted) or 1)
    shown = first if number == 1 else view.page(session, number, tables.PAGE)
    if shown.empty:
        number, shown = 1, first
    if number == 1:
        shown, more = first.head(tables.PAGE), len(first) > tables.PAGE
    else:
        more = len(shown) == tables.PAGE and not view.page(session, number * tables.PAGE + 1, 1).empty
    last = number + 1 if more else number
    if last > 1:
        st.pagination(last, key="explore.page", bind="query-params")
    begin = (number - 1) * tables.PAGE
    st.caption(f"Rows {begin + 1:,}-{begin + len(shown):,}{', and more after them' if more else ''}")
    return shown


def _worked(session: Session, overview: Overview, view: View, chart: str) -> None:
    """The answer after its steps, of rows that are all in memory."""
    rows = _kept(session, view)
    if rows.attrs.get("cut"):
        st.warning(
            f"Only the first {READ:,} rows were read; what stands here is about those. A file, or Jupyter, reads "
            f"{queries.MOST:,}; or narrow the question itself, or ask in SQL.",
            icon=":material/content_cut:",
        )
    result = view.result(rows)
    said = words.count(len(result), "row") + (f" out of {len(rows):,}" if len(result) != len(rows) else "")
    # A file is of all of them, as its offer says: of those that were not read for the page, too.
    make = (lambda: view.result(_rows(session, view))) if rows.attrs.get("cut") else (lambda: result)
    _shown(session, overview, view, result, chart, said, make)


def _shown(
    session: Session, overview: Overview, view: View, result: pd.DataFrame, chart: str, said: str, make: Callable[[], pd.DataFrame]
) -> None:
    """The rows or groups that are left after all steps, `make` for their files."""
    if result.empty:
        showing.nothing()
        return
    if chart:
        showing.chart(result, view, chart, overview.timezone)
    number = tables.page_of("explore", len(result))
    shown = result.iloc[(number - 1) * tables.PAGE : number * tables.PAGE]
    st.caption(f"{said}. Rows {tables.span(number, len(result))}")
    showing.table(shown, overview.timezone, "explore", view.question.title, columns.of(map(str, shown.columns), view))
    showing.take(session, overview, view, make)


def _kept(session: Session, view: View) -> pd.DataFrame:
    """The whole answer, read once a minute at most for all steps over it; a visitor keeps one at a time."""
    places, named = view.arguments
    asked = (sessions.standing(session), view.question.name, repr(places), repr(named))
    held = st.session_state.get("explore.rows")
    now = session.clock.now()
    if held and held[0] == asked and (now - held[1]).total_seconds() < _KEPT_SECONDS:
        kept: pd.DataFrame = held[2]
        return kept
    with st.spinner("Reading all rows…"):
        found = _rows(session, view, READ)
    st.session_state["explore.rows"] = (asked, now, found)
    return found


def _rows(session: Session, view: View, most: int = queries.MOST) -> pd.DataFrame:
    """The whole answer, `most` rows at most. What compares a whole company is read once a minute for all who may see the same."""
    if not view.question.dear:
        return view.rows(session, most)
    asked = ("whole", view.question.name, repr(view.arguments), sessions.rights(session).permissions)
    every = glance.once(session, asked, lambda: view.rows(session), seconds=_KEPT_SECONDS, mark="dear")
    found = every.head(most)
    found.attrs["cut"] = every.attrs.get("cut") or len(every) > most
    return found
