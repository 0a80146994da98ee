"""An answer of Explore as it is seen and taken away: its table, its chart, its files, and the Python that gives the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.ui import charts, exports, tables, words
from syncengine.ui import session as sessions
from syncengine.ui.explore import columns
from syncengine.ui.explore.view import View
from syncengine.ui.overview import moment_column

#: A chart with more bars than this says nothing.
_MOST_BARS = 60


def nothing() -> None:
    """Said in place of an answer without rows."""
    st.info("There are no such rows just now.", icon=":material/inbox:")


def table(shown: pd.DataFrame, timezone: str, name: str, title: str, heads: Mapping[str, str] | None = None) -> None:
    """A frame as it is, times in the company's zone: the columns under what `heads` calls them, others under their own names."""
    cells = shown.copy()
    settings: dict[str, Any] = {}
    for number, column in enumerate(shown.columns):
        held = shown.iloc[:, number]
        if isinstance(held.dtype, pd.DatetimeTZDtype):
            settings[str(column)] = _moments(str(column), heads or {}, timezone)
        elif held.dtype == object:
            cells[column] = [_cell(value) for value in held]
    # A column without settings of its own has its name for a title; None would hide it.
    said = {str(column): settings.get(str(column), _title(str(column), heads or {})) for column in shown.columns}
    tables.show(cells, said, name=name, alt=title)


def _title(column: str, heads: Mapping[str, str]) -> Any:
    """A column's heading, which says its name in Python where that is another."""
    called = heads.get(column, column)
    return called if called == column else st.column_config.Column(called, help=columns.explained(column))


def _moments(column: str, heads: Mapping[str, str], timezone: str) -> Any:
    """The same of times."""
    settings = moment_column(heads.get(column, column), timezone, named=False)
    if heads.get(column, column) != column:
        settings["help"] = f"{settings['help']} {columns.explained(column)}"
    return settings


def _cell(value: Any) -> Any:
    return exports.text(value) if isinstance(value, list | tuple | dict) else value


def chart(result: pd.DataFrame, view: View, kind: str, timezone: str) -> None:
    """The first column along the side, the numbers as bars or lines."""
    numbers = [str(name) for name in result.columns if is_numeric(result[name])]
    along = next((str(name) for name in result.columns if str(name) not in numbers), None)
    drawn = [name for name in numbers if name != along][:8]
    if not drawn or along is None:
        said = "A chart wants a column of numbers and one of names or days. Group by something first."
        st.info(said, icon=":material/bar_chart:")
        return
    if view.groups is None and len(drawn) > 1:
        drawn = [next((name for name in ("total", "amount", "sent") if name in drawn), drawn[0])]
    data = result[[along, *drawn]].head(_MOST_BARS).copy()
    data[along] = [_along(value, timezone) for value in data[along]]
    for name in drawn:  # a picture needs no cents that are exact
        data[name] = [None if pd.isna(value) else float(value) for value in data[name]]
    if len(result) > _MOST_BARS:
        st.caption(f"The chart shows the first {_MOST_BARS} of {len(result):,} rows.")
    heads = columns.of((str(name) for name in result.columns), view)
    told = [heads.get(name, name) for name in (along, *drawn)]
    charts.named(data.set_axis(told, axis="columns"), told[0], told[1:], "bar" if kind == "bars" else "line")


def _along(value: Any, timezone: str) -> str:
    """What stands along the side of a chart."""
    if _is_nothing(value):
        return "(empty)"
    return f"{value.astimezone(words.zone(timezone)):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else exports.text(value)


def is_numeric(column: pd.Series[Any]) -> bool:
    """Whether a column holds numbers, or nothing, and at least one number."""
    held = [value for value in column.tolist() if not _is_nothing(value)]
    return bool(held) and all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in held)


def _is_nothing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)  # noqa: PLR0124


def take(session: Session, overview: Overview, view: View, make: Any) -> None:
    """Files of what is seen, and the Python that gives the same."""
    with st.container(horizontal=True, gap="small"):
        offer(session, overview, f"explore-{view.question.name}", make)
        with st.popover("Open this in Jupyter", icon=":material/code:"):
            most = f"up to {queries.MOST:,}"
            st.caption(f"This Python gives the same rows, {most}, under the name found. Decimals stay exact, times are in UTC.")
            st.code(view.code(company_name(session)), language=None)
    st.caption("The address of this page leads to this view: send it to whoever has the right to see it.")


def offer(session: Session, overview: Overview, name: str, make: Any) -> None:
    """CSV, XLSX and Parquet of a frame that is made on the click."""
    company = company_name(session)
    about: Mapping[str, str] = {"tieout.company": company, "tieout.question": name}
    exports.offer_frame(name, make, overview.timezone, about, session.clock)


def company_name(session: Session) -> str:
    """What the open company is called."""
    known = sessions.known()
    return str(known.loc[known["id"] == session.company_id, "name"].iloc[0])
