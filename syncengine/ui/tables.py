"""Tables as all pages show them: one page of rows at a time, and a choice that sticks to rows, never to positions."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import streamlit as st

from syncengine.queries.said import decimals
from syncengine.ui import words

#: So many rows go to the browser at once; the rest stays in the database.
PAGE = 50


def rows_key(name: str, ids: Iterable[Any]) -> str:
    """The key of a table over just these rows: another set is another widget, with nothing selected.

    A keyed table remembers positions, so with a fixed key the choice would jump to whatever moved into its place.
    """
    return f"{name}.{zlib.crc32(repr(list(ids)).encode()):08x}"


def begin_anew(name: str, wanted: object) -> None:
    """Lead back to the first page where something else is wanted than in the run before: an old place says nothing of new rows."""
    asked, mark = repr(wanted), f"{name}.wanted"
    if st.session_state.get(mark, asked) != asked:
        st.session_state[f"{name}.page"] = 1
    st.session_state[mark] = asked


def asked(name: str) -> int:
    """The page that `page_of` will most likely give, before it is known how many there are."""
    said = st.session_state.get(f"{name}.page") or st.query_params.get(f"{name}.page") or "1"
    return int(said) if str(said).isdecimal() and 0 < int(said) < 10**6 else 1


def page_of(name: str, total: int, size: int = PAGE, *, wanted: object = None) -> int:
    """The page that was asked for, from 1; nothing to press while everything fits.

    `wanted` is what narrows the rows: where it has changed, the first page is shown.
    """
    if wanted is not None:
        begin_anew(name, wanted)
    pages = max(1, -(-total // size))
    if pages == 1:
        return 1
    return int(st.pagination(pages, key=f"{name}.page", bind="query-params"))


def span(page: int, total: int, size: int = PAGE) -> str:
    """Which rows are in view.

    >>> span(2, 120), span(1, 3)
    ('51-100 of 120', '1-3 of 3')
    """
    return f"{(page - 1) * size + 1:,}-{min(page * size, total):,} of {total:,}"


def show(frame: pd.DataFrame, columns: Mapping[str, Any], *, name: str, alt: str, **options: Any) -> None:
    """A table to read: `columns` are those shown, in order, with their settings; no other goes to the browser."""
    st.dataframe(
        frame[list(columns)],
        key=f"{name}.table",
        column_order=list(columns),
        column_config=_exact(frame, columns),
        hide_index=True,
        alt=alt,
        placeholder="",
        **options,
    )


def plain_table(frame: pd.DataFrame, *, alt: str, figures: int = 0) -> None:
    """A small table without a choice, every cell and title shown as just its text: `st.table` would read them as Markdown.

    The last `figures` columns hold sums of money, which stand below each other at the right.
    """
    plain_rows([str(title) for title in frame], zip(*(frame[title] for title in frame), strict=True), alt=alt, figures=figures)


def plain_rows(titles: Sequence[str], rows: Iterable[Sequence[Any]], *, alt: str, figures: int = 0) -> None:
    """The same of rows that are no DataFrame."""
    every = list(rows)
    columns = {words.plain(title): [words.plain(str(row[place])) for row in every] for place, title in enumerate(titles)}
    # Arrow at once: pandas' way there takes longer than all else of a small table. Without its types, no row is text, too.
    shown = pa.table(columns, schema=pa.schema([(title, pa.string()) for title in columns]))
    # By the name of what is around it the stylesheet knows which columns stand at the right: text itself has no side.
    with st.container(key=f"figures-{figures}.{zlib.crc32(alt.encode()):08x}") if figures else nullcontext():
        st.table(shown, border="horizontal", hide_index=True, alt=alt)


#: A character is at most so wide, on the average of a sentence, and a cell has so much room beside its text; in pixels.
_CHARACTER, _BESIDE = 7.0, 16


def height(texts: Iterable[str], width: int, *, least: int = 1, most: int = 5) -> int:
    """How high rows are, in pixels, so that the longest text has room in a column of `width` pixels; all rows are equally high.

    >>> height(["Short."], 340), height(["Short."], 340, least=3), height(["Short.", "x" * 180], 340), height(["x" * 900], 340)
    (36, 76, 96, 116)
    """
    letters = int((width - _BESIDE) / _CHARACTER)
    lines = max((-(-len(text) // letters) for text in texts), default=0)
    return 16 + 20 * min(max(lines, least), most)


def price_column(title: str, prices: Iterable[Any]) -> Any:
    """The settings of a column of prices: two decimals at least, and as many as the finest of them has."""
    finest = [decimals(price) for price in prices if isinstance(price, Decimal)]
    return st.column_config.NumberColumn(title, format=f"%,.{max([2, *finest])}f")


#: So many decimals a browser shows of a number whose column says nothing of it; of one with more it would show a rounded one.
_UNTOLD = 4


def _exact(frame: pd.DataFrame, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with all digits of numbers that have more than a browser shows by itself: of rates, quantities, fine prices."""
    settings = dict(columns)
    for name, said in columns.items():
        title, more = (said, None) if isinstance(said, str) else (said.get("label"), said.get("help"))
        if (isinstance(said, str) or not said.get("type_config")) and frame[name].dtype == object:
            most = max((decimals(value) for value in frame[name] if isinstance(value, Decimal)), default=0)
            if most > _UNTOLD:
                settings[name] = st.column_config.NumberColumn(title, format=f"%,.{most}f", help=more)
    return settings


def filled(frame: pd.DataFrame, columns: Mapping[str, Any], *optional: str) -> dict[str, Any]:
    """`columns` without those `optional` ones that are empty in every row: they would push others out of view."""
    return {name: said for name, said in columns.items() if name not in optional or any(map(_says, frame[name]))}


def _says(value: Any) -> bool:
    """Whether a cell shows anything."""
    return not (value == "" if isinstance(value, str) else pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def choose(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    name: str,
    alt: str,
    mode: Literal["multi-row", "single-row"] = "multi-row",
    **options: Any,
) -> pd.DataFrame:
    """A table to choose rows from: gives the chosen ones as the person sees them, with id and version.

    No other column than those shown goes to the browser.
    """
    key = rows_key(name, zip(frame["id"].tolist(), frame["version"].tolist(), strict=True))
    state = st.dataframe(
        frame[list(columns)],
        key=key,
        on_select="rerun",
        selection_mode=mode,
        column_order=list(columns),
        column_config=_exact(frame, columns),
        hide_index=True,
        alt=alt,
        placeholder="",
        **options,
    )
    chosen = positions(state, len(frame))
    return frame.iloc[chosen] if chosen else frame.iloc[:0]  # to pick none takes ten times as long


def positions(state: Any, length: int) -> list[int]:
    """The chosen positions that are still in the table."""
    return [int(each) for each in state["selection"]["rows"] if 0 <= int(each) < length]


def seen(rows: pd.DataFrame) -> list[tuple[int, int]]:
    """Chosen rows as commands want them: plain ids and versions."""
    return [(int(row_id), int(version)) for row_id, version in zip(rows["id"], rows["version"], strict=True)]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as mappings from column to value."""
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*(each.tolist() for _, each in frame.items()), strict=True)]


def names(values: Sequence[str], most: int = 3) -> str:
    """A few names in a row.

    >>> names(["a", "b"]), names(["a", "b", "c", "d", "e"])
    ('a, b', 'a, b, c and 2 more')
    """
    shown = ", ".join(values[:most])
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"
