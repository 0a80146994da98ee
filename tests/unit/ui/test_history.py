"""The History page: syncs and what each did, records across syncs, and who did what; paged without end."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from sqlalchemy import insert, update

from syncengine import commands, queries
from syncengine.store import audit
from syncengine.store.rights import ROLES
from syncengine.store.tables import Attempt, AttemptItem, Cycle
from syncengine.ui import exports
from tests.unit.queries import seed
from tests.unit.ui.conftest import now, run, select, table, texts
from tests.unit.ui.test_records import as_role

PAGE = "pages/history.py"


@pytest.fixture
def told(busy):
    """A refused write of Alpine in the first sync, an arrival, and an act of a person."""
    company_id, row = busy.session.company_id, seed.row_of(busy.database, "customer", busy.customers["Alpine Outfitters"])
    shared = {"company_id": company_id, "outcome": "accepted"}
    about = {"cycle_id": busy.cycle, "requestid": "r-1", "shape": "single", "fence": 1, "sends": 1, "made_at": now(), "tid": "1-abc"}
    with busy.database.writing() as connection:
        attempt = connection.execute(insert(Attempt).values(**shared, **about).returning(Attempt.id)).scalar_one()
        connection.execute(
            insert(AttemptItem).values(
                **{**shared, "outcome": "refused"}, attempt_id=attempt, outbox_id=row["id"], ordinal=0, operation="create",
                entity="Customer", payload='{"DisplayName":"Alpine"}', payload_hash="x", revision=1, intended={}, fault={"code": "6240"},
            )
        )  # fmt: skip
        coral = busy.customers["Coral Reef Diving"]
        audit.write(connection, company_id, now(), [audit.Line("arrived", kind="customer", record_id=coral, cycle_id=busy.cycle)])
    commands.add_to_sync(busy.session, "vendor", busy.vendor)
    return busy


def test_syncs_stand_newest_first_and_one_opens_by_its_address(open_page, told):
    at = open_page(PAGE)
    assert table(at, "history.runs").value["outcome"].tolist() == ["✕ Records failed"]
    assert "1 sync: 7 sent, 3 received, 2 failed" in texts(at)
    at = select(at, "history.runs", [0])
    at.button(key="history.open").click()
    run(at)
    assert at.query_params["run"] == str(told.cycle)
    assert at.header[0].value == "✕ Records failed"
    assert [each.value for each in at.metric] == ["7", "3", "2", "5"]


def test_a_sync_shows_what_it_sent_and_the_errors_that_it_opened(open_page, told):
    at = open_page(PAGE, run=str(told.cycle))
    assert table(at, "history.sends").value[["record", "outcome"]].to_numpy().tolist() == [["Customer Alpine Outfitters", "✕ refused"]]
    assert "Errors that it opened" in texts(at)
    at = select(at, "history.sends", [0])
    assert '{"DisplayName":"Alpine"}' in texts(at)
    assert "6240" in texts(at)


def test_what_a_sync_received_is_listed_record_by_record(open_page, told):
    at = open_page(PAGE, run=str(told.cycle), way="Received")
    assert table(at, "history.received").value[["what", "record"]].to_numpy().tolist() == [["Arrived", "Customer Coral Reef Diving"]]


@pytest.mark.parametrize(("answer", "shown"), [("Refused", 1), ("Went through", 0)])
def test_records_are_narrowed_by_outcome(open_page, told, answer, shown):
    at = open_page(PAGE, view="Records", answer=answer)
    assert len(at.dataframe) == shown
    assert shown or "Nothing was sent here" in texts(at)


def test_who_did_what_names_people_and_not_the_engine(open_page, told):
    lines = table(open_page(PAGE, view="Who did what"), "history.acts").value
    assert set(lines["by"]) == {"Ada"}
    assert ["Added to sync", "Vendor Northern Chandlery"] in lines[["what", "record"]].to_numpy().tolist()


def test_who_did_what_is_narrowed_by_person(open_page, told):
    assert "or nothing that matches" in texts(open_page(PAGE, view="Who did what", who="Nobody"))


@pytest.mark.parametrize("view", ["Syncs", "Records", "Who did what"])
def test_an_empty_company_says_what_will_stand_here(open_page, idle, view):
    assert open_page(PAGE, view=view).info


@pytest.mark.parametrize("address", [{"run": "x"}, {"run": "999"}, {"before": "x"}, {"after": "-1"}, {"view": "?"}, {"outcome": "?"}])
def test_an_address_that_makes_no_sense_does_no_harm(open_page, told, address):
    at = open_page(PAGE, **address)
    assert at.dataframe or "no sync 999" in texts(at)


@pytest.mark.parametrize("role", list(ROLES))
def test_every_role_may_look(open_page, told, monkeypatch, role):
    as_role(monkeypatch, role)
    assert open_page(PAGE, view="Records").dataframe


def many_syncs(busy):
    """120 more of them, which make three pages."""
    values = {"company_id": busy.session.company_id, "trigger": "manual", "requested_by": "Ada", "fence": 1, "result": "ok"}
    with busy.database.writing() as connection:
        connection.execute(insert(Cycle), [{**values, "started_at": now(), "finished_at": now()} for _ in range(120)])


def press(at, *names):
    for name in names:
        at.button(key=f"history.{name}").click()
        run(at)
    return at


def test_another_view_begins_at_its_own_newest_rows(open_page, told):
    """What was turned to in one view is a number of that view's rows and means nothing in another."""
    many_syncs(told)
    at = press(open_page(PAGE), "older")
    at.segmented_control(key="view").set_value("Who did what")
    run(at)
    assert not {"before", "after"} & set(at.query_params)
    assert "Added to sync" in table(at, "history.acts").value["what"].tolist()


