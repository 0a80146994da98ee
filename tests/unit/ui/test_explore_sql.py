"""SQL in Explore: asked by a click, paged, said to be cut, and offered to who may."""

from __future__ import annotations

import pytest

from syncengine import queries
from syncengine.store import rights
from syncengine.ui.explore import sql
from tests.unit.ui.conftest import run, texts


def ask(open_page, text):
    at = open_page("pages/explore.py", **{"with": "SQL"}, sql=text)
    at.button(key="explore.run").click()
    return run(at)


def test_sql_is_asked_with_run_and_never_by_an_address_alone(open_page, busy):
    at = open_page("pages/explore.py", **{"with": "SQL"}, sql="SELECT kind, count(*) AS n FROM queue GROUP BY kind")
    assert [frame for frame in at.dataframe if "n" in frame.value.columns] == []
    at.button(key="explore.run").click()
    found = next(frame.value for frame in run(at).dataframe if "n" in frame.value.columns)
    assert found["n"].sum() == len(queries.queue(busy.session))
    assert "queries.sql(db, 'SELECT kind" in texts(at)
    assert [each.label for each in at.button if each.key and each.key.startswith("explore.before")] == [
        "SELECT kind, count(\\*) AS n FROM queue GROUP BY kind"
    ]


def test_wrong_sql_is_answered_in_plain_words(open_page, busy):
    assert "There is no view 'qeue' (at line 1, column 15). Did you mean queue?" in texts(ask(open_page, "SELECT * FROM qeue"))


def test_a_long_answer_in_sql_is_paged_and_said_to_be_cut(open_page, busy):
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20000) SELECT x FROM n"
    at = ask(open_page, numbers)
    assert "these are the first 10,000 rows" in texts(at)
    assert "Rows 1-50 of 10,000" in texts(at)


def test_another_answer_begins_with_its_first_page(open_page, busy):
    at = ask(open_page, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 120) SELECT x FROM n")
    at.pagination[0].set_value(2)
    at.query_params["explore.sql.page"] = "2"  # as the browser writes it
    assert "Rows 51-100 of 120" in texts(run(at))
    at.text_area(key="sql").set_value(at.text_area(key="sql").value.replace("120", "110"))
    at.button(key="explore.run").click()
    assert "Rows 1-50 of 110" in texts(run(at))


def test_an_example_is_put_into_the_field(open_page, busy):
    at = open_page("pages/explore.py", **{"with": "SQL"})
    at.button(key="explore.example.0").click()
    assert run(at).text_area(key="sql").value == sql.EXAMPLES["Open errors by cause"]


@pytest.mark.parametrize("text", sql.EXAMPLES.values())
def test_each_example_is_answered(busy, text):
    queries.sql(busy.session, text)


def test_who_may_not_ask_in_sql_is_not_offered_it(open_page, busy, monkeypatch):
    manager = rights.Rights("Ada", "manager", rights.ROLES["manager"])
    monkeypatch.setattr(rights, "of", lambda person: manager)
    at = open_page("pages/explore.py", **{"with": "SQL"}, sql="SELECT 1 AS one")
    assert not at.text_area
    assert len(at.dataframe) == 1
