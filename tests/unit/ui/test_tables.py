"""Tables as all pages show them: columns that say nothing in any row are left out."""

from __future__ import annotations

import pandas as pd
import pytest

from syncengine.ui import tables


@pytest.mark.parametrize("nothing", [None, "", pd.NaT, pd.NA, float("nan")])
def test_an_optional_column_is_shown_only_where_a_row_says_something(nothing):
    columns = {"name": "Name", "memo": "Memo"}
    assert list(tables.filled(pd.DataFrame({"name": [""], "memo": [nothing]}), columns, "memo")) == ["name"]
    assert list(tables.filled(pd.DataFrame({"name": [""], "memo": [nothing, 0][1:]}), columns, "memo")) == ["name", "memo"]


def test_lists_in_cells_say_something():
    assert tables.filled(pd.DataFrame({"rates": [["GST 5 %"]]}), {"rates": "Rates"}, "rates")
