"""Alerts in the settings: who is told of what, a test, a secret shown once, what became of the messages."""

from __future__ import annotations

import pytest

from syncengine import commands, queries
from syncengine.engine import setup
from syncengine.store import notices
from tests.unit.ui.conftest import run, texts

PAGE = "pages/settings.py"


@pytest.fixture
def opened(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path))
    return lambda **query: open_page(PAGE, tab="Alerts", **query)


def test_an_empty_page_says_what_alerts_are_and_that_no_mail_goes_out(opened, idle):
    said = texts(opened())
    assert "Nobody yet. Add an address" in said
    assert "TIEOUT_SMTP_URL" in said
    assert "None yet. A message is written when the state changes" in said


def test_with_a_mail_server_nothing_is_said_of_it(opened, idle, monkeypatch):
    monkeypatch.setenv("TIEOUT_SMTP_URL", "smtp://127.0.0.1:2525")
    assert "TIEOUT_SMTP_URL" not in texts(opened())


def add(at, address, channel="mail"):
    at.segmented_control(key="alerts.channel").set_value(channel)
    at.text_input(key="alerts.address").set_value(address)
    next(each for each in at.button if each.label == "Add").click()
    return run(at)


def test_an_address_is_added_with_what_it_is_told_of(opened, idle):
    at = add(opened(), "ada@example.com")
    assert "ada@example.com is told from now on." in texts(at)
    [row] = queries.alerts(idle).to_dict("records")
    assert (row["address"], row["changes"]) == ("ada@example.com", ["x", "connection", "silence", "recovered"])


def test_a_wrong_address_is_refused_and_stays_to_be_corrected(opened, idle):
    at = add(opened(), "nobody")
    assert "is no e-mail address" in texts(at)
    assert at.text_input(key="alerts.address").value == "nobody"
    assert queries.alerts(idle).empty


def test_a_webhooks_secret_stays_in_view_until_it_was_copied_and_is_never_shown_again(opened, idle):
    at = add(opened(), "https://hooks.example.com/x", "webhook")
    assert "it is not shown again" in texts(at)
    secret = at.code[0].value
    run(at)  # by another click, or by the page itself
    assert secret in texts(at)
    at.button(key="alerts.copied").click()
    assert secret not in texts(run(at))
    assert secret not in texts(opened())


def test_a_secret_is_shown_under_its_own_company_alone(opened, idle):
    setup.add_company(idle.database, idle.clock, "Other", sample="empty")
    at = add(opened(company="Empty"), "https://hooks.example.com/x", "webhook")
    secret = at.code[0].value
    at.query_params["company"] = "Other"
    assert secret not in texts(run(at))


def test_what_somebody_is_told_of_is_changed(opened, idle):
    commands.add_alert(idle, "mail", "ada@example.com", ["x"])
    at = opened()
    pills = next(each for each in at.pills if each.label == "What ada@example.com is told of")
    pills.set_value(["x", "silence"])
    run(at)
    next(each for each in at.button if each.label == "Save").click()
    run(at)
    assert queries.alerts(idle)["changes"].tolist() == [["x", "silence"]]


def test_a_tab_that_shows_what_is_so_no_more_overwrites_nothing(opened, idle):
    commands.add_alert(idle, "mail", "ada@example.com", ["x"])
    at = opened()
    at.pills[0].set_value(["x", "silence"])
    run(at)
    commands.change_alert(idle, int(queries.alerts(idle)["id"].iloc[0]), ["recovered"])
    next(each for each in at.button if each.label == "Save").click()
    assert "has changed what ada@example.com is told of since you saw it. Nothing was saved." in texts(run(at))
    assert queries.alerts(idle)["changes"].tolist() == [["recovered"]]
    assert at.pills[0].value == ["recovered"]


def test_a_test_is_written_and_its_state_shown(opened, idle):
    commands.add_alert(idle, "mail", "ada@example.com", ["x"])
    at = opened()
    next(each for each in at.button if each.label == "Send a test").click()
    run(at)
    assert at.dataframe[0].value[["change", "address", "state"]].values.tolist() == [["Test", "ada@example.com", "… On its way"]]


def test_somebody_is_taken_out(opened, idle):
    commands.add_alert(idle, "mail", "ada@example.com", ["x"])
    at = opened()
    next(each for each in at.button if each.label == "Take out").click()
    run(at)
    assert queries.alerts(idle).empty


def test_a_message_that_was_given_up_says_why(opened, idle):
    commands.add_alert(idle, "mail", "ada@example.com", ["x"])
    row = int(queries.alerts(idle)["id"][0])
    commands.test_alert(idle, row)
    with idle.database.writing() as connection:
        notice = notices.take(connection, idle.clock.now())
        notices.failed(connection, {**notice, "tries": 9}, idle.clock.now() + notices.PATIENCE, "The mail server is away.")
    shown = opened().dataframe[0].value
    assert shown[["state", "trouble"]].values.tolist() == [["✕ Given up", "The mail server is away."]]
