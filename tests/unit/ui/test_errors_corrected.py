"""Sync errors: what a correction will do before it is done, for one record and for a whole cause, and the way back."""

from __future__ import annotations

import pytest
from streamlit.runtime.scriptrunner import StopException

from syncengine import commands, queries
from syncengine.store import corrections, overrides
from syncengine.ui import words
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, keys, run, select, texts
from tests.unit.ui.failing import FIX, PAGE, alike, error_of, labels, offer, press


def test_what_a_correction_will_do_is_shown_before_it_is_done(open_page, busy):
    error_id = offer(busy)
    at = open_page(PAGE)
    assert "Asks you first" in texts(at)
    press(at, f"errors.{error_id}.{error_id}.fix")
    shown = at.table[0].value
    assert shown.iloc[0].tolist() == ["E-mail", f"c2@{words.UNLINKED}example.com", "(left out)"]
    assert "It can be taken back: the address is sent again." in texts(at)
    press(at, "fix.do.")
    assert queries.correction_of(busy.session, error_id)["state"] == "wanted"
    assert "A sync was asked for" in texts(at)
    assert "fix" not in at.query_params
    assert [each.value for each in at.toast] == ["Being corrected\\: a sync begins at once."]
    assert "Being corrected" in texts(at)
    assert f"errors.{error_id}.{error_id}.fix" in keys(at)
    assert f"errors.{error_id}.{error_id}.retry" not in keys(at), "it is under way already"
    assert not run(at).toast, "it is said once"


def test_of_a_company_that_is_not_connected_a_correction_is_said_to_wait_for_that(open_page, busy):
    commands.disconnect(busy.session)
    error_id = offer(busy)
    at = open_page(PAGE, fix=str(error_id))
    button = next(each for each in at.button if each.label == "Do it")
    assert button.proto.help.startswith("The first sync after the company is connected to QuickBooks does this first")
    press(at, "fix.do.")
    said = "The first sync after the company is connected to QuickBooks does this, then sends the record. None can run before, so none was asked for."
    assert [each.value for each in at.success] == [said]
    assert [each.value for each in at.toast] == ["It is done once the company is connected."]
    assert "Corrected once connected" in texts(at)
    assert "Being corrected" not in texts(at)
    assert queries.progress(busy.session) is None
    assert queries.correction_of(busy.session, error_id)["state"] == "wanted"


def test_of_a_company_that_is_not_connected_a_whole_cause_is_said_to_wait_for_that(open_page, busy):
    alike(busy)
    at = open_page(PAGE, all="address")
    commands.disconnect(busy.session)  # what the browser shows is older
    press(at, "fix.all.")
    said = "The first sync after the company is connected to QuickBooks corrects 3, then sends them. None can run before, so none was asked for."
    assert [each.value for each in at.success] == [said]
    assert queries.progress(busy.session) is None


def test_a_correction_that_would_do_something_else_by_now_is_not_done(open_page, busy):
    error_id = offer(busy)
    at = open_page(PAGE, fix=str(error_id))
    other = {**FIX, "acts": [["override", {"path": "PrimaryEmailAddr.Address", "value": "other@example.com"}]]}
    offer(busy, verdict=other)
    press(at, "fix.do.")
    assert "has changed since you saw it" in texts(at)
    assert queries.correction_of(busy.session, error_id)["state"] == "offered"


def test_what_nobody_can_correct_says_so_in_its_drawer(open_page, busy):
    at = open_page(PAGE, fix=str(error_of(busy, "Alpine Outfitters")["id"]))
    assert "nothing that Tieout could do here by itself. Give this customer another name" in texts(at)


@pytest.mark.parametrize("wanted", ["abc", "999999"])
def test_an_error_that_never_was_is_not_said_to_be_over(open_page, wanted):
    at = open_page(PAGE, fix=wanted)
    assert f"There is no error {wanted} here" in texts(at)
    assert "is over" not in texts(at)


def test_what_was_corrected_lately_can_be_taken_back(open_page, busy):
    error_id = offer(busy)
    with busy.database.writing() as connection:
        row = corrections.of_errors(connection, [error_id])[error_id][0]
        place = {name: row[name] for name in ("entity", "kind", "record_id")}
        overrides.add(
            connection,
            busy.session.company_id,
            seed.NOON,
            {
                **place,
                "path": "PrimaryEmailAddr.Address",
                "ours": "c2@example.com",
                "value": None,
                "correction": row["name"],
                "made_by": "engine",
            },
        )
        corrections.become(
            connection, row["id"], state="done", undo={"do": "own values"}, done_at=seed.NOON, outcome="QuickBooks took the record."
        )
    at = select(open_page(PAGE), "errors.lately", [0])
    at.button(key="errors.undo").click()
    assert "Taken back" in texts(run(at))
    assert queries.error_corrections(busy.session)["state"].tolist() == ["undone"]


def test_a_whole_cause_is_corrected_by_one_confirmation_that_shows_what_it_does(open_page, busy):
    alike(busy)
    at = press(open_page(PAGE), "errors.", ".all")
    assert at.table[0].value.to_numpy().tolist()[1] == ["Vendor Vendor 01", "Sends vendor 01 without its e-mail."]
    assert "Correct 3 records" in texts(at)
    press(at, "fix.all.")
    assert "A sync was asked for. It corrects 3 first, then sends them." in texts(at)
    assert queries.error_corrections(busy.session)["state"].tolist() == ["wanted"] * 3
    assert "all" not in at.query_params


def test_a_click_in_between_breaks_a_whole_cause_not_off(open_page, busy, monkeypatch):
    """Streamlit ends the run that is under way with whatever it draws next; what is wanted does not hang on it."""
    alike(busy)
    at = open_page(PAGE, all="address")

    def drawn(_self, _share, text=None):
        if "corrections" in (text or ""):
            raise StopException

    with monkeypatch.context() as patched:
        patched.setattr("streamlit.delta_generator.DeltaGenerator.progress", drawn)
        press(at, "fix.all.")
    assert queries.error_corrections(busy.session)["state"].tolist() == ["wanted"] * 3
    assert "A sync was asked for. It corrects 3 first, then sends them." in texts(at)


def test_a_whole_cause_that_is_another_by_now_is_not_corrected(open_page, busy):
    """The wrong-row test: between the question and the answer one more is offered, and another one says something else."""
    alike(busy)
    at = open_page(PAGE, all="address")
    offer(busy, "Vendor 01", says="Sends vendor 01 with another address.")
    press(at, "fix.all.")
    assert "What it would do has changed since you saw it: 3 can be corrected now." in texts(at)
    assert not (queries.error_corrections(busy.session)["state"] == "wanted").any()


def test_who_may_not_correct_is_not_asked_about_a_whole_cause(open_page, busy):
    alike(busy)
    as_member(busy, "otto@harbour.example", "operator")
    at = open_page(PAGE, visitor="otto@harbour.example", all="address")
    assert "Correct 3 records" not in texts(at)
    assert "Do it for all" not in labels(at)