def test_a_sync_opened_from_a_page_turned_back_to_shows_what_it_sent(open_page, told):
    many_syncs(told)
    at = press(open_page(PAGE), "older", "older", "newer")
    at = press(select(at, "history.runs", [0]), "open")
    assert "run" in at.query_params
    assert not {"before", "after"} & set(at.query_params)


def test_older_and_newer_lead_through_all_syncs_without_a_gap(open_page, busy):
    many_syncs(busy)
    at, seen = open_page(PAGE), []
    for _ in range(2):
        seen += table(at, "history.runs").value["id"].tolist()
        at.button(key="history.older").click()
        run(at)
    last = table(at, "history.runs").value["id"].tolist()
    assert seen + last == sorted(seen + last, reverse=True)
    assert len({*seen, *last}) == 121
    assert not [each for each in at.button if each.key == "history.older"]
    at.button(key="history.newer").click()
    assert table(run(at), "history.runs").value["id"].tolist() == seen[50:]


def test_payloads_of_a_closed_list_are_hidden_in_the_history(open_page, told, monkeypatch):
    with told.database.writing() as connection:
        connection.execute(update(AttemptItem).values(entity="Bill"))
    as_role(monkeypatch, "viewer")
    assert "hidden" in queries.sends(told.session)["request"].iloc[0]


def test_a_record_is_looked_for_in_the_history_by_its_name(open_page, told):
    at = open_page(PAGE, view="Records", search="no such name")
    assert "Nothing was sent here, or nothing that matches." in texts(at)
    at.text_input(key="search").set_value(str(queries.sends(told.session)["label"].iloc[0]))
    found = table(run(at), "history.sends").value
    assert {record.partition(" ")[2] for record in found["record"]} == {queries.sends(told.session)["label"].iloc[0]}


def test_a_line_of_the_trail_opens_to_its_end(open_page, told):
    question = f"SELECT {', '.join(f'{number} AS n{number}' for number in range(60))}"
    with told.database.writing() as connection:
        line = audit.Line(audit.ASKED, actor="Ada", detail={"sql": question})
        audit.write(connection, told.session.company_id, now(), [line])
    at = select(open_page(PAGE, view="Who did what"), "history.acts", [0])
    assert "**Asked in SQL**" in texts(at)
    assert question in texts(at)


@pytest.mark.parametrize(("view", "name"), [("Records", "sent"), ("Who did what", "acts")])
def test_two_files_of_one_list_made_at_the_same_time_each_hold_every_row(open_page, told, monkeypatch, view, name):
    """Streamlit makes files of downloads in threads of their own."""
    with told.database.writing() as connection:
        company_id = told.session.company_id
        audit.write(connection, company_id, now(), [audit.Line("sync requested", f"Person {number}") for number in range(6)])
        about = {"company_id": company_id, "cycle_id": told.cycle, "shape": "single", "fence": 1, "sends": 1, "made_at": now(), "outcome": "accepted"}
        row = seed.row_of(told.database, "customer", told.customers["Alpine Outfitters"])
        for number in range(6):
            attempt = connection.execute(insert(Attempt).values(**about, requestid=f"more-{number}").returning(Attempt.id)).scalar_one()
            item = {"ordinal": 0, "operation": "create", "entity": "Customer", "payload": "{}", "payload_hash": "x", "revision": 1, "intended": {}}
            connection.execute(insert(AttemptItem).values(company_id=company_id, outcome="accepted", attempt_id=attempt, outbox_id=row["id"], **item))
    made = {}
    real = exports.st.download_button
    monkeypatch.setattr(exports.st, "download_button", lambda label, **more: (made.update({more["key"]: more["data"]}), real(label, **more))[1])
    for kind in ("as_csv", "as_xlsx"):
        monkeypatch.setattr(exports, kind, lambda frames, columns, timezone: frames)
    monkeypatch.setattr(exports.pages, "__defaults__", (2, exports.MOST))
    at = open_page(PAGE, view=view)
    assert not at.exception
    files = [iter(made[f"{name}.export.{label}"]()) for label in ("CSV", "XLSX")]
    ids: list[list[int]] = [[], []]
    for stretches in zip_longest(*files):
        for held, stretch in zip(ids, stretches, strict=True):
            held.extend([] if stretch is None else stretch["id"].tolist())
    every = (queries.sends if name == "sent" else queries.acts)(told.session, size=1000)["id"].tolist()
    assert len(every) > 6
    assert ids == [every, every]
