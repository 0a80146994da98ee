"""Explore: each question is offered, narrowed, grouped, charted, and its Python gives the same frame."""

from __future__ import annotations

import inspect
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import update

from syncengine import queries
from syncengine.corrections import Klass
from syncengine.db.base import Company
from syncengine.engine.moments import WEEKDAYS
from syncengine.ledger import writer as ledger
from syncengine.store import audit, people, rights
from syncengine.store.tables import Cycle
from syncengine.terms import LARGEST
from syncengine.ui import exports, words
from syncengine.ui.explore import columns, questions
from syncengine.ui.explore.showing import is_numeric
from syncengine.ui.explore.view import Filter, Groups, View, ids
from syncengine.ui.history import _OUTCOMES
from syncengine.ui.records.listing import _STATES
from tests.unit.queries import entries
from tests.unit.ui.conftest import now, run, texts

#: A value for each parameter that a question insists on.
VALUES = {"kind": "customer", "name": "bills", "entity": "Bill", "record_id": 1, "record_ids": (1, 2), "error_id": 1, "text": "B1", "group_key": "x"}
#: Questions about documents, which customers are not.
SPECIAL = {"reconcile": {"kind": "adjustment"}}


def shown(at):
    return at.dataframe[0].value


def values_of(question):
    wanted = {**VALUES, **SPECIAL.get(question.name, {})}
    missing = [each.name for each in question.parameters if each.required and each.name not in wanted]
    assert not missing, f"{question.name} needs {missing}: name a value for each in VALUES"
    return {each.name: wanted[each.name] for each in question.parameters if each.required}


def filled(database):
    """A company with entries in each list, whose QuickBooks tracks classes and departments."""
    session = entries.filled(database, now=now())
    on = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
    with database.writing() as connection:
        ledger.keep(connection, session.company_id, "Preferences", [{"Id": "1", "AccountingInfoPrefs": on}], now())
    return session


def test_every_question_that_answers_with_a_table_is_offered():
    """A new one is offered by itself; what the page cannot ask for is a parameter of a kind that it does not know."""
    tables = [name for name in queries.__all__ if questions.answers_with_frame(name)]
    assert sorted(questions.every()) == sorted(set(tables) - questions._ELSEWHERE)
    assert len(tables) >= 20


@pytest.mark.parametrize("name", questions.every())
def test_a_question_says_what_it_answers_and_knows_its_parameters(name):
    question = questions.every()[name]
    assert question.says.endswith(".")
    assert not re.search(r"[a-z]_[a-z]|One page|row of|empty:|\bid\b|columns", question.says), "a sentence for who knows no Python"
    needed = [each.name for each in inspect.signature(question.ask).parameters.values() if each.default is each.empty and each.kind < each.VAR_POSITIONAL]
    assert {"session", *(each.name for each in question.parameters if each.required)} == set(needed)


def test_what_may_only_be_one_of_few_is_chosen_and_each_of_them_is_one():
    few = {(question.name, each.name): each.choices for question in questions.every().values() for each in question.parameters if each.choices}
    assert {name: set(values) for name, values in few.items()} == {
        ("runs", "result"): set(words.RESULTS),
        ("sends", "outcome"): set(_OUTCOMES.values()),
        ("records", "state"): set(_STATES.values()),
        ("errors", "klass"): set(Klass),
        ("error_groups", "klass"): set(Klass),
        ("coming_slots", "frequency"): {"never", "hourly", "daily", "weekly"},
        ("coming_slots", "weekday"): set(WEEKDAYS),
    }
    kinds = {question.name for question in questions.every().values() for each in question.parameters if each.asked == "kind" and not each.required}
    assert kinds >= {"acts", "errors", "error_groups", "received", "sends"}


def test_one_of_few_is_chosen_from_a_list_and_narrows_the_answer(open_page, busy):
    at = open_page("pages/explore.py", question="runs")
    result = at.selectbox(key="result")
    assert (result.value, result.placeholder) == (None, "Any")
    assert "ok" in result.options
    assert len(shown(at)) > 0
    result.set_value("interrupted")
    assert not run(at).dataframe
    there = str(queries.runs(busy.session)["result"][0])
    at.selectbox(key="result").set_value(there)
    assert set(shown(run(at))["result"]) == {there}
    assert f"result='{there}'" in at.code[0].value


