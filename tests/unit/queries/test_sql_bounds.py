"""What one question in SQL may take of time, rows and memory, and how many are answered at a time."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import pytest

from syncengine import queries
from syncengine.db import sandbox
from syncengine.errors import Refused
from tests.unit.queries import seed
from tests.unit.queries.analyst import answer, prepared

#: Each would run for hours, or fill the memory.
BOMBS = [
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n) SELECT max(x) FROM n",
    "WITH w AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) SELECT count(*) FROM w a, w b, w c, w d, w e, w f, w g, w h, w i, w j, w k, w l",
    "WITH w(x) AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) SELECT a.x FROM w a, w b, w c, w d, w e, w f, w g, w h, w i, w j, w k, w l ORDER BY a.x + l.x",
]


@pytest.mark.parametrize("question", BOMBS)
def test_what_would_never_end_is_stopped(asked, question):
    with pytest.raises(Refused, match="longer than"):
        queries.sql(asked, question, seconds=0.3)


def test_a_huge_answer_is_cut_and_says_so(asked, monkeypatch):
    wide = "WITH w AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) SELECT 'abcdefghij' AS t FROM w a, w b, w c, w d, w e"
    found = queries.sql(asked, wide)
    assert (len(found), found.attrs["cut"]) == (10_000, "rows")
    monkeypatch.setattr(sandbox, "BYTES", 5_000)
    found = queries.sql(asked, wide)
    assert found.attrs["cut"] == "bytes"
    assert 10 < len(found) < 500


def grown_by(do) -> int:
    """By how many megabytes this process had grown at most while it did something."""
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the most so far begins anew
    before = memory("VmRSS")
    with suppress(Refused):
        do()
    return memory("VmHWM") - before


def memory(what: str) -> int:
    """Megabytes of this process, as the kernel counts them."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what)]
    return int(line.split()[1]) // 1024


MANY = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 600)"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets the most memory that was taken")
@pytest.mark.parametrize("light", [0, 550])
def test_rows_of_megabytes_are_cut_before_they_fill_the_memory(asked, light):
    """All of them would be 1.5 GB, and the last fifty 125 MB."""
    queries.sql(asked, "SELECT 'a' AS x")
    large = "printf('%2500000s', 'a')" if asked.database.dialect == "sqlite" else "string_agg('0123456789', '') FROM generate_series(1, 250000)"
    question = f"{MANY} SELECT CASE WHEN n > {light} THEN (SELECT {large}) END AS x FROM c"
    found = []
    assert grown_by(lambda: found.append(queries.sql(asked, question))) < 190
    assert found[0].attrs["cut"] == "bytes"
    assert light < len(found[0]) < light + 20


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets the most memory that was taken")
@pytest.mark.parametrize("value", ["printf('%03900000d', {n})", "x || {n}", "upper(x || {n})"])
def test_one_row_of_many_large_values_fills_no_memory_on_sqlite(sqlite_database, value):
    """SQLite bounds each value, and 400 of them would be 1.6 GB before a row is out."""
    session = seed.busy(sqlite_database).session
    queries.sql(session, "SELECT 'a' AS x")
    many = ", ".join(value.format(n=n) for n in range(400))
    assert grown_by(lambda: queries.sql(session, f"WITH c AS MATERIALIZED (SELECT printf('%03900000d', 1) AS x) SELECT {many} FROM c")) < 150


def test_a_value_in_json_weighs_what_it_takes(asked, monkeypatch):
    monkeypatch.setattr(sandbox, "BYTES", 20_000)
    nested = "json_array(1, 2, 3, 4)" if asked.database.dialect == "sqlite" else "to_json(string_to_array('1,2,3,4', ','))"
    found = queries.sql(asked, f"{MANY} SELECT {nested} AS x FROM c")
    assert found.attrs["cut"] == "bytes"
    assert len(found) < 400


def test_a_value_that_grows_too_large_is_refused(asked):
    digits = "WITH w AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10))"
    grow = "group_concat" if asked.database.dialect == "sqlite" else "string_agg"
    with pytest.raises(Refused, match="too large"):
        queries.sql(asked, f"{digits} SELECT {grow}('0123456789', '') AS t FROM w a, w b, w c, w d, w e, w f")


@pytest.mark.parametrize("question", ["SELECT zeroblob(1000000000)", "SELECT randomblob(1000000000)"])
def test_sqlite_makes_nothing_large_out_of_nothing(sqlite_database, question):
    with pytest.raises(Refused):
        queries.sql(seed.busy(sqlite_database).session, question)


def test_searching_long_texts_takes_no_longer_than_they_are(sqlite_database):
    """SQLite's own instr would compare a million letters a million times, and could not be stopped."""
    session = seed.busy(sqlite_database).session
    long = "printf('%.*c', 1000000, 'a')"
    assert answer(session, f"SELECT instr({long}, {long} || 'b') AS n")[0]["n"] == 0
    assert answer(session, "SELECT instr('abc', 'c') AS a, replace('aXbX', 'X', '') AS b, trim('xxaxx', 'x') AS c, replace('a', '', 'b') AS d") == [
        {"a": 3, "b": "ab", "c": "a", "d": "a"}
    ]
    with pytest.raises(Refused, match="too large"):
        queries.sql(session, f"SELECT replace({long}, 'a', 'abcdefgh')")


@pytest.mark.parametrize("call", ["format('%999999999s', 'x')", "format('%*s', 999999999, 'x')", "format('%' || '999999999s', 'x')", "format('%'\n'9s', 'x')"])
def test_postgresql_makes_nothing_large_out_of_nothing(postgres_database, monkeypatch, call):
    prepared(postgres_database, monkeypatch)
    with pytest.raises(Refused, match="widths"):
        queries.sql(seed.company(postgres_database), f"SELECT {call} AS v")


def test_at_most_two_questions_run_at_a_time(asked):
    from syncengine.queries import asking as module

    assert module._AT_ONCE.acquire(blocking=False)
    assert module._AT_ONCE.acquire(blocking=False)
    try:
        with pytest.raises(Refused, match="Others are asking"):
            queries.sql(asked, "SELECT 1 AS one", seconds=0.01)
    finally:
        module._AT_ONCE.release()
        module._AT_ONCE.release()
    assert answer(asked, "SELECT 1 AS one") == [{"one": 1}]
