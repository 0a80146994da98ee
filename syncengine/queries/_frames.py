"""DataFrames with the same columns and types whether there are a thousand rows or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
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
    # Made for this frame alone, so pandas need not copy them.
    return pd.DataFrame({name: column([row.get(name) for row in every], kind) for name, kind in columns.items()}, copy=False)


@cache
def _empty(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """No rows, made once: most pages ask for something of which there is nothing, and its columns take as long as full ones."""
    return pd.DataFrame({name: column([], kind) for name, kind in columns})


def column(values: Sequence[Any], kind: str) -> ExtensionArray | NDArray[Any]:
    """The values of one column as an array. Not as a Series: its index and its checks take five times as long as the values."""
    if kind == "object":
        return np.fromiter(values, dtype=object, count=len(values))
    if kind == "str":
        # pandas' own str has NaN for nothing, which a page would print; a person reads an empty cell.
        values = ["" if value is None else str(value) for value in values]
    as_told: Any = kind  # pandas' own types know each name alone
    made: ExtensionArray = pd.array(values, dtype=as_told)
    return made
