"""Frames with the same columns and types whether there are rows or none."""

from __future__ import annotations

import pandas as pd

from syncengine.queries import _frames

COLUMNS = {"id": "int64", "label": "str", "total": "object", "at": _frames.MOMENT}


def test_no_rows_have_the_columns_and_types_of_rows():
    row = {"id": 1, "label": None, "total": None, "at": pd.Timestamp("2026-01-15", tz="UTC")}
    empty, full = _frames.frame([], COLUMNS), _frames.frame([row], COLUMNS)
    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert list(empty) == list(COLUMNS)


def test_what_is_done_to_a_frame_without_rows_is_not_seen_in_the_next_one():
    first = _frames.frame([], COLUMNS)
    first["more"] = 1
    first.loc[0] = [1, "x", None, pd.Timestamp("2026-01-15", tz="UTC"), 1]
    assert list(_frames.frame([], COLUMNS)) == list(COLUMNS)
    assert _frames.frame([], COLUMNS).empty


def test_other_columns_are_another_frame():
    assert list(_frames.frame([], {"id": "str"})) == ["id"]
    assert str(_frames.frame([], {"id": "str"}).dtypes["id"]) != str(_frames.frame([], {"id": "int64"}).dtypes["id"])


def test_cells_that_are_lists_stay_whole_though_all_are_as_long():
    told = _frames.frame([{"names": ["a"], "id": 1}, {"names": ["b"], "id": 2}], {"names": "object", "id": "int64"})
    assert told["names"].tolist() == [["a"], ["b"]]


def test_what_no_row_says_is_an_empty_cell_of_its_type():
    told = _frames.frame([{"id": 1}], {"label": "str", "total": "object", "at": _frames.MOMENT, "days": "Int64"})
    assert told["label"].tolist() == [""]
    assert told["total"].tolist() == [None]
    assert told["at"].isna().all()
    assert told["days"].isna().all()
