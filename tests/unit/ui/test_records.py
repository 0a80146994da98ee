"""The Records page: found by name, with its sync state, and sent again by Add to sync."""

from __future__ import annotations

from tests.unit.queries import seed
from tests.unit.ui.conftest import run, select, table, texts

PAGE = "pages/records.py"


def test_each_record_shows_its_sync_state_in_words(open_page, busy):
    shown = table(open_page(PAGE), "records.customer").value
    assert shown["sync"].tolist() == ["✕ will be tried again", "✕ needs attention", "✓ in QuickBooks"]


def test_a_search_without_a_hit_says_so(open_page, busy):
    at = open_page(PAGE)
    at.text_input(key="records.search").set_value("*nobody*")
    assert "No customer matches “*nobody*”" in texts(run(at))


def test_add_to_sync_queues_the_ticked_record(open_page, busy):
    at = select(open_page(PAGE), "records.customer", [2])
    at.button(key="records.add").click()
    assert "1 record added to the queue." in texts(run(at))
    assert seed.row_of(busy.database, "customer", busy.customers["Coral Reef Diving"])["state"] == "available"


def test_why_tells_state_and_history(open_page, busy):
    at = select(open_page(PAGE), "records.customer", [1])
    at.button(key="records.look").click()
    run(at)
    assert "needs attention" in texts(at)
    assert any("The e-mail address is not valid." in warning.value for warning in at.warning)


def test_another_kind_is_chosen_by_the_address(open_page, busy):
    assert table(open_page(PAGE, kind="Vendor"), "records.vendor").value["label"].tolist() == ["Northern Chandlery"]