@pytest.mark.parametrize("name", questions.every())
def test_the_offered_python_gives_the_same_frame(monkeypatch, sqlite_database, name):
    session = filled(sqlite_database)
    monkeypatch.setenv("TIEOUT_DATABASE_URL", sqlite_database.url)
    question = questions.every()[name]
    plain = View(question, values_of(question))
    rows = plain.rows(session)
    column = str(rows.columns[0])
    for view in (
        plain,
        View(question, plain.values, (Filter(column, "is not empty"),)),
        View(question, plain.values, (), Groups((column,), "count")),
    ):
        names: dict = {}
        exec(view.code("Harbour"), names)
        try:
            pd.testing.assert_frame_equal(names["found"], view.result(rows))
        finally:
            names["db"].database.close()


def test_the_offered_python_names_days_filters_and_a_pivot(sqlite_database, monkeypatch):
    session = filled(sqlite_database)
    monkeypatch.setenv("TIEOUT_DATABASE_URL", sqlite_database.url)
    view = View(
        questions.every()["accounting_list"],
        {"name": "bills", "since": date(2026, 1, 1), "search": "B"},
        (Filter("total", "more than", "1"),),
        Groups(("vendor",), "sum", "total", "currency"),
    )
    names: dict = {}
    exec(view.code("Harbour"), names)
    try:
        pd.testing.assert_frame_equal(names["found"], view.result(view.rows(session)))
        assert all(isinstance(value, Decimal) for value in names["found"]["USD"].dropna())
    finally:
        names["db"].database.close()


def test_connecting_is_what_the_python_does_first():
    assert View(questions.every()["runs"]).code("O'Hara").splitlines()[3] == """db = syncengine.connect(company="O'Hara")"""


def test_the_page_opens_with_a_question_and_its_rows(open_page, busy):
    at = open_page("pages/explore.py")
    assert len(shown(at)) == len(queries.queue(busy.session))
    assert "queries.whole(queries.queue, db)" in texts(at)
    assert [each.label for each in at.get("download_button")] == ["CSV", "XLSX", "Parquet"]


def test_the_address_leads_to_the_same_view(open_page, busy):
    at = open_page("pages/explore.py", question="records", kind="customer", where1="label", is1="contains", value1="alpine")
    assert shown(at)["label"].tolist() == ["Alpine Outfitters"]
    assert "queries.narrow(found, 'label', 'contains', 'alpine')" in texts(at)


def test_a_question_is_named_in_the_address_as_python_names_it(open_page, busy):
    at = open_page("pages/explore.py", question="runs")
    assert at.selectbox(key="question").value == "runs"
    for _ in range(2):  # it stays there, so that a reload and whoever gets the address find it
        assert list(shown(run(at)).columns) == list(queries.runs(busy.session).columns)
        assert at.query_params["question"] == "runs"
    at.selectbox(key="question").set_value("errors")
    assert run(at).query_params["question"] == "errors"
    assert at.selectbox(key="question").value == "errors"
    assert open_page("pages/explore.py", question="Open errors").selectbox(key="question").value == "errors"


def test_the_question_is_found_again_after_another_page(open_page, busy):
    at = open_page("dashboard.py")
    run(at.switch_page("pages/explore.py")).selectbox(key="question").set_value("runs")
    run(run(at).switch_page("pages/history.py"))
    del at.query_params["question"]  # the menu leads to the page alone
    run(at.switch_page("pages/explore.py"))
    assert at.selectbox(key="question").value == "runs"
    assert at.query_params["question"] == "runs"


@pytest.mark.parametrize(("named", "says"), [("rums", "There is no question: rums."), ("people", "This question is closed to you: people.")])
def test_a_question_that_is_not_there_is_told_in_a_sentence(open_page, busy, monkeypatch, named, says):
    viewer = rights.Rights("Ada", "viewer", rights.ROLES["viewer"])
    monkeypatch.setattr(rights, "of", lambda person: viewer)
    at = open_page("pages/explore.py", question=named)
    assert says in texts(at)
    assert len(shown(at)) == len(queries.queue(busy.session))
    at.selectbox(key="question").set_value("runs")
    assert says not in texts(run(at))


