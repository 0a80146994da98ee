"""Workbooks: values as a spreadsheet shows them, sheets by name, and traps refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from openpyxl import Workbook

from syncengine.imports import ImportRefused, Options
from syncengine.imports.files import content, open_table
from syncengine.imports.table import Table
from tests.unit.imports.conftest import workbook


def table(data: bytes, sheet: str = "") -> Table:
    return open_table(content(data, "book.xlsx"), Options(sheet=sheet))


def test_cells_come_with_their_types_and_numbers_as_shown() -> None:
    moment = datetime(2026, 1, 31, 0, 0)  # noqa: DTZ001 -- a spreadsheet's cells know no zone
    data = workbook(
        [
            ["code", "price", "sum", "day", "flag", "none"],
            [1, 9.8, 0.1 + 0.2, moment, True, None],
            ["007", 10, -1.5, "x", False, ""],
        ]
    )
    first, second = table(data).rows()
    assert first.cells == [Decimal(1), Decimal("9.8"), Decimal("0.3"), date(2026, 1, 31), True, None]
    assert second.cells[:5] == ["007", Decimal(10), Decimal("-1.5"), "x", False]
    assert [first.number, second.number] == [2, 3]


def test_a_moment_keeps_its_time_and_a_time_alone_is_text() -> None:
    data = workbook([["a", "b"], [datetime(2026, 1, 31, 13, 30), time(13, 30)]])  # noqa: DTZ001 -- as above
    assert next(iter(table(data).rows())).cells == [datetime(2026, 1, 31, 13, 30), "13:30:00"]  # noqa: DTZ001 -- as above


def test_blank_rows_and_gaps_keep_their_numbers() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, value in ((1, "name"), (4, "Ann"), (7, "Bob")):
        sheet.cell(row=row, column=1, value=value)
    out = io.BytesIO()
    book.save(out)
    assert [(row.number, row.cells) for row in table(out.getvalue()).rows()] == [(4, ["Ann"]), (7, ["Bob"])]


def test_rows_can_be_read_again() -> None:
    found = table(workbook([["a"], ["1"], ["2"]]))
    assert list(found.rows()) == list(found.rows())
    assert found.estimate == 3


def test_a_sheet_is_chosen_by_name_and_an_unknown_one_refused() -> None:
    data = workbook([["a"], ["1"]], Orders=[["b"], ["2"]])
    assert table(data).columns == ["a"]
    assert table(data, "Orders").columns == ["b"]
    with pytest.raises(ImportRefused, match="First, Orders"):
        table(data, "Nothing")
    with pytest.raises(ImportRefused, match="is empty"):
        table(workbook([]))


def with_formula(value: str) -> bytes:
    """A workbook whose cell B2 is a formula that was saved with `value`, which openpyxl itself cannot write."""
    data, out = workbook([["a", "b"], ["x", "=1+1"], ["y", 5]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if "worksheets/" in name:
                text = text.replace(b"<v />", value.encode()).replace(b"<v></v>", value.encode())
            new.writestr(name, text)
    return out.getvalue()


def test_a_formula_gives_the_value_that_was_saved() -> None:
    assert [row.cells[1] for row in table(with_formula("<v>2</v>")).rows()] == [Decimal(2), Decimal(5)]


def test_a_formula_without_a_saved_value_is_not_taken_for_a_blank() -> None:
    bad, good = table(with_formula("")).rows()
    assert bad.trouble is not None
    assert "never saved" in bad.trouble[0]
    assert good.cells == ["y", Decimal(5)]


def test_a_formula_whose_value_is_the_empty_text_is_a_blank() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(with_formula("<v></v>"))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="B2">', b'<c r="B2" t="str">'))
    assert [row.cells for row in table(out.getvalue()).rows()] == [["x", None], ["y", Decimal(5)]]


def test_a_day_out_of_range_is_told_as_an_error() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a"])
    sheet.append([1e9])
    sheet["A2"].number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    book.save(out)
    (row,) = table(out.getvalue()).rows()
    assert row.trouble is not None


def test_an_error_in_a_cell_is_told() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a"])
    sheet.append(["#N/A"])
    sheet["A2"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    (row,) = table(out.getvalue()).rows()
    assert row.trouble is not None
    assert "#N/A" in row.trouble[0]


def test_a_cell_beyond_the_header_is_told() -> None:
    bad, short = table(workbook([["a", "b"], [1, 2, 3], [4]])).rows()
    assert bad.trouble is not None
    assert short.cells == [Decimal(4), None]


def test_what_unpacks_to_too_much_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncengine.imports.xlsx.MOST_UNPACKED", 10_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * 1_000_000)
    assert len(bomb.getvalue()) < 10_000
    with pytest.raises(ImportRefused, match="unpacks to"):
        table(bomb.getvalue())


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(ImportRefused, match="no Excel workbook"):
        table(other.getvalue())


@pytest.mark.parametrize("cut", [40, 300, 2000, -30])
def test_a_workbook_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(ImportRefused, match=r"damaged|no workbook"):
        list(table(workbook([["a"], ["1"]])[:cut]).rows())


def test_a_sheet_that_is_broken_inside_is_refused_with_its_row() -> None:
    data, out = workbook([["a"], *[[n] for n in range(5000)]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text[: len(text) // 2] if "worksheets/" in name else text)
    with pytest.raises(ImportRefused, match="damaged"):
        list(table(out.getvalue()).rows())
