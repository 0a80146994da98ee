"""Preview sync: the rows that the person sees are the rows that are acted on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from syncengine import commands, queries
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.store.tables import Outbox
from syncengine.ui import tables
from tests.unit.queries import seed
from tests.unit.ui.conftest import run, select, table, texts
from tests.unit.ui.failing import in_conflict

PAGE = "pages/preview.py"
ATTENTION, SENDING = "preview.attention", "preview.sending"


def press(at, key):
    at.button(key=key).click()
    return run(at)


def records(at, name):
    return table(at, name).value["record"].tolist()


def test_what_needs_attention_stands_above_what_will_be_sent(open_page, busy):
    at = open_page(PAGE)
    assert records(at, ATTENTION) == ["Customer Bluebird Bakery", "Customer Alpine Outfitters"]
    assert records(at, SENDING) == ["Item Anchor", "Vendor Northern Chandlery", "Invoice 1042"]


def test_what_is_wrong_is_said_in_plain_words_with_the_remedy(open_page, busy):
    said = table(open_page(PAGE), ATTENTION).value["wrong"].tolist()
    assert said[0] == "The e-mail address is not valid. Correct the e-mail address of this customer."


def test_nothing_that_is_not_shown_goes_to_the_browser(open_page, busy):
    at = open_page(PAGE)
    for name in (ATTENTION, SENDING):
        shown = table(at, name)
        assert list(shown.value.columns) == list(shown.proto.column_order)


def test_buttons_wait_for_a_selection(open_page, busy):
    at = open_page(PAGE)
    assert all(at.button(key=f"{SENDING}.{name}").disabled for name in ("look", "bottom", "remove"))
    select(at, SENDING, [0, 1])
    assert not at.button(key=f"{SENDING}.remove").disabled
    assert at.button(key=f"{SENDING}.look").disabled


def test_remove_takes_the_rows_that_were_ticked(open_page, busy):
    at = press(select(open_page(PAGE), SENDING, [0, 2]), f"{SENDING}.remove")
    assert records(at, SENDING) == ["Vendor Northern Chandlery"]
    assert "2 removed." in texts(at)


def test_move_to_bottom_sends_the_row_last(open_page, busy):
    at = press(select(open_page(PAGE), SENDING, [0]), f"{SENDING}.bottom")
    assert seed.row_of(busy.database, "item", busy.item)["position"] > seed.row_of(busy.database, "vendor", busy.vendor)["position"]
    assert "1 moved to the bottom." in texts(at)


def test_retry_moves_the_row_back_among_those_that_wait(open_page, busy):
    at = press(select(open_page(PAGE), ATTENTION, [0, 1]), f"{ATTENTION}.retry")
    assert "Customer Bluebird Bakery" in records(at, SENDING)
    assert "Needs attention" not in texts(at)


def test_a_selection_never_jumps_to_another_row(open_page, busy):
    """A table remembers positions: were its key the same, the tick would stand beside whatever moved up."""
    at = select(open_page(PAGE), SENDING, [1])
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "item").values(position=0, version=Outbox.version + 1))
        writer.save(connection, "vendor", busy.session.company_id, {"name": "Another"})
    capture.capture(busy.database, busy.session.clock)
    run(at)
    assert at.button(key=f"{SENDING}.remove").disabled


def test_a_row_that_moved_on_meanwhile_is_refused_in_words(open_page, busy):
    at = select(open_page(PAGE), SENDING, [1])
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "vendor").values(version=Outbox.version + 1))
    press(at, f"{SENDING}.remove")
    assert "Vendor Northern Chandlery has moved on since you saw it" in texts(at)
    assert seed.row_of(busy.database, "vendor", busy.vendor)["state"] == "available"


def test_a_closer_look_shows_fields_payload_and_history(open_page, busy):
    at = press(select(open_page(PAGE), SENDING, [2]), f"{SENDING}.look")
    assert '"DocNumber": "1042"' in at.code[0].value
    assert "Goes after" in texts(at)
    assert "What happened so far" in texts(at)


def test_a_closer_look_at_a_failed_row_says_what_is_wrong(open_page, busy):
    at = press(select(open_page(PAGE), ATTENTION, [1]), f"{ATTENTION}.look")
    assert "QuickBooks has a vendor or employee of this name already. Give this customer another name" in at.warning[0].value


def test_a_closer_look_at_a_conflict_leads_to_the_choice_and_offers_no_retry(open_page, busy):
    in_conflict(busy)
    at = open_page("dashboard.py")
    at.switch_page("pages/preview.py")
    at = press(select(run(at), ATTENTION, [2]), f"{ATTENTION}.look")
    assert "Choose whose value stands" in [each.proto.label for each in at.get("page_link")]
    assert not [each for each in at.button if each.key == "queued.retry"]


@pytest.mark.parametrize("fields", [{"company_name": "price 1e400"}, {"company_name": "<script>alert(1)</script> :red[x] $a$"}])
def test_odd_values_are_shown_as_they_are(open_page, busy, fields):
    with busy.database.writing() as connection:
        writer.save(connection, "vendor", busy.session.company_id, fields, record_id=busy.vendor)
    capture.capture(busy.database, busy.session.clock)
    at = press(select(open_page(PAGE), SENDING, [1]), f"{SENDING}.look")
    assert fields["company_name"] in at.code[0].value


def test_a_long_queue_is_shown_by_fifty(open_page, idle):
    with idle.database.writing() as connection:
        writer.save_many(connection, "customer", idle.company_id, [writer.Draft({"name": f"Customer {n:03}"}) for n in range(120)])
    capture.capture(idle.database, idle.clock)
    at = open_page(PAGE)
    assert len(table(at, SENDING).value) == 50
    at.pagination[0].set_value(3)
    run(at)
    assert records(at, SENDING)[0] == "Customer Customer 100"
    assert "101-120 of 120" in texts(at)
    press(select(at, SENDING, [0]), f"{SENDING}.remove")
    assert "Customer Customer 100" not in queries.queue(idle, size=200)["record"].tolist()


def test_another_filter_begins_on_its_first_page(open_page, idle):
    with idle.database.writing() as connection:
        writer.save_many(connection, "customer", idle.company_id, [writer.Draft({"name": f"Customer {n:03}"}) for n in range(160)])
    capture.capture(idle.database, idle.clock)
    assert "1-50 of 160" in texts(open_page(PAGE, **{"preview.page": "9"}))  # there is no such page
    at = open_page(PAGE, **{"preview.page": "3"})
    assert "101-150 of 160" in texts(at)
    for search, says in (("Customer 1", "1-50 of 60"), ("Customer 001", "1-1 of 1"), ("", "1-50 of 160")):
        at.text_input(key="search").set_value(search)
        assert says in texts(run(at))


def test_nothing_waits_is_said_helpfully(open_page, idle):
    assert "What you save in the inventory will appear here" in texts(open_page(PAGE))


def test_what_the_next_sync_leaves_alone_stands_apart_from_what_it_sends_and_is_counted_apart(open_page, busy):
    alpine = busy.customers["Alpine Outfitters"]
    with busy.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.kind == "customer", Outbox.record_id == alpine).values(state="parked"))
    at = open_page(PAGE)
    assert [each.value for each in at.header][-2:] == [":material/send: Will be sent", ":material/pause_circle: Held back"]
    held = table(at, "preview.held").value
    assert held["record"].tolist() == ["Invoice 1042"]
    assert "which is not sent now" in held["does"].iloc[0]
    assert "Invoice 1042" not in table(at, "preview.sending").value["record"].tolist()
    assert "Rows 1-5 of 5 · 1 held back" in texts(at)
    at = select(at, "preview.held", [0])
    assert not at.button(key="preview.held.remove").disabled
    tiles = {each.label: (each.value, each.delta) for each in open_page("pages/sync.py").metric}
    assert tiles["Waiting to be sent"] == ("2", "1 held back")


def test_what_rests_by_a_setting_is_counted_as_the_list_shows_it(open_page, busy, monkeypatch):
    def counted():
        tile = next(each for each in open_page("pages/sync.py").metric if each.label == "Waiting to be sent")
        return texts(open_page(PAGE)), (tile.value, tile.delta), tile.proto.help

    commands.change_settings(busy.session, {"direction": "from quickbooks"})
    said, tile, explained = counted()
    assert "Rows 1-5 of 5 · 3 held back" in said
    assert tile == ("0", "3 held back")
    assert "a setting keeps all of their kind here" in explained
    # Where not all of it is in view there may be more than is counted.
    with monkeypatch.context() as patch:
        patch.setattr(tables, "PAGE", 2)
        assert " · at least 3 held back" in counted()[0]
    # A single record's own day is seen by the list alone, and Sync says so.
    commands.change_settings(busy.session, {"direction": "both", "closing_date": date(2026, 1, 31)})
    said, tile, explained = counted()
    assert "Rows 1-5 of 5 · 1 held back" in said
    assert tile == ("3", "")
    assert "a day in closed books, counts as waiting" in explained
