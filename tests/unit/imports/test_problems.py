"""The list of problems is safe to open, and readable."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.imports import Problem, problems_csv

PROBLEM = Problem("items.csv", 7, "unit_price", "ten", "this is no number.", "Write 10.00.")


def test_each_problem_is_one_row_under_a_header() -> None:
    header, row = csv.reader(io.StringIO(problems_csv([PROBLEM])))
    assert header == ["File", "Row", "Column", "Value", "Problem", "What to do"]
    assert row == ["items.csv", "7", "unit_price", "ten", "this is no number.", "Write 10.00."]


@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "\rx"])
def test_no_cell_becomes_a_formula(value: str) -> None:
    _, row = csv.reader(io.StringIO(problems_csv([Problem("a.csv", 1, value, value, "m.", "r.")]), newline=""))
    assert row[2:4] == [f"'{value}", f"'{value}"]


def test_a_problem_reads_as_a_sentence() -> None:
    assert str(PROBLEM) == "items.csv, row 7: unit_price 'ten': this is no number. Write 10.00."
    assert str(Problem("items.csv", 0, "", "", "It is empty.", "Export it again.")) == "items.csv: It is empty. Export it again."


@given(st.text(), st.one_of(st.none(), st.text(), st.decimals(), st.dates()))
def test_whatever_stood_in_the_cell_the_list_can_be_written(column: str, value: object) -> None:
    problem = Problem.at("a.csv", 1, column, value, "m.", "r.")
    assert len(problem.value) <= 200 * 8
    problem.value.encode()