def test_groups_and_a_chart_come_from_the_address(open_page, busy):
    at = open_page("pages/explore.py", question="queue", by="kind", chart="bars")
    found = shown(at)
    assert dict(zip(found["kind"], found["count"], strict=True)) == queries.queue(busy.session)["kind"].value_counts().to_dict()
    assert at.get("vega_lite_chart") or at.get("arrow_vega_lite_chart")


def told(at):
    """How the columns of the answer are headed: what is read, and what the heading's help says."""
    heads = json.loads(at.dataframe[0].proto.columns)
    return {name: (each["label"], each.get("help") or "") for name, each in heads.items() if "label" in each}


def test_every_column_of_every_question_is_called_by_words_of_its_own(sqlite_database):
    session, known = filled(sqlite_database), set()
    for question in questions.every().values():
        values = values_of(question)
        for kind in queries.kinds() if question.name == "records" else [None]:
            names = list(View(question, {**values, "kind": kind} if kind else values).rows(session).columns)
            heads = columns.headings(names)
            assert not [each for each in heads.values() if "_" in each or each[:1].islower()], question.name
            assert len(set(heads.values())) == len(names), question.name
            known |= set(names)
    assert set(columns._CALLED) <= known, "what no question has needs no words"


def test_headings_say_words_and_their_help_the_name_that_python_knows(open_page, busy):
    at = open_page("pages/explore.py", question="errors")
    heads = told(at)
    assert heads["outbox_id"] == ("Id in the queue", "In Python and in files: outbox_id")
    label, says = heads["opened_at"]
    assert (label, "In Python and in files: opened_at" in says, "company's clock" in says) == ("Opened", True, True)
    at = open_page("pages/explore.py", question="errors", by="kind", how="largest", of="tries")
    assert {name: label for name, (label, _) in told(at).items()} == {"kind": "Kind", "largest of tries": "Largest of Tries"}
    at = open_page("pages/explore.py", question="queue", by="kind", across="state")
    labels = {name: label for name, (label, _) in told(at).items()}
    assert labels.pop("kind") == "Kind"
    assert labels
    assert all(name == label for name, label in labels.items()), "values of another column stay as they are"


def test_columns_are_chosen_by_words_and_stand_in_the_address_by_their_names(open_page, busy):
    at = open_page("pages/explore.py", question="queue", by="record_id")
    assert "Record Id" in at.multiselect(key="by").options
    assert at.multiselect(key="by").value == ["record_id"]
    at.multiselect(key="by").set_value(["record_id", "kind"])
    assert run(at).query_params["by"] == ["record_id", "kind"]
    assert list(shown(at).columns) == ["record_id", "kind", "count"]
    assert "by=['record_id', 'kind']" in texts(at)
    at.multiselect(key="by").set_value([])
    at.selectbox(key="where1").set_value("queued_by")
    assert run(at).query_params["where1"] == "queued_by"
    assert "by" not in at.query_params
    at.selectbox(key="question").set_value("runs")  # has no such column
    assert "where1" not in run(at).query_params
    assert at.selectbox(key="where1").value is None


def test_the_first_page_asks_its_question_once(open_page, busy, monkeypatch):
    asked = []
    real = queries.queue
    counted = lambda session, *, page=1, size=50, wanted=None: asked.append((page, size)) or real(session, page=page, size=size)  # noqa: E731
    monkeypatch.setattr(questions.Question, "ask", property(lambda _: counted))
    at = open_page("pages/explore.py", question="queue")
    assert len(shown(at)) == len(real(busy.session))
    assert asked == [(1, 51)]


