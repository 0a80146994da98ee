"""Tables as files: every row, exact amounts, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine import queries
from syncengine.ui import exports

COLUMNS = {"name": "Name", "total": "Total", "at": "When", "day": "Day"}
ROW = {"name": "Ropes", "total": Decimal("1234567890123456.78"), "at": datetime(2026, 1, 15, 20, 0, tzinfo=UTC), "day": date(2026, 1, 15)}


def frame(*rows):
    return pd.DataFrame(list(rows), columns=[*COLUMNS, "secret"])


def of_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def of_xlsx(data):
    return list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows())


def test_only_the_named_columns_stand_in_a_file_in_their_order():
    made = of_csv(exports.as_csv([frame({**ROW, "secret": "token"})], COLUMNS, "America/New_York"))
    assert made == [["Name", "Total", "When", "Day"], ["Ropes", "1234567890123456.78", "2026-01-15 15:00:00-05:00", "2026-01-15"]]


def test_a_sheet_holds_numbers_and_dates_as_such():
    small = {**ROW, "total": Decimal("39.80")}
    titles, row = of_xlsx(exports.as_xlsx([frame(small)], COLUMNS, "America/New_York"))
    assert [cell.value for cell in titles] == list(COLUMNS.values())
    assert [cell.value for cell in row] == ["Ropes", 39.8, datetime.fromisoformat("2026-01-15T15:00"), datetime.fromisoformat("2026-01-15")]


def test_an_empty_table_has_its_titles():
    assert of_csv(exports.as_csv([frame()], COLUMNS, "UTC")) == [list(COLUMNS.values())]
    assert len(of_xlsx(exports.as_xlsx([frame()], COLUMNS, "UTC"))) == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_becomes_a_formula(start):
    evil = f'{start}HYPERLINK("http://a.example","x")'
    assert of_csv(exports.as_csv([frame({**ROW, "name": evil})], COLUMNS, "UTC"))[1][0] == f"'{evil}"
    cell = of_xlsx(exports.as_xlsx([frame({**ROW, "name": evil})], COLUMNS, "UTC"))[1][0]
    assert cell.data_type == "s"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_title_becomes_a_formula(start):
    """A title can be a value of the data, as a pivot's are, or what somebody named it in SQL."""
    evil = f'{start}HYPERLINK("http://a.example","x")'
    data = queries.summarise(pd.DataFrame({"kind": ["a"], "label": [evil]}), ["kind"], "count", "", across="label")
    titles = {str(name): str(name) for name in data.columns}
    assert of_csv(exports.as_csv([data], titles, "UTC"))[0] == ["kind", f"'{evil}"]
    cell = of_xlsx(exports.as_xlsx([data], titles, "UTC"))[0][1]
    assert (cell.data_type, cell.value) == ("s", evil)


def test_a_negative_amount_stays_a_number():
    assert of_csv(exports.as_csv([frame({**ROW, "total": Decimal("-5.00")})], COLUMNS, "UTC"))[1][1] == "-5.00"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_text_goes_through_csv_and_can_be_written_to_a_sheet(said):
    [_, row] = of_csv(exports.as_csv([frame({**ROW, "name": said})], COLUMNS, "UTC"))
    assert row[0] in {said, f"'{said}"}
    assert exports.as_xlsx([frame({**ROW, "name": said})], COLUMNS, "UTC")


def test_every_page_is_asked_for_until_one_is_short():
    every, asked = [{**ROW, "name": f"Item {number}"} for number in range(25)], []

    def fetch(page, size):
        asked.append(page)
        return frame(*every[(page - 1) * size : page * size])

    made = of_csv(exports.as_csv(exports.pages(fetch, size=10), COLUMNS, "UTC"))
    assert [row[0] for row in made[1:]] == [row["name"] for row in every]
    assert asked == [1, 2, 3]


@pytest.mark.parametrize(("rows", "cut"), [(20, False), (21, True)])
def test_a_file_ends_at_its_bound_and_says_so_where_more_rows_match(rows, cut):
    every = [{**ROW, "name": f"Item {number}"} for number in range(rows)]

    def fetch(page, size):
        return frame(*every[(page - 1) * size : page * size])

    made = of_csv(exports.as_csv(exports.pages(fetch, size=10, most=20), COLUMNS, "UTC"))[1:]
    sheet = of_xlsx(exports.as_xlsx(exports.pages(fetch, size=10, most=20), COLUMNS, "UTC"))[1:]
    assert [row[0] for row in made[:20]] == [row[0].value for row in sheet[:20]] == [row["name"] for row in every[:20]]
    assert (made[20:] == [[exports.CUT]]) is (len(sheet) == 21 and sheet[20][0].value == exports.CUT) is cut
