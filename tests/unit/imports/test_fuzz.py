"""Whatever bytes come, an import refuses them or names the bad rows; it never breaks, and the second time changes nothing."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine import imports
from syncengine.db.engine import Database
from syncengine.imports import ImportRefused
from syncengine.inventory.tables import KINDS
from tests.support.examples import examples
from tests.unit.imports.conftest import workbook
from tests.unit.inventory.conftest import prepared as prepared_database


@pytest.fixture(scope="module")
def shared() -> Iterator[Database]:
    """One inventory for all examples: what earlier ones left there makes later ones harder."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'inventory.db'}")
        yield prepared_database(database)
        database.close()


HEADERS = st.sampled_from(
    ["code,name,parent", "name;unit price", "number,customer,date,item,qty,price,freight", "code\tname\tphone\te-mail", "name"]
)
CELL = st.one_of(
    st.sampled_from(["1", "A", "2026-01-31", "9.80", '"', "", "x:y", "yes", '"a\nb"', "'", "\\N", "=1"]), st.text(max_size=6)
)
ROWS = st.lists(st.lists(CELL, max_size=8), max_size=8)
FILES = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda head, rows, sign: (head + "\n" + "\n".join(sign.join(row) for row in rows)).encode("utf-8", "surrogatepass"),
        HEADERS,
        ROWS,
        st.sampled_from(",;\t"),
    ),
)


def twice(database: Database, kind: str, data: bytes) -> None:
    with contextlib.suppress(ImportRefused):
        imports.apply(database, imports.prepare(database, 1, kind, data))
        again = imports.prepare(database, 1, kind, data)
        assert (again.counts.new, again.counts.changed) == (0, 0)
        result = imports.apply(database, again)
        assert (result.created, result.changed) == (0, 0)
        imports.problems_csv(result.problems).encode()


@given(FILES, st.sampled_from(sorted(KINDS)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(150))
def test_no_file_breaks_an_import(shared: Database, data: bytes, kind: str) -> None:
    twice(shared, kind, data)


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(60))
def test_no_broken_workbook_breaks_an_import(shared: Database, noise: bytes) -> None:
    good = workbook([["code", "name"], ["A", "Ann"], [1, 9.5]])
    at = len(noise) * 7 % len(good)
    twice(shared, "customer", good[:at] + noise + good[at + len(noise) :])
    twice(shared, "customer", b"PK\x03\x04" + noise)


def test_a_long_line_of_quotes_takes_no_time(shared: Database) -> None:
    data = io.BytesIO(b"name\n" + b'"' * 100_001).getvalue()
    twice(shared, "customer", data)