def test_the_newest_rows_of_a_long_history_say_that_there_are_more(open_page, busy):
    with busy.database.writing() as connection:
        lines = [audit.Line("edited", actor="Ada", kind="customer", record_id=1) for _ in range(60)]
        audit.write(connection, busy.session.company_id, busy.session.clock.now(), lines)
    at = open_page("pages/explore.py", question="acts")
    assert len(shown(at)) == 50
    assert "the newest" in texts(at)
    at = open_page("pages/explore.py", question="acts", by="event", where1="actor", is1="is", value1="ada")
    assert shown(at).set_index("event")["count"]["edited"] == 60


def test_a_filter_of_the_wrong_kind_says_so(open_page, busy):
    at = open_page("pages/explore.py", question="queue", where1="attempts", is1="more than", value1="many")
    assert "are numbers" in texts(at)


def test_nonsense_in_the_address_shows_the_first_question(open_page, busy):
    at = open_page("pages/explore.py", question="drop tables", where1="no such column", by="nothing", **{"explore.page": "x"})
    assert len(shown(at)) == len(queries.queue(busy.session))


def test_a_question_that_needs_a_record_asks_for_it(open_page, busy):
    at = open_page("pages/explore.py", question="timeline", kind="customer")
    assert "Fill in Id of the record" in texts(at)
    at.number_input(key="record_id").set_value(busy.customers["Alpine Outfitters"])
    assert len(shown(run(at)))


def test_an_answer_without_rows_says_so(open_page, idle):
    assert "no such rows" in texts(open_page("pages/explore.py", question="errors"))


def test_more_rows_than_a_page_are_paged_in_the_database(open_page, idle, sqlite_database):
    customers(sqlite_database, idle, 120)
    at = open_page("pages/explore.py", question="records", kind="customer")
    assert len(shown(at)) == 50
    assert "and more after them" in texts(at)
    at = open_page("pages/explore.py", question="records", kind="customer", **{"explore.page": "3"})
    assert len(shown(at)) == 20
    assert "Rows 101-120" in texts(at)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [("America/Los_Angeles", "2026-07-02T06:59:59+00:00", date(2026, 7, 1)), ("Pacific/Auckland", "2026-07-01T12:00:00+00:00", date(2026, 7, 2))],
)
def test_days_are_those_of_the_clocks_by_which_the_table_shows_its_times(open_page, busy, monkeypatch, zone, moment, day):
    at = datetime.fromisoformat(moment)
    with busy.database.writing() as connection:
        connection.execute(update(Company).values(timezone=zone))
        connection.execute(update(Cycle).values(started_at=at, finished_at=at))
    page = open_page("pages/explore.py", question="runs", by="started_at", chart="bars")
    assert shown(page)["started_at"].tolist() == [day]
    assert f"by the company's clocks ({zone})" in texts(page)
    page = open_page("pages/explore.py", question="runs", where1="started_at", is1="is", value1=str(day), chart="bars")
    assert len(shown(page)) == 1
    assert json.loads(page.dataframe[0].proto.columns)["started_at"]["type_config"]["timezone"] == zone
    code = next(each.value for each in page.code if "queries.narrow" in each.value)
    monkeypatch.setenv("TIEOUT_DATABASE_URL", busy.database.url)
    names: dict = {}
    exec(code, names)
    names["db"].database.close()
    assert len(names["found"]) == 1
    page = open_page("pages/explore.py", question="runs", where1="started_at", is1="is not", value1=str(day))
    assert "no such rows" in texts(page)


def customers(database, session, count):
    from syncengine.inventory import writer

    with database.writing() as connection:
        for number in range(count):
            writer.save(connection, "customer", session.company_id, {"code": f"c{number}", "name": f"Customer {number:03}"})


@pytest.mark.parametrize("steps", [{}, {"where1": "label", "is1": "contains", "value1": "Customer"}])
def test_what_is_asked_otherwise_begins_on_its_first_page(open_page, idle, sqlite_database, steps):
    customers(sqlite_database, idle, 160)
    at = open_page("pages/explore.py", question="records", kind="customer", **{"explore.page": "3"}, **steps)
    assert at.query_params["explore.page"] == "3"  # a reload finds it
    assert "Rows 101-150" in texts(at)
    at.text_input(key="search").set_value("Customer 1")
    assert "Rows 1-50" in texts(run(at))
    assert at.pagination[0].value == 1
    at.pagination[0].set_value(2)
    assert "Rows 51-60" in texts(run(at))
    for search in ("Customer 001", "Customer"):  # one page has no numbers to press; what it was on is forgotten all the same
        at.text_input(key="search").set_value(search)
        assert "Rows 1-" in texts(run(at))


