"""DataFrames with the same columns and types whether there are a thousand rows or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd
from pandas.api.extensions import ExtensionArray

#: What a column may be. `object` keeps Decimal, lists and whatever pandas would make a float of.
Columns = Mapping[str, str]
#: The type of all times.
MOMENT = "datetime64[us, UTC]"


def frame(rows: Iterable[Mapping[Any, Any]], columns: Columns) -> pd.DataFrame:
    """One row for each mapping, with exactly `columns` in their order; a key that is missing is an empty cell."""
    every = list(rows)
    if not every:
        return _empty(tuple(columns.items())).copy()
    return pd.DataFrame({name: _column([row.get(name) for row in every], kind) for name, kind in columns.items()})


@cache
def _empty(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """No rows, made once: most pages ask for something of which there is nothing, and its columns take as long as full ones."""
    return pd.DataFrame({name: _column([], kind) for name, kind in columns})


def _column(values: list[Any], kind: str) -> ExtensionArray:
    if kind == "str":
        # pandas' own str has NaN for nothing, which a page would print; a person reads an empty cell.
        values = ["" if value is None else str(value) for value in values]
    # Without an index: to compare those of so many columns with one another takes longer than to fill them.
    return pd.Series(values, dtype=kind).array
