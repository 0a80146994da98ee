"""Files as traders have them: what is wrong is named with row, column and remedy, and nothing goes in by halves."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from syncengine import inventory
from syncengine.db.engine import Database
from syncengine.imports import Counts, ImportRefused, Options, Prepared, Unmatched, portable, prepare
from tests.unit.imports.conftest import workbook

HEADER = "number,customer,date,item,quantity,unit price\n"
HEADERS, LINES = "number,customer,date\n1,Globex,2026-01-02\n2,Globex,2026-01-02\n", "number,item,quantity,unit price\n"


@pytest.fixture
def look(sqlite_inventory: Database) -> Callable[..., Prepared]:
    """Look at a file of a shop that has one customer and one item."""
    inventory.save(sqlite_inventory, "customer", {"code": "G", "name": "Globex"})
    inventory.save(sqlite_inventory, "item", {"code": "R", "name": "Rope"})

    def at(kind: str, data: str | bytes, lines: str | None = None, **more: Any) -> Prepared:
        found = data.encode() if isinstance(data, str) else data
        second = {} if lines is None else {"lines": lines.encode(), "lines_name": "lines.csv"}
        return prepare(sqlite_inventory, 1, kind, found, name="file.csv", **second, **more)

    return at


def told(found: Prepared) -> list[tuple[str, int, str]]:
    return [(each.file, each.row, each.column) for each in found.problems]


# --- documents and their lines --------------------------------------------------------------------------------------------


def test_a_line_without_a_number_holds_back_the_document_above_it(look: Callable[..., Prepared]) -> None:
    found = look("invoice", HEADER + "1,Globex,2026-01-02,Rope,1,5\n,,,Rope,2,5\n2,Globex,2026-01-02,Rope,1,5\n")
    assert found.counts == Counts(new=1, bad=1)
    assert told(found) == [("file.csv", 2, ""), ("file.csv", 3, "number")]
    assert found.problems[0].message == "row 3 of file.csv names no document and may be a line of this invoice."


def test_so_it_does_in_a_file_of_lines(look: Callable[..., Prepared]) -> None:
    found = look("invoice", HEADERS, LINES + "1,Rope,1,5\n2,Rope,1,5\n,Rope,2,5\n")
    assert (found.counts, told(found)) == (Counts(new=1, bad=1), [("file.csv", 3, ""), ("lines.csv", 4, "number")])


def test_merged_cells_of_a_document_s_lines_do_not_let_it_in_without_them(look: Callable[..., Prepared]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (HEADER.strip().split(","), [1, "Globex", date(2026, 1, 2), "Rope", 1, 5], [None, None, None, "Rope", 2, 5]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    found = look("invoice", out.getvalue())
    assert found.counts == Counts(bad=1)
    assert found.notes == ["The workbook has merged cells. What they hold counts for the first of them; the others are blank."]


def test_lines_of_a_document_that_is_in_no_file_are_named_and_the_others_go_in(look: Callable[..., Prepared]) -> None:
    found = look("invoice", HEADERS, LINES + "9,Rope,1,5\n1,Rope,1,5\n2,Rope,1,5\n")
    assert (found.counts, told(found)) == (Counts(new=2), [("lines.csv", 2, "number")])
    assert found.problems[0].message == "file.csv has no invoice with this number."


def test_lines_may_stand_before_what_the_file_says_of_their_document(look: Callable[..., Prepared]) -> None:
    found = look("invoice", HEADER + "1,,,Rope,1,5\n1,Globex,2026-01-02,Rope,2,5\n2,,,Rope,1,5\n")
    assert found.counts == Counts(new=1, bad=1)
    assert found.samples[0]["lines"] == "2"
    assert told(found) == [("file.csv", 4, "customer"), ("file.csv", 4, "date")]


def test_documents_without_any_lines_say_that_they_make_nothing_new(look: Callable[..., Prepared]) -> None:
    found = look("invoice", HEADERS)
    assert found.counts == Counts(bad=2)
    assert found.notes == ["file.csv says nothing of lines: it can change what is there, and makes nothing new."]
    assert look("invoice", HEADERS, LINES + "1,Rope,1,5\n2,Rope,1,5\n").notes == []
    assert look("payment", "number,customer,date,amount\n1,Globex,2026-01-02,5\n").notes == []


def test_a_file_of_another_numbering_shows_whom_it_would_call_otherwise(look: Callable[..., Prepared], sqlite_inventory: Database) -> None:
    """Shippers numbered from 1, brought in among vendors who are, too."""
    for code, name in (("1", "Exotic Liquids"), ("2", "Tokyo Traders"), ("3", "Mayumi's"), ("4", "Heli"), ("5", "Aux joyeux")):
        inventory.save(sqlite_inventory, "vendor", {"code": code, "name": name})
    found = look("vendor", "code,name\n1,Speedy Express\n2,United Package\n3,Federal Shipping\n4,Alliance\n5,AUX JOYEUX\n6,DHL\n")
    assert found.counts == Counts(new=1, changed=5)
    (note,) = found.notes
    assert note == (
        "Called otherwise than before: 1 Exotic Liquids becomes Speedy Express, 2 Tokyo Traders becomes United Package, "
        "3 Mayumi's becomes Federal Shipping, and 1 more. Is each code that of the same vendor?"
    )


# --- CSV --------------------------------------------------------------------------------------------------------------------


def test_a_quotation_mark_that_is_never_closed_says_how_many_lines_it_takes(look: Callable[..., Prepared]) -> None:
    found = look("customer", 'code,name\na,"b\nc,d\ne,f\n')
    assert (found.counts, told(found)) == (Counts(bad=1), [("file.csv", 2, "")])
    assert found.problems[0].message == "the row's quotation marks do not match. 3 lines of the file are taken for this row."


def test_a_cell_that_is_too_long_to_be_one_is_told_as_such_and_the_next_row_is_read(look: Callable[..., Prepared]) -> None:
    found = look("customer", f"code,name,notes\na,b,{'x' * 140_000}\nc,d,e\n")
    assert (found.counts, told(found)) == (Counts(new=1, bad=1), [("file.csv", 2, "")])
    assert found.problems[0].message == "a cell has more than 131,072 characters."


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_rows_are_counted_however_lines_end(end: str) -> None:
    assert portable.lines_of(io.BytesIO(f"code,name{end}a,b{end}c,d{end}".encode())) == 3


def test_a_file_whose_line_ends_are_mixed_is_read_whole(look: Callable[..., Prepared]) -> None:
    assert look("customer", "code,name\r\na,b\nc,d\re,f\r\n").counts == Counts(new=3)


@pytest.mark.parametrize("begins", ["<html><body>", "<!DOCTYPE html>", "<?xml version='1.0'?>", "<table><tr>", "\ufeff<HTML>"])
def test_a_page_or_xml_is_refused_as_such(look: Callable[..., Prepared], begins: str) -> None:
    with pytest.raises(ImportRefused, match=r"file\.csv is (a web page|XML), not a table"):
        look("customer", begins)


def test_a_title_above_the_names_of_the_columns_is_told(look: Callable[..., Prepared]) -> None:
    with pytest.raises(Unmatched, match="If that is a title, delete the rows above the names of the columns"):
        look("customer", "Customers of 2026\n\ncode,name\na,b\n")


def test_a_file_that_has_only_its_header_says_so(look: Callable[..., Prepared]) -> None:
    found = look("customer", "code,name\n")
    assert (found.counts, found.notes) == (Counts(), ["file.csv has no rows below the names of its columns."])
    assert look("customer", "code,name\na,b\n").notes == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16"])
def test_a_mark_at_the_beginning_is_no_part_of_the_first_column_s_name(look: Callable[..., Prepared], encoding: str) -> None:
    data = "\ufeffcode,name\na,b\n".encode("utf-16-le" if "16" in encoding else "utf-8")
    assert look("customer", data, options=Options(encoding=encoding)).columns == ["code", "name"]


# --- workbooks --------------------------------------------------------------------------------------------------------------


def test_a_day_as_a_number_is_told_as_what_it_is(look: Callable[..., Prepared]) -> None:
    found = look("invoice", workbook([HEADER.strip().split(","), ["1", "Globex", 46024, "Rope", 1, 5]]))
    assert told(found) == [("file.csv", 2, "date")]
    assert "as a spreadsheet counts days" in found.problems[0].message
    assert "Format the column as a date" in found.problems[0].remedy


def test_which_of_several_sheets_was_read_is_told(look: Callable[..., Prepared]) -> None:
    data = workbook([["code", "name"], ["a", "b"]], Prices=[["x"]], Notes=[["y"]])
    assert look("customer", data).notes == ["The sheet 'First' was read. The workbook also has 'Prices', 'Notes'."]
    assert look("customer", data, options=Options(sheet="First")).notes == []
    with pytest.raises(Unmatched, match=r"The sheet 'First' was read\. The workbook also has 'Data'"):
        look("customer", workbook([["hello"]], Data=[["code", "name"], ["a", "b"]]))


def test_a_hidden_sheet_is_not_the_first(look: Callable[..., Prepared]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["x"]], Data=[["code", "name"], ["a", "b"]])))
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    found = look("customer", out.getvalue())
    assert (found.columns, found.notes) == (["code", "name"], [])