@pytest.mark.parametrize("steps", [{}, {"where1": "label", "is1": "contains", "value1": "Customer"}])
def test_a_page_that_is_not_there_is_the_first(open_page, idle, sqlite_database, steps):
    customers(sqlite_database, idle, 60)
    at = open_page("pages/explore.py", question="records", kind="customer", **{"explore.page": "7"}, **steps)
    assert "Rows 1-50" in texts(at)
    assert len(shown(at)) == 50


def test_a_cut_answer_is_said_aloud(open_page, busy, monkeypatch):
    real = queries.whole
    monkeypatch.setattr(queries, "whole", lambda question, session, *args, most=2, **named: real(question, session, *args, most=2, **named))
    at = open_page("pages/explore.py", question="records", kind="customer", by="label")
    assert "Only the first" in texts(at)


@pytest.mark.parametrize("role", [role for role in rights.ROLES if role])
def test_each_role_is_offered_what_it_may_ask(role):
    held = rights.Rights("Ada", role, rights.ROLES[role])
    offered = {name for name, each in questions.every().items() if each.open_to(held)}
    assert ("settings" in offered) == ("people" in offered) == (role == people.OWNER)
    assert "queue" in offered


def test_a_list_that_is_closed_says_so(open_page, sqlite_database, monkeypatch):
    session = filled(sqlite_database)
    real = rights.of
    viewer = rights.Rights("Ada", "viewer", rights.ROLES["viewer"])
    monkeypatch.setattr(rights, "of", lambda person: viewer if person.company_id == session.company_id else real(person))
    at = open_page("pages/explore.py", question="ledger", entity="Bill")
    assert not at.dataframe
    assert "settings" not in at.selectbox(key="question").options


def test_parquet_keeps_decimals_zones_and_says_whose_it_is():
    moment = pd.Timestamp("2026-01-15 17:00", tz="UTC")
    frame = pd.DataFrame(
        {"total": [Decimal("1.10"), Decimal(2), None], "n": [1, 2, 3], "at": [moment] * 3, "mixed": ["a", 1, None], "of": [("a",), (), None]}
    )
    held = pq.read_table(io.BytesIO(exports.as_parquet(frame, {"tieout.company": "Harbour"})))
    assert held.schema.metadata[b"tieout.company"] == b"Harbour"
    assert held["total"].to_pylist() == [Decimal("1.10"), Decimal(2), None]
    assert str(held.schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert held["mixed"].to_pylist() == ["a", "1", None]


def test_numbers_are_told_from_text_and_truth():
    assert is_numeric(pd.Series([Decimal(1), None], dtype=object))
    assert not is_numeric(pd.Series([True, False]))
    assert not is_numeric(pd.Series(["1"]))


@pytest.mark.parametrize("question", ["queue", "runs", "errors"])
def test_no_column_of_an_answer_is_hidden(open_page, busy, question):
    at = open_page("pages/explore.py", question=question)
    settings = json.loads(at.dataframe[0].proto.columns)
    assert not [name for name, said in settings.items() if said.get("hidden") and name != "_index"]
    assert list(at.dataframe[0].proto.column_order) == list(shown(at).columns)


def test_ids_of_any_length_are_taken_as_they_are_written_and_refused_in_words(open_page, busy):
    assert ids("3, 17 and 4") == (3, 17, 4)
    assert len(ids("9" * 5000)) == 1
    at = open_page("pages/explore.py", question="record_states", kind="customer", record_ids="1, 12345678901234567890123")
    assert "they end at 2147483647" in texts(at)


def test_a_number_beyond_all_ids_is_not_taken_out_of_an_address(open_page, busy):
    at = open_page("pages/explore.py", question="timeline", kind="customer", record_id="3000000000")
    assert at.number_input(key="record_id").max == LARGEST
    assert "Fill in Id of the record" in texts(at)
