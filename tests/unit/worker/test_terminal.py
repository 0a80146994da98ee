"""Tables on a terminal, and JSON for programs."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from syncengine.worker import terminal

COLUMNS = {"n": "#", "name": "Name"}


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_columns_are_aligned_and_numbers_stand_to_the_right():
    text = terminal.table([{"n": 1, "name": "Ada"}, {"n": 20, "name": "Grace"}], COLUMNS)
    assert text.splitlines() == [" #  Name", " 1  Ada", "20  Grace"]


def test_an_empty_table_has_its_head():
    assert terminal.table([], COLUMNS) == "#  Name"


@pytest.mark.parametrize("width", [20, 40, 79])
def test_no_line_is_wider_than_the_terminal(width):
    rows = [{"n": 1, "name": "x" * 200}, {"n": 2, "name": "日本" * 50}]
    lines = terminal.table(rows, COLUMNS, width=width).splitlines()
    assert max(map(terminal.measure, lines)) <= width
    assert lines[1].endswith("…")
    assert lines[2].endswith("…")


def test_the_widest_column_gives_way_first():
    rows = [{"n": "short", "name": "long " * 30}]
    assert "short" in terminal.table(rows, COLUMNS, width=30)


def test_a_terminal_too_narrow_for_anything_still_shows_something():
    text = terminal.table([{"n": "a" * 30, "name": "b" * 30}], COLUMNS, width=3)
    assert "aaaaa…" in text


def test_nothing_is_cut_for_a_pipe():
    assert terminal.screen_width(io.StringIO()) is None
    assert "x" * 300 in terminal.table([{"n": 1, "name": "x" * 300}], COLUMNS)


def test_wide_characters_count_twice_and_accents_not_at_all():
    assert terminal.measure("日本") == 4
    assert terminal.measure("e\u0301") == 1
    assert terminal.cut("日本語", 5) == "日本…"


def test_a_name_cannot_command_the_terminal():
    assert terminal.cell("a\x1b[2Jb\u202ec") == "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}c"
    assert terminal.cell("two\nlines") == "two lines"


def test_times_and_flags_are_words():
    assert terminal.cell(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "2026-01-02 03:04:05Z"
    assert [terminal.cell(each) for each in (True, False, None)] == ["yes", "no", ""]


def test_json_keeps_every_digit():
    said = json.loads(terminal.as_json({"price": Decimal("9.80"), "at": datetime(2026, 1, 2, tzinfo=UTC), "name": "Café"}))
    assert said == {"price": "9.80", "at": "2026-01-02T00:00:00Z", "name": "Café"}


def test_progress_is_silent_where_nobody_looks():
    stream = io.StringIO()
    progress = terminal.Progress(stream)
    progress.say("half")
    progress.close()
    assert stream.getvalue() == ""


def test_progress_takes_its_line_away():
    stream = Screen()
    progress = terminal.Progress(stream)
    progress.say("half\nway")
    progress.close()
    assert "half way" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
