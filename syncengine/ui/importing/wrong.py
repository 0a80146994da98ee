"""What a file would do, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from syncengine.imports import Counts, Looked, Problem, problems_csv
from syncengine.ui import tables, words


@dataclass(frozen=True)
class Problems:
    """The rows that cannot go in: how many, some of them (from the one in that place, so many), and whether of two files.

    `read` tells one reading of a file from any other: the pages of another one begin with the first.
    """

    count: int
    some: Callable[[int, int], list[Problem]]
    read: Hashable
    two_files: bool = False

    @classmethod
    def of(cls, found: list[Problem], read: Hashable) -> Problems:
        """All that are at hand."""
        return cls(len(found), lambda start, size: found[start : start + size], read, len({each.file for each in found}) > 1)


def preview(prepared: Looked, wrong: Problems) -> None:
    """What a file would do: numbers, what to know, the first records, and the rows that cannot go in."""
    st.header("2. What it would do", anchor=False)
    counts = prepared.counts
    with st.grid(4, gap="small", min_column_width=130):
        st.metric("New", f"{counts.new:,}", border=True)
        st.metric("Changed", f"{counts.changed:,}", border=True)
        st.metric("Unchanged", f"{counts.unchanged:,}", border=True)
        st.metric("Cannot go in", f"{counts.bad:,}", border=True)
    for note in prepared.notes:
        st.caption(f":material/info: {words.plain(note)}")
    if left := [*prepared.ignored, *prepared.lines_ignored]:
        st.caption(f"Columns that are not used: {words.plain(tables.names(left, 12))}. Match them under *Columns*.")
    if prepared.samples:
        st.caption("The first records, as they would go in" if counts.bad < counts.records else "The first records of the file")
        shown = pd.DataFrame(prepared.samples).fillna("")
        # A charge is called as the file calls it.
        titles = {name: str(name) if ":" in str(name) else words.column(str(name)) for name in shown.columns}
        tables.show(shown, titles, name="importing.samples", alt="The first records of the file")
    problems(wrong, "importing.problems")


def nothing(counts: Counts) -> str:
    """Why there is nothing to write."""
    if not counts.records:
        return "There is nothing to write: the file has no rows."
    if counts.bad == counts.records:
        return "There is nothing to write: no row can go in as it is. What is wrong with each stands above."
    return "There is nothing to write: every good row is in already."


def problems(found: Problems, key: str) -> None:
    """What is wrong, row by row, with what to do; the whole list can be taken along."""
    if not found.count:
        return
    st.warning(f"{words.count(found.count, 'problem')}. Each is named with its row and what to do.", icon=":material/error:")
    page = tables.page_of(key, found.count, wanted=found.read)
    shown = found.some((page - 1) * tables.PAGE, tables.PAGE)
    columns = {
        "row": st.column_config.NumberColumn("Row", width="small"),
        "column": st.column_config.TextColumn("Column"),
        "value": st.column_config.TextColumn("Value"),
        "message": st.column_config.TextColumn("What is wrong", width="medium"),
        "remedy": st.column_config.TextColumn("What to do", width="medium"),
        "file": st.column_config.TextColumn("File"),
    }
    rows = pd.DataFrame([{name: getattr(problem, name) for name in columns} for problem in shown])
    rows["message"] = [each[:1].upper() + each[1:] for each in rows["message"]]
    if not found.two_files:
        del columns["file"]
    tables.show(rows, columns, name=key, alt="Problems of the file, row by row", row_height=76)
    take(found, key)


def take(found: Problems, key: str) -> None:
    """The whole list as a file."""
    st.download_button(
        "All problems as CSV",
        data=lambda: problems_csv(found.some(0, found.count)),
        file_name="problems.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}.csv",
    )
